import { START_MS } from './journaled-run';
import {
  activity,
  detailsOf,
  endOf,
  type Fields,
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
  succeeded,
  taken,
  wait,
  wound,
} from './scenario';

/** Stages of the data flow of today (asl.md section 9): Parameters, ResultSelector, the context object. */

const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:machine';
const timeAt = (seconds: number): string => new Date(START_MS + seconds * 1000).toISOString();

async function ended(state: Fields, input: string): Promise<Fields> {
  return endOf(await play({ machine: machine({ S: state }), input }));
}

describe('Parameters', () => {
  test.each<[string, Fields, string, string]>([
    ['replace the effective input', { Parameters: { 'a.$': '$.b', c: 1 } }, '{"b":[2]}', '{"a":[2],"c":1}'],
    ['select from what InputPath leaves', { InputPath: '$.b', Parameters: { 'a.$': '$' } }, '{"b":2}', '{"a":2}'],
    ['a null InputPath leaves {}', { InputPath: null, Parameters: { 'a.$': '$' } }, '{"b":2}', '{"a":{}}'],
    [
      'their result goes to ResultPath',
      { Parameters: { 'a.$': '$.b' }, ResultPath: '$.r' },
      '{"b":2}',
      '{"b":2,"r":{"a":2}}',
    ],
    [
      'numbers and order stay',
      { Parameters: { z: 0, 'a.$': '$' } },
      '{"2":1.0,"1":1e3}',
      '{"z":0,"a":{"2":1.0,"1":1e3}}',
    ],
    ['Result goes before them', { Parameters: { a: 1 }, Result: 2 }, '{}', '2'],
    ['an intrinsic', { Parameters: { 'n.$': 'States.MathAdd($.n, 1)' } }, '{"n":1}', '{"n":2}'],
  ])('of a Pass state: %s', async (_, fields, input, output) => {
    expect(await ended(pass(fields), input)).toEqual({ status: 'SUCCEEDED', output });
  });

  test('of a Task state are what the task gets', async () => {
    const run = await play({
      machine: machine({ T: lambda({ Parameters: { 'x.$': '$.a', y: 'z' } }) }),
      input: '{"a":1}',
    });
    expect(detailsOf(run, 2)).toEqual({ name: 'T', input: '{"a":1}' });
    expect(detailsOf(run, 3)).toMatchObject({ input: '{"x":1,"y":"z"}' });
  });

  test('of a Parallel state are what each branch gets', async () => {
    const state = parallel([{ A: pass() }, { B: pass() }], { Parameters: { 'x.$': '$.a' } });
    expect(await ended(state, '{"a":1}')).toEqual({ status: 'SUCCEEDED', output: '[{"x":1},{"x":1}]' });
  });

  test('a path that selects nothing ends the execution, whatever is caught', async () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'U' }];
    const T = activity({ Parameters: { p: { 'x.$': '$.no' } }, Catch });
    const run = await play({ machine: machine({ T, U: pass() }), input: '{"a": 1}' });
    expect(historyOf(run)).toBe('1<0 ExecutionStarted, 2<0 TaskStateEntered, 3<2 ExecutionFailed');
    expect(endOf(run)).toEqual({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: `${inState('T', 2)}The JSONPath '$.no' specified for the field 'x.$' could not be found in the input '{"a":1}'`,
    });
  });

  test('a cause quotes as much of a long input as a cause may have', async () => {
    const input = JSON.stringify('x'.repeat(100_000));
    const { cause } = await ended(pass({ Parameters: { 'x.$': '$.no' } }), input);
    expect(cause).toHaveLength(32_768);
    expect(cause).toMatch(/could not be found in the input '"x+$/);
  });

  test('an intrinsic that fails ends the execution: nothing catches it', async () => {
    const Catch = [
      { ErrorEquals: ['States.IntrinsicFailure'], Next: 'U' },
      { ErrorEquals: ['States.ALL'], Next: 'U' },
    ];
    const T = activity({ Parameters: { 'x.$': 'States.ArrayLength($)' }, Catch });
    const run = await play({ machine: machine({ T, U: pass() }), input: '{"a":1}' });
    expect(historyOf(run)).toContain('2<0 TaskStateEntered, 3<2 ExecutionFailed');
    expect(endOf(run)).toMatchObject({
      error: 'States.Runtime',
      cause: `${inState('T', 2)}The function 'States.ArrayLength($)' had the following error: Invalid arguments in States.ArrayLength`,
    });
  });

  test('more than a payload may have ends the execution', async () => {
    const state = lambda({ Parameters: { 'a.$': '$', 'b.$': '$' } });
    const run = await play({
      machine: machine({ T: state }),
      input: `"${'x'.repeat(60)}"`,
      limits: { payloadBytes: 100 },
    });
    expect(historyOf(run)).toBe('1<0 ExecutionStarted, 2<0 TaskStateEntered, 3<2 ExecutionFailed');
    expect(endOf(run)).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  test('far more than anybody can hold too', async () => {
    const members = Array.from({ length: 500 }, (_, index) => [`m${index}.$`, '$']);
    const input = JSON.stringify('x'.repeat(200_000));
    expect(await ended(pass({ Parameters: Object.fromEntries(members) }), input)).toMatchObject({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
    });
  });
});

describe('ResultSelector', () => {
  test('makes of a task result what goes to ResultPath', async () => {
    const state = lambda({ ResultSelector: { 'r.$': '$.body.x', k: 1 }, ResultPath: '$.t', OutputPath: '$.t' });
    const run = await play({
      machine: machine({ T: state }),
      input: '{}',
      steps: [taken(), succeeded('{"body":{"x":7}}')],
    });
    expect(detailsOf(run, 5)).toMatchObject({ output: '{"body":{"x":7}}' });
    expect(endOf(run)).toEqual({ status: 'SUCCEEDED', output: '{"r":7,"k":1}' });
  });

  test('makes of the outputs of branches', async () => {
    const state = parallel([{ A: pass({ Result: 1 }) }, { B: pass({ Result: 2 }) }], {
      ResultSelector: { 'first.$': '$[0]', 'count.$': 'States.ArrayLength($)' },
    });
    expect(await ended(state, '{}')).toEqual({ status: 'SUCCEEDED', output: '{"first":1,"count":2}' });
  });

  test('a path that selects nothing ends the execution after the success', async () => {
    const run = await play({
      machine: machine({ T: lambda({ ResultSelector: { 'r.$': '$.no' } }) }),
      steps: [taken(), succeeded('{"a":1}')],
    });
    expect(historyOf(run)).toBe(
      lines(`1<0 ExecutionStarted, 2<0 TaskStateEntered, 3<2 LambdaFunctionScheduled, 4<3 LambdaFunctionStarted,
        5<4 LambdaFunctionSucceeded, 6<5 ExecutionFailed`),
    );
    expect(endOf(run)).toMatchObject({
      error: 'States.Runtime',
      cause: `${inState('T', 2)}The JSONPath '$.no' specified for the field 'r.$' could not be found in the input '{"a":1}'`,
    });
  });

  test('that of a Parallel state too', async () => {
    const run = await play({
      machine: machine({ P: parallel([{ A: pass() }], { ResultSelector: { 'r.$': '$.no' } }) }),
    });
    expect(historyOf(run)).toContain('6<5 ParallelStateSucceeded, 7<6 ExecutionFailed');
  });

  test('an intrinsic that fails in it ends the execution after the success', async () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'U' }];
    const T = lambda({ ResultSelector: { 'r.$': 'States.ArrayLength($)' }, Catch });
    const run = await play({ machine: machine({ T, U: pass() }), steps: [taken(), succeeded('1')] });
    expect(historyOf(run)).toContain('5<4 LambdaFunctionSucceeded, 6<5 ExecutionFailed');
  });
});

describe('the context object', () => {
  const execution = {
    Id: 'arn:aws:states:us-east-1:123456789012:execution:machine:execution',
    Input: { a: 1 },
    StartTime: timeAt(0),
    Name: 'execution',
    RoleArn: 'arn:aws:iam::123456789012:role/work',
    RedriveCount: 0,
  };
  const { RedriveCount: _, ...once } = execution;
  const whole = { Execution: execution, StateMachine: { Id: MACHINE, Name: 'machine' } };

  test.each<[string, Fields, unknown]>([
    ['InputPath', { InputPath: '$$' }, { ...whole, State: { Name: 'S', EnteredTime: timeAt(0) } }],
    ['OutputPath', { OutputPath: '$$.Execution' }, execution],
    ['a template', { Parameters: { 'e.$': '$$.Execution' } }, { e: once }],
    ['a part that a template names', { Parameters: { 'r.$': '$$.Execution.RedriveCount' } }, { r: 0 }],
    [
      'an intrinsic',
      { Parameters: { 'f.$': "States.Format('{}/{}', $$.StateMachine.Name, $$.State.Name)" } },
      { f: 'machine/S' },
    ],
    ['a filter', { InputPath: '$$.StateMachine[?(@.Name)]' }, [whole.StateMachine]],
    ['what is in its input', { InputPath: '$$.Execution.Input.a' }, 1],
  ])('in %s', async (_, fields, output) => {
    const run = await play({ machine: machine({ S: pass(fields) }), input: '{"a":1}' });
    expect(JSON.parse(run.output!)).toEqual(output);
  });

  test('what is not in it is missing', async () => {
    expect(await ended(pass({ InputPath: '$$.Task.Token' }), '{}')).toMatchObject({
      cause: `${inState('S', 2)}Invalid path '$$.Task.Token' : Missing property in path $['Task']`,
    });
    expect(await ended(pass({ Parameters: { 'x.$': '$$.Execution.Input.b' } }), '{"a": 1}')).toMatchObject({
      cause: `${inState('S', 2)}The JSONPath '$$.Execution.Input.b' specified for the field 'x.$' could not be found in the input '{"a":1}'`,
    });
  });

  test('a state that may be retried counts its retries, and keeps its time', async () => {
    const T = activity({
      Parameters: { 'n.$': '$$.State.RetryCount', 't.$': '$$.State.EnteredTime' },
      ResultSelector: { 'n.$': '$$.State.RetryCount', 'r.$': '$' },
      Retry: [{ ErrorEquals: ['E'], MaxAttempts: 2 }, { ErrorEquals: ['F'] }],
    });
    const run = await play({
      machine: machine({ W: wait({ Seconds: 5, Next: 'T' }), T }),
      steps: [wound(5), taken(), failed('E'), wound(1), taken(), failed('F'), wound(1), taken(), succeeded('3')],
    });
    const inputs = run.events
      .filter(({ type }) => type === 'ActivityScheduled')
      .map(({ id }) => detailsOf(run, id)!.input);
    expect(inputs).toEqual([0, 1, 2].map((n) => JSON.stringify({ n, t: timeAt(5) })));
    expect(endOf(run)).toEqual({ status: 'SUCCEEDED', output: '{"n":2,"r":3}' });
  });

  test('a long input is read again where only its text was kept', async () => {
    const input = JSON.stringify({ long: 'x'.repeat(5_000), a: 1 });
    const run = await play({
      machine: machine({
        A: pass({ Result: 1, Next: 'T' }),
        T: activity({ Next: 'B' }),
        B: pass({ Parameters: { 'a.$': '$$.Execution.Input.a' } }),
      }),
      input,
      steps: [taken(), succeeded('2')],
    });
    expect(endOf(run)).toEqual({ status: 'SUCCEEDED', output: '{"a":1}' });
  });

  test('Choice rules read it', async () => {
    const choice = {
      Type: 'Choice',
      Choices: [
        { Variable: '$$.Execution.Input.b', IsPresent: true, Next: 'No' },
        { Variable: '$.name', StringEqualsPath: '$$.State.Name', Next: 'Yes' },
      ],
    };
    const states = { C: choice, Yes: pass({ Result: 'yes' }), No: fail() };
    const run = await play({ machine: machine(states), input: '{"name":"C"}' });
    expect(endOf(run)).toEqual({ status: 'SUCCEEDED', output: '"yes"' });
  });

  test('durations are read from it', async () => {
    const states = {
      W: wait({ SecondsPath: '$$.Execution.Input.s', Next: 'T' }),
      T: activity({ TimeoutSecondsPath: '$$.Execution.Input.s' }),
    };
    const run = await play({ machine: machine(states), input: '{"s":3}', steps: [wound(3), wound(3)] });
    expect(endOf(run)).toEqual({ status: 'FAILED', error: 'States.Timeout' });
    expect(detailsOf(run, 5)).toMatchObject({ timeoutInSeconds: 3 });
  });
});

describe('ErrorPath and CausePath', () => {
  test.each<[string, Fields, Fields]>([
    ['paths', { ErrorPath: '$.e', CausePath: '$.c' }, { error: 'E', cause: '{"d":1}' }],
    [
      'the context object',
      { ErrorPath: '$$.State.Name', CausePath: '$$.StateMachine.Name' },
      { error: 'F', cause: 'machine' },
    ],
    ['intrinsics', { ErrorPath: "States.Format('{}!', $.e)", Cause: 'c' }, { error: 'E!', cause: 'c' }],
    [
      'an intrinsic that fails',
      { Error: 'E', CausePath: 'States.ArrayLength($)' },
      {
        error: 'States.Runtime',
        cause: `${inState('F', 2)}The function 'States.ArrayLength($)' had the following error: Invalid arguments in States.ArrayLength`,
      },
    ],
    [
      'a path that selects nothing',
      { ErrorPath: '$.no' },
      {
        error: 'States.Runtime',
        cause: `${inState('F', 2)}The JSONPath '$.no' specified for the field 'ErrorPath' could not be found in the input '{"e":"E","c":{"d":1}}'`,
      },
    ],
  ])('%s', async (_, fields, end) => {
    const run = await play({ machine: machine({ F: { Type: 'Fail', ...fields } }), input: '{"e":"E","c":{"d":1}}' });
    expect(endOf(run)).toEqual({ status: 'FAILED', ...end });
  });
});

test('a chain of states whose templates grow is given up, not held', async () => {
  const states = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [
      `S${index}`,
      pass({ Parameters: { 'a.$': '$', 'b.$': '$' }, ...(index < 39 ? { Next: `S${index + 1}` } : {}) }),
    ]),
  );
  const run = await play({ machine: machine(states), input: '{}' });
  expect(endOf(run)).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
});
