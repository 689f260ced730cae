import type { Clock } from '../../lib/ports/clock';
import type { AdvanceMessage } from '../../lib/ports/queue';
import { TimerMover } from '../../lib/runtime/timers';
import { describeTimers } from '../contract/describe-timers';
import { newRun } from '../contract/samples';
import { MemoryTimers } from './memory-timers';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
/** A full minute. */
const NOW = 29_000_000;
const NEVER = Number.POSITIVE_INFINITY;

describeTimers('memory', async () => new MemoryTimers(Math.floor(Date.now() / MINUTE_MS)));

describe('the mover', () => {
  let timers: MemoryTimers;
  let nowMs: number;
  let sent: { message: AdvanceMessage; atMs: number }[];
  let failures: unknown[];
  let isRefusing: (atMs: number) => boolean;

  beforeEach(() => {
    timers = new MemoryTimers(NOW - 10);
    nowMs = NOW * MINUTE_MS;
    sent = [];
    failures = [];
    isRefusing = () => false;
  });

  const move = (untilMs = NEVER) => {
    const clock: Clock = {
      nowMs: () => nowMs,
      sleep: async () => {},
      placeInLine: () => async () => {},
      every: () => () => {},
    };
    const sendDue = async (message: AdvanceMessage, atMs: number) => {
      if (isRefusing(atMs)) throw new Error('refused');
      timers.calls.push('send');
      sent.push({ message, atMs });
    };
    return new TimerMover(timers, clock, sendDue, (error) => failures.push(error)).move(untilMs);
  };
  const wait = async (minute: number, count = 1) => {
    for (let index = 0; index < count; index++) {
      await timers.add({ type: 'wake', run: newRun(), from: 1 }, minute * MINUTE_MS + index);
    }
  };
  const sentMinutes = () => sent.map(({ atMs }) => Math.floor(atMs / MINUTE_MS) - NOW).sort((a, b) => a - b);

  test('sends what is due in whole minutes of the next fifteen, and leaves the rest', async () => {
    for (const minute of [-3, 0, 1, 14, 15, 16, 500]) await wait(NOW + minute);
    expect(await move()).toMatchObject({ sent: 4, failed: 0, isDone: true });
    expect(sentMinutes()).toEqual([-3, 0, 1, 14]);
    expect(timers.standing.size).toBe(3);
  });

  test('sends first and removes second', async () => {
    await wait(NOW + 1);
    await move();
    expect(timers.calls.filter((call) => /^(send|remove)/.test(call)).map((call) => call.split(' ')[0])).toEqual([
      'send',
      'remove',
    ]);
  });

  test('one that could not be removed is sent again, one that could not be sent stays', async () => {
    await wait(NOW + 1);
    timers.refusing = 'remove';
    expect(await move()).toMatchObject({ sent: 1, failed: 1 });
    timers.refusing = undefined;
    isRefusing = () => true;
    expect(await move()).toMatchObject({ sent: 0, failed: 1 });
    isRefusing = () => false;
    expect(await move()).toMatchObject({ sent: 1, failed: 0 });
    expect(sent).toHaveLength(2);
    expect(failures).toHaveLength(2);
  });

  test('empties a minute of many', async () => {
    await wait(NOW + 2, 950);
    expect(await move()).toMatchObject({ sent: 950 });
    expect(timers.standing.size).toBe(0);
  });

  test('passes minutes that are empty and ten minutes old, and no others', async () => {
    timers.minute = NOW - 30;
    const { cursorMs } = await move();
    expect(timers.minute).toBe(NOW - 10);
    expect(cursorMs).toBe((NOW - 10) * MINUTE_MS);
  });

  test('does not pass a minute that could not be emptied, however old', async () => {
    timers.minute = NOW - 30;
    await wait(NOW - 22);
    await wait(NOW - 20);
    isRefusing = (atMs) => atMs < (NOW - 21) * MINUTE_MS;
    await move();
    expect(timers.minute).toBe(NOW - 22);
    expect(sentMinutes()).toEqual([-20]);
    isRefusing = () => false;
    await move();
    expect(sentMinutes()).toEqual([-22, -20]);
    expect(timers.minute).toBe(NOW - 10);
  });

  test('after a day away it sends all that waited, the oldest first', async () => {
    timers.minute = NOW - DAY_MINUTES;
    for (let minute = -DAY_MINUTES + 1; minute < 0; minute += 60) await wait(NOW + minute);
    expect(await move()).toMatchObject({ sent: 24, isDone: true });
    expect(sent.map(({ atMs }) => atMs)).toEqual(sent.map(({ atMs }) => atMs).sort((a, b) => a - b));
    expect(timers.minute).toBe(NOW - 10);
  });

  test('stops when its time is over; the next goes on, and nothing is lost', async () => {
    timers.minute = NOW - 100;
    for (let minute = -90; minute < 10; minute += 10) await wait(NOW + minute);
    const calls: boolean[] = [];
    for (let isDone = false; !isDone; calls.push(isDone)) {
      // Enough for the minutes that are looked at each time, and some more.
      const untilMs = nowMs + 40;
      const { dueIn } = timers;
      timers.dueIn = async (minute, limit) => {
        nowMs++;
        return dueIn.call(timers, minute, limit);
      };
      ({ isDone } = await move(untilMs));
      timers.dueIn = dueIn;
      nowMs = NOW * MINUTE_MS;
      if (calls.length > 200) throw new Error('it never comes to the end');
      if (timers.standing.size === 0) break;
    }
    expect(calls.length).toBeGreaterThan(1);
    expect(sentMinutes()).toEqual([-90, -80, -70, -60, -50, -40, -30, -20, -10, 0]);
  });

  test.each([-1, 1])('a clock that is off by a minute (%d) loses nothing', async (skew) => {
    nowMs += skew * MINUTE_MS;
    await move();
    // Added by a clock that is right, as near as timers are, and a little late.
    await wait(NOW + 15);
    await wait(NOW + 14);
    for (let minutes = 0; minutes < 20; minutes++) {
      nowMs += MINUTE_MS;
      await move();
    }
    expect(sentMinutes()).toEqual([14, 15]);
  });

  test('two at once send some twice and lose none', async () => {
    await wait(NOW + 3, 50);
    await Promise.all([move(), move()]);
    expect(new Set(sent.map(({ atMs }) => atMs)).size).toBe(50);
    expect(timers.standing.size).toBe(0);
  });

  test('a cursor that could not be written is an error; what was sent is not sent again', async () => {
    timers.minute = NOW - 30;
    await wait(NOW - 20);
    timers.refusing = 'moveCursor';
    await expect(move()).rejects.toThrow('moveCursor refused');
    timers.refusing = undefined;
    expect(await move()).toMatchObject({ sent: 0 });
    expect(sent).toHaveLength(1);
  });
});
