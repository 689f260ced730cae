import type { Database } from './driver';
import { headOperations } from './head-operations';
import { journalOperations } from './journal-operations';
import { registryOperations } from './registry-operations';
import { Statements } from './statements';

/** Everything that is done with the file, by name. Runs in the writer thread, in the order of the calls. */
export function createOperations(database: Database) {
  const sql = new Statements(database);
  return { ...journalOperations(sql), ...headOperations(sql), ...registryOperations(sql) };
}

export type Operations = ReturnType<typeof createOperations>;
export type OperationName = keyof Operations;

/** Which operations change nothing: a batch of these needs no transaction. */
export const READS: ReadonlySet<OperationName> = new Set<OperationName>([
  'newest',
  'range',
  'commitsAt',
  'head',
  'isStarted',
  'list',
  'open',
  'openByStart',
  'openOf',
  'countOpen',
  'records',
  'revision',
  'publications',
  'fact',
]);
