import { createClient } from '../../lib/adapters/dynamodb/client';
import { createTables } from '../../lib/adapters/dynamodb/create-tables';
import { openStore, type Store } from '../../lib/adapters/dynamodb/store';
import { TABLES, type TableDescription } from '../../lib/adapters/dynamodb/tables';
import { type DynamoDb, startDynamoDb } from '../backends/dynamodb';
import { describeDurability } from './describe-durability';
import { describeExecutions } from './describe-executions';
import { describeJournal } from './describe-journal';
import { describeLeases } from './describe-leases';
import { describeRegistry } from './describe-registry';
import { describeTimers } from './describe-timers';
import type { Records } from './records';
import { newId } from './samples';

const RETENTION_MS = 90 * 86_400_000;

let server: DynamoDb;

/** Tables are made once for each prefix. */
const prepared = new Set<string>();

async function openRecords(prefix: string): Promise<Records & Pick<Store, 'timers' | 'leases' | 'notes'>> {
  const client = createClient(server.settings);
  if (!prepared.has(prefix)) await createTables(client, prefix);
  prepared.add(prefix);
  const store = await openStore({ client, prefix, retentionMs: RETENTION_MS });
  return { ...store, close: async () => client.destroy() };
}

describe('tables', () => {
  test('are plain data, of which other things than a client can make them', () => {
    expect(JSON.parse(JSON.stringify(TABLES))).toEqual(TABLES);
  });

  test.each(Object.entries<TableDescription>(TABLES))('%s: no two keys share an attribute', (_, table) => {
    const keys = [table, ...table.indexes].flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey]);
    expect(new Set([...keys, table.expiry]).size).toBe(keys.length + 1);
  });
});

if (process.env.STEPWELL_BACKENDS) {
  jest.setTimeout(120_000);
  beforeAll(async () => {
    server = await startDynamoDb();
  }, 120_000);
  afterAll(() => server?.stop());

  const open = () => openRecords(`${newId()}-`);
  describeJournal('DynamoDB', open);
  describeExecutions('DynamoDB', open, { takesFirstCommit: false, isCounting: false });
  describeRegistry('DynamoDB', open);
  describeTimers('DynamoDB', async () => (await open()).timers);
  describeLeases('DynamoDB', open);
  describeDurability('DynamoDB', () => openRecords('reopened-'));
}
