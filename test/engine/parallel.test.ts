import { Payload } from '../../lib/engine/payload';
import {
  activity,
  detailsOf,
  endOf,
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
  succeeded,
  taken,
  wait,
  wound,
} from './scenario';

/** In what order concurrent branches write is free; what each event names as its previous one is not. */
async function check(scenario: Scenario, history: string, details: Record<number, unknown> = {}): Promise<void> {
  const run = await play(scenario);
  expect(historyOf(run)).toBe(lines(history));
  for (const [id, expected] of Object.entries(details)) expect(detailsOf(run, Number(id))).toEqual(expected);
}

const started = '1<0 ExecutionStarted, 2<0 ParallelStateEntered, 3<2 ParallelStateStarted';

describe('branches that succeed', () => {
  test('Succeeded and Exited both point at the last branch event written', () =>
    check(
      { machine: machine({ P: parallel([{ A: pass() }, { B: pass() }]) }), input: '{"a":1}' },
      `${started}, 4<3 PassStateEntered, 5<4 PassStateExited, 6<3 PassStateEntered, 7<6 PassStateExited,
       8<7 ParallelStateSucceeded, 9<7 ParallelStateExited, 10<9 ExecutionSucceeded`,
      {
        2: { name: 'P', input: '{"a":1}' },
        3: undefined,
        6: { name: 'B', input: '{"a":1}' },
        8: undefined,
        9: { name: 'P', output: '[{"a":1},{"a":1}]' },
      },
    ));

  test('that is the event of whichever branch ends last', () =>
    check(
      {
        machine: machine({ P: parallel([{ A: activity() }, { B: activity() }]) }),
        steps: [taken('A'), taken('B'), succeeded('"b"', 'B'), succeeded('"a"', 'A')],
      },
      `${started}, 4<3 TaskStateEntered, 5<4 ActivityScheduled, 6<3 TaskStateEntered, 7<6 ActivityScheduled,
       8<5 ActivityStarted, 9<7 ActivityStarted, 10<9 ActivitySucceeded, 11<10 TaskStateExited,
       12<8 ActivitySucceeded, 13<12 TaskStateExited, 14<13 ParallelStateSucceeded, 15<13 ParallelStateExited,
       16<15 ExecutionSucceeded`,
      { 16: { output: '["a","b"]' } },
    ));

  test('a branch may be a chain, and end in Succeed', () =>
    check(
      { machine: machine({ P: parallel([{ A: pass({ Next: 'B' }), B: { Type: 'Succeed' } }]) }) },
      `${started}, 4<3 PassStateEntered, 5<4 PassStateExited, 6<5 SucceedStateEntered, 7<6 SucceedStateExited,
       8<7 ParallelStateSucceeded, 9<7 ParallelStateExited, 10<9 ExecutionSucceeded`,
    ));

  test('nested: the outer join follows the inner ParallelStateExited', () =>
    check(
      { machine: machine({ P: parallel([{ Q: parallel([{ A: pass() }]) }]) }) },
      `${started}, 4<3 ParallelStateEntered, 5<4 ParallelStateStarted, 6<5 PassStateEntered, 7<6 PassStateExited,
       8<7 ParallelStateSucceeded, 9<7 ParallelStateExited, 10<9 ParallelStateSucceeded, 11<9 ParallelStateExited,
       12<11 ExecutionSucceeded`,
      { 12: { output: '[[{}]]' } },
    ));

  test('what follows points at ParallelStateExited', () =>
    check(
      { machine: machine({ P: parallel([{ A: pass() }], { Next: 'B' }), B: pass() }) },
      `${started}, 4<3 PassStateEntered, 5<4 PassStateExited, 6<5 ParallelStateSucceeded, 7<5 ParallelStateExited,
       8<7 PassStateEntered, 9<8 PassStateExited, 10<9 ExecutionSucceeded`,
    ));

  test('all get the effective input; results stand in the order of Branches and go through ResultPath and OutputPath', async () => {
    const run = await play({
      machine: machine({
        P: parallel([{ A: activity() }, { B: pass() }, { C: pass({ Result: 3 }) }], {
          InputPath: '$.in',
          ResultPath: '$.out',
          OutputPath: '$.out',
        }),
      }),
      input: '{"in":{"x":1}}',
      steps: [taken(), succeeded('1')],
    });
    expect(endOf(run)).toEqual({ status: 'SUCCEEDED', output: '[1,{"x":1},3]' });
    expect(detailsOf(run, 4)).toEqual({ name: 'A', input: '{"x":1}' });
  });
});

describe('branches that fail', () => {
  test('the state fails with the error and cause of the branch', () =>
    check(
      { machine: machine({ P: parallel([{ F: fail('E', 'c') }]) }) },
      `${started}, 4<3 FailStateEntered, 5<4 ParallelStateFailed, 6<5 ExecutionFailed`,
      { 5: undefined, 6: { error: 'E', cause: 'c' } },
    ));

  test('caught', () =>
    check(
      {
        machine: machine({
          P: parallel([{ F: fail('E', 'c') }], { Catch: [{ ErrorEquals: ['E'], Next: 'A', ResultPath: '$.e' }] }),
          A: pass(),
        }),
        input: '{"a":1}',
      },
      `${started}, 4<3 FailStateEntered, 5<4 ParallelStateFailed, 6<5 ParallelStateExited, 7<6 PassStateEntered,
       8<7 PassStateExited, 9<8 ExecutionSucceeded`,
      { 6: { name: 'P', output: '{"a":1,"e":{"Error":"E","Cause":"c"}}' } },
    ));

  test('retried: Started points at the failure; ParallelStateFailed comes after the last attempt only', () =>
    check(
      {
        machine: machine({ P: parallel([{ F: fail('E') }], { Retry: [{ ErrorEquals: ['E'], MaxAttempts: 2 }] }) }),
        steps: [wound(1), wound(2)],
      },
      `${started}, 4<3 FailStateEntered, 5<4 ParallelStateStarted, 6<5 FailStateEntered, 7<6 ParallelStateStarted,
       8<7 FailStateEntered, 9<8 ParallelStateFailed, 10<9 ExecutionFailed`,
    ));

  test('a task that fails is itself aborted, after its failure', () =>
    check(
      { machine: machine({ P: parallel([{ T: lambda() }]) }), steps: [taken(), failed('E', 'c')] },
      `${started}, 4<3 TaskStateEntered, 5<4 LambdaFunctionScheduled, 6<5 LambdaFunctionStarted,
       7<6 LambdaFunctionFailed, 8<7 TaskStateAborted, 9<7 ParallelStateFailed, 10<9 ExecutionFailed`,
      { 8: undefined, 10: { error: 'E', cause: 'c' } },
    ));

  test('siblings in progress are aborted, each pointing at the failure; those that have ended are not', () =>
    check(
      {
        machine: machine({
          P: parallel([
            { A: activity() },
            { B: wait({ Seconds: 50 }) },
            { C: pass() },
            { D: parallel([{ E: activity() }]) },
            { T: lambda() },
          ]),
        }),
        steps: [taken('T'), failed('X', undefined, 'T')],
      },
      `${started}, 4<3 TaskStateEntered, 5<4 ActivityScheduled, 6<3 WaitStateEntered,
       7<3 PassStateEntered, 8<7 PassStateExited, 9<3 ParallelStateEntered, 10<9 ParallelStateStarted,
       11<3 TaskStateEntered, 12<11 LambdaFunctionScheduled, 13<10 TaskStateEntered, 14<13 ActivityScheduled,
       15<12 LambdaFunctionStarted, 16<15 LambdaFunctionFailed,
       17<16 TaskStateAborted, 18<16 WaitStateAborted, 19<16 TaskStateAborted, 20<16 ParallelStateAborted,
       21<16 TaskStateAborted, 22<16 ParallelStateFailed, 23<22 ExecutionFailed`,
    ));

  test('a sibling between two attempts counts as in progress', () =>
    check(
      {
        machine: machine({
          P: parallel([
            { A: lambda({ Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 60 }] }) },
            { W: wait({ Seconds: 5, Next: 'F' }), F: fail('G') },
          ]),
        }),
        steps: [taken(), failed('E'), wound(5)],
      },
      `${started}, 4<3 TaskStateEntered, 5<4 LambdaFunctionScheduled, 6<3 WaitStateEntered,
       7<5 LambdaFunctionStarted, 8<7 LambdaFunctionFailed, 9<6 WaitStateExited, 10<9 FailStateEntered,
       11<10 TaskStateAborted, 12<10 ParallelStateFailed, 13<12 ExecutionFailed`,
    ));

  test('a failure that the inner Parallel catches does not reach the outer one', () =>
    check(
      {
        machine: machine({
          P: parallel([
            { Q: parallel([{ F: fail('E') }], { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'R' }] }), R: pass() },
          ]),
        }),
      },
      `${started}, 4<3 ParallelStateEntered, 5<4 ParallelStateStarted, 6<5 FailStateEntered, 7<6 ParallelStateFailed,
       8<7 ParallelStateExited, 9<8 PassStateEntered, 10<9 PassStateExited, 11<10 ParallelStateSucceeded,
       12<10 ParallelStateExited, 13<12 ExecutionSucceeded`,
      { 13: { output: '[{"Error":"E","Cause":null}]' } },
    ));

  test('one that it does not catch goes on to the outer one, with its error and cause', async () => {
    const run = await play({
      machine: machine({
        P: parallel(
          [{ Q: parallel([{ F: fail('E', 'c') }], { Catch: [{ ErrorEquals: ['G'], Next: 'R' }] }), R: pass() }],
          {
            Catch: [{ ErrorEquals: ['E'], Next: 'S' }],
          },
        ),
        S: pass(),
      }),
    });
    expect(endOf(run)).toEqual({ status: 'SUCCEEDED', output: '{"Error":"E","Cause":"c"}' });
    const failures = run.events.filter(({ type }) => type === 'ParallelStateFailed');
    expect(failures.map(({ id, previousEventId }) => [id, previousEventId])).toEqual([
      [7, 6],
      [9, 7],
    ]);
  });

  test('a caught task of a branch fails nothing', async () => {
    const run = await play({
      machine: machine({
        P: parallel([{ T: lambda({ Catch: [{ ErrorEquals: ['E'], Next: 'A' }] }), A: pass() }, { B: pass() }]),
      }),
      steps: [taken(), failed('E')],
    });
    expect(endOf(run)).toEqual({ status: 'SUCCEEDED', output: '[{"Error":"E","Cause":null},{}]' });
  });

  test('a failed join is not a failed branch: ParallelStateSucceeded, then the failure', () =>
    check(
      { machine: machine({ P: parallel([{ A: pass() }], { ResultPath: '$.r' }) }), input: '[1]' },
      `${started}, 4<3 PassStateEntered, 5<4 PassStateExited, 6<5 ParallelStateSucceeded, 7<6 ExecutionFailed`,
      { 7: { error: 'States.ResultPathMatchFailure', cause: 'Unable to apply ReferencePath $.r to input [1]' } },
    ));

  test('a runtime error in a branch ends the whole execution, past every Retry and Catch', () =>
    check(
      {
        machine: machine({
          P: parallel([{ W: wait({ Seconds: 9 }) }, { A: pass({ InputPath: '$.no' }) }], {
            Retry: [{ ErrorEquals: ['States.ALL'] }],
            Catch: [{ ErrorEquals: ['States.Runtime'], Next: 'S' }],
          }),
          S: pass(),
        }),
      },
      `${started}, 4<3 WaitStateEntered, 5<3 PassStateEntered, 6<5 ExecutionFailed`,
      { 6: { error: 'States.Runtime', cause: `${inState('A', 5)}Invalid path '$.no' : No results for path: $['no']` } },
    ));
});

describe('what is cancelled', () => {
  const machineWithCatch = machine({
    P: parallel([{ A: activity({ TimeoutSeconds: 20 }) }, { B: wait({ Seconds: 30 }) }, { T: lambda() }], {
      Catch: [{ ErrorEquals: ['E'], Next: 'Z' }],
    }),
    Z: wait({ Seconds: 100 }),
  });

  test('tokens of tasks in cancelled branches are dead', async () => {
    const run = await play({ machine: machineWithCatch, steps: [taken('A'), taken('T')] });
    const taskEventId = run.tasks('A')[0]!.eventId;
    await failed('E', undefined, 'T')(run);
    const output = Payload.ofText('1');
    const count = run.events.length;
    expect(await run.turn({ type: 'TaskSucceeded', taskEventId, claim: undefined, output })).toEqual(['gone']);
    expect(run.events).toHaveLength(count);
  });

  test('their deadlines pass without an event', async () => {
    const run = await play({ machine: machineWithCatch, steps: [taken('A'), taken('T'), failed('E', undefined, 'T')] });
    const count = run.events.length;
    await run.wind(99);
    expect(run.events).toHaveLength(count);
    await run.wind(1);
    expect(run.status).toBe('SUCCEEDED');
  });
});

describe('a Parallel state that is retried', () => {
  test('starts every branch again, those that had succeeded too, with fresh counters', async () => {
    const run = await play({
      machine: machine({
        P: parallel([{ A: pass() }, { T: lambda({ Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1 }] }) }], {
          Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1, IntervalSeconds: 5 }],
        }),
      }),
      steps: [taken(), failed('E'), wound(1), taken(), failed('E'), wound(5), taken(), failed('E'), wound(1), taken()],
    });
    const types = run.events.map(({ type }) => type);
    expect(types.filter((type) => type === 'PassStateEntered')).toHaveLength(2);
    expect(types.filter((type) => type === 'LambdaFunctionScheduled')).toHaveLength(4);
    await succeeded('1')(run);
    expect(endOf(run)).toEqual({ status: 'SUCCEEDED', output: '[{},1]' });
  });
});
