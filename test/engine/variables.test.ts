import {
  activity,
  detailsOf,
  endOf,
  type Fields,
  fail,
  failed,
  inState,
  lambda,
  machine,
  map,
  parallel,
  pass,
  play,
  redriven,
  type Step,
  stopped,
  succeeded,
  taken,
  wait,
  wound,
} from './scenario';

/** Variables (AWS's page on them; texts and events recorded on AWS where a test says so). */

const start = (assign: Fields, next = 'S'): Fields => pass({ Assign: assign, Next: next });

/** A machine that assigns and then has the state S. */
const given = (assign: Fields, state: Fields, more: Record<string, Fields> = {}): string =>
  machine({ V: start(assign), S: state, ...more });

/** What every StateExited assigned, by the name of the state. */
const assignments = (run: Awaited<ReturnType<typeof play>>): [unknown, unknown][] =>
  run.events
    .filter(({ details }) => details?.assignedVariables)
    .map(({ id }) => detailsOf(run, id)!)
    .map(({ name, assignedVariables }) => [name, assignedVariables]);

describe('where a path may stand, a variable may', () => {
  const V = { n: 2, o: { k: [1, 2], t: '2026-01-01T00:00:05Z' }, list: [{ a: 1 }, { a: 2 }], nil: null };
  test.each<[string, Fields, string]>([
    ['InputPath', pass({ InputPath: '$o.k' }), '[1,2]'],
    ['InputPath, all of it', pass({ InputPath: '$n' }), '2'],
    ['OutputPath', pass({ OutputPath: '$o.k[1]' }), '2'],
    ['a path that is not definite', pass({ InputPath: '$list[*].a' }), '[1,2]'],
    ['a path that finds nothing of many', pass({ Parameters: { 'x.$': '$list[*].b' } }), '{"x":[]}'],
    ['a filter', pass({ InputPath: '$list[?(@.a > 1)]' }), '[{"a":2}]'],
    ['Parameters', pass({ Parameters: { 'x.$': '$n', y: '$n' } }), '{"x":2,"y":"$n"}'],
    ['null', pass({ Parameters: { 'x.$': '$nil' } }), '{"x":null}'],
    ['an intrinsic function', pass({ Parameters: { 'x.$': "States.Format('{}', $o.k)" } }), '{"x":"[1, 2]"}'],
    ['ResultSelector', parallel([{ A: pass({ Result: 1 }) }], { ResultSelector: { 'x.$': '$n' } }), '{"x":2}'],
    ['ItemsPath', map({ A: pass() }, { ItemsPath: '$list' }), '[{"a":1},{"a":2}]'],
    ['ItemSelector', map({ A: pass() }, { ItemsPath: '$o.k', ItemSelector: { 'x.$': '$n' } }), '[{"x":2},{"x":2}]'],
    ['MaxConcurrencyPath', map({ A: pass() }, { ItemsPath: '$o.k', MaxConcurrencyPath: '$n' }), '[1,2]'],
    ['SecondsPath', wait({ SecondsPath: '$n', OutputPath: '$n' }), '2'],
    ['TimestampPath', wait({ TimestampPath: '$o.t', OutputPath: '$n' }), '2'],
  ])('%s', async (_, state, output) => {
    const run = await play({ machine: given(V, state), steps: [wound(10)] });
    expect(endOf(run)).toEqual({ status: 'SUCCEEDED', output });
  });

  test('Variable and the operand of a rule', async () => {
    const rule = { Variable: '$n', NumericEqualsPath: '$o.k[1]', Next: 'T' };
    const run = await play({ machine: given(V, { Type: 'Choice', Choices: [rule] }, { T: pass({ Result: 'T' }) }) });
    expect(endOf(run).output).toBe('"T"');
  });

  test('TimeoutSecondsPath and HeartbeatSecondsPath', async () => {
    const task = activity({ TimeoutSecondsPath: '$n', HeartbeatSecondsPath: '$o.k[0]' });
    const run = await play({ machine: given(V, task) });
    expect(detailsOf(run, 5)).toMatchObject({ timeoutInSeconds: 2, heartbeatInSeconds: 1 });
  });

  test('ErrorPath and CausePath', async () => {
    const state = { Type: 'Fail', ErrorPath: '$o.t', CausePath: "States.Format('{}', $n)" };
    expect(endOf(await play({ machine: given(V, state) }))).toEqual({ status: 'FAILED', error: V.o.t, cause: '2' });
  });
});

describe('what Assign sees', () => {
  const A = (fields: Fields) => ({ Assign: { 'x.$': '$', 'v.$': '$v' }, ...fields });
  const before = { v: 1 };
  test.each<[string, Fields, string, Step[]]>([
    ['Pass: its result', pass(A({ Result: 'R', ResultPath: '$.r' })), '"R"', []],
    ['Pass: what Parameters made', pass(A({ Parameters: { p: 1 }, OutputPath: '$.p' })), '{"p":1}', []],
    [
      'Task: the result, as ResultSelector sees it',
      lambda(A({ ResultSelector: { 's.$': '$.k' }, ResultPath: '$.r' })),
      '{"k":2}',
      [taken(), succeeded('{"k":2}')],
    ],
    [
      'Wait: what InputPath selects',
      wait(A({ Seconds: 1, InputPath: '$.a', OutputPath: null })),
      '{"b":1}',
      [wound(1)],
    ],
    ['Parallel: all results', parallel([{ P: pass({ Result: 1 }) }], A({ ResultSelector: { r: 0 } })), '[1]', []],
    ['Map: all results', map({ P: pass({ Result: 1 }) }, A({ ItemsPath: '$.l', ResultPath: null })), '[1]', []],
    [
      'Choice: what InputPath selects',
      {
        Type: 'Choice',
        Choices: [{ Variable: '$.b', IsNull: true, Next: 'T' }],
        Default: 'T',
        ...A({ InputPath: '$.a' }),
      },
      '{"b":1}',
      [],
    ],
  ])('%s', async (_, state, x, steps) => {
    const more: Record<string, Fields> = state.Type === 'Choice' ? { T: { Type: 'Succeed' } } : {};
    const run = await play({ machine: given(before, state, more), input: '{"a":{"b":1},"l":[0]}', steps });
    expect(assignments(run)).toEqual([
      ['V', { v: '1' }],
      ['S', { x, v: '1' }],
    ]);
  });

  test('a rule that holds assigns in place of the state, also nothing', async () => {
    const choice = {
      Type: 'Choice',
      Choices: [
        { Variable: '$.n', NumericEquals: 1, Assign: { 'a.$': "States.Format('one {}', $.n)" }, Next: 'T' },
        { Variable: '$.n', NumericEquals: 2, Next: 'T' },
      ],
      Default: 'T',
      Assign: { a: 'other' },
    };
    const told = async (input: string) =>
      assignments(await play({ machine: machine({ C: choice, T: { Type: 'Succeed' } }), input }));
    expect(await told('{"n":1}')).toEqual([['C', { a: '"one 1"' }]]);
    expect(await told('{"n":2}')).toEqual([]);
    expect(await told('{"n":3}')).toEqual([['C', { a: '"other"' }]]);
  });

  test('a catcher sees the error, and assigns in place of its state', async () => {
    const Catch = [{ ErrorEquals: ['E'], Assign: { 'error.$': '$.Error', 'v.$': '$v' }, ResultPath: null, Next: 'T' }];
    const run = await play({
      machine: given({ v: 1 }, lambda({ Assign: { never: 1 }, Catch }), { T: pass({ InputPath: '$error' }) }),
      steps: [taken(), failed('E')],
    });
    expect(assignments(run)).toEqual([
      ['V', { v: '1' }],
      ['S', { error: '"E"', v: '1' }],
    ]);
    expect(endOf(run).output).toBe('"E"');
  });

  test('all values are computed before any is assigned', async () => {
    const swap = pass({ Assign: { 'x.$': '$a', 'a.$': '$x' }, Next: 'T' });
    const run = await play({
      machine: given({ x: 3, a: 6 }, swap, { T: pass({ Parameters: { 'x.$': '$x', 'a.$': '$a' } }) }),
    });
    expect(endOf(run).output).toBe('{"x":6,"a":3}');
  });

  test('a state reads what was assigned before it, also at its end', async () => {
    // Recorded on AWS.
    const run = await play({
      machine: given(
        { answer: 42 },
        pass({ InputPath: '$answer', ResultPath: '$.a', OutputPath: '$answer', Assign: { answer: 'x' } }),
      ),
    });
    expect(endOf(run).output).toBe('42');
    expect(assignments(run)[1]).toEqual(['S', { answer: '"x"' }]);
  });

  test('objects that are made come in the order of their hashes, literals in their own', async () => {
    // Recorded on AWS.
    const made = { 'encoded.$': '$.a', 'decoded.$': '$.a' };
    const run = await play({
      machine: machine({ S: pass({ Assign: { made, given: { foo: 1, bar: 2 } } }) }),
      input: '{"a":1}',
    });
    const [[, assigned]] = assignments(run) as [[string, Record<string, string>]];
    expect(assigned).toEqual({ given: '{"foo":1,"bar":2}', made: '{"decoded":1,"encoded":1}' });
    expect(Object.keys(assigned)).toEqual(['given', 'made']);
  });

  test('nothing to assign is nothing to tell', async () => {
    const run = await play({ machine: machine({ S: pass({ Assign: {} }) }) });
    expect(detailsOf(run, 3)).toEqual({ name: 'S', output: '{}' });
  });
});

describe('a variable that nothing was assigned to', () => {
  const input = '{"a":1}';
  test.each<[string, Fields, string]>([
    ['InputPath', pass({ InputPath: '$x' }), "Invalid path '$x' : Variable 'x' is not defined"],
    [
      'Parameters',
      pass({ Parameters: { 'p.$': '$x.a' } }),
      `The JSONPath '$x.a' specified for the field 'p.$' could not be found in the input '${input}'`,
    ],
    [
      'many nodes',
      pass({ Parameters: { 'p.$': '$x[*]' } }),
      `The JSONPath '$x[*]' specified for the field 'p.$' could not be found in the input '${input}'`,
    ],
    [
      'Assign',
      pass({ Assign: { 'p.$': '$x' } }),
      `The JSONPath '$x' specified for the field 'p.$' could not be found in the input '${input}'`,
    ],
    ['SecondsPath', wait({ SecondsPath: '$x' }), 'The SecondsPath parameter does not reference an input value: $x'],
    [
      'ErrorPath',
      { Type: 'Fail', ErrorPath: '$x' },
      `The JSONPath '$x' specified for the field 'ErrorPath' could not be found in the input '${input}'`,
    ],
    [
      'Variable',
      { Type: 'Choice', Choices: [{ Variable: '$x', IsNull: true, Next: 'T' }] },
      "Invalid path '$x': The choice state's condition path references an invalid value.",
    ],
    [
      'an argument',
      pass({ Parameters: { 'p.$': "States.Format('{}', $x)" } }),
      `The function 'States.Format('{}', $x)' had the following error: The JsonPath argument for the field '$x' could not be found in the input '${input}'`,
    ],
  ])('%s', async (_, state, text) => {
    const more: Record<string, Fields> = state.Type === 'Choice' ? { T: { Type: 'Succeed' } } : {};
    const run = await play({ machine: machine({ S: state, ...more }), input });
    expect(endOf(run)).toEqual({ status: 'FAILED', error: 'States.Runtime', cause: inState('S', 2) + text });
  });

  test('what is not in it', async () => {
    const run = await play({ machine: given({ o: { k: 1 } }, pass({ InputPath: '$o.x' })), input });
    expect(endOf(run).cause).toBe(`${inState('S', 4)}Invalid path '$o.x' : No results for path: $['x']`);
  });

  test('IsPresent may look for it', async () => {
    const choice = { Type: 'Choice', Choices: [{ Variable: '$x', IsPresent: false, Next: 'T' }] };
    expect(endOf(await play({ machine: machine({ S: choice, T: { Type: 'Succeed' } }), input })).status).toBe(
      'SUCCEEDED',
    );
  });

  test('data that is null does not keep variables from being read', async () => {
    const run = await play({ machine: given({ x: 1 }, pass({ Parameters: { 'p.$': '$x' } })), input: 'null' });
    expect(endOf(run).output).toBe('{"p":1}');
  });
});

describe('scopes', () => {
  const shows = (...names: string[]) =>
    pass({ Parameters: Object.fromEntries(names.map((name) => [`${name}.$`, `$${name}`])) });

  test('branches see what is around them and not each other, and what they assign goes with them', async () => {
    const branch = (name: string): Record<string, Fields> => ({
      [name]: pass({ Assign: { 'own.$': "States.Format('{} {}', $outer, $$.State.Name)" }, Next: `${name}2` }),
      [`${name}2`]: shows('outer', 'own'),
    });
    const run = await play({
      machine: given({ outer: 1 }, parallel([branch('A'), branch('B')], { Next: 'T' }), {
        T: { Type: 'Choice', Choices: [{ Variable: '$own', IsPresent: false, Next: 'U' }] },
        U: { Type: 'Succeed' },
      }),
    });
    expect(endOf(run)).toEqual({ status: 'SUCCEEDED', output: '[{"outer":1,"own":"1 A"},{"outer":1,"own":"1 B"}]' });
    expect(run.snapshot.variables).toBeUndefined();
  });

  test('iterations, within each other, each with its own', async () => {
    const inner = map(
      { D: pass({ Assign: { 'sum.$': 'States.MathAdd($x, $)' }, Next: 'E' }), E: pass({ InputPath: '$sum' }) },
      { ItemsPath: '$.l' },
    );
    const outer = map({ B: pass({ Assign: { 'x.$': 'States.MathAdd($.x, $bias)' }, Next: 'C' }), C: inner });
    const input = '[{"x":10,"l":[1,2]},{"x":20,"l":[3]}]';
    const run = await play({ machine: given({ bias: 100 }, outer), input });
    expect(endOf(run)).toEqual({ status: 'SUCCEEDED', output: '[[111,112],[123]]' });
  });

  test('the catcher of a Parallel state assigns around it', async () => {
    const branch = { A: pass({ Assign: { inner: 1 }, Next: 'B' }), B: fail('E') };
    const Catch = [{ ErrorEquals: ['E'], Assign: { 'e.$': '$.Error' }, Next: 'T' }];
    const run = await play({ machine: machine({ P: parallel([branch], { Catch }), T: pass({ InputPath: '$e' }) }) });
    expect(endOf(run).output).toBe('"E"');
  });

  test('a retried state begins without what its iterations assigned', async () => {
    const once = {
      A: { Type: 'Choice', Choices: [{ Variable: '$seen', IsPresent: true, Next: 'X' }], Default: 'B' },
      X: pass({ Result: 'seen' }),
      B: pass({ Assign: { seen: true }, Next: 'C' }),
      C: lambda(),
    };
    const Retry = [{ ErrorEquals: ['E'] }];
    const run = await play({
      machine: machine({ M: map(once, { Retry }) }),
      input: '[0]',
      steps: [taken(), failed('E'), wound(1), taken(), succeeded('1')],
    });
    expect(endOf(run)).toEqual({ status: 'SUCCEEDED', output: '[1]' });
  });
});

describe('a redrive', () => {
  test('goes on with the variables as they were, in branches too', async () => {
    const branch = {
      A: pass({ Assign: { inner: 'in' }, Next: 'B' }),
      B: lambda({ Parameters: { 'o.$': '$outer', 'i.$': '$inner' } }),
    };
    const run = await play({
      machine: given({ outer: 'out' }, parallel([branch, { W: wait({ Seconds: 100 }) }], { Next: 'T' }), {
        T: pass({ InputPath: '$outer' }),
      }),
      steps: [taken(), failed('E'), redriven(), taken(), succeeded('1'), wound(100)],
    });
    const scheduled = run.events
      .filter(({ type }) => type === 'LambdaFunctionScheduled')
      .map(({ id }) => detailsOf(run, id)!.input);
    expect(scheduled).toEqual(['{"o":"out","i":"in"}', '{"o":"out","i":"in"}']);
    expect(endOf(run)).toEqual({ status: 'SUCCEEDED', output: '"out"' });
  });

  test('of one that was stopped while it waited', async () => {
    const run = await play({
      machine: given({ v: 'kept' }, wait({ Seconds: 5, OutputPath: '$v' })),
      steps: [stopped(), redriven(), wound(5)],
    });
    expect(endOf(run)).toEqual({ status: 'SUCCEEDED', output: '"kept"' });
  });

  test('forgets those of an iteration that it ends at once', async () => {
    const iteration = {
      A: pass({ Assign: { own: 1 }, Next: 'B' }),
      B: wait({ Timestamp: '2026-01-01T00:00:10Z' }),
    };
    const run = await play({
      machine: machine({ M: map(iteration, { Next: 'W' }), W: wait({ Seconds: 10 }) }),
      input: '[0]',
      steps: [stopped(), wound(20), redriven()],
    });
    expect(run.snapshot.status).toBe('RUNNING');
    expect(run.snapshot.variables).toBeUndefined();
  });
});

describe('in the journal', () => {
  /** Assigns that many small variables, then a waits, assigns one more, and waits again. */
  const many = (count: number): string =>
    machine({
      V: pass({ Assign: Object.fromEntries(Array.from({ length: count }, (_, at) => [`v${at}`, at])), Next: 'W' }),
      W: wait({ Seconds: 1, Assign: { w: 'w' }, Next: 'X' }),
      X: wait({ Seconds: 1, Next: 'Y' }),
      Y: wait({ Seconds: 1, OutputPath: '$v1' }),
    });

  test('a step costs the same however many there are', async () => {
    const sizes = async (count: number) => {
      const run = await play({ machine: many(count), steps: [wound(1), wound(1), wound(1)] });
      expect(endOf(run).output).toBe('1');
      return run.commits.slice(1, 3).map(({ body }) => body.length);
    };
    const [assigning, passing] = await sizes(2_000);
    const [assigningOfMore, passingOfMore] = await sizes(4_000);
    expect([assigningOfMore, passingOfMore]).toEqual([assigning, passing]);
  });

  test('what is long stands there once, and is read where it is looked at', async () => {
    const long = 'x'.repeat(5_000);
    const reads = activity({ Parameters: { 'l.$': "States.ArrayLength(States.StringSplit($l, '-'))" } });
    const run = await play({
      machine: given({ l: long }, wait({ Seconds: 1, Next: 'R' }), { R: reads }),
      steps: [wound(1), taken(), succeeded('0')],
    });
    expect(detailsOf(run, 7)).toMatchObject({ input: '{"l":1}' });
    expect(run.commits.filter(({ body }) => body.includes(long))).toHaveLength(1);
  });

  test('without any, nothing is written of them', async () => {
    const run = await play({ machine: machine({ S: wait({ Seconds: 1 }) }), steps: [wound(1)] });
    for (const { body } of run.commits) expect(JSON.parse(body)).not.toHaveProperty('w');
    expect(run.snapshot).not.toHaveProperty('variables');
  });
});

describe('limits', () => {
  const limits = { payloadBytes: 1_000 };
  const text = (bytes: number): string => 'x'.repeat(bytes - 2);
  const tooLarge = (name: string) => ({
    status: 'FAILED',
    error: 'States.DataLimitExceeded',
    cause: `The state/task '${name}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  });

  test.each<[string, Fields, boolean]>([
    ['as large as a payload', { 'a.$': '$.k' }, true],
    ['together as large as a payload', { 'a.$': '$.h', 'b.$': '$.h' }, true],
    ['together larger', { 'a.$': '$.k', b: 1 }, false],
  ])('one Assign: %s', async (_, Assign, fits) => {
    const state = pass({ InputPath: '$.o', Assign, OutputPath: null });
    const input = JSON.stringify({ o: { k: text(1_000), h: text(500) } });
    const run = await play({ machine: machine({ S: state }), input, limits });
    expect(endOf(run)).toEqual(fits ? { status: 'SUCCEEDED', output: '{}' } : tooLarge('S'));
  });

  test('one Assign: more than can be done at once', async () => {
    const states = (count: number) =>
      machine({ S: pass({ Assign: Object.fromEntries(Array.from({ length: count }, (_, at) => [`v${at}`, 1])) }) });
    expect(endOf(await play({ machine: states(5_000) })).status).toBe('SUCCEEDED');
    expect(endOf(await play({ machine: states(20_000) }))).toEqual(tooLarge('S'));
  });

  test('all variables together: forty payloads, however they came and went', async () => {
    const states: Record<string, Fields> = {};
    const count = 40;
    for (let at = 0; at < count; at++)
      states[`A${at}`] = pass({ Assign: { [`v${at}`]: text(1_000) }, Next: `A${at + 1}` });
    states[`A${count}`] = pass({ Assign: { v3: text(1_000) }, Next: 'P' });
    states.P = pass({ Assign: { v3: 'less' }, Next: 'Q' });
    states.Q = map(
      { I: pass({ Assign: { 'own.$': '$.t' }, Next: 'J' }), J: pass({ Result: 0 }) },
      { ItemsPath: '$.l', MaxConcurrency: 1, ResultPath: null, Next: 'R' },
    );
    states.R = pass({ Assign: { more: text(1_000) }, Next: 'T' });
    states.T = { Type: 'Succeed' };
    const input = JSON.stringify({ l: [{ t: text(300) }, { t: text(300) }] });
    // `less` leaves 994 bytes: enough for one iteration after the other, not for the last.
    expect(endOf(await play({ machine: machine(states), limits, input }))).toEqual(tooLarge('R'));
  });
});
