import { slotAt } from '../../lib/engine/snapshot';
import type { ClosedHead, Head } from '../../lib/ports/executions';
import { eventually } from './eventually';
import { get, type Records } from './records';
import { AS_OF, newHead, runOf, succeededAt } from './samples';

export function describeClosing(records: () => Records): void {
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
export function describeReopening(records: () => Records): void {
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
