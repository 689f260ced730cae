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
  map,
  parallel,
  pass,
  play,
  redriven,
  succeeded,
  taken,
  wait,
  wound,
} from './scenario';

/** States in JSONata: histories, errors and what they hand on (recorded on AWS where a test says so). */

const ofJsonata = (states: Record<string, Fields>): string => machine(states, { QueryLanguage: 'JSONata' });
const QUERY_ERROR = 'States.QueryEvaluationError';
const nothing = (expression: string, field: string): string =>
  `The JSONata expression '${expression}' specified for the field '${field}' returned nothing (undefined).`;

test.each<[string, Fields, string, string]>([
  ['Output', pass({ Output: { a: ['{% $no %}'] } }), 'Output/a[0]', '$no'],
  ['Assign', pass({ Assign: { a: '{% $no %}' } }), 'Assign/a', '$no'],
  ['Arguments', lambda({ Arguments: { a: '{% $no %}' } }), 'Arguments/a', '$no'],
  ['Condition', { Type: 'Choice', Choices: [{ Condition: '{% $no %}', Next: 'U' }] }, 'Choices[0]/Condition', '$no'],
  ['Error', { Type: 'Fail', Error: '{% $no %}' }, 'Error', '$no'],
])(
  'an expression of %s that returns nothing: the event follows on what was before the state (recorded)',
  async (_, state, field, expression) => {
    const run = await play({
      machine: ofJsonata({ S: state, ...(state.Type === 'Choice' ? { U: { Type: 'Succeed' } } : {}) }),
    });
    expect(historyOf(run)).toBe(
      `1<0 ExecutionStarted, 2<0 ${state.Type}StateEntered, 3<0 EvaluationFailed, 4<3 ExecutionFailed`,
    );
    const cause = inState('S', 2) + nothing(expression, field);
    expect(detailsOf(run, 3)).toEqual({ error: QUERY_ERROR, cause, location: field, state: 'S' });
    expect(endOf(run)).toEqual({ status: 'FAILED', error: QUERY_ERROR, cause });
  },
);

test('of Wait it follows on StateEntered, of a Map its failure comes between (recorded)', async () => {
  const waits = await play({ machine: ofJsonata({ S: wait({ Timestamp: '{% "soon" %}' }) }) });
  expect(historyOf(waits)).toBe(
    '1<0 ExecutionStarted, 2<0 WaitStateEntered, 3<2 EvaluationFailed, 4<3 ExecutionFailed',
  );
  expect(endOf(waits).cause).toContain(
    'The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: soon',
  );
  const each = await play({ machine: ofJsonata({ S: map({ A: pass() }, { Items: '{% 1 %}' }) }) });
  expect(historyOf(each)).toBe(
    lines('1<0 ExecutionStarted, 2<0 MapStateEntered, 3<0 EvaluationFailed, 4<3 MapStateFailed, 5<4 ExecutionFailed'),
  );
  expect(endOf(each).cause).toContain("Expected 'array', but was 'number' for value: 1");
  const input = await play({ machine: ofJsonata({ S: map({ A: pass() }) }), input: '{"a":1}' });
  expect(endOf(input).cause).toBe(`${inState('S', 2)}Map state input must be an array but was: {"a":1}`);
});

test('a result that is not to be handed on: the event follows on the success', async () => {
  const run = await play({
    machine: ofJsonata({ S: activity({ Output: '{% $states.result.no %}' }) }),
    steps: [taken(), succeeded('{}')],
  });
  expect(historyOf(run)).toMatch(/5<4 ActivitySucceeded, 6<5 EvaluationFailed, 7<6 ExecutionFailed$/);
});

test('Retry and Catch take it; a retried one is evaluated again', async () => {
  const S = activity({
    Arguments: '{% $states.context.State.RetryCount = 0 ? $no : "again" %}',
    Retry: [{ ErrorEquals: [QUERY_ERROR], MaxAttempts: 1 }],
  });
  const run = await play({ machine: ofJsonata({ S }), steps: [wound(1)] });
  expect(historyOf(run)).toBe(
    '1<0 ExecutionStarted, 2<0 TaskStateEntered, 3<0 EvaluationFailed, 4<3 ActivityScheduled',
  );
  expect(detailsOf(run, 4)).toMatchObject({ input: '"again"' });
  const caught = lambda({
    Arguments: '{% $no %}',
    Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $states.errorOutput.Error %}', Next: 'T' }],
  });
  const other = await play({ machine: ofJsonata({ S: caught, T: pass() }) });
  expect(endOf(other)).toEqual({ status: 'SUCCEEDED', output: `"${QUERY_ERROR}"` });
});

test("a catcher's own expression that has no value fails the state for good", async () => {
  const S = parallel([{ F: fail('E') }], { Catch: [{ ErrorEquals: ['E'], Output: '{% $no %}', Next: 'T' }] });
  const run = await play({ machine: ofJsonata({ S, T: pass() }) });
  expect(historyOf(run)).toMatch(/ParallelStateFailed, \d+<\d+ EvaluationFailed, \d+<\d+ ExecutionFailed$/);
  expect(endOf(run).cause).toBe(inState('S', 2) + nothing('$no', 'Catch[0]/Output'));
});

test('an error that a catcher takes without Output is what it hands on', async () => {
  const S = activity({ Catch: [{ ErrorEquals: ['E'], Assign: { e: '{% $states.errorOutput.Error %}' }, Next: 'T' }] });
  const run = await play({
    machine: ofJsonata({ S, T: pass({ Output: { e: '{% $e %}', was: '{% $states.input %}' } }) }),
    steps: [taken(), failed('E', 'why')],
  });
  expect(endOf(run).output).toBe('{"e":"E","was":{"Error":"E","Cause":"why"}}');
});

test('branches and iterations, both languages, variables of one read by the other', async () => {
  const run = await play({
    machine: machine({
      A: pass({ Assign: { 'factor.$': '$.f' }, Next: 'B' }),
      B: {
        ...map(
          {
            I: pass({ QueryLanguage: 'JSONata', Output: '{% $states.input.v * $factor %}', Next: 'J' }),
            J: pass({ Parameters: { 'x.$': '$', 'f.$': '$factor' } }),
          },
          { Items: '{% $states.input.list %}', ItemSelector: { v: '{% $states.context.Map.Item.Value %}' } },
        ),
        QueryLanguage: 'JSONata',
        Output: '{% $sum($states.result.x) %}',
      },
    }),
    input: '{"f":10,"list":[1,2,3]}',
  });
  expect(endOf(run)).toEqual({ status: 'SUCCEEDED', output: '60' });
});

test('the context object', async () => {
  const run = await play({
    machine: ofJsonata({ S: pass({ Output: '{% $states.context %}' }) }),
    input: '{"a":1}',
  });
  const context = JSON.parse(String(endOf(run).output));
  expect(Object.keys(context)).toEqual(['Execution', 'StateMachine', 'State']);
  expect(context.Execution).toMatchObject({ Input: { a: 1 } });
  expect(Object.keys(context.Execution)).toEqual(['Id', 'Input', 'StartTime', 'Name', 'RoleArn']);
  const asked = await play({
    machine: ofJsonata({ S: pass({ Output: '{% $states.context.Execution.RedriveCount %}' }) }),
  });
  expect(endOf(asked).output).toBe('0');
});

test('too much of it ends the execution: no Catch sees that', async () => {
  const run = await play({ machine: ofJsonata({ S: pass({ Output: '{% $pad("", 300000) %}' }) }) });
  expect(endOf(run)).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
});

test('a document that is nested too deeply ends it, too', async () => {
  const Output = '{% $reduce([1..1500], function($a, $i) { {"n": $a} }) %}';
  expect(endOf(await play({ machine: ofJsonata({ S: pass({ Output }) }) }))).toMatchObject({ error: 'States.Runtime' });
});

test('a redriven state is evaluated again', async () => {
  const S = lambda({ Arguments: '{% $states.context.Execution.RedriveCount %}' });
  const run = await play({
    machine: ofJsonata({ S }),
    steps: [taken(), failed('E'), redriven(), taken()],
  });
  const inputs = run.events
    .filter(({ type }) => type === 'LambdaFunctionScheduled')
    .map(({ id }) => detailsOf(run, id)!.input);
  expect(inputs).toEqual(['0', '1']);
});
