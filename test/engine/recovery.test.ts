import {
  activity,
  endOf,
  fail,
  failed,
  lambda,
  machine,
  parallel,
  pass,
  play,
  type Scenario,
  type Step,
  succeeded,
  taken,
  wound,
} from './scenario';

/** Retry and Catch (asl.md section 4). */

type Fields = Record<string, unknown>;

/** Ways to fail, by what the failure is called. */
const failures: Record<
  string,
  { state: (fields: Fields) => Fields; steps: Step[]; input?: string; limits?: Scenario['limits'] }
> = {
  'a task over its TimeoutSeconds': {
    state: (fields) => lambda({ TimeoutSeconds: 5, ...fields }),
    steps: [taken(), wound(5)],
  },
  'an activity that nobody takes': { state: (fields) => activity({ TimeoutSeconds: 5, ...fields }), steps: [wound(5)] },
  'a missed heartbeat': { state: (fields) => activity({ HeartbeatSeconds: 5, ...fields }), steps: [taken(), wound(5)] },
  'a task error of its own name': { state: lambda, steps: [taken(), failed('Own', 'c')] },
  'a task error without a name': { state: activity, steps: [taken(), failed()] },
  'a literal States.TaskFailed': { state: activity, steps: [taken(), failed('States.TaskFailed')] },
  'a literal States.Timeout': { state: activity, steps: [taken(), failed('States.Timeout')] },
  'States.Permissions': { state: lambda, steps: [taken(), failed('States.Permissions', 'no')] },
  'an oversized task result': {
    state: lambda,
    steps: [taken(), succeeded(`"${'x'.repeat(99)}"`)],
    limits: { payloadBytes: 100 },
  },
  'a ResultPath that does not fit': {
    state: (fields) => lambda({ ResultPath: '$.r', ...fields }),
    steps: [taken(), succeeded('1')],
    input: '[]',
  },
  'a branch that fails': { state: (fields) => parallel([{ F: fail('Own', 'c') }], fields), steps: [] },
  'a branch whose task timed out': {
    state: (fields) => parallel([{ A: activity({ TimeoutSeconds: 5 }) }], fields),
    steps: [wound(5)],
  },
  'a branch whose task missed a heartbeat': {
    state: (fields) => parallel([{ A: activity({ HeartbeatSeconds: 5 }) }], fields),
    steps: [taken(), wound(5)],
  },
  'a branch with a literal States.TaskFailed': {
    state: (fields) => parallel([{ F: fail('States.TaskFailed') }], fields),
    steps: [],
  },
  'a Parallel whose ResultPath does not fit': {
    state: (fields) => parallel([{ A: pass() }], { ResultPath: '$.r', ...fields }),
    steps: [],
    input: '[]',
  },
  'a path that selects nothing': { state: (fields) => lambda({ InputPath: '$.no', ...fields }), steps: [] },
  'an output path after a success': {
    state: (fields) => lambda({ OutputPath: '$.no', ...fields }),
    steps: [taken(), succeeded('{}')],
  },
  'a runtime error in a branch': {
    state: (fields) => parallel([{ A: pass({ InputPath: '$.no' }) }], fields),
    steps: [],
  },
};

const NAMES = [
  'States.ALL',
  'States.TaskFailed',
  'States.Timeout',
  'States.HeartbeatTimeout',
  'States.Permissions',
  'States.DataLimitExceeded',
  'States.ResultPathMatchFailure',
  'States.BranchFailed',
  'States.Runtime',
  'Own',
  'own',
];

const matched: Record<string, string[]> = {
  'a task over its TimeoutSeconds': ['States.ALL', 'States.Timeout'],
  'an activity that nobody takes': ['States.ALL', 'States.Timeout'],
  'a missed heartbeat': ['States.ALL', 'States.Timeout', 'States.HeartbeatTimeout'],
  'a task error of its own name': ['States.ALL', 'States.TaskFailed', 'Own'],
  'a task error without a name': ['States.ALL', 'States.TaskFailed'],
  'a literal States.TaskFailed': ['States.ALL', 'States.TaskFailed'],
  'a literal States.Timeout': ['States.ALL', 'States.Timeout'],
  'States.Permissions': ['States.ALL', 'States.TaskFailed', 'States.Permissions'],
  'an oversized task result': ['States.ALL', 'States.TaskFailed', 'States.DataLimitExceeded'],
  'a ResultPath that does not fit': ['States.ALL', 'States.TaskFailed', 'States.ResultPathMatchFailure'],
  'a branch that fails': ['States.ALL', 'States.BranchFailed', 'Own'],
  'a branch whose task timed out': ['States.ALL', 'States.BranchFailed', 'States.Timeout'],
  'a branch whose task missed a heartbeat': [
    'States.ALL',
    'States.BranchFailed',
    'States.Timeout',
    'States.HeartbeatTimeout',
  ],
  'a branch with a literal States.TaskFailed': ['States.ALL', 'States.BranchFailed', 'States.TaskFailed'],
  'a Parallel whose ResultPath does not fit': ['States.ALL', 'States.TaskFailed', 'States.ResultPathMatchFailure'],
  'a path that selects nothing': [],
  'an output path after a success': [],
  'a runtime error in a branch': [],
};

const scenarioOf = (failure: string, fields: Fields): Scenario => {
  const { state, steps, input, limits } = failures[failure]!;
  return { machine: machine({ T: state(fields), ...('Catch' in fields ? { S: pass() } : {}) }), steps, input, limits };
};

describe.each(Object.keys(failures))('%s', (failure) => {
  const expected = matched[failure]!;

  test(`is caught by [${expected}] and no other name`, async () => {
    const caught: string[] = [];
    for (const name of NAMES) {
      const run = await play(scenarioOf(failure, { Catch: [{ ErrorEquals: [name], ResultPath: null, Next: 'S' }] }));
      expect(run.status).not.toBe('RUNNING');
      if (run.status === 'SUCCEEDED') caught.push(name);
    }
    expect(caught.sort()).toEqual([...expected].sort());
  });

  test(`is retried for [${expected}] and no other name`, async () => {
    const retried: string[] = [];
    for (const name of NAMES) {
      const run = await play(scenarioOf(failure, { Retry: [{ ErrorEquals: [name], IntervalSeconds: 1000 }] }));
      if (run.status === 'RUNNING') retried.push(name);
    }
    expect(retried.sort()).toEqual([...expected].sort());
  });
});

describe('delays', () => {
  /** A task that fails at once each time: after how many seconds it is scheduled again, until it gives up. */
  async function delays(retrier: Fields, dice: number[] = []): Promise<number[]> {
    const run = await play({
      machine: machine({ T: lambda({ Retry: [{ ErrorEquals: ['States.ALL'], ...retrier }] }) }),
      dice,
    });
    const found: number[] = [];
    for (;;) {
      await taken()(run);
      await failed('E')(run);
      if (run.status !== 'RUNNING') return found;
      const fromMs = run.nowMs;
      const [seconds] = run.pendingWakes;
      await run.wind(seconds! - (fromMs - run.snapshot.execution.startMs) / 1000);
      expect(run.events.at(-1)).toMatchObject({ type: 'LambdaFunctionScheduled', timestampMs: run.nowMs });
      found.push((run.nowMs - fromMs) / 1000);
    }
  }

  test.each<[string, Fields, number[]]>([
    ['by default 3 attempts after 1, 2 and 4 seconds', {}, [1, 2, 4]],
    ['IntervalSeconds', { IntervalSeconds: 10 }, [10, 20, 40]],
    ['BackoffRate', { BackoffRate: 3, MaxAttempts: 4 }, [1, 3, 9, 27]],
    ['a BackoffRate of 1', { IntervalSeconds: 5, BackoffRate: 1 }, [5, 5, 5]],
    ['a broken BackoffRate', { IntervalSeconds: 3, BackoffRate: 1.5 }, [3, 4.5, 6.75]],
    ['MaxAttempts 0: never', { MaxAttempts: 0 }, []],
    ['MaxAttempts 1', { MaxAttempts: 1 }, [1]],
    ['MaxDelaySeconds', { MaxDelaySeconds: 3, MaxAttempts: 5 }, [1, 2, 3, 3, 3]],
    ['JitterStrategy NONE', { JitterStrategy: 'NONE' }, [1, 2, 4]],
  ])('%s', async (_, retrier, expected) => {
    expect(await delays(retrier, [0.1, 0.1, 0.1])).toEqual(expected);
  });

  test('JitterStrategy FULL picks within the delay', async () => {
    expect(await delays({ JitterStrategy: 'FULL', IntervalSeconds: 10 }, [0, 0.25, 0.999])).toEqual([0, 5, 39.96]);
  });

  test('the jitter is within the capped delay', async () => {
    expect(await delays({ JitterStrategy: 'FULL', MaxDelaySeconds: 2, MaxAttempts: 4 }, [1, 0.5, 0.5, 0.5])).toEqual([
      1, 1, 1, 1,
    ]);
  });

  test('a delay that grows without bounds stays finite', async () => {
    expect(
      (await delays({ IntervalSeconds: 99_999_999, BackoffRate: 1e300, MaxAttempts: 2 })).every(Number.isFinite),
    ).toBe(true);
  });

  test('waiting for a retry writes no event', async () => {
    const run = await play({
      machine: machine({ T: lambda({ Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 60 }] }) }),
      steps: [taken(), failed('E')],
    });
    const count = run.events.length;
    await run.wind(59);
    expect(run.events).toHaveLength(count);
    await run.wind(1);
    expect(run.events).toHaveLength(count + 1);
  });
});

describe('counters', () => {
  const retry = (...retriers: [string, number][]): Fields => ({
    Retry: retriers.map(([name, MaxAttempts]) => ({ ErrorEquals: [name], MaxAttempts, BackoffRate: 1 })),
  });
  const again = (error: string): Step[] => [taken(), failed(error), wound(1)];

  test('each retrier counts its own attempts', async () => {
    const run = await play({
      machine: machine({ T: lambda(retry(['A', 1], ['B', 2])) }),
      steps: [...again('A'), ...again('B'), ...again('B')],
    });
    expect(run.status).toBe('RUNNING');
    await taken()(run);
    await failed('B')(run);
    expect(endOf(run)).toEqual({ status: 'FAILED', error: 'B' });
  });

  test('the first that matches is used; when it is used up no other is tried', async () => {
    const run = await play({
      machine: machine({ T: lambda(retry(['A', 1], ['States.ALL', 5])) }),
      steps: [...again('A'), taken(), failed('A')],
    });
    expect(endOf(run)).toEqual({ status: 'FAILED', error: 'A' });
  });

  test('MaxAttempts 0 keeps a later retrier from taking the error', async () => {
    const run = await play({
      machine: machine({ T: lambda(retry(['A', 0], ['States.ALL', 5])) }),
      steps: [taken(), failed('A')],
    });
    expect(run.status).toBe('FAILED');
  });

  test('a new visit of the state starts from zero', async () => {
    const run = await play({
      machine: machine({
        T: lambda({ ...retry(['A', 1]), Catch: [{ ErrorEquals: ['A'], Next: 'P' }] }),
        P: pass({ Next: 'T' }),
      }),
      steps: [...again('A'), ...again('A'), ...again('A'), ...again('A')],
    });
    const types = run.events.map(({ type }) => type);
    expect(types.filter((type) => type === 'TaskStateEntered')).toHaveLength(3);
    expect(types.filter((type) => type === 'LambdaFunctionScheduled')).toHaveLength(5);
  });

  test('an empty Retry retries nothing', async () => {
    const run = await play({ machine: machine({ T: lambda({ Retry: [] }) }), steps: [taken(), failed('E')] });
    expect(run.status).toBe('FAILED');
  });
});

describe('Catch', () => {
  const caught = (fields: Fields, error?: string, cause?: string, input = '{"a":1}') =>
    play({
      machine: machine({ T: lambda({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'S', ...fields }] }), S: pass() }),
      input,
      steps: [taken(), failed(error, cause)],
    });

  test.each<[string, Fields, [string?, string?], string]>([
    ['by default the error output replaces the input', {}, ['E', 'c'], '{"Error":"E","Cause":"c"}'],
    ['unknown members are null', {}, [], '{"Error":null,"Cause":null}'],
    ['ResultPath $', { ResultPath: '$' }, ['E'], '{"Error":"E","Cause":null}'],
    [
      'ResultPath places it in the input',
      { ResultPath: '$.x.y' },
      ['E', 'c'],
      '{"a":1,"x":{"y":{"Error":"E","Cause":"c"}}}',
    ],
    ['ResultPath null drops it', { ResultPath: null }, ['E', 'c'], '{"a":1}'],
    ['a cause may be any text', {}, ['E', '{"b":"\u0001"}'], '{"Error":"E","Cause":"{\\"b\\":\\"\\u0001\\"}"}'],
  ])('%s', async (_, fields, [error, cause], output) => {
    expect(endOf(await caught(fields, error, cause))).toEqual({ status: 'SUCCEEDED', output });
  });

  test('it is merged into the raw input, and the OutputPath of the state is not applied', async () => {
    const run = await play({
      machine: machine({
        T: lambda({
          InputPath: '$.in',
          ResultPath: '$.result',
          OutputPath: '$.result',
          Catch: [{ ErrorEquals: ['E'], Next: 'S', ResultPath: '$.e' }],
        }),
        S: pass(),
      }),
      input: '{"in":1}',
      steps: [taken(), failed('E', 'c')],
    });
    expect(run.output).toBe('{"in":1,"e":{"Error":"E","Cause":"c"}}');
  });

  test('the first catcher that matches', async () => {
    const Catch = [
      { ErrorEquals: ['A', 'B'], Next: 'S' },
      { ErrorEquals: ['B'], Next: 'Z' },
      { ErrorEquals: ['States.ALL'], Next: 'Z' },
    ];
    const run = await play({
      machine: machine({ T: lambda({ Catch }), S: pass({ Result: 'S' }), Z: pass({ Result: 'Z' }) }),
      steps: [taken(), failed('B')],
    });
    expect(run.output).toBe('"S"');
  });

  test('none that matches: the execution fails', async () => {
    const run = await play({
      machine: machine({ T: lambda({ Catch: [{ ErrorEquals: ['A'], Next: 'S' }] }), S: pass() }),
      steps: [taken(), failed('B', 'c')],
    });
    expect(endOf(run)).toEqual({ status: 'FAILED', error: 'B', cause: 'c' });
  });

  test('Retry is consulted before Catch', async () => {
    const run = await play({
      machine: machine({
        T: lambda({
          Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1 }],
          Catch: [{ ErrorEquals: ['E'], Next: 'S' }],
        }),
        S: pass(),
      }),
      steps: [taken(), failed('E')],
    });
    expect(run.status).toBe('RUNNING');
    for (const step of [wound(1), taken(), failed('E')]) await step(run);
    expect(run.status).toBe('SUCCEEDED');
  });

  test('a time-out that was caught has an empty cause', async () => {
    const run = await play({
      machine: machine({
        T: activity({ TimeoutSeconds: 5, Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'S' }] }),
        S: pass(),
      }),
      steps: [wound(5)],
    });
    expect(run.output).toBe('{"Error":"States.Timeout","Cause":""}');
  });
});
