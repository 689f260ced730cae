import { randomUUID } from 'node:crypto';
import { createRequire, isBuiltin } from 'node:module';
import { join } from 'node:path';
import { type DriverName, driverName, openDatabase } from '../../lib/adapters/embedded/driver';
import { createOperations } from '../../lib/adapters/embedded/operations';
import { prepareSchema } from '../../lib/adapters/embedded/schema';
import { createStore } from '../../lib/adapters/embedded/store';
import type { Writer } from '../../lib/adapters/embedded/writer';
import { describeExecutions } from './describe-executions';
import { describeJournal } from './describe-journal';
import { describeRegistry } from './describe-registry';
import type { Records } from './records';
import { temporaryFolder } from './temporary-folder';

const folder = temporaryFolder();
const available = (['node:sqlite', 'libsql'] as const).filter(isAvailable);

function isAvailable(driver: DriverName): boolean {
  if (driver === 'node:sqlite') return isBuiltin(driver);
  try {
    createRequire(__filename).resolve(driver);
    return true;
  } catch {
    return false;
  }
}

/**
 * The store over one driver, in this thread: the writer thread takes the driver that its Node prefers, and each that
 * there is has to keep the contracts. Calls are done one by one, in the order in which they are made.
 */
async function openRecords(driver: DriverName, path: string): Promise<Records> {
  const database = openDatabase(path, driver);
  prepareSchema(database);
  const operations = createOperations(database) as Record<string, (...args: unknown[]) => unknown>;
  const writer = { call: async (name: string, ...args: unknown[]) => operations[name]!(...args) };
  return { ...(await createStore(writer as unknown as Writer)), close: async () => {} };
}

beforeAll(() => {
  process.stdout.write(`SQLite drivers of Node ${process.versions.node}: ${available.join(', ')}\n`);
});

test('the driver that this Node prefers is one that it has', () => {
  expect(available).toContain(driverName());
});

describe.each(available)('driver %s', (driver) => {
  const open = () => openRecords(driver, join(folder, `${randomUUID()}.db`));
  describeJournal('a file', open);
  describeExecutions('a file', open, { takesFirstCommit: true, isCounting: true });
  describeRegistry('a file', open);

  test('a statement answers how many rows it changed, and rows by the names of their columns', () => {
    const database = openDatabase(':memory:', driver);
    database.exec('CREATE TABLE t (a INTEGER, b TEXT)');
    const insert = database.prepare('INSERT INTO t VALUES (?, ?)');
    expect(insert.run(1, 'one')).toBe(1);
    expect(insert.run(2 ** 40, null)).toBe(1);
    const rows = database.prepare('SELECT a, b FROM t WHERE a > ? ORDER BY a').all(0);
    expect(rows.map((row) => ({ ...row }))).toEqual([
      { a: 1, b: 'one' },
      { a: 2 ** 40, b: null },
    ]);
    expect(database.prepare('UPDATE t SET b = ?').run('x')).toBe(2);
    expect(database.prepare('DELETE FROM t WHERE a = ?').run(7)).toBe(0);
  });

  test('what a transaction wrote is gone after its rollback, and there after its commit', () => {
    const database = openDatabase(':memory:', driver);
    database.exec('CREATE TABLE t (a INTEGER PRIMARY KEY)');
    const insert = database.prepare('INSERT INTO t VALUES (?)');
    database.exec('BEGIN IMMEDIATE');
    insert.run(1);
    database.exec('ROLLBACK');
    database.exec('BEGIN IMMEDIATE');
    insert.run(2);
    database.exec('COMMIT');
    expect(
      database
        .prepare('SELECT a FROM t')
        .all()
        .map(({ a }) => a),
    ).toEqual([2]);
  });

  test('a statement that fails throws, and the connection goes on', () => {
    const database = openDatabase(':memory:', driver);
    database.exec('CREATE TABLE t (a INTEGER PRIMARY KEY)');
    const insert = database.prepare('INSERT INTO t VALUES (?)');
    insert.run(1);
    expect(() => insert.run(1)).toThrow(/UNIQUE/);
    expect(() => database.prepare('SELECT missing FROM t')).toThrow(/no such column/);
    expect(insert.run(2)).toBe(1);
  });
});
