import { START_MS } from './journaled-run';
import {
  activity,
  beaten,
  detailsOf,
  endOf,
  inState,
  lambda,
  machine,
  parallel,
  pass,
  play,
  type Scenario,
  stopped,
  succeeded,
  taken,
  wait,
  wound,
} from './scenario';

/** TimeoutSeconds and HeartbeatSeconds of tasks, TimeoutSeconds of the execution, StopExecution. */

/** The types of all events from the first task event on, with the seconds at which they were written. */
async function check(scenario: Scenario, expected: [string, number][]): Promise<void> {
  const { events } = await play(scenario);
  const from = events.findIndex(({ type }) => type.endsWith('Scheduled'));
  expect(events.slice(from).map(({ type, timestampMs }) => [type, (timestampMs - START_MS) / 1000])).toEqual(expected);
}

describe('TimeoutSeconds of a task', () => {
  test('its clock starts when the task is scheduled', () =>
    check({ machine: machine({ T: activity({ TimeoutSeconds: 10 }) }), steps: [wound(7), taken(), wound(3)] }, [
      ['ActivityScheduled', 0],
      ['ActivityStarted', 7],
      ['ActivityTimedOut', 10],
      ['ExecutionFailed', 10],
    ]));

  test('heartbeats do not stop it', () =>
    check(
      {
        machine: machine({ T: activity({ TimeoutSeconds: 10, HeartbeatSeconds: 4 }) }),
        steps: [taken(), wound(3), beaten(), wound(3), beaten(), wound(3), beaten(), wound(3)],
      },
      [
        ['ActivityScheduled', 0],
        ['ActivityStarted', 0],
        ['ActivityTimedOut', 10],
        ['ExecutionFailed', 10],
      ],
    ));

  test('a result in time ends it', () =>
    check(
      {
        machine: machine({ T: lambda({ TimeoutSeconds: 10 }) }),
        steps: [taken(), wound(9.999), succeeded('1'), wound(5)],
      },
      [
        ['LambdaFunctionScheduled', 0],
        ['LambdaFunctionStarted', 0],
        ['LambdaFunctionSucceeded', 9.999],
        ['TaskStateExited', 9.999],
        ['ExecutionSucceeded', 9.999],
      ],
    ));

  test('each attempt has its own', () =>
    check(
      {
        machine: machine({
          T: lambda({ TimeoutSeconds: 10, Retry: [{ ErrorEquals: ['States.Timeout'], MaxAttempts: 1 }] }),
        }),
        steps: [taken(), wound(10), wound(1), taken(), wound(10)],
      },
      [
        ['LambdaFunctionScheduled', 0],
        ['LambdaFunctionStarted', 0],
        ['LambdaFunctionTimedOut', 10],
        ['LambdaFunctionScheduled', 11],
        ['LambdaFunctionStarted', 11],
        ['LambdaFunctionTimedOut', 21],
        ['ExecutionFailed', 21],
      ],
    ));

  test('without one a task waits as long as it takes', async () => {
    const run = await play({ machine: machine({ T: activity() }), steps: [taken(), wound(99_999_999)] });
    expect(run.status).toBe('RUNNING');
    expect(run.pendingWakes).toEqual([]);
  });
});

describe('HeartbeatSeconds', () => {
  const beating = machine({ T: activity({ HeartbeatSeconds: 5 }) });

  test('the clock starts when a worker takes the task', () =>
    check({ machine: beating, steps: [wound(100), taken(), wound(4.999)] }, [
      ['ActivityScheduled', 0],
      ['ActivityStarted', 100],
    ]));

  test('a missed heartbeat is a States.Timeout', () =>
    check({ machine: beating, steps: [wound(100), taken(), wound(5)] }, [
      ['ActivityScheduled', 0],
      ['ActivityStarted', 100],
      ['ActivityTimedOut', 105],
      ['ExecutionFailed', 105],
    ]));

  test('each heartbeat starts the clock again', () =>
    check({ machine: beating, steps: [taken(), wound(4), beaten(), wound(4), beaten(), wound(4), wound(1)] }, [
      ['ActivityScheduled', 0],
      ['ActivityStarted', 0],
      ['ActivityTimedOut', 13],
      ['ExecutionFailed', 13],
    ]));

  test('a function cannot send any: for it HeartbeatSeconds means nothing', async () => {
    const run = await play({ machine: machine({ T: lambda({ HeartbeatSeconds: 5 }) }), steps: [taken(), wound(1000)] });
    expect(run.status).toBe('RUNNING');
    expect(detailsOf(run, 3)).not.toHaveProperty('heartbeatInSeconds');
  });

  test('of two tasks only the one that is late times out', async () => {
    const run = await play({
      machine: machine({
        P: parallel([
          { A: activity({ HeartbeatSeconds: 5, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'C' }] }), C: pass() },
          { B: activity({ HeartbeatSeconds: 5, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'D' }] }), D: pass() },
        ]),
      }),
      steps: [taken('A'), taken('B'), wound(3), beaten('B'), wound(2)],
    });
    expect(run.tasks('A')).toEqual([]);
    expect(run.tasks('B')).toHaveLength(1);
    await run.wind(3);
    expect(run.status).toBe('SUCCEEDED');
  });
});

describe('TimeoutSecondsPath and HeartbeatSecondsPath', () => {
  test('are read from the effective input', async () => {
    const run = await play({
      machine: machine({
        T: activity({ InputPath: '$.in', TimeoutSecondsPath: '$.t', HeartbeatSecondsPath: '$.h[0]' }),
      }),
      input: '{"in":{"t":20,"h":[6]}}',
      steps: [taken()],
    });
    expect(detailsOf(run, 3)).toMatchObject({ timeoutInSeconds: 20, heartbeatInSeconds: 6 });
    expect(run.alarmSeconds).toBe(6);
  });

  test('the time-out is held', () =>
    check({ machine: machine({ T: lambda({ TimeoutSecondsPath: '$.t' }) }), input: '{"t":3}', steps: [wound(3)] }, [
      ['LambdaFunctionScheduled', 0],
      ['LambdaFunctionTimedOut', 3],
      ['ExecutionFailed', 3],
    ]));

  test.each([
    ['{}', "Invalid path '$.t' : No results for path: $['t']"],
    ['{"t":0}', 'The TimeoutSecondsPath parameter does not reference a positive integer: $.t'],
    ['{"t":-5}', 'The TimeoutSecondsPath parameter does not reference a positive integer: $.t'],
    ['{"t":1.5}', 'The TimeoutSecondsPath parameter does not reference a positive integer: $.t'],
    ['{"t":"5"}', 'The TimeoutSecondsPath parameter does not reference a positive integer: $.t'],
    ['{"t":null}', 'The TimeoutSecondsPath parameter does not reference a positive integer: $.t'],
  ])('%s fails the execution before anything is scheduled', async (input, text) => {
    const run = await play({ machine: machine({ T: lambda({ TimeoutSecondsPath: '$.t' }) }), input });
    expect(run.events.map(({ type }) => type)).toEqual(['ExecutionStarted', 'TaskStateEntered', 'ExecutionFailed']);
    expect(endOf(run)).toEqual({ status: 'FAILED', error: 'States.Runtime', cause: inState('T', 2) + text });
  });
});

describe('TimeoutSeconds of the execution', () => {
  const limited = (state: Record<string, unknown>, TimeoutSeconds = 30) => machine({ S: state }, { TimeoutSeconds });

  test.each([
    ['a Wait', wait({ Seconds: 100 })],
    ['a task that nobody takes', activity()],
    ['branches', parallel([{ A: wait({ Seconds: 100 }) }, { B: activity() }])],
    ['a task with a Catch', activity({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'S' }] })],
  ])('ends it during %s, without error or cause of its own', async (_, state) => {
    const run = await play({ machine: limited(state), steps: [wound(29.999)] });
    expect(run.status).toBe('RUNNING');
    await run.wind(0.001);
    expect(run.events.at(-1)).toMatchObject({ type: 'ExecutionTimedOut', previousEventId: 0 });
    expect(detailsOf(run, run.events.length)).toEqual({ error: 'States.Timeout' });
    expect(run.status).toBe('TIMED_OUT');
    expect(run.snapshot.frames.size).toBe(0);
  });

  test('it stopped exactly then, however late the alarm rang', async () => {
    const run = await play({ machine: limited(wait({ Seconds: 100 })) });
    run.nowMs = START_MS + 45_000;
    await run.ring();
    expect(run.snapshot.end).toMatchObject({ stopMs: START_MS + 30_000 });
    expect(run.events.at(-1)!.timestampMs).toBe(START_MS + 45_000);
  });

  test('a deadline of the same moment does not count any more', async () => {
    const run = await play({ machine: limited(wait({ Seconds: 30 })), steps: [wound(30)] });
    expect(run.status).toBe('TIMED_OUT');
  });

  test('it starts with the execution, not with the state', async () => {
    const run = await play({
      machine: machine({ A: wait({ Seconds: 20, Next: 'B' }), B: wait({ Seconds: 20 }) }, { TimeoutSeconds: 30 }),
      steps: [wound(30)],
    });
    expect(run.events.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'WaitStateEntered',
      'WaitStateExited',
      'WaitStateEntered',
      'ExecutionTimedOut',
    ]);
  });
});

describe('StopExecution', () => {
  test('ends whatever is under way, at that time', async () => {
    const run = await play({
      machine: machine({ P: parallel([{ A: activity() }, { B: wait({ Seconds: 9 }) }]) }),
      steps: [taken(), wound(3), stopped('E', 'c'), wound(100)],
    });
    expect(run.status).toBe('ABORTED');
    expect(run.snapshot.end).toMatchObject({ stopMs: START_MS + 3_000, error: 'E', cause: 'c' });
    expect(run.events.at(-1)).toMatchObject({ type: 'ExecutionAborted', previousEventId: 0 });
  });
});

describe('the clock', () => {
  test('that goes back does not take the history along', async () => {
    const run = await play({ machine: machine({ T: activity() }), steps: [wound(10), taken()] });
    run.nowMs = START_MS + 4_000;
    await succeeded('1')(run);
    expect(run.events.at(-1)!.timestampMs).toBe(START_MS + 10_000);
    expect(run.snapshot.end!.stopMs).toBe(START_MS + 10_000);
  });
});
