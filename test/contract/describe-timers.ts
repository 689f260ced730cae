import { slotAt } from '../../lib/engine/snapshot';
import type { AdvanceMessage } from '../../lib/ports/queue';
import type { Timer, Timers } from '../../lib/ports/timers';
import { newRun } from './samples';

const MINUTE_MS = 60_000;

/** What the mover relies on. Suites may share a store: each test has minutes of its own. */
export function describeTimers(name: string, open: () => Promise<Timers>): void {
  describe(`${name}: timers`, () => {
    let timers: Timers;
    /** Long ahead of all cursors. */
    let minute = Math.floor(Date.now() / MINUTE_MS) + 1_000_000;
    beforeAll(async () => {
      timers = await open();
    });
    beforeEach(() => {
      minute += 10;
    });

    const wake = (): AdvanceMessage => ({ type: 'wake', run: newRun(), from: slotAt(7, 1) });
    const sorted = (some: Timer[]) => [...some].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

    test('a timer is found in its minute, as it was added, and in no other', async () => {
      const timer = { message: wake(), atMs: minute * MINUTE_MS + 12_345 };
      await timers.add(timer.message, timer.atMs);
      expect(await timers.dueIn(minute, 100)).toEqual([timer]);
      expect(await timers.dueIn(minute - 1, 100)).toEqual([]);
      expect(await timers.dueIn(minute + 1, 100)).toEqual([]);
    });

    test('the first and the last millisecond of a minute belong to it', async () => {
      const [first, last] = [minute * MINUTE_MS, minute * MINUTE_MS + MINUTE_MS - 1];
      const all = [first, last].map((atMs) => ({ message: wake(), atMs }));
      for (const { message, atMs } of all) await timers.add(message, atMs);
      expect(sorted(await timers.dueIn(minute, 100))).toEqual(sorted(all));
    });

    test('any message of the queue may wait', async () => {
      const all: Timer[] = [
        { type: 'advance' as const, run: newRun(), from: slotAt(1, 0) },
        { type: 'delete-machine' as const, machineName: 'orders', machineId: '01J', emptyLooks: 1 },
      ].map((message) => ({ message, atMs: minute * MINUTE_MS }));
      for (const { message, atMs } of all) await timers.add(message, atMs);
      expect(sorted(await timers.dueIn(minute, 100))).toEqual(sorted(all));
    });

    test('the same message for the same time is one timer', async () => {
      const message = wake();
      for (let times = 0; times < 3; times++) await timers.add(message, minute * MINUTE_MS);
      expect(await timers.dueIn(minute, 100)).toHaveLength(1);
    });

    test('several of one run stand beside each other, where their times or their slots differ', async () => {
      const run = newRun();
      const at = (from: number, ms: number) => timers.add({ type: 'wake', run, from }, minute * MINUTE_MS + ms);
      await Promise.all([at(1, 0), at(2, 0), at(1, 5)]);
      expect(await timers.dueIn(minute, 100)).toHaveLength(3);
    });

    test('one that is removed is gone, the others stay; removing it again changes nothing', async () => {
      const [one, other] = [wake(), wake()].map((message) => ({ message, atMs: minute * MINUTE_MS }));
      for (const { message, atMs } of [one!, other!]) await timers.add(message, atMs);
      await timers.remove(one!);
      await timers.remove(one!);
      expect(await timers.dueIn(minute, 100)).toEqual([other]);
    });

    test('few are read at a time, and what is removed makes room for the others until there are none', async () => {
      const all = Array.from({ length: 25 }, () => ({ message: wake(), atMs: minute * MINUTE_MS }));
      await Promise.all(all.map(({ message, atMs }) => timers.add(message, atMs)));
      const seen: Timer[] = [];
      for (let some = await timers.dueIn(minute, 8); some.length > 0; some = await timers.dueIn(minute, 8)) {
        expect(some.length).toBeLessThanOrEqual(8);
        seen.push(...some);
        for (const timer of some) await timers.remove(timer);
      }
      expect(sorted(seen)).toEqual(sorted(all));
    });

    test('the cursor begins before every timer, moves on, and never back', async () => {
      const own = await open();
      const begin = await own.cursor();
      expect(begin * MINUTE_MS).toBeLessThanOrEqual(Date.now());
      await own.moveCursor(begin + 5);
      expect(await own.cursor()).toBe(begin + 5);
      await own.moveCursor(begin + 3);
      expect(await own.cursor()).toBe(begin + 5);
    });
  });
}
