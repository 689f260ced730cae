import {
  activity,
  detailsOf,
  endOf,
  fail,
  failed,
  historyOf,
  inState,
  lines,
  machine,
  map,
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

async function check(scenario: Scenario, history: string, details: Record<number, unknown> = {}): Promise<void> {
  const run = await play(scenario);
  expect(historyOf(run)).toBe(lines(history));
  for (const [id, expected] of Object.entries(details)) expect(detailsOf(run, Number(id))).toEqual(expected);
}

const started = '1<0 ExecutionStarted, 2<0 MapStateEntered, 3<2 MapStateStarted';
const one = { MaxConcurrency: 1 };

describe('iterations that succeed', () => {
  test('one at a time: the next follows on the last event of the one before, the join on its Succeeded', () =>
    check(
      { machine: machine({ M: map({ A: pass() }, one) }), input: '[1,{"a":0.0}]' },
      `${started}, 4<3 MapIterationStarted, 5<4 PassStateEntered, 6<5 PassStateExited, 7<6 MapIterationSucceeded,
       8<6 MapIterationStarted, 9<8 PassStateEntered, 10<9 PassStateExited, 11<10 MapIterationSucceeded,
       12<11 MapStateSucceeded, 13<11 MapStateExited, 14<13 ExecutionSucceeded`,
      {
        3: { length: 2 },
        4: { name: 'M', index: 0 },
        5: { name: 'A', input: '1' },
        7: { name: 'M', index: 0 },
        8: { name: 'M', index: 1 },
        9: { name: 'A', input: '{"a":0.0}' },
        12: undefined,
        13: { name: 'M', output: '[1,{"a":0.0}]' },
      },
    ));

  test('all that may be under way at once are started first', () =>
    check(
      { machine: machine({ M: map({ A: pass() }, { MaxConcurrency: 2 }) }), input: '[1,2,3]' },
      `${started}, 4<3 MapIterationStarted, 5<3 MapIterationStarted, 6<4 PassStateEntered, 7<6 PassStateExited,
       8<7 MapIterationSucceeded, 9<7 MapIterationStarted, 10<5 PassStateEntered, 11<10 PassStateExited,
       12<11 MapIterationSucceeded, 13<9 PassStateEntered, 14<13 PassStateExited, 15<14 MapIterationSucceeded,
       16<15 MapStateSucceeded, 17<15 MapStateExited, 18<17 ExecutionSucceeded`,
    ));

  test('without items both events of the join point at MapStateStarted', () =>
    check(
      { machine: machine({ M: map({ A: pass() }) }), input: '[]' },
      `${started}, 4<3 MapStateSucceeded, 5<3 MapStateExited, 6<5 ExecutionSucceeded`,
      { 3: { length: 0 }, 5: { name: 'M', output: '[]' } },
    ));
});

describe('items', () => {
  const refusals: [string, Scenario, string][] = [
    [
      'an object',
      { machine: machine({ M: map({ A: pass() }) }), input: '{}' },
      'Reference path "$" must point to array.',
    ],
    [
      'null',
      { machine: machine({ M: map({ A: pass() }, { ItemsPath: '$.items' }) }), input: '{"items":null}' },
      'Reference path "$.items" must point to array.',
    ],
    [
      'missing',
      { machine: machine({ M: map({ A: pass() }, { ItemsPath: '$.items' }) }) },
      "Invalid path '$.items' : No results for path: $['items']",
    ],
  ];
  test.each(refusals)('%s: the state fails before it starts', async (_, scenario, text) => {
    const run = await play(scenario);
    expect(historyOf(run)).toBe('1<0 ExecutionStarted, 2<0 MapStateEntered, 3<2 ExecutionFailed');
    expect(endOf(run)).toEqual({ status: 'FAILED', error: 'States.Runtime', cause: inState('M', 2) + text });
  });

  test('come from ItemsPath of the effective input; the result goes through ResultPath and OutputPath', async () => {
    const paths = { InputPath: '$.in', ItemsPath: '$.items', ResultPath: '$.out', OutputPath: '$.out' };
    const run = await play({
      machine: machine({ M: map({ A: pass() }, paths) }),
      input: '{"in":{"items":["a,]\\"",[1,{"b":[]}],1.50]}}',
    });
    expect(endOf(run)).toEqual({ status: 'SUCCEEDED', output: '["a,]\\"",[1,{"b":[]}],1.50]' });
  });

  test('outputs stand in the order of the items, whichever ends first', async () => {
    const run = await play({
      machine: machine({ M: map({ A: activity() }) }),
      input: '[1,2,3]',
      steps: [taken(), taken(), taken(), succeeded('"first"'), succeeded('"second"'), succeeded('"third"')],
    });
    expect(run.output).toBe('["first","second","third"]');
    const other = await play({
      machine: machine({ M: map({ A: wait({ SecondsPath: '$' }) }) }),
      input: '[30,10,20]',
      steps: [wound(60)],
    });
    expect(other.output).toBe('[30,10,20]');
    expect(detailsOf(other, other.events.length - 3)).toEqual({ name: 'M', index: 0 });
  });
});

describe('what an iteration gets', () => {
  test('ItemSelector sees the effective input and the item; states inside see the item, too', async () => {
    const run = await play({
      machine: machine({
        M: map(
          {
            A: pass({ Parameters: { 'in.$': '$', 'index.$': '$$.Map.Item.Index' }, Next: 'N' }),
            N: map(
              { B: pass({ Parameters: { 'inner.$': '$$.Map.Item.Value' } }) },
              { ItemsPath: '$.in.value', ResultPath: '$.n', Next: 'C' },
            ),
            C: pass({ Parameters: { 'n.$': '$.n', 'of.$': '$.in.of', 'outer.$': '$$.Map.Item' } }),
          },
          {
            InputPath: '$.x',
            ItemsPath: '$.items',
            ItemSelector: { 'value.$': '$$.Map.Item.Value', 'of.$': '$.name', index: 'literal' },
          },
        ),
      }),
      input: '{"x":{"items":[["a"],[]],"name":"n"}}',
    });
    expect(run.output).toBe(
      '[{"n":[{"inner":"a"}],"of":"n","outer":{"Index":0,"Value":["a"]}},{"n":[],"of":"n","outer":{"Index":1,"Value":[]}}]',
    );
    expect(detailsOf(run, 6)).toEqual({ name: 'A', input: '{"value":["a"],"of":"n","index":"literal"}' });
  });

  test('the older Parameters, the items themselves among the input', async () => {
    const run = await play({
      machine: machine({ M: map({ A: pass() }, { Parameters: { 'v.$': '$$.Map.Item.Value', 'all.$': '$' } }) }),
      input: '[1,2]',
    });
    expect(run.output).toBe('[{"v":1,"all":[1,2]},{"v":2,"all":[1,2]}]');
  });

  test('a selector that finds nothing ends the execution', async () => {
    const run = await play({
      machine: machine({ M: map({ A: pass() }, { ItemSelector: { 'v.$': '$$.Map.Item.Value.no' } }) }),
      input: '[{}]',
    });
    expect(historyOf(run)).toBe(lines(`${started}, 4<3 MapIterationStarted, 5<4 ExecutionFailed`));
    expect(endOf(run)).toMatchObject({ error: 'States.Runtime' });
  });

  test('too much for one iteration is over the payload limit; too much for one commit takes several', async () => {
    const item = `"${'x'.repeat(50_000)}"`;
    const all = { 'all.$': '$' };
    const run = await play({
      machine: machine({ M: map({ A: pass({ Result: 0 }) }, { ItemSelector: all }) }),
      input: `[${item},${item},1,2,3]`,
    });
    expect(run.output).toBe('[0,0,0,0,0]');
    expect(run.commits.length).toBeGreaterThan(1);
    const more = await play({
      machine: machine({
        M: map({ A: pass({ Result: 0 }) }, { ItemSelector: { ...all, 'again.$': '$', 'more.$': '$' } }),
      }),
      input: `[${item},${item}]`,
    });
    expect(endOf(more)).toMatchObject({ error: 'States.DataLimitExceeded' });
  });

  test('ResultSelector makes something of the outputs', async () => {
    const run = await play({
      machine: machine({
        M: map({ A: pass() }, { ResultSelector: { 'first.$': '$[0]', 'count.$': 'States.ArrayLength($)' } }),
      }),
      input: '[7,8]',
    });
    expect(run.output).toBe('{"first":7,"count":2}');
  });
});

describe('how many at once', () => {
  const many = `[${Array.from({ length: 100 }, (_, at) => at).join(',')}]`;
  const cases: [string, Record<string, unknown>, number][] = [
    ['without a limit', {}, 40],
    ['MaxConcurrency 0', { MaxConcurrency: 0 }, 40],
    ['MaxConcurrency 7', { MaxConcurrency: 7 }, 7],
    ['MaxConcurrency 1000', { MaxConcurrency: 1000 }, 40],
    ['MaxConcurrencyPath', { MaxConcurrencyPath: '$.most' }, 3],
  ];
  test.each(cases)('%s', async (_, fields, most) => {
    const run = await play({
      machine: machine({ M: map({ A: activity() }, { ItemsPath: '$.items', ...fields }) }),
      input: `{"most":3,"items":${many}}`,
    });
    expect(run.tasks()).toHaveLength(most);
    await taken()(run);
    await succeeded('0')(run);
    expect(run.tasks()).toHaveLength(most);
  });

  test.each([
    ['"NoNumber"', 'NoNumber'],
    ['{}', '{}'],
    ['1.5', '1.5'],
    ['null', 'null'],
  ])('MaxConcurrencyPath at %s', async (value, shown) => {
    const run = await play({
      machine: machine({ M: map({ A: pass() }, { ItemsPath: '$.items', MaxConcurrencyPath: '$.n' }) }),
      input: `{"items":[],"n":${value}}`,
    });
    const text = `The MaxConcurrencyPath field refers to value "${shown}" which is not a valid integer: $.n`;
    expect(endOf(run)).toEqual({ status: 'FAILED', error: 'States.Runtime', cause: inState('M', 2) + text });
  });
});

describe('iterations that fail', () => {
  test('the state fails with the error and cause of the iteration', () =>
    check(
      { machine: machine({ M: map({ F: fail('E', 'c') }, one) }), input: '[1,2]' },
      `${started}, 4<3 MapIterationStarted, 5<4 FailStateEntered, 6<5 MapIterationFailed, 7<5 MapStateFailed,
       8<7 ExecutionFailed`,
      { 6: { name: 'M', index: 0 }, 7: undefined, 8: { error: 'E', cause: 'c' } },
    ));

  test('caught', () =>
    check(
      {
        machine: machine({
          M: map(
            { F: fail('E', 'c') },
            { Catch: [{ ErrorEquals: ['E'], Next: 'A', ResultPath: '$.e' }], ItemsPath: '$.i' },
          ),
          A: pass(),
        }),
        input: '{"i":[1]}',
      },
      `${started}, 4<3 MapIterationStarted, 5<4 FailStateEntered, 6<5 MapIterationFailed, 7<5 MapStateFailed,
       8<7 MapStateExited, 9<8 PassStateEntered, 10<9 PassStateExited, 11<10 ExecutionSucceeded`,
      { 8: { name: 'M', output: '{"i":[1],"e":{"Error":"E","Cause":"c"}}' } },
    ));

  test('retried: all of it begins again, and MapStateFailed comes after the last attempt', () =>
    check(
      {
        machine: machine({ M: map({ F: fail('E') }, { Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1 }] }) }),
        input: '[1]',
        steps: [wound(10)],
      },
      `${started}, 4<3 MapIterationStarted, 5<4 FailStateEntered, 6<5 MapIterationFailed,
       7<5 MapStateStarted, 8<7 MapIterationStarted, 9<8 FailStateEntered, 10<9 MapIterationFailed,
       11<9 MapStateFailed, 12<11 ExecutionFailed`,
      { 7: { length: 1 } },
    ));

  test('the others are cut off, and the state that failed is told to be', () =>
    check(
      {
        machine: machine({ M: map({ A: activity() }) }),
        input: '[1,2]',
        steps: [taken(), failed('E', 'c')],
      },
      `${started}, 4<3 MapIterationStarted, 5<3 MapIterationStarted, 6<4 TaskStateEntered, 7<6 ActivityScheduled,
       8<5 TaskStateEntered, 9<8 ActivityScheduled, 10<7 ActivityStarted, 11<10 ActivityFailed,
       12<11 MapIterationFailed, 13<11 TaskStateAborted, 14<11 MapIterationAborted, 15<11 TaskStateAborted,
       16<11 MapStateFailed, 17<16 ExecutionFailed`,
      { 12: { name: 'M', index: 0 }, 14: { name: 'M', index: 1 } },
    ));

  test('what ended before does not matter to a retry', async () => {
    const run = await play({
      machine: machine({ M: map({ A: activity() }, { ...one, Retry: [{ ErrorEquals: ['States.ALL'] }] }) }),
      input: '[1,2]',
      steps: [
        taken(),
        succeeded('"old"'),
        taken(),
        failed('E'),
        wound(1),
        taken(),
        succeeded('"new"'),
        taken(),
        succeeded('2'),
      ],
    });
    expect(run.output).toBe('["new",2]');
  });

  test('States.Runtime in an iteration ends the execution', async () => {
    const run = await play({
      machine: machine({
        M: map({ A: pass({ InputPath: '$.no' }) }, { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }] }),
        B: pass(),
      }),
      input: '[{}]',
    });
    expect(historyOf(run)).toBe(
      lines(`${started}, 4<3 MapIterationStarted, 5<4 PassStateEntered, 6<5 ExecutionFailed`),
    );
  });
});

describe('an ItemSelector that fails while iterations are under way cuts these off', () => {
  const failing = {
    QueryLanguage: 'JSONata',
    Items: '{% [1, 1, 2] %}',
    ItemSelector: "{% $states.context.Map.Item.Value = 2 ? $error('no') : 1 %}",
    MaxConcurrency: 2,
  };
  const errors = { ErrorEquals: ['States.QueryEvaluationError'] };
  const begun = `${started}, 4<3 MapIterationStarted, 5<3 MapIterationStarted, 6<4 TaskStateEntered, 7<6 ActivityScheduled,
    8<5 TaskStateEntered, 9<8 ActivityScheduled, 10<7 ActivityStarted, 11<10 ActivitySucceeded, 12<11 TaskStateExited,
    13<12 MapIterationSucceeded, 14<12 MapIterationStarted, 15<14 EvaluationFailed, 16<15 TaskStateAborted,
    17<15 MapIterationAborted`;

  test('where it is caught', () =>
    check(
      {
        machine: machine({
          M: map({ A: activity() }, { ...failing, Catch: [{ ...errors, Next: 'S' }], Next: 'S' }),
          S: { Type: 'Succeed' },
        }),
        steps: [taken('A'), succeeded('0', 'A')],
      },
      `${begun}, 18<15 MapStateFailed, 19<18 MapStateExited, 20<19 SucceedStateEntered, 21<20 SucceedStateExited,
       22<21 ExecutionSucceeded`,
      { 17: { name: 'M', index: 1 } },
    ));

  test('where it is tried again', () =>
    check(
      {
        machine: machine({ M: map({ A: activity() }, { ...failing, Retry: [{ ...errors, IntervalSeconds: 1 }] }) }),
        steps: [taken('A'), succeeded('0', 'A'), wound(1)],
      },
      `${begun}, 18<15 MapStateStarted, 19<18 MapIterationStarted, 20<18 MapIterationStarted, 21<19 TaskStateEntered,
       22<21 ActivityScheduled, 23<20 TaskStateEntered, 24<23 ActivityScheduled`,
    ));
});

describe('in and around other states', () => {
  test('Map in Map: the outer iteration ends with the inner MapStateExited', () =>
    check(
      { machine: machine({ M: map({ N: map({ A: pass() }, one) }, one) }), input: '[[1]]' },
      `${started}, 4<3 MapIterationStarted, 5<4 MapStateEntered, 6<5 MapStateStarted, 7<6 MapIterationStarted,
       8<7 PassStateEntered, 9<8 PassStateExited, 10<9 MapIterationSucceeded, 11<10 MapStateSucceeded,
       12<10 MapStateExited, 13<12 MapIterationSucceeded, 14<13 MapStateSucceeded, 15<13 MapStateExited,
       16<15 ExecutionSucceeded`,
      { 7: { name: 'N', index: 0 }, 13: { name: 'M', index: 0 }, 15: { name: 'M', output: '[[1]]' } },
    ));

  test('empty Map in Map', async () => {
    const run = await play({ machine: machine({ M: map({ N: map({ A: pass() }) }, one) }), input: '[[],[],[[]]]' });
    expect(run.output).toBe('[[],[],[[]]]');
  });

  test('Parallel in Map, Map in Parallel', async () => {
    const inMap = { P: parallel([{ A: pass() }, { B: activity() }]) };
    const run = await play({
      machine: machine({ Q: parallel([{ M: map(inMap) }, { C: pass() }]) }),
      input: '[1,2]',
      steps: [taken(), taken(), succeeded('"x"'), succeeded('"y"')],
    });
    expect(run.output).toBe('[[[1,"x"],[2,"y"]],[1,2]]');
  });

  test('a failing branch beside cuts off the whole Map, and iterations before their Map', () =>
    check(
      {
        machine: machine({ P: parallel([{ M: map({ W: wait({ Seconds: 60 }) }, one) }, { A: activity() }]) }),
        input: '[1,2]',
        steps: [taken(), failed('E')],
      },
      `1<0 ExecutionStarted, 2<0 ParallelStateEntered, 3<2 ParallelStateStarted, 4<3 MapStateEntered,
       5<4 MapStateStarted, 6<5 MapIterationStarted, 7<3 TaskStateEntered, 8<7 ActivityScheduled,
       9<6 WaitStateEntered, 10<8 ActivityStarted, 11<10 ActivityFailed, 12<11 WaitStateAborted,
       13<11 MapIterationAborted, 14<11 MapStateAborted, 15<11 TaskStateAborted, 16<11 ParallelStateFailed,
       17<16 ExecutionFailed`,
    ));

  test('a failure goes up through Maps', async () => {
    const run = await play({
      machine: machine({
        M: map({ N: map({ F: fail('E') }) }, { Catch: [{ ErrorEquals: ['E'], Next: 'A' }] }),
        A: pass(),
      }),
      input: '[[1]]',
    });
    expect(historyOf(run)).toBe(
      lines(`${started}, 4<3 MapIterationStarted, 5<4 MapStateEntered, 6<5 MapStateStarted, 7<6 MapIterationStarted,
       8<7 FailStateEntered, 9<8 MapIterationFailed, 10<8 MapStateFailed, 11<10 MapIterationFailed,
       12<10 MapStateAborted, 13<10 MapStateFailed, 14<13 MapStateExited, 15<14 PassStateEntered,
       16<15 PassStateExited, 17<16 ExecutionSucceeded`),
    );
  });

  test('a stop and the time of the execution end it in the middle', async () => {
    const waiting = map({ W: wait({ Seconds: 60 }) }, { MaxConcurrency: 2 });
    const stop = await play({ machine: machine({ M: waiting }), input: '[1,2,3]', steps: [stopped('E')] });
    expect(endOf(stop)).toEqual({ status: 'ABORTED', error: 'E' });
    const late = await play({
      machine: machine({ M: waiting }, { TimeoutSeconds: 90 }),
      input: '[1,2,3]',
      steps: [wound(100)],
    });
    expect(historyOf(late)).toMatch(/9<8 MapIterationSucceeded, 10<8 MapIterationStarted.* 14<0 ExecutionTimedOut$/);
    expect(late.snapshot.frames.size).toBe(0);
  });
});

/** Work is counted, not timed: what is written, and how much of the texts is looked at. */
describe('10,000 items', () => {
  const limits = { historyEvents: 100_000 };
  const items = (count: number) => JSON.stringify(Array.from({ length: count }, (_, at) => ({ order: 100_000 + at })));
  const written = (run: Awaited<ReturnType<typeof play>>) =>
    run.commits.reduce((sum, { body }) => sum + body.length, 0);

  test('of states that pass: what is written for each does not grow', async () => {
    const perItem = async (count: number) => {
      const run = await play({
        machine: machine({ M: map({ A: pass() }) }),
        input: items(count),
        limits,
        checkedOneIn: 20,
      });
      expect(run.output).toBe(items(count));
      return written(run) / count;
    };
    const [small, large] = [await perItem(1_000), await perItem(10_000)];
    // Ids have a digit more.
    expect(large / small).toBeLessThan(1.2);
  });

  test('of tasks, each its own turns', async () => {
    const perItem = async (count: number) => {
      const run = await play({
        machine: machine({ M: map({ A: activity({}) }) }),
        input: items(count),
        limits,
        checkedOneIn: 1000,
      });
      for (let at = 0; at < count; at++) {
        await taken()(run);
        await succeeded(`{"done":${at}}`)(run);
      }
      expect(run.status).toBe('SUCCEEDED');
      expect(run.output).toMatch(/^\[\{"done":0\},\{"done":1\},.*\}\]$/);
      return {
        bytes: written(run) / count,
        largest: Math.max(...run.commits.slice(1, -1).map(({ body }) => body.length)),
      };
    };
    const [small, large] = [await perItem(500), await perItem(5_000)];
    expect(large.bytes / small.bytes).toBeLessThan(1.2);
    expect(large.largest / small.largest).toBeLessThan(2);
  });
});
