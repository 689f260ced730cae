import type { JournaledRun } from './journaled-run';
import {
  activity,
  detailsOf,
  endOf,
  fail,
  failed,
  historyOf,
  lambda,
  lines,
  machine,
  map,
  parallel,
  pass,
  play,
  redriven,
  type Scenario,
  stopped,
  succeeded,
  taken,
  wait,
  wound,
} from './scenario';

async function check(
  scenario: Scenario,
  history: string,
  details: Record<number, unknown> = {},
): Promise<JournaledRun> {
  const run = await play(scenario);
  expect(historyOf(run)).toBe(lines(history));
  for (const [id, expected] of Object.entries(details)) expect(detailsOf(run, Number(id))).toEqual(expected);
  return run;
}

/** What comes after the first so many events. */
const eventsAfter = (run: JournaledRun, count: number): string => historyOf(run).split(', ').slice(count).join(', ');

describe('where an execution goes on', () => {
  test('a task that failed is scheduled again: it follows on its TaskStateEntered, which is not written again', () =>
    check(
      {
        machine: machine({ A: pass({ Next: 'B' }), B: activity({ Next: 'C' }), C: pass() }),
        steps: [taken(), failed('E'), redriven(), taken(), succeeded('1')],
      },
      `1<0 ExecutionStarted, 2<0 PassStateEntered, 3<2 PassStateExited, 4<3 TaskStateEntered, 5<4 ActivityScheduled,
       6<5 ActivityStarted, 7<6 ActivityFailed, 8<7 ExecutionFailed, 9<8 ExecutionRedriven, 10<4 ActivityScheduled,
       11<10 ActivityStarted, 12<11 ActivitySucceeded, 13<12 TaskStateExited, 14<13 PassStateEntered,
       15<14 PassStateExited, 16<15 ExecutionSucceeded`,
      { 9: { redriveCount: 1 } },
    ));

  test('a Fail state fails again, behind ExecutionRedriven', () =>
    check(
      { machine: machine({ F: fail('E', 'c') }), steps: [redriven(), redriven()] },
      `1<0 ExecutionStarted, 2<0 FailStateEntered, 3<2 ExecutionFailed, 4<3 ExecutionRedriven, 5<4 ExecutionFailed,
       6<5 ExecutionRedriven, 7<6 ExecutionFailed`,
      { 6: { redriveCount: 2 }, 7: { error: 'E', cause: 'c' } },
    ));

  test('an execution that was stopped goes on with its task, taken or not', async () => {
    const run = await check(
      { machine: machine({ A: activity() }), steps: [stopped('S'), redriven(), taken(), stopped(), redriven()] },
      `1<0 ExecutionStarted, 2<0 TaskStateEntered, 3<2 ActivityScheduled, 4<0 ExecutionAborted, 5<4 ExecutionRedriven,
       6<2 ActivityScheduled, 7<6 ActivityStarted, 8<0 ExecutionAborted, 9<8 ExecutionRedriven, 10<2 ActivityScheduled`,
    );
    expect(run.tasks().map(({ eventId, claim }) => [eventId, claim])).toEqual([[10, undefined]]);
    expect(run.snapshot.end).toBeUndefined();
  });

  test('one that ran out of time has all of it again', async () => {
    const run = await play({
      machine: machine({ A: activity() }, { TimeoutSeconds: 10 }),
      steps: [wound(11), wound(100), redriven(), wound(9), taken()],
    });
    expect(run.status).toBe('RUNNING');
    expect(run.alarmSeconds).toBe(121);
    await run.wind(3);
    expect(run.status).toBe('TIMED_OUT');
    expect(run.snapshot.end!.stopMs).toBe(run.snapshot.redrive!.atMs + 10_000);
  });

  test('a Wait state waits again; one whose time has come ends', async () => {
    const run = await play({
      machine: machine({ W: wait({ Seconds: 10 }) }),
      steps: [wound(5), stopped(), redriven(), wound(9)],
    });
    expect(run.status).toBe('RUNNING');
    await run.wind(2);
    expect(eventsAfter(run, 4)).toBe('5<2 WaitStateExited, 6<5 ExecutionSucceeded');
    const late = await play({
      machine: machine({ W: wait({ Timestamp: '2026-01-01T00:00:10Z' }) }),
      steps: [stopped(), wound(20), redriven()],
    });
    expect(late.status).toBe('SUCCEEDED');
  });

  test('what waited between attempts begins anew, with all its attempts', async () => {
    const Retry = [{ ErrorEquals: ['E'], MaxAttempts: 1, IntervalSeconds: 5 }];
    const run = await play({
      machine: machine({ A: lambda({ Retry }) }),
      steps: [taken(), failed('E'), stopped(), redriven(), taken(), failed('E'), wound(5), taken(), failed('E')],
    });
    expect(eventsAfter(run, 6)).toBe(
      lines(`7<6 ExecutionRedriven, 8<2 LambdaFunctionScheduled, 9<8 LambdaFunctionStarted, 10<9 LambdaFunctionFailed,
       11<10 LambdaFunctionScheduled, 12<11 LambdaFunctionStarted, 13<12 LambdaFunctionFailed, 14<13 ExecutionFailed`),
    );
  });

  test('a state that was not entered is entered', async () => {
    const states = Object.fromEntries(
      Array.from({ length: 300 }, (_, at) => [`P${at}`, pass(at < 299 ? { Next: `P${at + 1}` } : {})]),
    );
    const run = await play({
      machine: machine(states),
      startedWith: [{ type: 'StopRequested', error: undefined, cause: undefined }],
    });
    expect(run.status).toBe('ABORTED');
    const { length } = run.events;
    await redriven()(run);
    expect(eventsAfter(run, length)).toMatch(
      new RegExp(`^${length + 1}<${length} ExecutionRedriven, ${length + 2}<${length - 1} PassStateEntered`),
    );
    expect(run.status).toBe('SUCCEEDED');
  });
});

describe('branches and iterations', () => {
  test('of a Parallel state those that failed or were cut off go on, those that ended stay ended', async () => {
    const run = await play({
      machine: machine({ P: parallel([{ A: activity() }, { B: activity() }, { C: activity() }]) }),
      input: '{"in":1}',
      steps: [taken('A'), taken('B'), taken('C'), succeeded('"a"', 'A'), failed('E', undefined, 'B')],
    });
    const { length } = run.events;
    await redriven()(run);
    expect(eventsAfter(run, length)).toBe('20<19 ExecutionRedriven, 21<6 ActivityScheduled, 22<8 ActivityScheduled');
    for (const [state, output] of [
      ['C', '"c"'],
      ['B', '"b"'],
    ]) {
      await taken(state)(run);
      await succeeded(output!, state)(run);
    }
    expect(run.output).toBe('["a","b","c"]');
    expect(historyOf(run).match(/ParallelStateStarted/g)).toHaveLength(1);
  });

  test('of a Map state, too; what was not begun begins as ever', async () => {
    const run = await play({
      machine: machine({ M: map({ A: activity() }, { MaxConcurrency: 1 }) }),
      input: '[0,1,2]',
      steps: [taken(), succeeded('"zero"'), taken(), failed('E')],
    });
    const { length } = run.events;
    for (const step of [redriven(), taken(), succeeded('"one"'), taken(), succeeded('"two"')]) await step(run);
    expect(eventsAfter(run, length)).toBe(
      lines(`20<19 ExecutionRedriven, 21<12 ActivityScheduled, 22<21 ActivityStarted, 23<22 ActivitySucceeded,
       24<23 TaskStateExited, 25<24 MapIterationSucceeded, 26<24 MapIterationStarted, 27<26 TaskStateEntered,
       28<27 ActivityScheduled, 29<28 ActivityStarted, 30<29 ActivitySucceeded, 31<30 TaskStateExited,
       32<31 MapIterationSucceeded, 33<32 MapStateSucceeded, 34<32 MapStateExited, 35<34 ExecutionSucceeded`),
    );
    expect(run.output).toBe('["zero","one","two"]');
  });

  test('deep inside, with all that was kept of 200 iterations', async () => {
    const items = JSON.stringify([[...Array.from({ length: 200 }, (_, at) => `item ${at} ${'x'.repeat(200)}`), 'bad']]);
    const inner = map(
      {
        C: { Type: 'Choice', Choices: [{ Variable: '$', StringEquals: 'bad', Next: 'T' }], Default: 'P' },
        T: activity(),
        P: pass(),
      },
      { MaxConcurrency: 3 },
    );
    const run = await play({
      machine: machine({ M: map({ Q: parallel([{ N: inner }, { W: wait({ Seconds: 60 }) }]) }) }),
      input: items,
      steps: [taken(), failed('E'), redriven(), taken(), succeeded('"good"'), wound(100)],
    });
    const [[outputs]] = JSON.parse(run.output!);
    expect(outputs).toEqual([...JSON.parse(items)[0].slice(0, 200), 'good']);
  });

  test('a result that was too large: all of it is done again', async () => {
    const run = await play({
      machine: machine({ P: parallel([{ A: activity() }, { B: activity() }]) }),
      limits: { payloadBytes: 1_000 },
      steps: [
        taken('A'),
        taken('B'),
        succeeded(JSON.stringify('x'.repeat(900)), 'A'),
        succeeded(JSON.stringify('x'.repeat(900)), 'B'),
      ],
    });
    expect(endOf(run)).toMatchObject({ error: 'States.DataLimitExceeded' });
    await redriven()(run);
    expect(historyOf(run)).toMatch(/ExecutionRedriven, \d+<2 ParallelStateStarted/);
    expect(run.tasks()).toHaveLength(2);
    const mapped = await play({
      machine: machine({ M: map({ A: activity() }, { ItemsPath: '$.i', ResultSelector: { 'a.$': '$[0].no' } }) }),
      input: '{"i":[1]}',
      steps: [taken(), succeeded('{}'), redriven()],
    });
    expect(historyOf(mapped)).toMatch(/ExecutionRedriven, \d+<2 MapStateStarted/);
  });

  test('a failure that is caught after a redrive', async () => {
    const run = await play({
      machine: machine({
        P: parallel([{ A: activity() }, { B: activity() }], { Catch: [{ ErrorEquals: ['Known'], Next: 'C' }] }),
        C: pass(),
      }),
      steps: [taken('A'), failed('Unknown'), redriven(), taken('A'), failed('Known')],
    });
    expect(run.status).toBe('SUCCEEDED');
  });
});

describe('what a redrive knows', () => {
  test('the context object tells of it', async () => {
    const Parameters = { 'x.$': '$$.Execution.RedriveCount', 'all.$': '$$.Execution', 'state.$': '$$.State' };
    const run = await play({
      machine: machine({ A: activity({ Parameters, Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1 }] }) }),
      steps: [taken(), failed('E'), wound(1), taken(), failed('E'), wound(9), redriven()],
    });
    const [task] = run.tasks();
    const { x, all, state } = JSON.parse(task!.input.text);
    expect(x).toBe(1);
    expect(all).toMatchObject({
      RedriveCount: 1,
      RedriveTime: '2026-01-01T00:00:10.000Z',
      StartTime: '2026-01-01T00:00:00.000Z',
    });
    expect(state).toEqual({ Name: 'A', EnteredTime: '2026-01-01T00:00:00.000Z', RetryCount: 0 });
    expect(detailsOf(run, 3)).toMatchObject({ input: expect.stringContaining('"x":0') });
  });

  test('a task that was awaited before is not awaited any more', async () => {
    const run = await play({ machine: machine({ A: activity() }), steps: [taken()] });
    const [old] = run.tasks();
    for (const step of [stopped(), redriven()]) await step(run);
    const late = { type: 'TaskSucceeded', taskEventId: old!.eventId, claim: undefined, output: old!.input } as const;
    expect(await run.turn(late)).toEqual(['gone']);
  });

  test('a request is granted once, and known for a quarter of an hour', async () => {
    const run = await play({ machine: machine({ F: fail() }) });
    const request = async (clientToken: string) => (await run.turn({ type: 'RedriveRequested', clientToken }))[0];
    expect(await request('a')).toBe('applied');
    expect(await request('a')).toBe('yours');
    expect(await request('b')).toBe('applied');
    expect(await request('a')).toBe('yours');
    await run.wind(15 * 60 + 1);
    expect(await request('a')).toBe('applied');
    for (let at = 0; at < 10; at++) expect(await request(`c${at}`)).toBe('applied');
    expect(await request('a')).toBe('applied');
    expect(run.snapshot.redrive).toMatchObject({ count: 14 });
  });

  const refusals: [string, Scenario][] = [
    ['running', { machine: machine({ A: activity() }) }],
    ['succeeded', { machine: machine({ A: pass() }) }],
    ['over for more than 14 days', { machine: machine({ F: fail() }), steps: [wound(14 * 86_400 + 1)] }],
    ['of a full history', { machine: machine({ F: fail() }), limits: { historyEvents: 4 } }],
  ];
  test.each(refusals)('not one that is %s', async (_, scenario) => {
    const run = await play(scenario);
    const { length } = run.events;
    expect(await run.turn({ type: 'RedriveRequested', clientToken: undefined })).toEqual(['gone']);
    expect(run.events).toHaveLength(length);
  });
});
