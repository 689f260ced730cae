/** The seam between us and SQLite: Node's own where it has one, else libsql. Both synchronous, positional binds. */
export interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
}

export type Value = string | number | null;
export type Row = Record<string, Value>;

export interface Statement {
  /** Answers how many rows changed. */
  run(...values: Value[]): number;
  all(...values: Value[]): Row[];
}

export type DriverName = 'node:sqlite' | 'libsql';

/** Which driver this Node can use. */
export function driverName(): DriverName {
  const [major, minor] = process.versions.node.split('.').map(Number) as [number, number];
  return major > 22 || (major === 22 && minor >= 13) ? 'node:sqlite' : 'libsql';
}

export function openDatabase(path: string, driver: DriverName = driverName()): Database {
  return driver === 'node:sqlite' ? openNode(path) : openLibsql(path);
}

function openNode(path: string): Database {
  const { DatabaseSync } = require('node:sqlite') as NodeSqlite;
  const database = new DatabaseSync(path);
  return {
    exec: (sql) => database.exec(sql),
    prepare: (sql) => {
      const statement = database.prepare(sql);
      return {
        run: (...values) => Number(statement.run(...values).changes),
        all: (...values) => statement.all(...values) as Row[],
      };
    },
  };
}

function openLibsql(path: string): Database {
  const Libsql = require('libsql') as new (path: string) => LibsqlDatabase;
  const database = new Libsql(path);
  // Its `get` adds a column, its `transaction` hides SQLITE_FULL, and closing it twice crashes: none is used.
  return {
    exec: (sql) => database.exec(sql),
    prepare: (sql) => {
      const statement = database.prepare(sql);
      return {
        run: (...values) => statement.run(...values).changes,
        all: (...values) => statement.all(...values),
      };
    },
  };
}

// Types of what Node 20's own type definitions do not know, and of a package that is optional.
interface NodeSqlite {
  DatabaseSync: new (
    path: string,
  ) => {
    exec(sql: string): void;
    prepare(sql: string): { run(...values: Value[]): { changes: number | bigint }; all(...values: Value[]): unknown[] };
  };
}

interface LibsqlDatabase {
  exec(sql: string): void;
  prepare(sql: string): { run(...values: Value[]): { changes: number }; all(...values: Value[]): Row[] };
}
