import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { StoreUnavailable } from '../../ports/store-error';
import type { OperationName, Operations } from './operations';
import type { Answers, Calls, Opened } from './writer-thread';

/** Why a store could not be opened. */
export class StoreNotOpened extends Error {
  constructor(
    message: string,
    readonly code: string | undefined,
  ) {
    super(message);
  }
}

type Result<Name extends OperationName> = ReturnType<Operations[Name]>;

/** The main thread's side of the writer thread. Calls are done in the order in which they are made. */
export class Writer {
  private calls: Calls = [];
  private readonly waiting: { resolve(result: unknown): void; reject(error: Error): void }[] = [];
  private isClosed = false;

  private constructor(private readonly thread: Worker) {
    thread.on('message', (answers: Answers) => this.settle(answers));
    thread.on('error', (error) => this.failAll(error.message));
    thread.on('exit', () => this.failAll('the writer thread has ended'));
  }

  /** Opens the file, or a store that is forgotten at the end for `:memory:`. Rejects with StoreNotOpened. */
  static open(path: string): Promise<Writer> {
    const thread = new Worker(threadFile(), {
      workerData: { path },
      // It holds little but what is under way.
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    return new Promise((resolve, reject) => {
      thread.once('error', reject);
      thread.once('message', (opened: Opened) => {
        thread.off('error', reject);
        if (opened.opened) resolve(new Writer(thread));
        else {
          // Once it has ended, the file is free again.
          const refusal = new StoreNotOpened(opened.message, opened.code);
          void thread.terminate().then(() => reject(refusal));
        }
      });
    });
  }

  /** Resolves once the operation is done and, if it writes, on disk. Rejects with StoreUnavailable. */
  call<Name extends OperationName>(name: Name, ...args: Parameters<Operations[Name]>): Promise<Result<Name>> {
    if (this.isClosed) return Promise.reject(new StoreUnavailable('the store is closed'));
    if (this.calls.push([name, args]) === 1) setImmediate(() => this.flush());
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve: resolve as (result: unknown) => void, reject });
    });
  }

  /** Waits for what is under way, then ends. SQLite itself closes with the process. */
  async close(): Promise<void> {
    await this.call('fact', 'secret').catch(() => {});
    this.isClosed = true;
    await this.thread.terminate();
  }

  private flush(): void {
    const { calls } = this;
    this.calls = [];
    this.thread.postMessage(calls);
  }

  private settle(answers: Answers): void {
    const settled = this.waiting.splice(0, answers.length);
    answers.forEach((answer, index) => {
      const { resolve, reject } = settled[index]!;
      if ('unavailable' in answer) reject(new StoreUnavailable(answer.unavailable));
      else resolve(answer.result);
    });
  }

  private failAll(message: string): void {
    this.isClosed = true;
    for (const { reject } of this.waiting.splice(0)) reject(new StoreUnavailable(message));
  }
}

/** Beside this file in a build; in the build's folder when the sources run as they are. */
function threadFile(): string {
  const beside = join(__dirname, 'writer-thread.js');
  return existsSync(beside) ? beside : join(__dirname, '../../../dist/writer-thread.js');
}
