import { createLog } from '../../lib/host/log';
import { startMinuteWork } from '../../lib/host/minute-loop';
import { describeLeases } from '../contract/describe-leases';
import { MemoryLeases } from './memory-leases';

/** The work of the minute where several processes share a store, by a clock that is wound. */

const MINUTE_MS = 60_000;

const notes = new Map<string, string>();
describeLeases('memory', async () => ({
  leases: new MemoryLeases(),
  notes: { read: async (name) => notes.get(name), write: async (name, text) => void notes.set(name, text) },
}));

let leases: MemoryLeases;
let done: string[];
let lines: { level: string; error?: string }[];
const stops: (() => Promise<void>)[] = [];

beforeEach(() => {
  jest.useFakeTimers();
  leases = new MemoryLeases();
  done = [];
  lines = [];
});
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
  jest.useRealTimers();
});

const pass = (minutes: number) => jest.advanceTimersByTimeAsync(minutes * MINUTE_MS);
const log = createLog('debug', (line) => void lines.push(JSON.parse(line)));
const noted = (what: string) => async (): Promise<void> => {
  done.push(what);
};
const count = (what: string) => done.filter((one) => one === what).length;

/** A process; answers how it stops. */
async function begin(name: string, { minute = noted(`${name} minute`), audit = noted(`${name} audit`) } = {}) {
  const stop = startMinuteWork({ minute, audit }, leases, name, log);
  stops.push(stop);
  await pass(0);
  return stop;
}

test('one of two does it: each minute the minute, every ten minutes the audit', async () => {
  await begin('a');
  await begin('b');
  expect(done).toEqual(['a minute', 'a audit']);
  await pass(60);
  expect([count('a minute'), count('b minute')]).toEqual([61, 0]);
  expect([count('a audit') + count('b audit')]).toEqual([7]);
});

test('when it stops the other goes on at its next minute, and the audit when it is time', async () => {
  const stop = await begin('a');
  await begin('b');
  await pass(3);
  await stop();
  done = [];
  await pass(1);
  expect(done).toContain('b minute');
  await pass(20);
  expect(count('b minute')).toBe(21);
  expect(count('a minute') + count('a audit')).toBe(0);
  expect(count('b audit')).toBeGreaterThanOrEqual(2);
});

test('one that dies lets nothing go: the other goes on when its lease is over, after two minutes', async () => {
  // It did its work once, and is never heard of again.
  await leases.take('minute', 'dead', Date.now(), 2 * MINUTE_MS);
  await begin('b');
  await pass(1);
  expect(count('b minute')).toBe(0);
  await pass(1);
  expect(count('b minute')).toBe(1);
});

test('work that takes longer than a minute is not begun a second time beside itself, and holds the audit up not', async () => {
  let end = () => {};
  const minute = () =>
    new Promise<void>((resolve) => {
      done.push('long minute');
      end = resolve;
    });
  await begin('a', { minute });
  await pass(10);
  expect(count('long minute')).toBe(1);
  expect(count('a audit')).toBe(2);
  end();
  await pass(1);
  expect(count('long minute')).toBe(2);
});

test('work that fails is an error in the log, and is tried again in a minute', async () => {
  const fail = async () => {
    done.push('fails');
    throw new Error('the store does not answer');
  };
  await begin('a', { minute: fail });
  await pass(1);
  expect(count('fails')).toBe(2);
  expect(lines).toEqual(
    [1, 2].map(() => expect.objectContaining({ level: 'error', error: 'the store does not answer' })),
  );
});
