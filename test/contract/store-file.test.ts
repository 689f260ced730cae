import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { openDatabase } from '../../lib/adapters/embedded/driver';
import { prepareSchema, SCHEMA_VERSION } from '../../lib/adapters/embedded/schema';
import { createStore } from '../../lib/adapters/embedded/store';
import { Writer } from '../../lib/adapters/embedded/writer';
import type { Head } from '../../lib/ports/executions';
import type { Machine } from '../../lib/ports/registry';
import { StoreUnavailable } from '../../lib/ports/store-error';
import { describeDurability } from './describe-durability';
import type { Records } from './records';
import { newActivity, newCommit, newHead, newMachine, newPublications, newRun, newSettings } from './samples';
import { temporaryFolder } from './temporary-folder';

const folder = temporaryFolder();
const library = JSON.stringify(join(__dirname, '../../dist/index.js'));

async function openRecords(path: string): Promise<Records> {
  const writer = await Writer.open(path);
  return { ...(await createStore(writer)), close: () => writer.close() };
}

describeDurability('a file', () => openRecords(join(folder, 'reopened.db')));

describe('letting go of a file', () => {
  test('what is under way when the store is closed is still done, and acknowledged', async () => {
    const path = join(folder, 'closing.db');
    const before = await openRecords(path);
    const runs = Array.from({ length: 50 }, newRun);
    const appends = runs.map((run) => before.journal.append(run, newCommit(1, 2)));
    await before.close();
    expect(await Promise.all(appends)).toEqual(runs.map(() => 'appended'));
    const after = await openRecords(path);
    for (const { runId } of runs) expect(await after.journal.newest(runId)).toBeDefined();
    await after.close();
  });

  test('a closed store answers that it is unavailable', async () => {
    const { journal, registry, close } = await openRecords(join(folder, 'closed.db'));
    await close();
    await expect(journal.append(newRun(), newCommit(1, 2))).rejects.toThrow(StoreUnavailable);
    await expect(journal.range('run', 0, 1)).rejects.toThrow(StoreUnavailable);
    await expect(registry.createActivity(newActivity())).rejects.toThrow(StoreUnavailable);
  });
});

describe('one file, one process', () => {
  test('a second writer in this process is refused, and the first goes on', async () => {
    const path = join(folder, 'shared.db');
    const first = await openRecords(path);
    await expect(Writer.open(path)).rejects.toMatchObject({ message: expect.stringMatching(/locked/) });
    expect(await first.registry.createActivity(newActivity())).toBe('created');
    await first.close();
    const next = await openRecords(path);
    expect(await next.registry.countActivities()).toBe(1);
    await next.close();
  });

  test('a second process is refused until the first has let go', async () => {
    const data = join(folder, 'process');
    mkdirSync(data);
    const script = `require(${library}).createService({ data: ${JSON.stringify(data)} }).then(
      (service) => service.stop().then(() => console.log('opened')),
      (error) => console.log(error.message),
    ).then(() => process.exit(0))`;
    const open = async () => (await promisify(execFile)(process.execPath, ['-e', script])).stdout.trim();
    const { close } = await openRecords(join(data, 'stepwell.db'));
    expect(await open()).toMatch(/locked/);
    await close();
    expect(await open()).toBe('opened');
  });

  test('a process that is killed has lost nothing that it acknowledged', async () => {
    const data = join(folder, 'killed');
    const script = `(async () => {
      const { endpoint } = await require(${library}).createService({ data: ${JSON.stringify(data)} });
      const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AWSStepFunctions.CreateActivity' };
      for (let i = 0; ; i++) {
        const body = JSON.stringify({ name: 'activity-' + i });
        const { ok } = await fetch(endpoint, { method: 'POST', headers, body });
        if (ok) console.log('activity-' + i);
      }
    })()`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const acknowledged = await linesOf(child, 200);
    const { registry, close } = await openRecords(join(data, 'stepwell.db'));
    for (const name of acknowledged) expect(await registry.activity(name)).toBeDefined();
    await close();
  });
});

/** What a process says until it has said that many lines and was killed for it. */
async function linesOf(child: ChildProcess, count: number): Promise<string[]> {
  const lines: string[] = [];
  const exit = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout! })) {
    lines.push(line);
    if (lines.length === count) child.kill('SIGKILL');
  }
  expect(await exit).toEqual([null, 'SIGKILL']);
  return lines;
}

describe('a file of format 1', () => {
  /** What format 1 made, as far as it is another than today's. */
  const FORMAT_1 = `
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
INSERT INTO facts VALUES ('secret', '${'ab'.repeat(32)}');
PRAGMA user_version = 1;
`;

  /** Its machine was never updated, and published a version when it was created. Its execution is open. */
  function writeOld(path: string, machine: Machine, head: Head): void {
    const database = openDatabase(path);
    database.exec(FORMAT_1);
    database.prepare('INSERT INTO machines VALUES (?, ?)').run(machine.name, JSON.stringify(machine));
    database.prepare('INSERT INTO definitions VALUES (?, 1, ?)').run(machine.machineId, '"first"');
    database
      .prepare('INSERT INTO heads VALUES (?, ?, ?, ?, 0, ?, NULL, 0, NULL, 1, ?, NULL, ?)')
      .run(head.machineId, head.name, head.runId, head.machineName, head.startMs, head.roleArn, head.input);
  }

  test('is brought up, and holds all that it held', async () => {
    const path = join(folder, 'old.db');
    const machine = newMachine({ publishedVersion: 1, loggingConfiguration: { level: 'ALL' } });
    const head = newHead({ machineId: machine.machineId, machineName: machine.name });
    writeOld(path, machine, head);
    for (const _ of ['brought up', 'opened again']) {
      const { registry, executions, close } = await openRecords(path);
      expect((await registry.secret()).toString('hex')).toBe('ab'.repeat(32));
      expect(await registry.machine(machine.name)).toEqual(machine);
      expect(await registry.revision(machine.machineId, 1)).toEqual({ definition: '"first"', settings: undefined });
      expect(await registry.publications(machine.machineId)).toBeUndefined();
      expect(await executions.get(machine.machineId, head.name, head.startMs)).toEqual(head);
      await close();
    }
  });

  test('takes what is new', async () => {
    const path = join(folder, 'old-and-new.db');
    const machine = newMachine();
    const head = newHead({ machineId: machine.machineId, machineName: machine.name });
    writeOld(path, machine, head);
    const { registry, executions, close } = await openRecords(path);
    const settings = newSettings(machine, { roleArn: 'arn:aws:iam::123456789012:role/other' });
    expect(await registry.reviseMachine(machine, settings, '"second"')).toBe('revised');
    expect(await registry.revision(machine.machineId, 1)).toMatchObject({ settings: { roleArn: machine.roleArn } });
    expect(await registry.revision(machine.machineId, 2)).toEqual({ definition: '"second"', settings });
    const publications = newPublications(1);
    expect(await registry.writePublications(machine.machineId, publications)).toBe('written');
    const startedBy = { run: newRun(), taskEventId: 7, isAwaited: true };
    const young = newHead({ machineId: machine.machineId, version: 1, alias: 'live', startedBy });
    expect(await executions.start(young, young.startMs)).toBe('started');
    expect(await executions.get(machine.machineId, young.name, young.startMs)).toEqual(young);
    await close();
  });
});

describe('files that cannot be used', () => {
  test('a store of a newer format is refused by name of both formats, and left as it is', async () => {
    const path = join(folder, 'newer.db');
    const database = openDatabase(path);
    database.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 41}`);
    const refusal = { code: 'UNUSABLE_STORE', message: expect.stringContaining(`format ${SCHEMA_VERSION + 41}`) };
    await expect(Writer.open(path)).rejects.toMatchObject(refusal);
    await expect(Writer.open(path)).rejects.toMatchObject({
      message: expect.stringContaining(`this one knows ${SCHEMA_VERSION}`),
    });
    const version = database.prepare('PRAGMA user_version').all()[0]!;
    expect(Object.values(version)).toEqual([SCHEMA_VERSION + 41]);
    expect(database.prepare('SELECT count(*) AS count FROM sqlite_schema').all()[0]!.count).toBe(0);
  });

  test('a file that is no store is refused', async () => {
    const path = join(folder, 'text.db');
    writeFileSync(path, 'This is not a database, and longer than the header of one would have to be. '.repeat(20));
    await expect(Writer.open(path)).rejects.toMatchObject({ message: expect.stringMatching(/not a database/) });
  });

  test('a folder that is not there is refused', async () => {
    await expect(Writer.open(join(folder, 'missing', 'stepwell.db'))).rejects.toMatchObject({
      name: 'Error',
      message: expect.stringMatching(/unable to open|open database/i),
    });
  });

  test('preparing a store that was prepared before changes nothing', async () => {
    const path = join(folder, 'twice.db');
    const first = await openRecords(path);
    const secret = await first.registry.secret();
    await first.close();
    const database = openDatabase(path);
    prepareSchema(database);
    expect(database.prepare("SELECT value FROM facts WHERE name = 'secret'").all()[0]!.value).toBe(
      secret.toString('hex'),
    );
  });
});
