import { randomBytes } from 'node:crypto';
import type { Database } from './driver';

/** The format of the file. A newer one is refused; an older one is brought up here. */
export const SCHEMA_VERSION = 5;

/** Statuses are stored by index. */
export const STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;

/** Format 1. New files are made so too, and brought up like old ones: every test of ours tests that. */
const TABLES = `
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE machines (name TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE definitions (
  machine_id TEXT NOT NULL, revision INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (machine_id, revision)
) WITHOUT ROWID;
CREATE TABLE activities (name TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE heads (
  machine_id TEXT NOT NULL, name TEXT NOT NULL, run_id TEXT NOT NULL, machine_name TEXT NOT NULL,
  status INTEGER NOT NULL, start_ms INTEGER NOT NULL, stop_ms INTEGER, attention_at_ms INTEGER, expire_at_ms INTEGER,
  revision INTEGER NOT NULL, role_arn TEXT NOT NULL, trace_header TEXT, input TEXT NOT NULL,
  PRIMARY KEY (machine_id, name)
) WITHOUT ROWID;
CREATE INDEX heads_listed ON heads (machine_id, status, run_id);
CREATE INDEX heads_sleeping ON heads (attention_at_ms, run_id) WHERE attention_at_ms > 0;
CREATE TABLE journal (
  run_id TEXT NOT NULL, slot INTEGER NOT NULL, next_event_id INTEGER NOT NULL, attempt TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (run_id, slot)
) WITHOUT ROWID;
CREATE TABLE beats (
  run_id TEXT NOT NULL, task_event_id INTEGER NOT NULL, open INTEGER NOT NULL, due_at_ms INTEGER NOT NULL,
  PRIMARY KEY (run_id, task_event_id)
) WITHOUT ROWID;
`;

/** What each format added to the one before, from 2 on. */
const UPGRADES: readonly string[] = [
  `
ALTER TABLE definitions ADD COLUMN settings TEXT;
ALTER TABLE heads ADD COLUMN version INTEGER;
ALTER TABLE heads ADD COLUMN alias TEXT;
CREATE TABLE publications (machine_id TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
`,
  `
ALTER TABLE heads ADD COLUMN started_by TEXT;
ALTER TABLE heads ADD COLUMN test_case TEXT;
`,
  // Redrives. `as_of` orders writes of a head: twice the slot that they are as of, and one more where it is opened.
  `
ALTER TABLE heads ADD COLUMN as_of INTEGER NOT NULL DEFAULT 0;
ALTER TABLE heads ADD COLUMN redrive_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE heads ADD COLUMN redrive_ms INTEGER;
`,
  // Distributed Maps: frames of executions wait for what an older Stepwell does not know.
  '',
];

/** The store cannot be used; the message says why and what to do. */
export class UnusableStore extends Error {}

/** Takes the file for this process alone, and makes the tables where there are none. */
export function prepareSchema(database: Database): void {
  // Before WAL: a second process is refused at once instead of sharing memory with this one.
  database.prepare('PRAGMA locking_mode = EXCLUSIVE').all();
  database.prepare('PRAGMA journal_mode = WAL').all();
  // Acknowledged means on disk.
  database.exec('PRAGMA synchronous = FULL');
  database.exec('PRAGMA cache_size = -1000');
  // In pages: a checkpoint holds up the commit that meets it, so they are few.
  database.prepare('PRAGMA wal_autocheckpoint = 4000').all();
  database.exec('BEGIN IMMEDIATE');
  try {
    const version = Number(Object.values(database.prepare('PRAGMA user_version').all()[0]!)[0]);
    if (version > SCHEMA_VERSION) {
      throw new UnusableStore(
        `the store has format ${version}, written by a newer Stepwell; this one knows ${SCHEMA_VERSION}`,
      );
    }
    if (version === 0) {
      database.exec(TABLES);
      database.prepare('INSERT INTO facts VALUES (?, ?)').run('secret', randomBytes(32).toString('hex'));
    }
    for (const upgrade of UPGRADES.slice(Math.max(0, version - 1))) database.exec(upgrade);
    if (version < SCHEMA_VERSION) database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
