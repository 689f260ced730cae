import {
  ACTIVITY,
  activity,
  detailsOf,
  FUNCTION,
  fail,
  failed,
  historyOf,
  inState,
  lambda,
  lines,
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

/** Which events are written, in which order, and what each names as its previous one. */
async function check(scenario: Scenario, history: string, details: Record<number, unknown> = {}): Promise<void> {
  const run = await play(scenario);
  expect(historyOf(run)).toBe(lines(history));
  for (const [id, expected] of Object.entries(details)) expect(detailsOf(run, Number(id))).toEqual(expected);
}

describe('states that do their work at once', () => {
  test('Pass', () =>
    check(
      { machine: machine({ A: pass() }), input: '{"a":1}' },
      '1<0 ExecutionStarted, 2<0 PassStateEntered, 3<2 PassStateExited, 4<3 ExecutionSucceeded',
      {
        1: { input: '{"a":1}', roleArn: 'arn:aws:iam::123456789012:role/work' },
        2: { name: 'A', input: '{"a":1}' },
        3: { name: 'A', output: '{"a":1}' },
        4: { output: '{"a":1}' },
      },
    ));

  test('a chain: each StateEntered points at the StateExited before it', () =>
    check(
      { machine: machine({ A: pass({ Next: 'B' }), B: pass({ Next: 'C' }), C: pass() }) },
      `1<0 ExecutionStarted, 2<0 PassStateEntered, 3<2 PassStateExited, 4<3 PassStateEntered, 5<4 PassStateExited,
       6<5 PassStateEntered, 7<6 PassStateExited, 8<7 ExecutionSucceeded`,
    ));

  test('Succeed', () =>
    check(
      { machine: machine({ S: { Type: 'Succeed' } }) },
      '1<0 ExecutionStarted, 2<0 SucceedStateEntered, 3<2 SucceedStateExited, 4<3 ExecutionSucceeded',
    ));

  test('Choice goes on to the state that it chose', () =>
    check(
      {
        machine: machine({
          C: { Type: 'Choice', Choices: [{ Variable: '$.a', NumericEquals: 1, Next: 'P' }], Default: 'S' },
          P: pass(),
          S: { Type: 'Succeed' },
        }),
        input: '{"a":2}',
      },
      `1<0 ExecutionStarted, 2<0 ChoiceStateEntered, 3<2 ChoiceStateExited, 4<3 SucceedStateEntered,
       5<4 SucceedStateExited, 6<5 ExecutionSucceeded`,
    ));

  test('Wait', () =>
    check(
      { machine: machine({ W: wait({ Seconds: 7 }) }), steps: [wound(7)] },
      '1<0 ExecutionStarted, 2<0 WaitStateEntered, 3<2 WaitStateExited, 4<3 ExecutionSucceeded',
    ));

  test.each<[string, Record<string, unknown>]>([
    ['error and cause', { error: 'E', cause: 'c' }],
    ['an error alone', { error: 'E' }],
    ['a cause alone', { cause: 'c' }],
    ['neither', {}],
  ])('Fail with %s', (_, { error, cause }) =>
    check(
      { machine: machine({ F: fail(error as string, cause as string) }) },
      '1<0 ExecutionStarted, 2<0 FailStateEntered, 3<2 ExecutionFailed',
      { 3: JSON.parse(JSON.stringify({ error, cause })) },
    ),
  );
});

describe('Lambda tasks', () => {
  const begun = `1<0 ExecutionStarted, 2<0 TaskStateEntered, 3<2 LambdaFunctionScheduled, 4<3 LambdaFunctionStarted`;
  const one = machine({ T: lambda({ TimeoutSeconds: 9 }) });

  test('succeeds', () =>
    check(
      { machine: one, input: '{"a":1}', steps: [taken(), succeeded('[2]')] },
      `${begun}, 5<4 LambdaFunctionSucceeded, 6<5 TaskStateExited, 7<6 ExecutionSucceeded`,
      {
        3: { resource: FUNCTION, input: '{"a":1}', timeoutInSeconds: 9 },
        4: undefined,
        5: { output: '[2]' },
        6: { name: 'T', output: '[2]' },
        7: { output: '[2]' },
      },
    ));

  test('without TimeoutSeconds the Scheduled event names none', () =>
    check({ machine: machine({ T: lambda() }), steps: [taken()] }, begun, { 3: { resource: FUNCTION, input: '{}' } }));

  test('fails', () =>
    check(
      { machine: one, steps: [taken(), failed('E', 'c')] },
      `${begun}, 5<4 LambdaFunctionFailed, 6<5 ExecutionFailed`,
      { 5: { error: 'E', cause: 'c' }, 6: { error: 'E', cause: 'c' } },
    ));

  test('times out, without a cause', () =>
    check({ machine: one, steps: [taken(), wound(9)] }, `${begun}, 5<4 LambdaFunctionTimedOut, 6<5 ExecutionFailed`, {
      5: { error: 'States.Timeout' },
      6: { error: 'States.Timeout' },
    }));

  test('is retried: Scheduled points at the failure', () =>
    check(
      {
        machine: machine({ T: lambda({ Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 2 }] }) }),
        steps: [taken(), failed('E'), wound(2), taken(), succeeded('1')],
      },
      `${begun}, 5<4 LambdaFunctionFailed, 6<5 LambdaFunctionScheduled, 7<6 LambdaFunctionStarted,
       8<7 LambdaFunctionSucceeded, 9<8 TaskStateExited, 10<9 ExecutionSucceeded`,
    ));

  test('is caught: the state is left with the merged error', () =>
    check(
      {
        machine: machine({ T: lambda({ Catch: [{ ErrorEquals: ['E'], Next: 'P', ResultPath: '$.e' }] }), P: pass() }),
        input: '{"a":1}',
        steps: [taken(), failed('E', 'c')],
      },
      `${begun}, 5<4 LambdaFunctionFailed, 6<5 TaskStateExited, 7<6 PassStateEntered, 8<7 PassStateExited,
       9<8 ExecutionSucceeded`,
      { 6: { name: 'T', output: '{"a":1,"e":{"Error":"E","Cause":"c"}}' } },
    ));

  test('follows another state', () =>
    check(
      { machine: machine({ P: pass({ Next: 'T' }), T: lambda() }), steps: [taken(), succeeded('1')] },
      `1<0 ExecutionStarted, 2<0 PassStateEntered, 3<2 PassStateExited, 4<3 TaskStateEntered,
       5<4 LambdaFunctionScheduled, 6<5 LambdaFunctionStarted, 7<6 LambdaFunctionSucceeded, 8<7 TaskStateExited,
       9<8 ExecutionSucceeded`,
    ));
});

describe('activity tasks', () => {
  const scheduled = `1<0 ExecutionStarted, 2<0 TaskStateEntered, 3<2 ActivityScheduled`;
  const one = machine({ T: activity({ TimeoutSeconds: 60, HeartbeatSeconds: 5 }) });

  test('succeeds', () =>
    check(
      { machine: one, input: '[1]', steps: [taken('T', 'me'), succeeded('"done"')] },
      `${scheduled}, 4<3 ActivityStarted, 5<4 ActivitySucceeded, 6<5 TaskStateExited, 7<6 ExecutionSucceeded`,
      {
        3: { resource: ACTIVITY, input: '[1]', timeoutInSeconds: 60, heartbeatInSeconds: 5 },
        4: { workerName: 'me' },
        5: { output: '"done"' },
      },
    ));

  test('a worker without a name leaves none', () =>
    check({ machine: machine({ T: activity() }), steps: [taken()] }, `${scheduled}, 4<3 ActivityStarted`, {
      3: { resource: ACTIVITY, input: '{}' },
      4: {},
    }));

  test.each([[{ error: 'E', cause: 'c' }], [{ error: 'E' }], [{ cause: 'c' }], [{}]] as {
    error?: string;
    cause?: string;
  }[][])('fails with %j', (given) =>
    check(
      { machine: one, steps: [taken(), failed(given!.error, given!.cause)] },
      `${scheduled}, 4<3 ActivityStarted, 5<4 ActivityFailed, 6<5 ExecutionFailed`,
      { 5: given, 6: given },
    ),
  );

  test('never taken, it times out after Scheduled', () =>
    check({ machine: one, steps: [wound(60)] }, `${scheduled}, 4<3 ActivityTimedOut, 5<4 ExecutionFailed`, {
      4: { error: 'States.Timeout' },
      5: { error: 'States.Timeout' },
    }));

  test('a missed heartbeat is a time-out after Started', () =>
    check(
      { machine: one, steps: [taken(), wound(5)] },
      `${scheduled}, 4<3 ActivityStarted, 5<4 ActivityTimedOut, 6<5 ExecutionFailed`,
      { 5: { error: 'States.Timeout' } },
    ));

  test('is retried and then caught', () =>
    check(
      {
        machine: machine({
          T: activity({
            Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1 }],
            Catch: [{ ErrorEquals: ['States.ALL'], Next: 'P' }],
          }),
          P: pass(),
        }),
        steps: [taken(), failed('E'), wound(1), taken(), failed('E')],
      },
      `${scheduled}, 4<3 ActivityStarted, 5<4 ActivityFailed, 6<5 ActivityScheduled, 7<6 ActivityStarted,
       8<7 ActivityFailed, 9<8 TaskStateExited, 10<9 PassStateEntered, 11<10 PassStateExited, 12<11 ExecutionSucceeded`,
    ));

  test('an activity that does not exist is never scheduled', () =>
    check(
      { machine: one, activityExists: () => false },
      '1<0 ExecutionStarted, 2<0 TaskStateEntered, 3<2 ExecutionFailed',
      { 3: { error: 'States.Runtime', cause: `${inState('T', 2)}The activity ${ACTIVITY} does not exist.` } },
    ));
});

describe('runtime errors', () => {
  test('the failure points at StateEntered', () =>
    check(
      { machine: machine({ P: pass({ Next: 'Q' }), Q: pass({ InputPath: '$.no' }) }) },
      `1<0 ExecutionStarted, 2<0 PassStateEntered, 3<2 PassStateExited, 4<3 PassStateEntered, 5<4 ExecutionFailed`,
      { 5: { error: 'States.Runtime', cause: `${inState('Q', 4)}Invalid path '$.no' : No results for path: $['no']` } },
    ));

  test('after the task succeeded it points at that success, and its text names StateEntered', () =>
    check(
      { machine: machine({ T: lambda({ OutputPath: '$.no' }) }), steps: [taken(), succeeded('{}')] },
      `1<0 ExecutionStarted, 2<0 TaskStateEntered, 3<2 LambdaFunctionScheduled, 4<3 LambdaFunctionStarted,
       5<4 LambdaFunctionSucceeded, 6<5 ExecutionFailed`,
      { 6: { error: 'States.Runtime', cause: `${inState('T', 2)}Invalid path '$.no' : No results for path: $['no']` } },
    ));

  test('the same with a ResultPath that does not fit', () =>
    check(
      { machine: machine({ T: lambda({ ResultPath: '$.a' }) }), input: '[]', steps: [taken(), succeeded('{}')] },
      `1<0 ExecutionStarted, 2<0 TaskStateEntered, 3<2 LambdaFunctionScheduled, 4<3 LambdaFunctionStarted,
       5<4 LambdaFunctionSucceeded, 6<5 ExecutionFailed`,
      { 6: { error: 'States.ResultPathMatchFailure', cause: 'Unable to apply ReferencePath $.a to input []' } },
    ));
});

describe('ends from outside', () => {
  const waiting = machine({ W: wait({ Seconds: 100 }) }, { TimeoutSeconds: 30 });

  test('stopped while it waits: previous event 0, empty details', () =>
    check(
      { machine: waiting, steps: [stopped()] },
      '1<0 ExecutionStarted, 2<0 WaitStateEntered, 3<0 ExecutionAborted',
      {
        3: {},
      },
    ));

  test('stopped with error and cause', () =>
    check(
      { machine: waiting, steps: [stopped('E', 'c')] },
      '1<0 ExecutionStarted, 2<0 WaitStateEntered, 3<0 ExecutionAborted',
      { 3: { error: 'E', cause: 'c' } },
    ));

  test('over its own TimeoutSeconds: previous event 0, no cause', () =>
    check(
      { machine: waiting, steps: [wound(30)] },
      '1<0 ExecutionStarted, 2<0 WaitStateEntered, 3<0 ExecutionTimedOut',
      { 3: { error: 'States.Timeout' } },
    ));

  test('stopped in the middle of branches: no event but the one that ends it', () =>
    check(
      {
        machine: machine({ P: parallel([{ T: lambda() }, { W: wait({ Seconds: 9 }) }]) }),
        steps: [taken(), stopped()],
      },
      `1<0 ExecutionStarted, 2<0 ParallelStateEntered, 3<2 ParallelStateStarted, 4<3 TaskStateEntered,
       5<4 LambdaFunctionScheduled, 6<3 WaitStateEntered, 7<5 LambdaFunctionStarted, 8<0 ExecutionAborted`,
    ));
});
