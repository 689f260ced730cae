import { slotAt } from '../../lib/engine/snapshot';
import type { ClosedHead, Head, HeadSummary, ListPosition, StartedExecution } from '../../lib/ports/executions';
import type { RunRef } from '../../lib/ports/run-ref';
import { eventually } from './eventually';
import type { OpenRecords, Records } from './records';
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

const get = ({ executions }: Records, { machineId, name, startMs }: Head): Promise<Head | undefined> =>
  executions.get(machineId, name, startMs);

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

function describeClosing(records: () => Records): void {
  test.each(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const)('a head closes as %s', async (status) => {
    const head = newHead();
    const closed: ClosedHead = { status, stopMs: head.startMs + 7, expireAtMs: head.startMs + 1_000 };
    await records().executions.start(head, head.startMs);
    await records().executions.close(runOf(head), closed, AS_OF);
    expect(await get(records(), head)).toEqual({ ...head, ...closed });
  });

  test('closing is idempotent', async () => {
    const head = newHead();
    const closed = succeededAt(head.startMs + 7);
    await records().executions.start(head, head.startMs);
    await records().executions.close(runOf(head), closed, AS_OF);
    await records().executions.close(runOf(head), closed, AS_OF);
    expect(await get(records(), head)).toEqual({ ...head, ...closed });
  });

  test('closing what is not there does nothing', async () => {
    const head = newHead();
    await records().executions.close(runOf(head), succeededAt(head.startMs), AS_OF);
    expect(await get(records(), head)).toBeUndefined();
  });

  test('closing a run whose name belongs to another by now does nothing', async () => {
    const { executions } = records();
    const old = newHead();
    const closed = succeededAt(old.startMs + 10);
    await executions.start(old, old.startMs);
    await executions.close(runOf(old), closed, AS_OF);
    const young = newHead({ machineId: old.machineId, name: old.name, startMs: closed.expireAtMs + 1 });
    expect(await executions.start(young, young.startMs)).toBe('started');
    await executions.close(
      runOf(old),
      { status: 'ABORTED', stopMs: young.startMs, expireAtMs: young.startMs + 1 },
      AS_OF,
    );
    expect(await get(records(), young)).toEqual(young);
  });
}

/** Closing and opening are told apart by the slots that they are as of, whichever lands last. */
function describeReopening(records: () => Records): void {
  const slot = slotAt(9, 0);
  const redrive = { count: 1, atMs: 1_795_000_000_000 };
  const open = (head: Head) => ({ ...head, redrive });

  async function closed(change: Partial<Head> = {}) {
    const head = newHead(change);
    const end: ClosedHead = { ...succeededAt(head.startMs + 7), status: 'FAILED' };
    await records().executions.start(head, head.startMs);
    expect(await records().executions.close(runOf(head), end, slot)).toBe('closed');
    return { head, end };
  }

  test.each<[string, Partial<Head>]>([
    ['a head', {}],
    ['one that was started by a version', { version: 3, alias: 'live' }],
  ])('%s opens again, tells of its redrive, and closes again', async (_, change) => {
    const { executions } = records();
    const { head, end } = await closed(change);
    expect(await executions.reopen(runOf(head), redrive, slot)).toBe('reopened');
    expect(await get(records(), head)).toEqual(open(head));
    const later = { ...end, stopMs: end.stopMs + 9 };
    expect(await executions.close(runOf(head), later, slotAt(12, 0))).toBe('closed');
    expect(await get(records(), head)).toEqual({ ...open(head), ...later });
    const again = { count: 2, atMs: redrive.atMs + 5 };
    expect(await executions.reopen(runOf(head), again, slotAt(12, 0))).toBe('reopened');
    expect(await get(records(), head)).toEqual({ ...head, redrive: again });
  });

  test('opening is idempotent, and an open head can be opened as of a later slot', async () => {
    const { executions } = records();
    const { head } = await closed();
    for (const asOf of [slot, slot, slot + 1]) {
      expect(await executions.reopen(runOf(head), redrive, asOf)).toBe('reopened');
    }
    expect(await get(records(), head)).toEqual(open(head));
  });

  test('a close that was under way when it was opened does nothing, and is told', async () => {
    const { executions } = records();
    const { head, end } = await closed();
    await executions.reopen(runOf(head), redrive, slot);
    expect(await executions.close(runOf(head), end, slot)).toBe('behind');
    expect(await get(records(), head)).toEqual(open(head));
    expect(await executions.close(runOf(head), end, slot + 1)).toBe('closed');
  });

  test('an opening that was under way when it was closed does nothing, and is told', async () => {
    const { executions } = records();
    const { head, end } = await closed();
    await executions.reopen(runOf(head), redrive, slot);
    await executions.close(runOf(head), end, slot + 1);
    expect(await executions.reopen(runOf(head), redrive, slot)).toBe('behind');
    expect((await get(records(), head))?.status).toBe('FAILED');
  });

  test('an opening that was under way when one that was closed is closed as of a later slot does nothing', async () => {
    const { executions } = records();
    const { head, end } = await closed();
    expect(await executions.close(runOf(head), end, slot + 1)).toBe('closed');
    expect(await executions.reopen(runOf(head), redrive, slot)).toBe('behind');
    expect(await get(records(), head)).toEqual({ ...head, ...end });
    expect(await executions.reopen(runOf(head), redrive, slot + 1)).toBe('reopened');
  });

  test('what is not there does not open', async () => {
    const head = newHead();
    expect(await records().executions.reopen(runOf(head), redrive, slot)).toBe('behind');
    expect(await get(records(), head)).toBeUndefined();
  });

  test('one that is open again is found by those who look for open ones, and listed as such', async () => {
    const { executions } = records();
    const { head } = await closed();
    await executions.reopen(runOf(head), redrive, slot);
    const { machineId, startMs } = head;
    const query = { status: undefined, after: undefined, limit: 10, nowMs: startMs };
    const listed = await eventually(
      () => executions.list(machineId, query),
      (found) => found[0]?.status === 'RUNNING' && found[0].redrive !== undefined,
    );
    expect(listed).toMatchObject([{ runId: head.runId, status: 'RUNNING', redrive }]);
    const found = await eventually(
      () => executions.openOf(machineId, 10),
      (runs) => runs.length > 0,
    );
    expect(found).toEqual([runOf(head)]);
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

const summaryOf = ({ machineName, machineId, name, runId, status, startMs, stopMs }: Head): HeadSummary => ({
  machineName,
  machineId,
  name,
  runId,
  status,
  startMs,
  stopMs,
});

/** Starts executions one after the other, a millisecond apart; some close. Newest first in the answer. */
async function startSeveral({ executions }: Records, count: number, machineId = newId()): Promise<Head[]> {
  const heads: Head[] = [];
  const beginMs = Date.now();
  for (let index = 0; index < count; index++) {
    const head = newHead({ machineId, startMs: beginMs + index });
    await executions.start(head, head.startMs);
    const status = (['RUNNING', 'SUCCEEDED', 'FAILED'] as const)[index % 3]!;
    if (status === 'RUNNING') heads.unshift(head);
    else {
      const closed = { status, stopMs: head.startMs + 1, expireAtMs: head.startMs + 1_000_000 };
      await executions.close(runOf(head), closed, AS_OF);
      heads.unshift({ ...head, ...closed });
    }
  }
  return heads;
}

/** Lists may be behind what was written a moment ago. */
function describeListing(records: () => Records): void {
  const list = (
    machineId: string,
    query: { status?: Head['status']; after?: ListPosition; limit?: number; nowMs?: number } = {},
  ): Promise<HeadSummary[]> => {
    const { status, after, limit = 100, nowMs = Date.now() } = query;
    return records().executions.list(machineId, { status, after, limit, nowMs });
  };
  const settled = (heads: Head[]) =>
    eventually(
      () => list(heads[0]!.machineId),
      (found) => JSON.stringify(found) === JSON.stringify(heads.map(summaryOf)),
    );

  test('newest first, each with what is listed of it', async () => {
    const heads = await startSeveral(records(), 7);
    await settled(heads);
    expect(await list(heads[0]!.machineId)).toEqual(heads.map(summaryOf));
  });

  test('a state machine without executions has an empty list', async () => {
    expect(await list(newId())).toEqual([]);
  });

  test('executions of other state machines are not listed', async () => {
    const [own, other] = [await startSeveral(records(), 2), await startSeveral(records(), 2)];
    await settled(own);
    await settled(other);
  });

  test.each(['RUNNING', 'SUCCEEDED', 'FAILED', 'ABORTED'] as const)('only those that are %s', async (status) => {
    const heads = await startSeveral(records(), 7);
    await settled(heads);
    const wanted = heads.filter((head) => head.status === status);
    expect(wanted).toHaveLength({ RUNNING: 3, SUCCEEDED: 2, FAILED: 2, ABORTED: 0 }[status]);
    const found = await eventually(
      () => list(heads[0]!.machineId, { status }),
      (list) => list.length === wanted.length,
    );
    expect(found).toEqual(wanted.map(summaryOf));
  });

  test.each([undefined, 'RUNNING'] as const)(
    'pages of status %s meet each execution once, in order',
    async (status) => {
      const heads = await startSeveral(records(), 25);
      await settled(heads);
      const wanted = heads.filter((head) => status === undefined || head.status === status);
      const seen: HeadSummary[] = [];
      for (let after: ListPosition | undefined; ; ) {
        const page = await list(heads[0]!.machineId, { status, after, limit: 4 });
        expect(page.length).toBeLessThanOrEqual(4);
        seen.push(...page);
        const last = page.at(-1);
        if (!last) break;
        after = { startMs: last.startMs, runId: last.runId };
      }
      expect(seen).toEqual(wanted.map(summaryOf));
    },
  );

  test('a page goes on behind an execution that has changed its status meanwhile', async () => {
    const heads = await startSeveral(records(), 10);
    await settled(heads);
    const { machineId } = heads[0]!;
    const [first, second] = heads.filter(({ status }) => status === 'RUNNING');
    await records().executions.close(runOf(first!), succeededAt(Date.now()), AS_OF);
    await eventually(
      () => list(machineId, { status: 'RUNNING' }),
      (found) => found.every(({ runId }) => runId !== first!.runId),
    );
    const after = { startMs: first!.startMs, runId: first!.runId };
    const [next] = await list(machineId, { status: 'RUNNING', after, limit: 1 });
    expect(next).toEqual(summaryOf(second!));
  });

  test('executions started in the same millisecond are in the order of their runs', async () => {
    const machineId = newId();
    const startMs = Date.now();
    const heads = Array.from({ length: 6 }, () => newHead({ machineId, startMs })).reverse();
    for (const head of [...heads].sort(() => -1)) await records().executions.start(head, startMs);
    await settled(heads);
    const after = { startMs, runId: heads[2]!.runId };
    expect(await list(machineId, { after })).toEqual(heads.slice(3).map(summaryOf));
  });

  test('expired executions are not listed', async () => {
    const heads = await startSeveral(records(), 3);
    await settled(heads);
    const { machineId } = heads[0]!;
    const nowMs = heads[0]!.startMs + 2_000_000;
    expect(await list(machineId, { nowMs })).toEqual(heads.filter(({ status }) => status === 'RUNNING').map(summaryOf));
    expect(await list(machineId, { nowMs, status: 'SUCCEEDED' })).toEqual([]);
  });
}

/** Reads a window page by page. Answers those of one state machine, and when they need a look. */
async function attention(
  { executions }: Records,
  machineId: string,
  [attentionFromMs, attentionBeforeMs]: readonly [number, number],
  limit = 1_000,
): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  let pages = 0;
  for (let next: string | undefined; ; ) {
    const page = await executions.open({ attentionFromMs, attentionBeforeMs, next, limit });
    expect(page.executions.length).toBeLessThanOrEqual(limit);
    for (const { run, attentionAtMs } of page.executions) {
      if (run.machineId !== machineId) continue;
      expect(found.has(run.runId)).toBe(false);
      found.set(run.runId, attentionAtMs);
    }
    next = page.next;
    if (next === undefined) return found;
    expect(++pages).toBeLessThan(5_000);
  }
}

function describeAttention(records: () => Records): void {
  const HOUR_MS = 3_600_000;
  /** Long ahead, and another for each call: other suites' executions need their look at other times. */
  let laterMs = Date.now() + 1_000 * HOUR_MS;
  const window = (): { fromMs: number; beforeMs: number } => {
    laterMs += 10 * HOUR_MS;
    return { fromMs: laterMs, beforeMs: laterMs + HOUR_MS };
  };
  /** Starts an execution that sleeps until then; 0 for one that needs a look at once. */
  const startUntil = async (machineId: string, attentionAtMs: number): Promise<Head> => {
    const head = newHead({ machineId });
    await records().executions.start(head, head.startMs);
    await records().journal.append(runOf(head), newCommit(1, 2, { attentionAtMs }));
    return head;
  };

  test('a new execution needs a look at once', async () => {
    const head = newHead();
    await records().executions.start(head, head.startMs);
    expect(await attention(records(), head.machineId, [0, 1])).toEqual(new Map([[head.runId, 0]]));
  });

  test('pages end anywhere: within a state machine as well as between two', async () => {
    const machineIds = [newId(), newId()];
    const runIds: string[][] = [];
    for (const machineId of machineIds) {
      const heads = [await startUntil(machineId, 0), await startUntil(machineId, 0), await startUntil(machineId, 0)];
      runIds.push(heads.map(({ runId }) => runId).sort());
    }
    for (const limit of [1, 2, 3]) {
      for (const [index, machineId] of machineIds.entries()) {
        const found = await attention(records(), machineId, [0, 1], limit);
        expect([...found.keys()].sort()).toEqual(runIds[index]);
      }
    }
  });

  test('what is found names its run', async () => {
    const { fromMs, beforeMs } = window();
    const head = await startUntil(newId(), fromMs);
    const query = { attentionFromMs: fromMs, attentionBeforeMs: beforeMs, next: undefined, limit: 100 };
    const { executions } = await records().executions.open(query);
    expect(executions).toContainEqual({ run: runOf(head), attentionAtMs: fromMs });
  });

  test('windows that touch find each execution in one of them, the first bound included', async () => {
    const { fromMs, beforeMs } = window();
    const machineId = newId();
    const times = [0, fromMs - 1, fromMs, beforeMs - 1, beforeMs];
    const heads: Head[] = [];
    for (const atMs of times) heads.push(await startUntil(machineId, atMs));
    const found = (...indexes: number[]) => new Map(indexes.map((index) => [heads[index]!.runId, times[index]!]));
    expect(await attention(records(), machineId, [0, fromMs])).toEqual(found(0, 1));
    expect(await attention(records(), machineId, [fromMs, beforeMs])).toEqual(found(2, 3));
    expect(await attention(records(), machineId, [beforeMs, beforeMs + 1])).toEqual(found(4));
  });

  test('a commit without attention leaves it as it was, one with it moves it', async () => {
    const { fromMs, beforeMs } = window();
    const head = await startUntil(newId(), fromMs);
    const { journal } = records();
    await journal.append(runOf(head), newCommit(3, 3));
    expect(await attention(records(), head.machineId, [fromMs, beforeMs])).toEqual(new Map([[head.runId, fromMs]]));
    await journal.append(runOf(head), newCommit(4, 4, { attentionAtMs: 0 }));
    expect(await attention(records(), head.machineId, [fromMs, beforeMs])).toEqual(new Map());
    expect(await attention(records(), head.machineId, [0, 1])).toEqual(new Map([[head.runId, 0]]));
  });

  test('an append that loses its slot does not move it', async () => {
    const { fromMs, beforeMs } = window();
    const head = await startUntil(newId(), fromMs);
    const rival = newCommit(1, 2, { attentionAtMs: beforeMs + HOUR_MS });
    expect(await records().journal.append(runOf(head), rival)).toBe('lost');
    expect(await attention(records(), head.machineId, [fromMs, beforeMs])).toEqual(new Map([[head.runId, fromMs]]));
  });

  test('closed executions need none', async () => {
    const { fromMs, beforeMs } = window();
    const head = await startUntil(newId(), fromMs);
    await records().executions.close(runOf(head), succeededAt(head.startMs), AS_OF);
    expect(await attention(records(), head.machineId, [0, beforeMs])).toEqual(new Map());
    expect(await attention(records(), head.machineId, [fromMs, beforeMs])).toEqual(new Map());
  });

  test('a window of sleepers is read in pages, each once, also where many wake together', async () => {
    const { fromMs, beforeMs } = window();
    const machineId = newId();
    const heads: Head[] = [];
    for (let index = 0; index < 11; index++) heads.push(await startUntil(machineId, fromMs + (index >> 2)));
    const found = await attention(records(), machineId, [fromMs, beforeMs], 3);
    expect([...found.keys()].sort()).toEqual(heads.map(({ runId }) => runId).sort());
  });
}

function describeOpenByStart(records: () => Records): void {
  /** A time that no other test starts executions in. */
  let laterMs = Date.now() + 50_000 * 3_600_000;
  const aTime = (): number => {
    laterMs += 10_000_000;
    return laterMs;
  };
  const startAt = async (machineId: string, startMs: number): Promise<Head> => {
    const head = newHead({ machineId, startMs });
    await records().executions.start(head, startMs);
    return head;
  };
  const find = async (fromMs: number, beforeMs: number, limit = 100) => {
    const found: StartedExecution[] = [];
    for (let next: string | undefined; ; ) {
      const page = await records().executions.openByStart({ fromMs, beforeMs, next, limit });
      expect(page.executions.length).toBeLessThanOrEqual(limit);
      found.push(...page.executions);
      next = page.next;
      if (next === undefined) return found.sort((a, b) => (a.run.runId < b.run.runId ? -1 : 1));
    }
  };
  const told = (heads: Head[]): StartedExecution[] =>
    heads.map((head) => ({ run: runOf(head), startMs: head.startMs }));

  test('those that were started in that time, the first bound included, of all state machines', async () => {
    const fromMs = aTime();
    const heads: Head[] = [];
    for (const startMs of [fromMs - 1, fromMs, fromMs + 500, fromMs + 999, fromMs + 1_000]) {
      heads.push(await startAt(newId(), startMs));
    }
    expect(await find(fromMs, fromMs + 1_000)).toEqual(told(heads.slice(1, 4)));
    expect(await find(fromMs + 1_000, fromMs + 1_001)).toEqual(told(heads.slice(4)));
    expect(await find(fromMs + 1_001, fromMs + 2_000)).toEqual([]);
  });

  test.each([1, 2, 3, 7])('in pages of %d, each once', async (limit) => {
    const fromMs = aTime();
    const heads: Head[] = [];
    for (const machineId of [newId(), newId()]) {
      for (let index = 0; index < 5; index++) heads.push(await startAt(machineId, fromMs + (index >> 1)));
    }
    expect(await find(fromMs, fromMs + 10, limit)).toEqual(told(heads));
  });

  test('not those that have ended', async () => {
    const fromMs = aTime();
    const head = await startAt(newId(), fromMs);
    await records().executions.close(runOf(head), succeededAt(fromMs + 1), AS_OF);
    expect(await find(fromMs, fromMs + 1)).toEqual([]);
  });
}

function describeOpenOfMachine(records: () => Records): void {
  test('the open executions of a state machine, as many as are wanted', async () => {
    const heads = await startSeveral(records(), 9);
    const { machineId } = heads[0]!;
    const wanted = heads.filter(({ status }) => status === 'RUNNING').map(runOf);
    const byRun = (runs: RunRef[]) => [...runs].sort((a, b) => (a.runId < b.runId ? -1 : 1));
    expect(byRun(await records().executions.openOf(machineId, 100))).toEqual(byRun(wanted));
    const two = await records().executions.openOf(machineId, 2);
    expect(two).toHaveLength(2);
    for (const run of two) expect(wanted).toContainEqual(run);
    expect(await records().executions.openOf(newId(), 100)).toEqual([]);
  });
}

function describeCounting(records: () => Records): void {
  const count = async (): Promise<number> => (await records().executions.countOpen())!;

  test('starts are counted, refused ones are not, closing takes one off', async () => {
    const { executions } = records();
    const before = await count();
    const heads = [newHead(), newHead(), newHead()];
    for (const head of heads) await executions.start(head, head.startMs);
    await executions.start(newHead({ machineId: heads[0]!.machineId, name: heads[0]!.name }), Date.now());
    expect(await count()).toBe(before + 3);
    await executions.close(runOf(heads[0]!), succeededAt(Date.now()), AS_OF);
    await executions.close(runOf(heads[0]!), succeededAt(Date.now()), AS_OF);
    expect(await count()).toBe(before + 2);
    const closed = succeededAt(Date.now());
    const result = await records().journal.append(runOf(heads[1]!), newCommit(1, 2, { closed }));
    await executions.close(runOf(heads[1]!), closed, AS_OF);
    expect(['closed', 'appended']).toContain(result);
    expect(await count()).toBe(before + 1);
  });

  test('an execution that takes an expired name counts once', async () => {
    const { executions } = records();
    const before = await count();
    const old = newHead();
    const closed = succeededAt(old.startMs);
    await executions.start(old, old.startMs);
    await executions.close(runOf(old), closed, AS_OF);
    const young = newHead({ machineId: old.machineId, name: old.name });
    await executions.start(young, closed.expireAtMs);
    expect(await count()).toBe(before + 1);
  });
}
