import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { type Database, openDatabase } from './driver';
import { createOperations, type OperationName, READS } from './operations';
import { prepareSchema, UnusableStore } from './schema';

/** What the main thread sends: the calls of one turn of its event loop. */
export type Calls = [OperationName, unknown[]][];
/** An answer to each call, in order: the result, or why there is none. */
export type Answers = ({ result: unknown } | { unavailable: string })[];

/** The first message to the main thread. */
export type Opened = { opened: true } | { opened: false; message: string; code: string | undefined };

const port = parentPort!;

/**
 * The one thread that touches the file. Everything that waits is committed in one transaction, so a sync is shared by
 * all who come during the sync before; and a slow disk never holds the event loop that answers clients.
 */
function serve(database: Database): void {
  const operations = createOperations(database) as Record<OperationName, (...args: unknown[]) => unknown>;
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const rollback = database.prepare('ROLLBACK');

  const perform = ([name, args]: Calls[number]): Answers[number] => ({ result: operations[name](...args) });

  const together = (calls: Calls): Answers => {
    if (calls.every(([name]) => READS.has(name))) return calls.map(perform);
    begin.run();
    try {
      const answers = calls.map(perform);
      commit.run();
      return answers;
    } catch (error) {
      try {
        rollback.run();
      } catch {
        // SQLite has rolled back already.
      }
      throw error;
    }
  };

  const alone = (call: Calls[number]): Answers[number] => {
    try {
      return together([call])[0]!;
    } catch (error) {
      return { unavailable: error instanceof Error ? error.message : String(error) };
    }
  };

  port.on('message', (first: Calls) => {
    const batches = [first];
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) batches.push(next.message);
    const calls = batches.flat();
    let answers: Answers;
    try {
      answers = together(calls);
    } catch {
      // One that cannot be done must not take the others with it.
      answers = calls.map(alone);
    }
    port.postMessage(answers);
  });
}

try {
  const database = openDatabase(workerData.path);
  prepareSchema(database);
  serve(database);
  port.postMessage({ opened: true } satisfies Opened);
} catch (error) {
  const { message, code } = error as Error & { code?: string };
  const known = error instanceof UnusableStore ? 'UNUSABLE_STORE' : code;
  port.postMessage({ opened: false, message, code: known } satisfies Opened);
}
