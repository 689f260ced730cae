import type { Head } from '../../lib/ports/executions';
import { describeClosing, describeReopening } from './describe-closing';
import {
  describeAttention,
  describeCounting,
  describeListing,
  describeOpenByStart,
  describeOpenOfMachine,
} from './describe-lists';
import { eventually } from './eventually';
import { get, type OpenRecords, type Records } from './records';
import { AS_OF, newCommit, newHead, newId, runOf, succeededAt } from './samples';

export interface ExecutionsTraits {
  takesFirstCommit: boolean;
  /** Whether `countOpen` tells. */
  isCounting: boolean;
}

/** The contract of the port Executions. */
export function describeExecutions(name: string, open: OpenRecords, traits: ExecutionsTraits): void {
  describe(`executions: ${name}`, () => {
    let records: Records;
    beforeAll(async () => {
      records = await open();
    });
    afterAll(() => records.close());

    test('a head and its list say the version and the alias that it was started by, if any', async () => {
      const { executions } = records;
      const machineId = newId();
      const startMs = Date.now();
      const heads = [
        newHead({ machineId, startMs }),
        newHead({ machineId, startMs: startMs + 1, version: 12 }),
        newHead({ machineId, startMs: startMs + 2, version: 3, alias: 'live.v-1_x' }),
      ];
      for (const head of heads) await executions.start(head, head.startMs);
      for (const head of heads) expect(await executions.get(machineId, head.name, startMs)).toEqual(head);
      await executions.close(runOf(heads[2]!), succeededAt(startMs + 3), AS_OF);
      const list = () => executions.list(machineId, { status: undefined, after: undefined, limit: 10, nowMs: startMs });
      const listed = await eventually(list, (found) => found.length === 3 && found[0]!.status === 'SUCCEEDED');
      expect(listed.map(({ version, alias }) => [version, alias])).toEqual([
        [3, 'live.v-1_x'],
        [12, undefined],
        [undefined, undefined],
      ]);
      const { runId } = listed[0]!;
      const after = { startMs: listed[0]!.startMs, runId };
      const rest = await executions.list(machineId, { status: undefined, after, limit: 10, nowMs: startMs });
      expect(rest.map(({ name }) => name)).toEqual([heads[1]!.name, heads[0]!.name]);
    });

    test('it says what it can', async () => {
      const { executions } = records;
      expect(executions.takesFirstCommit).toBe(traits.takesFirstCommit);
      expect(typeof (await executions.countOpen())).toBe(traits.isCounting ? 'number' : 'undefined');
    });

    describeStarting(() => records);
    describeFirstCommits(() => records, traits);
    describeClosing(() => records);
    describeReopening(() => records);
    describeExpiry(() => records);
    describeFences(() => records);
    describeListing(() => records);
    describeAttention(() => records);
    describeOpenByStart(() => records);
    describeOpenOfMachine(() => records);
    if (traits.isCounting) describeCounting(() => records);
  });
}

function describeStarting(records: () => Records): void {
  test('a head that was started reads back as it was given', async () => {
    const head = newHead({
      name: 'Zustellung_ü+(1)@x',
      input: ' {"a" :  [1.0, "\u{1f4a1}\u2028"] }\n',
      traceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793',
      revision: 7,
    });
    expect(await records().executions.start(head, head.startMs)).toBe('started');
    expect(await get(records(), head)).toEqual(head);
  });

  test('the test case that it is run by is kept', async () => {
    const head = newHead({ testCase: 'Happy Path' });
    await records().executions.start(head, head.startMs);
    expect(await get(records(), head)).toEqual(head);
  });

  test('the task that started it is kept', async () => {
    const startedBy = { run: runOf(newHead()), taskEventId: 7, isAwaited: true };
    const head = newHead({ startedBy });
    await records().executions.start(head, head.startMs);
    expect(await get(records(), head)).toEqual(head);
    expect(
      await records().executions.start(newHead({ machineId: head.machineId, name: head.name }), head.startMs),
    ).toEqual({
      existing: head,
    });
  });

  test('a child of a distributed Map is kept with its map run, and listed apart', async () => {
    const parent = newHead();
    const startedBy = { run: runOf(parent), taskEventId: -7, isAwaited: true, mapRun: 'each:1' };
    const { machineName, machineId } = parent;
    const child = newHead({ machineName: `${machineName}/each`, machineId: `${machineId}/each`, startedBy });
    for (const head of [parent, child]) await records().executions.start(head, head.startMs);
    expect(await get(records(), child)).toEqual(child);
    const { executions } = records();
    const query = { status: undefined, after: undefined, limit: 10, nowMs: child.startMs };
    const listed = async (id: string) => (await executions.list(id, query)).map(({ runId }) => runId);
    await eventually(
      () => listed(child.machineId),
      (runIds) => runIds.length > 0,
    );
    expect(await listed(child.machineId)).toEqual([child.runId]);
    expect(await listed(parent.machineId)).toEqual([parent.runId]);
    expect((await executions.openOf(child.machineId, 10)).map(({ runId }) => runId)).toEqual([child.runId]);
  });

  test('an input of 256 KB is kept whole', async () => {
    const head = newHead({ input: JSON.stringify('ä'.repeat(131_000)) });
    await records().executions.start(head, head.startMs);
    expect((await get(records(), head))?.input === head.input).toBe(true);
  });

  test('what was never started is not there', async () => {
    expect(await get(records(), newHead())).toBeUndefined();
  });

  test('a name that is taken: the one that has it is answered, and stays', async () => {
    const first = newHead({ input: '1' });
    const second = newHead({ machineId: first.machineId, name: first.name, input: '2' });
    await records().executions.start(first, first.startMs);
    expect(await records().executions.start(second, second.startMs)).toEqual({ existing: first });
    expect(await get(records(), first)).toEqual(first);
  });

  test('the name of a closed execution stays taken until it expires', async () => {
    const { executions } = records();
    const first = newHead();
    const closed = succeededAt(first.startMs + 10);
    const second = newHead({ machineId: first.machineId, name: first.name });
    await executions.start(first, first.startMs);
    await executions.close(runOf(first), closed, AS_OF);
    expect(await executions.start(second, closed.expireAtMs - 1)).toEqual({ existing: { ...first, ...closed } });
  });

  test('state machines do not share names', async () => {
    const first = newHead({ input: '1' });
    const second = newHead({ name: first.name, input: '2' });
    expect(await records().executions.start(first, first.startMs)).toBe('started');
    expect(await records().executions.start(second, second.startMs)).toBe('started');
    expect(await get(records(), first)).toEqual(first);
    expect(await get(records(), second)).toEqual(second);
  });

  test('names differ by case, accents and trailing characters', async () => {
    const { machineId } = newHead();
    for (const name of ['abc', 'ABC', 'abc.', 'äbc', 'a\u0308bc']) {
      const head = newHead({ machineId, name });
      expect(await records().executions.start(head, head.startMs)).toBe('started');
    }
  });

  test('the same run again counts as started', async () => {
    const head = newHead();
    expect(await records().executions.start(head, head.startMs)).toBe('started');
    expect(await records().executions.start(head, head.startMs)).toBe('started');
    expect(await get(records(), head)).toEqual(head);
  });

  test('of fifty racing starts of one name exactly one starts, and the others are told of it', async () => {
    const { executions } = records();
    const { machineId, name } = newHead();
    const rivals = Array.from({ length: 50 }, (_, index) => newHead({ machineId, name, input: String(index) }));
    const results = await Promise.all(rivals.map((head) => executions.start(head, head.startMs)));
    const winners = rivals.filter((_, index) => results[index] === 'started');
    expect(winners).toHaveLength(1);
    const refusals = results.filter((result) => result !== 'started');
    expect(refusals).toEqual(Array.from({ length: 49 }, () => ({ existing: winners[0] })));
    expect(await executions.get(machineId, name, Date.now())).toEqual(winners[0]);
  });
}

function describeFirstCommits(records: () => Records, { takesFirstCommit }: ExecutionsTraits): void {
  if (!takesFirstCommit) {
    test('a head starts without its first commit', async () => {
      const head = newHead();
      expect(await records().executions.start(head, head.startMs)).toBe('started');
      expect(await records().journal.newest(head.runId)).toBeUndefined();
    });
    return;
  }

  test('the first commit is written with the head', async () => {
    const head = newHead();
    const first = newCommit(1, 4);
    expect(await records().executions.start(head, head.startMs, first)).toBe('started');
    expect(await records().journal.newest(head.runId)).toEqual({ slot: first.slot, body: first.body });
    expect(await records().journal.append(runOf(head), newCommit(1, 4))).toBe('lost');
    expect(await get(records(), head)).toEqual(head);
  });

  test('a first commit that closes makes a closed head', async () => {
    const head = newHead();
    const closed = succeededAt(head.startMs + 1);
    expect(await records().executions.start(head, head.startMs, newCommit(1, 4, { closed }))).toBe('started');
    expect(await get(records(), head)).toEqual({ ...head, ...closed });
  });

  test('a start that is refused writes no commit', async () => {
    const first = newHead();
    const second = newHead({ machineId: first.machineId, name: first.name });
    await records().executions.start(first, first.startMs);
    await records().executions.start(second, second.startMs, newCommit(1, 4));
    expect(await records().journal.newest(second.runId)).toBeUndefined();
    expect(await records().journal.newest(first.runId)).toBeUndefined();
  });
}

function describeExpiry(records: () => Records): void {
  const expired = async (): Promise<{ head: Head; expireAtMs: number }> => {
    const head = newHead();
    const closed = succeededAt(head.startMs + 10);
    await records().executions.start(head, head.startMs);
    await records().executions.close(runOf(head), closed, AS_OF);
    return { head, expireAtMs: closed.expireAtMs };
  };

  test('an execution is gone from its expiry on, and not before', async () => {
    const { head, expireAtMs } = await expired();
    const { executions } = records();
    expect((await executions.get(head.machineId, head.name, expireAtMs - 1))?.runId).toBe(head.runId);
    expect(await executions.get(head.machineId, head.name, expireAtMs)).toBeUndefined();
    expect(await executions.get(head.machineId, head.name, expireAtMs + 1)).toBeUndefined();
  });

  test('its name is free for another run', async () => {
    const { head, expireAtMs } = await expired();
    const { executions } = records();
    const next = newHead({ machineId: head.machineId, name: head.name, startMs: expireAtMs, input: '"next"' });
    expect(await executions.start(next, expireAtMs)).toBe('started');
    expect(await executions.get(head.machineId, head.name, expireAtMs)).toEqual(next);
    const third = newHead({ machineId: head.machineId, name: head.name });
    expect(await executions.start(third, expireAtMs)).toEqual({ existing: next });
  });

  test('of twenty racing starts of an expired name exactly one starts', async () => {
    const { head, expireAtMs } = await expired();
    const rivals = Array.from({ length: 20 }, () => newHead({ machineId: head.machineId, name: head.name }));
    const results = await Promise.all(rivals.map((rival) => records().executions.start(rival, expireAtMs)));
    expect(results.filter((result) => result === 'started')).toHaveLength(1);
  });
}

function describeFences(records: () => Records): void {
  /** Whether the head was written; a fenced start may say so by rejecting. */
  const isStarted = (head: Head): Promise<boolean> =>
    records()
      .executions.start(head, head.startMs)
      .then(
        (result) => result === 'started',
        () => false,
      );

  test('after a fence the run cannot start', async () => {
    const head = newHead();
    expect(await records().executions.fence(runOf(head))).toBe('fenced');
    expect(await isStarted(head)).toBe(false);
    expect(await get(records(), head)).toBeUndefined();
  });

  test('fencing again changes nothing', async () => {
    const head = newHead();
    await records().executions.fence(runOf(head));
    expect(await records().executions.fence(runOf(head))).toBe('fenced');
    expect(await isStarted(head)).toBe(false);
  });

  test('a run that has started is told so, and goes on', async () => {
    const head = newHead();
    await records().executions.start(head, head.startMs);
    expect(await records().executions.fence(runOf(head))).toBe('started');
    expect(await get(records(), head)).toEqual(head);
  });

  test('a fence leaves the name to other runs', async () => {
    const head = newHead();
    const other = newHead({ machineId: head.machineId, name: head.name });
    await records().executions.fence(runOf(head));
    expect(await records().executions.start(other, other.startMs)).toBe('started');
    expect(await records().executions.fence(runOf(head))).toBe('fenced');
    expect(await get(records(), other)).toEqual(other);
  });

  test('a fence and a start that race agree', async () => {
    for (let round = 0; round < 20; round++) {
      const head = newHead();
      const fence = () => records().executions.fence(runOf(head));
      const [started, fenced] =
        round % 2 === 0
          ? await Promise.all([isStarted(head), fence()])
          : await Promise.all([fence(), isStarted(head)]).then(([f, s]) => [s, f] as const);
      expect({ started, fenced }).toEqual(
        started ? { started: true, fenced: 'started' } : { started: false, fenced: 'fenced' },
      );
      expect((await get(records(), head)) !== undefined).toBe(started);
    }
  });
}
