import type { Head, HeadSummary, ListPosition, StartedExecution } from '../../lib/ports/executions';
import type { RunRef } from '../../lib/ports/run-ref';
import { eventually } from './eventually';
import type { Records } from './records';
import { AS_OF, newCommit, newHead, newId, runOf, succeededAt } from './samples';

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
export function describeListing(records: () => Records): void {
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

export function describeAttention(records: () => Records): void {
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

export function describeOpenByStart(records: () => Records): void {
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

export function describeOpenOfMachine(records: () => Records): void {
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

export function describeCounting(records: () => Records): void {
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
