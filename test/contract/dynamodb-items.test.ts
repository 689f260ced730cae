import { pack, split, unpack } from '../../lib/adapters/dynamodb/packing';
import type { Store } from '../../lib/adapters/dynamodb/store';
import { type DynamoDb, startDynamoDb } from '../backends/dynamodb';
import { describeRevisionItems } from './describe-revision-items';
import { DAY_MS, newTables, noise, type Tables } from './dynamodb-client';
import {
  AS_OF,
  newActivity,
  newCommit,
  newHead,
  newId,
  newMachine,
  newPublications,
  newRun,
  newSettings,
  runOf,
  succeededAt,
} from './samples';

describe('packing', () => {
  test('a short text stays as it is, a long one is deflated, one that does not get shorter is left alone', async () => {
    expect(await pack('{"a":"ü"}')).toBe('{"a":"ü"}');
    const long = JSON.stringify(Array.from({ length: 200 }, (_, id) => ({ id, name: `item ${id}` })));
    const packed = await pack(long);
    expect(packed.length).toBeLessThan(long.length / 3);
    expect(await unpack(packed)).toBe(long);
    const random = Array.from({ length: 900 }, (_, i) => String.fromCharCode(32 + ((i * i * 31 + i * 7) % 95))).join(
      '',
    );
    expect(await unpack(await pack(random))).toBe(random);
  });

  test('parts are at most 350 KB and make the whole', () => {
    const bytes = Buffer.from(noise(1_000_000));
    const parts = split(bytes);
    expect(parts.map(({ length }) => length)).toEqual([350_000, 350_000, 300_000]);
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
  });
});

if (process.env.STEPWELL_BACKENDS) {
  jest.setTimeout(120_000);
  let server: DynamoDb;
  let tables: Tables;
  let store: Store;
  beforeAll(async () => {
    server = await startDynamoDb();
    tables = await newTables(server);
    store = await tables.open();
  }, 120_000);
  afterAll(async () => {
    tables?.close();
    await server?.stop();
  });
  const journalOf = (runId: string) => tables.items('journal', { runId });

  describe('texts in items', () => {
    test('a body that fits stands in its commit, deflated where that is shorter', async () => {
      const run = newRun();
      const long = newCommit(2, 3, { body: JSON.stringify('long '.repeat(1_000)) });
      await store.journal.append(run, newCommit(1, 1));
      await store.journal.append(run, long);
      const [first, second] = await journalOf(run.runId);
      expect(typeof first!.text).toBe('string');
      expect((second!.text as Uint8Array).length).toBeLessThan(200);
      expect((await store.journal.newest(run.runId))?.body).toBe(long.body);
    });

    test('an outsized body stands in parts under its attempt; those of an attempt that lost are never read', async () => {
      const run = newRun();
      const rivals = [1, 2].map((seed) => newCommit(1, 1, { body: JSON.stringify(seed + noise(900_000)) }));
      expect(await store.journal.append(run, rivals[0]!)).toBe('appended');
      expect(await store.journal.append(run, rivals[1]!)).toBe('lost');
      expect((await store.journal.newest(run.runId))?.body === rivals[0]!.body).toBe(true);
      const entries = (await store.database.all('journal', {
        where: { text: '#runId = :run', values: { ':run': run.runId } },
      })) as { entry: string; parts?: number; text?: unknown }[];
      expect(entries[0]).toMatchObject({ entry: 'C#000001.000000', parts: 3, attempt: rivals[0]!.attempt });
      expect(entries[0]!.text).toBeUndefined();
      const partsOf = ({ attempt }: { attempt: string }) =>
        entries.filter(({ entry }) => entry.startsWith(`P#${attempt}#`)).length;
      expect(rivals.map(partsOf)).toEqual([3, 3]);
    });

    test('parts are written before the item that names them', async () => {
      const run = newRun();
      tables.requests.length = 0;
      await store.journal.append(run, newCommit(1, 1, { body: JSON.stringify(noise(900_000)) }));
      const entries = tables.requests.map(({ input }) => String((input.Item as { entry: string }).entry)[0]);
      expect(entries).toEqual(['P', 'P', 'P', 'C']);
    });

    test('the head of an execution with a large input stays small', async () => {
      const head = newHead({ input: JSON.stringify(noise(262_000)) });
      await store.executions.start(head, head.startMs);
      const [item] = await tables.items('executions', { machineId: head.machineId });
      expect(JSON.stringify(item).length).toBeLessThan(1_000);
      expect((await store.executions.get(head.machineId, head.name, head.startMs))?.input === head.input).toBe(true);
      const rival = newHead({ machineId: head.machineId, name: head.name });
      expect(await store.executions.start(rival, head.startMs)).toEqual({ existing: head });
    });

    test('no item is larger than 400 KB', async () => {
      tables.requests.length = 0;
      const machine = newMachine({
        tags: Array.from({ length: 50 }, (_, i) => ({ key: `${i}`.padEnd(128, 'ü'), value: '–'.repeat(256) })),
      });
      const run = newRun();
      await store.registry.createMachine(machine, JSON.stringify(noise(1_048_570)));
      await store.journal.append(run, newCommit(1, 9, { body: JSON.stringify(noise(3_000_000)) }));
      await store.journal.append(run, newCommit(10, 11, { body: JSON.stringify(`–${noise(349_000)}`) }));
      const sizes = tables.requests.map(({ input }) => sizeOf(input.Item));
      expect(sizes.length).toBeGreaterThan(12);
      expect(Math.max(...sizes)).toBeLessThan(400 * 1024);
    });
  });

  describe('when items expire', () => {
    const days = (ttl: unknown, fromMs: number) => (Number(ttl) * 1000 - fromMs) / DAY_MS;

    test('commits, parts and beats: 35 days after the retention, counted from when they were written', async () => {
      const writtenMs = Date.now() - 10 * DAY_MS;
      const { journal } = await tables.open({ nowMs: () => writtenMs });
      const run = newRun();
      await journal.append(run, newCommit(1, 1, { body: JSON.stringify(noise(500_000)) }));
      await journal.openBeat(run.runId, 3, writtenMs);
      const items = await journalOf(run.runId);
      expect(items).toHaveLength(4);
      for (const { ttl } of items) expect(days(ttl, writtenMs)).toBeCloseTo(125, 3);
    });

    test('an open head does not expire, a closed one a day after it is gone', async () => {
      const head = newHead();
      await store.executions.start(head, head.startMs);
      expect((await tables.items('executions', { machineId: head.machineId }))[0]!.ttl).toBeUndefined();
      const closed = succeededAt(head.startMs);
      await store.executions.close(runOf(head), closed, AS_OF);
      const [item] = await tables.items('executions', { machineId: head.machineId });
      expect(days(item!.ttl, closed.expireAtMs)).toBeCloseTo(1, 3);
    });

    test('a fence outlasts every message, also in a head that has expired, and never makes an open head expire', async () => {
      const { executions } = store;
      const itemOf = async ({ machineId }: { machineId: string }) =>
        (await tables.items('executions', { machineId }))[0]!;
      const absent = newHead();
      await executions.fence(runOf(absent));
      expect(days((await itemOf(absent)).ttl, Date.now())).toBeCloseTo(15, 3);

      const head = newHead({ startMs: Date.now() - 200 * DAY_MS });
      const late = newHead({ machineId: head.machineId, name: head.name });
      await executions.start(head, head.startMs);
      await executions.fence(runOf(late));
      expect(await itemOf(head)).not.toHaveProperty('ttl');
      // Nor takes room in one whose name will not be free for longer.
      expect(await itemOf(head)).not.toHaveProperty('fenced');
      await executions.close(runOf(head), succeededAt(head.startMs), AS_OF);
      await executions.fence(runOf(late));
      expect(days((await itemOf(head)).ttl, Date.now())).toBeCloseTo(15, 3);
      await expect(executions.start(late, Date.now())).rejects.toThrow('given up');
    });

    test('a removed machine leaves its definition to the executions that still need it', async () => {
      const machine = newMachine();
      await store.registry.createMachine(machine, '{}');
      const definition = () => tables.items('registry', { kind: `D#${machine.machineId}#1` });
      expect((await definition())[0]!.ttl).toBeUndefined();
      await store.registry.removeMachine(machine.name, machine.machineId);
      expect(days((await definition())[0]!.ttl, Date.now())).toBeCloseTo(125, 3);
      expect(await store.registry.revision(machine.machineId, 1)).toMatchObject({ definition: '{}' });
    });

    test('journals of executions that are open for a month are renewed, younger ones and closed ones are not', async () => {
      const own = await newTables(server);
      const startMs = Date.now() - 100 * DAY_MS;
      const then = await own.open({ nowMs: () => startMs });
      const [old, closed] = [newHead({ startMs }), newHead({ startMs })];
      const young = newHead({ startMs: startMs + 80 * DAY_MS });
      for (const head of [old, young, closed]) {
        await then.executions.start(head, startMs);
        await then.journal.append(runOf(head), newCommit(1, 2));
      }
      await then.executions.close(runOf(closed), succeededAt(startMs), AS_OF);
      const nowMs = Date.now();
      const now = await own.open();
      for (let next: string | undefined; ; ) {
        next = await now.renewOpen(nowMs, next, 1);
        if (next === undefined) break;
      }
      const left = async ({ runId }: { runId: string }) =>
        Math.round(days((await own.items('journal', { runId }))[0]!.ttl, nowMs));
      expect([await left(old), await left(young), await left(closed)]).toEqual([125, 25, 25]);
      own.requests.length = 0;
      await now.renewOpen(nowMs + DAY_MS, undefined, 100);
      expect(own.requests.filter(({ command }) => command !== 'QueryCommand')).toEqual([]);
      own.close();
    });
  });

  describe('revisions', () => describeRevisionItems(() => server));

  describe('requests', () => {
    /** Everything that the ports can be asked for. */
    async function useAll({ executions, journal, registry }: Store): Promise<void> {
      const head = newHead({ input: JSON.stringify(noise(3_000)) });
      const { machineId, name, runId, startMs: nowMs } = head;
      await executions.fence(runOf(newHead()));
      await executions.start(head, nowMs);
      await executions.start(newHead({ machineId, name }), nowMs);
      await executions.get(machineId, name, nowMs);
      await journal.append(head, newCommit(1, 2, { body: JSON.stringify(noise(900_000)) }));
      await journal.append(head, newCommit(1, 2));
      await journal.newest(runId);
      await journal.range(runId, 0, 9_000_000);
      await journal.commitsAt(runId, 1, 'up');
      await journal.commitsAt(runId, 1, 'down');
      await journal.openBeat(runId, 1, 1_000);
      await journal.beat(runId, 1, 900, 2_000);
      await journal.closeBeat(runId, 1, 1_500);
      await executions.close(runOf(head), succeededAt(nowMs), AS_OF);
      const [machine, activity] = [newMachine(), newActivity()];
      await registry.createMachine(machine, JSON.stringify(noise(900_000)));
      await registry.machine(machine.name);
      await registry.machines('', 10);
      await registry.countMachines();
      await registry.revision(machine.machineId, 1);
      await registry.updateMachine(machine.name, machine.machineId, { tags: [] });
      await registry.reviseMachine(machine, newSettings(machine), '{}');
      await registry.reviseMachine(machine, newSettings(machine, { revision: 3 }), '{}');
      await registry.writePublications(machine.machineId, newPublications(1));
      await registry.writePublications(machine.machineId, newPublications(2));
      await registry.publications(machine.machineId);
      await registry.removeMachine(machine.name, machine.machineId);
      await registry.createActivity(activity);
      await registry.activity(activity.name);
      await registry.updateActivity(activity.name, activity.generation, { tags: [] });
      await registry.activities('', 10);
      await registry.countActivities();
      await registry.removeActivity(activity.name);
      await registry.secret();
      const page = { limit: 10, nowMs, after: { startMs: nowMs, runId } };
      await executions.list(machineId, { status: undefined, ...page });
      await executions.openOf(machineId, 10);
      await executions.open({ attentionFromMs: 0, attentionBeforeMs: 1, next: undefined, limit: 10 });
    }

    test('nothing is scanned, nothing is a transaction, and all but lists is read consistently', async () => {
      const own = await newTables(server);
      await useAll(await own.open());
      expect(new Set(own.requests.map(({ command }) => command))).toEqual(
        new Set(['GetItemCommand', 'PutItemCommand', 'QueryCommand', 'UpdateItemCommand', 'DeleteItemCommand']),
      );
      for (const { command, input } of own.requests) {
        if (command !== 'GetItemCommand' && command !== 'QueryCommand') continue;
        expect(input).toMatchObject(input.IndexName === 'list' ? { ConsistentRead: false } : { ConsistentRead: true });
      }
      own.close();
    });

    test('whatever two may write is written under a condition', async () => {
      const own = await newTables(server);
      await useAll(await own.open());
      const free = own.requests
        .filter(({ command, input }) => !/Get|Query/.test(command) && input.ConditionExpression === undefined)
        .map(({ input: { Item } }) => Item as Record<string, string>)
        .map(({ kind, entry }) => (kind ?? entry)!.split('#')[0]);
      expect(new Set(free)).toEqual(new Set(['D', 'P', 'STARTED']));
      own.close();
    });

    test('a history of a hundred commits is one or two requests a page', async () => {
      const run = newRun();
      for (let id = 1; id <= 60; id++) await store.journal.append(run, newCommit(id, id));
      tables.requests.length = 0;
      expect(await store.journal.commitsAt(run.runId, 1, 'up')).toHaveLength(60);
      expect(await store.journal.commitsAt(run.runId, 60, 'down')).toHaveLength(60);
      expect(tables.requests).toHaveLength(3);
    });

    test('a process notes a list of executions once', async () => {
      const own = await newTables(server);
      const { executions } = await own.open();
      const machineId = newId();
      for (let i = 0; i < 9; i++) await executions.start(newHead({ machineId }), Date.now());
      const notes = own.requests.filter(({ input }) => (input.Item as { kind?: string })?.kind === 'STARTED');
      expect(notes.length).toBeLessThanOrEqual(4);
      own.close();
    });
  });

  test('an open head that is behind its closing commit needs a look at once', async () => {
    const head = newHead();
    await store.executions.start(head, head.startMs);
    const commit = newCommit(1, 2, { attentionAtMs: Date.now() + DAY_MS, closed: succeededAt(head.startMs) });
    await store.journal.append(head, commit);
    const found: unknown[] = [];
    for (let next: string | undefined; ; ) {
      const page = await store.executions.open({ attentionFromMs: 0, attentionBeforeMs: 1, next, limit: 100 });
      found.push(...page.executions);
      next = page.next;
      if (next === undefined) break;
    }
    expect(found).toContainEqual({ run: runOf(head), attentionAtMs: 0 });
  });
}

/** As the store counts: names and values. */
function sizeOf(item: unknown): number {
  let size = 0;
  for (const [name, value] of Object.entries((item ?? {}) as Record<string, unknown>)) {
    size += Buffer.byteLength(name) + (value instanceof Uint8Array ? value.length : Buffer.byteLength(String(value)));
  }
  return size;
}
