import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createStore } from '../../lib/adapters/embedded/store';
import { Writer } from '../../lib/adapters/embedded/writer';
import { describeExecutions } from './describe-executions';
import { describeJournal } from './describe-journal';
import { describeRegistry } from './describe-registry';
import type { Records } from './records';
import { temporaryFolder } from './temporary-folder';

const folder = temporaryFolder();

async function openRecords(path: string): Promise<Records> {
  const writer = await Writer.open(path);
  return { ...(await createStore(writer)), close: () => writer.close() };
}

const HOMES = [
  ['a file', () => openRecords(join(folder, `${randomUUID()}.db`))],
  ['memory', () => openRecords(':memory:')],
] as const;

describe.each(HOMES)('embedded, %s', (name, open) => {
  describeJournal(name, open);
  describeExecutions(name, open, { takesFirstCommit: true, isCounting: true });
  describeRegistry(name, open);
});
