import { slotAt } from '../../lib/engine/snapshot';
import {
  ACTIVITY,
  activity,
  detailsOf,
  endOf,
  type Fields,
  FUNCTION,
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
  wound,
} from './scenario';

/** Two states that lead to each other for ever. */
const loop = machine({
  A: pass({ Next: 'C' }),
  C: { Type: 'Choice', Choices: [{ Variable: '$.end', IsPresent: true, Next: 'S' }], Default: 'A' },
  S: { Type: 'Succeed' },
});

/** As many Pass states as that, one after the other. */
const chain = (length: number, fields: Record<string, unknown> = {}): string =>
  machine(
    Object.fromEntries(
      Array.from({ length }, (_, i) => [
        `P${i}`,
        pass({ ...fields, ...(i < length - 1 ? { Next: `P${i + 1}` } : {}) }),
      ]),
    ),
  );

const full = (events: number) => ({
  error: 'States.Runtime',
  cause: `The execution reached the maximum number of history events (${events}).`,
});

describe('the history', () => {
  test('that is full ends with ExecutionFailed, its last event', async () => {
    const run = await play({ machine: loop, limits: { historyEvents: 8 } });
    expect(historyOf(run)).toBe(
      lines(`1<0 ExecutionStarted, 2<0 PassStateEntered, 3<2 PassStateExited, 4<3 ChoiceStateEntered,
        5<4 ChoiceStateExited, 6<5 PassStateEntered, 7<6 PassStateExited, 8<7 ExecutionFailed`),
    );
    expect(endOf(run)).toEqual({ status: 'FAILED', ...full(8) });
    expect(detailsOf(run, 8)).toEqual(full(8));
  });

  test('may be filled to the last event by one that ends', async () => {
    const run = await play({ machine: chain(3), limits: { historyEvents: 8 } });
    expect(run.status).toBe('SUCCEEDED');
    expect(run.events).toHaveLength(8);
  });

  test('one event less does not do', async () => {
    const run = await play({ machine: chain(3), limits: { historyEvents: 7 } });
    expect(endOf(run)).toEqual({ status: 'FAILED', ...full(7) });
    expect(run.events).toHaveLength(7);
  });

  test('is ended by whatever comes next, and what comes with that is gone', async () => {
    const run = await play({ machine: machine({ T: activity() }), limits: { historyEvents: 4 } });
    const taking = { taskEventId: 3, claim: 'c', workerName: undefined };
    const stop = { type: 'StopRequested', error: undefined, cause: undefined } as const;
    expect(await run.turn({ type: 'TaskTaken', ...taking }, stop)).toEqual(['applied', 'gone']);
    expect(endOf(run)).toEqual({ status: 'FAILED', ...full(4) });
    expect(run.events.at(-1)).toMatchObject({ id: 4, previousEventId: 3 });
  });

  test('no Retry and no Catch goes past it', async () => {
    const run = await play({
      machine: machine({
        P: parallel([{ A: pass() }, { B: activity() }], {
          Retry: [{ ErrorEquals: ['States.ALL'] }],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Z' }],
        }),
        Z: pass(),
      }),
      limits: { historyEvents: 7 },
    });
    expect(endOf(run)).toEqual({ status: 'FAILED', ...full(7) });
    expect(run.snapshot.frames.size).toBe(0);
  });

  test('a function is not begun where its Started event has no place', async () => {
    const offer = { type: 'NextFunctionTaken', claim: 'c' } as const;
    const run = await play({ machine: machine({ T: lambda() }), limits: { historyEvents: 4 }, startedWith: [offer] });
    expect(historyOf(run)).toBe(
      '1<0 ExecutionStarted, 2<0 TaskStateEntered, 3<2 LambdaFunctionScheduled, 4<3 ExecutionFailed',
    );
    expect(run.effects.map(({ type }) => type)).toEqual(['Close']);
  });
});

describe('a burst', () => {
  test('ends after 500 events; the execution goes on in the next commit, and its history is the same', async () => {
    const run = await play({ machine: chain(800) });
    // A state is not torn apart: its two events may make it 501.
    expect(run.turns.map(({ events }) => events.length)).toEqual([501, 500, 500, 101]);
    expect(run.events.map(({ id, previousEventId, type }) => [id, previousEventId, type])).toEqual([
      [1, 0, 'ExecutionStarted'],
      [2, 0, 'PassStateEntered'],
      ...Array.from({ length: 1599 }, (_, i) => [i + 3, i + 2, i % 2 === 0 ? 'PassStateExited' : 'PassStateEntered']),
      [1602, 1601, 'ExecutionSucceeded'],
    ]);
  });

  test('a loop runs into the limit of the history in the same way', async () => {
    const run = await play({ machine: loop, limits: { historyEvents: 3_001 } });
    expect(run.commits.length).toBeGreaterThan(5);
    expect(run.events).toHaveLength(3_001);
    expect(endOf(run)).toEqual({ status: 'FAILED', ...full(3_001) });
  });

  test('asks to go on, from the commit that it ends with', async () => {
    const { turns } = await play({ machine: chain(501) });
    expect(turns.map(({ effects }) => effects)).toEqual([
      [{ type: 'Continue', since: slotAt(1, 0) }],
      [{ type: 'Continue', since: slotAt(502, 0) }],
      [{ type: 'Close', since: slotAt(1002, 0) }],
    ]);
  });

  test('ends after 250 KB of new payload too', async () => {
    const run = await play({ machine: chain(12, { Result: 'x'.repeat(200_000) }) });
    expect(run.status).toBe('SUCCEEDED');
    expect(run.commits).toHaveLength(6);
    for (const { body } of run.commits) expect(body.length).toBeLessThan(500_000);
  });

  test('a payload that is only passed on costs nothing', async () => {
    const run = await play({ machine: chain(30), input: JSON.stringify('x'.repeat(100_000)) });
    expect(run.commits).toHaveLength(1);
  });

  test('branches that have not had their turn when several bursts have ended', async () => {
    const branches = Array.from({ length: 900 }, (_, i) => ({ [`A${i}`]: { Type: 'Succeed' } }));
    const { turns, status } = await play({ machine: machine({ P: parallel(branches) }), input: '1' });
    expect(status).toBe('SUCCEEDED');
    const asked = turns.map(({ effects }) => effects.map(({ type }) => type));
    expect(asked).toEqual([['Continue'], ['Continue'], ['Continue'], ['Close']]);
  });

  test('joins in joins take turns too', async () => {
    let inner: Record<string, Fields> = { A: pass({ Result: 'x'.repeat(100_000) }) };
    for (let i = 0; i < 12; i++) inner = { [`P${i}`]: parallel([inner]) };
    const { status, commits, events, output } = await play({ machine: machine(inner) });
    expect(status).toBe('SUCCEEDED');
    expect(commits.length).toBeGreaterThan(3);
    expect(events).toHaveLength(1 + 12 * 2 + 2 + 12 * 2 + 1);
    expect(output!.startsWith('[[[[[[[[[[[["xxx')).toBe(true);
  });

  test('branches take turns over several commits', async () => {
    const branches = Array.from({ length: 300 }, (_, i) => ({ [`A${i}`]: pass({ Next: `B${i}` }), [`B${i}`]: pass() }));
    const run = await play({ machine: machine({ P: parallel(branches) }) });
    expect(run.status).toBe('SUCCEEDED');
    expect(run.events).toHaveLength(3 + 1200 + 3);
    expect(run.commits.length).toBeGreaterThan(2);
  });
});

describe('a payload', () => {
  const cause = (name: string) =>
    `The state/task '${name}' returned a result with a size exceeding the maximum number of bytes service limit.`;
  const limits = { payloadBytes: 100 };
  const error = 'States.DataLimitExceeded';

  test.each([
    ['ASCII', 'x'.repeat(98), 'x'.repeat(99)],
    ['two bytes a character', 'é'.repeat(49), 'é'.repeat(50)],
    ['three bytes', '日'.repeat(32), '日'.repeat(33)],
    ['four bytes', '😀'.repeat(24), '😀'.repeat(25)],
  ])('is counted in bytes of UTF-8, quotes included: %s', async (_, fits, tooLong) => {
    expect((await play({ machine: machine({ P: pass({ Result: fits }) }), limits })).status).toBe('SUCCEEDED');
    const run = await play({ machine: machine({ P: pass({ Result: tooLong }) }), limits });
    expect(endOf(run)).toEqual({ status: 'FAILED', error, cause: cause('P') });
  });

  test('too long as the output of a Pass state: the failure points at StateEntered', async () => {
    const run = await play({ machine: machine({ P: pass({ Result: 'x'.repeat(200) }) }), limits });
    expect(historyOf(run)).toBe('1<0 ExecutionStarted, 2<0 PassStateEntered, 3<2 ExecutionFailed');
  });

  test('too long in a branch: no Catch sees it', async () => {
    const run = await play({
      machine: machine({
        P: parallel([{ A: pass({ Result: 'x'.repeat(200) }) }], {
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Z' }],
        }),
        Z: pass(),
      }),
      limits,
    });
    expect(endOf(run)).toEqual({ status: 'FAILED', error, cause: cause('A') });
  });

  test.each([
    ['activity', activity, ACTIVITY, 'ActivityFailed'],
    ['function', lambda, FUNCTION, 'LambdaFunctionFailed'],
  ])('too long as the result of an %s: the task has failed', async (_, state, resource, type) => {
    const run = await play({
      machine: machine({ T: state() }),
      limits,
      steps: [taken(), succeeded(`"${'x'.repeat(99)}"`)],
    });
    expect(run.events[4]).toMatchObject({ id: 5, previousEventId: 4, type });
    expect(detailsOf(run, 5)).toEqual({ error, cause: cause(resource) });
    expect(endOf(run)).toEqual({ status: 'FAILED', error, cause: cause(resource) });
  });

  test('a result that fits, but not together with the input', async () => {
    const run = await play({
      machine: machine({
        T: lambda({ ResultPath: '$.r', Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Z' }] }),
        Z: pass(),
      }),
      input: JSON.stringify({ a: 'x'.repeat(60) }),
      limits,
      steps: [taken(), succeeded(`"${'x'.repeat(60)}"`)],
    });
    expect(endOf(run)).toEqual({ status: 'FAILED', error, cause: cause('T') });
    expect(run.events.at(-1)).toMatchObject({ type: 'ExecutionFailed', previousEventId: 5 });
  });

  test('outputs of branches that fit alone, but not together', async () => {
    const half = pass({ Result: 'x'.repeat(60) });
    const run = await play({ machine: machine({ P: parallel([{ A: half }, { B: half }]) }), limits });
    expect(endOf(run)).toEqual({ status: 'FAILED', error, cause: cause('P') });
  });

  test('an error output that does not fit into the input: no other Catch sees that', async () => {
    const run = await play({
      machine: machine({
        T: lambda({ TimeoutSeconds: 1, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Z', ResultPath: '$.e' }] }),
        Z: pass(),
      }),
      input: JSON.stringify({ a: 'x'.repeat(80) }),
      limits,
      steps: [wound(1)],
    });
    expect(endOf(run)).toEqual({ status: 'FAILED', error, cause: cause('T') });
  });

  test('an input that is over the limit may be passed on', async () => {
    const run = await play({ machine: chain(2), input: JSON.stringify('x'.repeat(200)), limits });
    expect(run.status).toBe('SUCCEEDED');
  });

  test('that nests itself deeper than one may be that is read', async () => {
    const ring = machine({
      P: pass({ ResultPath: '$.r', Next: 'C' }),
      C: { Type: 'Choice', Choices: [{ Variable: '$.never', IsPresent: true, Next: 'E' }], Default: 'P' },
      E: { Type: 'Succeed' },
    });
    const run = await play({ machine: ring, input: '{}' });
    const nested = 'Document nesting depth (1001) exceeds the maximum allowed (1000)';
    expect(endOf(run)).toEqual({ status: 'FAILED', error: 'States.Runtime', cause: nested });
    expect(run.events.at(-1)!.previousEventId).toBe(run.events.at(-2)!.id);
    expect(run.events.length).toBeGreaterThan(4_000 - 10);
  });

  test('joined of branches, in any size', async () => {
    const half = (name: string) => ({ [name]: pass({ Result: 'x'.repeat(90) }) });
    const fits = parallel([half('A'), half('B'), half('C'), half('D')], { ResultPath: null });
    expect((await play({ machine: machine({ P: fits }), limits })).status).toBe('SUCCEEDED');
    const over = parallel([half('A'), half('B'), half('C'), half('D'), half('E')], { ResultPath: null });
    expect(endOf(await play({ machine: machine({ P: over }), limits }))).toEqual({
      status: 'FAILED',
      error,
      cause: cause('P'),
    });
  });
});

describe('paths and rules that take long', () => {
  const input = JSON.stringify({ list: Array.from({ length: 5_000 }, () => ({ a: 1 })) });
  const slow = '$.list[?(@.a == 2)]';

  test('end a burst: others have a turn between them', async () => {
    const run = await play({ machine: chain(30, { InputPath: slow, ResultPath: null }), input });
    expect(run.status).toBe('SUCCEEDED');
    expect(run.commits.length).toBeGreaterThan(10);
  });

  const tooMany = {
    status: 'FAILED',
    error: 'States.Runtime',
    cause: `${inState('C', 2)}The rules of the choice state take too many steps.`,
  };

  test.each<[string, Fields]>([
    ['StringMatches', { StringMatches: `*${'x'.repeat(100)}y*` }],
    ['StringLessThanPath', { StringLessThanPath: '$' }],
    ['IsTimestamp', { IsTimestamp: true }],
  ])('end a state with one rule of many long comparisons: %s', async (_, operator) => {
    const And = Array.from({ length: 1_000 }, () => ({ Not: { Variable: '$', ...operator } }));
    const state = { Type: 'Choice', Choices: [{ And, Next: 'E' }], Default: 'E' };
    const run = await play({
      machine: machine({ C: state, E: { Type: 'Succeed' } }),
      input: `"${'x'.repeat(200_000)}"`,
    });
    expect(endOf(run)).toEqual(tooMany);
  });

  test('end a state that has too many of them', async () => {
    const rules = Array.from({ length: 50 }, () => ({ Variable: slow, IsPresent: false, Next: 'E' }));
    const run = await play({
      machine: machine({ C: { Type: 'Choice', Choices: rules, Default: 'E' }, E: { Type: 'Succeed' } }),
      input,
    });
    expect(endOf(run)).toEqual(tooMany);
  });
});
