import type { Effect } from '../../lib/engine/effect';
import { slotAt } from '../../lib/engine/snapshot';
import { type JournaledRun, START_MS } from './journaled-run';
import { activity, lambda, machine, parallel, pass, play, succeeded, taken, wait, wound } from './scenario';

/** One alarm an execution: which wake-ups are asked for, and what they find. */

const wakesOf = (effects: Effect[]): number[] =>
  effects.flatMap((effect) => (effect.type === 'Wake' ? [(effect.atMs - START_MS) / 1000] : []));

const typesSince = (run: JournaledRun, count: number): string[] => run.events.slice(count).map(({ type }) => type);

/** Branch A waits for seconds, branch B for a worker first and then for seconds. */
const twoBranches = (first: number, second: number): string =>
  machine({
    P: parallel([{ A: wait({ Seconds: first }) }, { T: activity({ Next: 'B' }), B: wait({ Seconds: second }) }]),
  });

describe('asks', () => {
  test('for the earliest of many deadlines, once', async () => {
    const run = await play({
      machine: machine({ P: parallel([10, 5, 20].map((Seconds) => ({ [`W${Seconds}`]: wait({ Seconds }) }))) }),
    });
    expect(wakesOf(run.effects)).toEqual([5]);
    expect(run.snapshot.alarm).toEqual({ atMs: START_MS + 5_000, since: slotAt(1, 0) });
  });

  test('again when an earlier deadline comes up', async () => {
    const run = await play({ machine: twoBranches(100, 10), steps: [taken()] });
    expect(run.alarmSeconds).toBe(100);
    await succeeded('1')(run);
    expect(wakesOf(run.effects)).toEqual([10]);
    expect(run.alarmSeconds).toBe(10);
  });

  test.each([100, 200])(
    'for nothing more when a deadline comes up at %d s and the alarm stands at 100 s',
    async (second) => {
      const run = await play({ machine: twoBranches(100, second), steps: [taken(), succeeded('1')] });
      expect(wakesOf(run.effects)).toEqual([]);
      expect(run.alarmSeconds).toBe(100);
    },
  );

  test('for the deadline of the execution from the start', async () => {
    const run = await play({ machine: machine({ T: activity() }, { TimeoutSeconds: 50 }) });
    expect(wakesOf(run.effects)).toEqual([50]);
  });

  test('for the sooner of time-out and heartbeat', async () => {
    const run = await play({ machine: machine({ T: activity({ TimeoutSeconds: 50, HeartbeatSeconds: 7 }) }) });
    expect(run.alarmSeconds).toBe(50);
    await taken()(run);
    expect(wakesOf(run.effects)).toEqual([7]);
  });

  test('for nothing where nothing is due ever', async () => {
    const run = await play({ machine: machine({ T: activity() }), steps: [taken()] });
    expect(run.pendingWakes).toEqual([]);
    expect(run.snapshot.alarm).toBeUndefined();
  });

  test('for nothing once the execution has ended', async () => {
    const run = await play({
      machine: machine({ T: lambda({ TimeoutSeconds: 9 }) }),
      steps: [taken(), succeeded('1')],
    });
    expect(run.effects).toEqual([{ type: 'Close', since: expect.any(Number) }]);
    expect(run.snapshot.alarm).toBeUndefined();
  });
});

describe('rings', () => {
  test('too early: nothing changes, nothing is committed', async () => {
    const run = await play({ machine: machine({ W: wait({ Seconds: 10 }) }), steps: [wound(9.999)] });
    const commits = run.commits.length;
    expect(await run.ring()).toEqual(['applied']);
    expect(run.last!.isEmpty).toBe(true);
    expect(run.commits).toHaveLength(commits);
    await run.wind(0.001);
    expect(run.status).toBe('SUCCEEDED');
  });

  test('late: everything that is due by then is handled in one turn, the earliest first', async () => {
    const run = await play({
      machine: machine({ P: parallel([20, 5, 10].map((Seconds) => ({ [`W${Seconds}`]: wait({ Seconds }) }))) }),
    });
    const [count, commits] = [run.events.length, run.commits.length];
    run.nowMs = START_MS + 12_000;
    await run.ring();
    expect(run.events.slice(count).map(({ previousEventId, type }) => `${previousEventId} ${type}`)).toEqual([
      '5 WaitStateExited',
      '6 WaitStateExited',
    ]);
    expect(run.commits).toHaveLength(commits + 1);
    expect(wakesOf(run.effects)).toEqual([20]);
  });

  test('when nothing is due but something later: an event-less commit arms it again', async () => {
    const run = await play({
      machine: machine({
        P: parallel([{ A: wait({ Seconds: 100 }) }, { T: activity({ TimeoutSeconds: 10 }) }]),
      }),
      steps: [taken(), succeeded('1')],
    });
    const count = run.events.length;
    expect(run.alarmSeconds).toBe(10);
    await run.wind(10);
    expect(typesSince(run, count)).toEqual([]);
    expect(run.snapshot.eventlessCommits).toBe(1);
    expect(wakesOf(run.effects)).toEqual([100]);
    expect(run.snapshot.alarm).toEqual({ atMs: START_MS + 100_000, since: slotAt(count + 1, 0) });
    await run.wind(90);
    expect(run.status).toBe('SUCCEEDED');
  });

  test('when nothing waits for a time any more: nothing changes', async () => {
    const run = await play({
      machine: machine({ T: activity({ TimeoutSeconds: 10, Next: 'U' }), U: activity() }),
      steps: [taken(), succeeded('1')],
    });
    const commits = run.commits.length;
    await run.wind(10);
    expect(run.last!.isEmpty).toBe(true);
    expect(run.commits).toHaveLength(commits);
  });

  test('a second time for the same deadline: nothing changes', async () => {
    const run = await play({
      machine: machine({ W: wait({ Seconds: 5, Next: 'T' }), T: activity() }),
      steps: [wound(5)],
    });
    expect(run.tasks()).toHaveLength(1);
    expect(await run.ring()).toEqual(['applied']);
    expect(run.last!.isEmpty).toBe(true);
  });

  test('the alarm that an earlier one took the place of rings on: it finds what is due by then', async () => {
    const run = await play({ machine: twoBranches(100, 10), steps: [taken(), succeeded('1')] });
    expect(run.pendingWakes).toEqual([100, 10]);
    await run.wind(10);
    // The rest is due at 100 s. A wake-up for it is on its way, but the snapshot no longer knows: one more is sent.
    expect(run.alarmSeconds).toBe(100);
    await run.wind(90);
    expect(run.status).toBe('SUCCEEDED');
  });

  test('a trigger that comes after the alarm time and before the alarm leaves it to ring', async () => {
    const run = await play({ machine: twoBranches(100, 500), steps: [taken()] });
    run.nowMs = START_MS + 150_000;
    await succeeded('1')(run);
    // The new deadline finds the alarm in the past: everything is looked at again.
    expect(run.alarmSeconds).toBe(100);
    expect(wakesOf(run.effects)).toEqual([100]);
    await run.wind(0);
    expect(run.alarmSeconds).toBe(650);
  });
});

describe('a retry', () => {
  test('is a deadline like any other', async () => {
    const run = await play({
      machine: machine({
        P: parallel([{ T: lambda({ Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 8 }] }) }, { A: pass() }]),
      }),
      steps: [taken()],
    });
    const [task] = run.tasks();
    const failure = { taskEventId: task!.eventId, claim: task!.claim, error: 'E', cause: undefined };
    await run.turn({ type: 'TaskFailed', ...failure });
    expect(wakesOf(run.effects)).toEqual([8]);
    await run.wind(8);
    expect(run.events.at(-1)!.type).toBe('LambdaFunctionScheduled');
  });
});
