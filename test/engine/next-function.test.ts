import { Payload } from '../../lib/engine/payload';
import type { Trigger } from '../../lib/engine/trigger';
import type { JournaledRun } from './journaled-run';
import { activity, detailsOf, lambda, machine, parallel, pass, play, succeeded, taken, wait } from './scenario';

/** NextFunctionTaken: a function that is all there is to do is scheduled and started in one commit. */

const offer: Trigger = { type: 'NextFunctionTaken', claim: 'mine' };

/** The result of the task that is under way, with the offer to run what follows. */
function resultAndOffer(run: JournaledRun): Promise<unknown> {
  const task = run.tasks().find(({ claim }) => claim !== undefined)!;
  const output = Payload.ofText('{}');
  return run.turn({ type: 'TaskSucceeded', taskEventId: task.eventId, claim: task.claim, output }, offer);
}

const startedOf = (run: JournaledRun): (string | undefined)[] => run.tasks().map(({ claim }) => claim);

describe('is taken', () => {
  test('at the start', async () => {
    const run = await play({ machine: machine({ T: lambda() }), startedWith: [offer] });
    expect(run.events.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
    ]);
    expect(run.commits).toHaveLength(1);
    expect(run.effects).toEqual([{ type: 'RunTask', taskEventId: 3, since: run.commits[0]!.slot, claim: 'mine' }]);
    expect(await run.turn({ type: 'TaskTaken', taskEventId: 3, claim: 'mine', workerName: undefined })).toEqual([
      'yours',
    ]);
    await succeeded('1')(run);
    expect(run.status).toBe('SUCCEEDED');
  });

  test('after the states in between', async () => {
    const run = await play({
      machine: machine({ T: lambda({ Next: 'P' }), P: pass({ Next: 'U' }), U: lambda() }),
      steps: [taken(), resultAndOffer],
    });
    expect(run.commits).toHaveLength(3);
    expect(run.events.slice(-2).map(({ type }) => type)).toEqual(['LambdaFunctionScheduled', 'LambdaFunctionStarted']);
    expect(startedOf(run)).toEqual(['mine']);
  });

  test('in a retry without delay', async () => {
    const retry = { ErrorEquals: ['E'], JitterStrategy: 'FULL' };
    const run = await play({ machine: machine({ T: lambda({ Retry: [retry] }) }), dice: [0], steps: [taken()] });
    const failure = { taskEventId: 3, claim: 'claim of 3', error: 'E', cause: undefined };
    await run.turn({ type: 'TaskFailed', ...failure });
    await run.turn({ type: 'Woken', missedHeartbeats: [] }, offer);
    expect(startedOf(run)).toEqual(['mine']);
  });

  test('while other branches sleep or have their own tasks', async () => {
    const run = await play({
      machine: machine({
        P: parallel([{ A: lambda({ Next: 'B' }), B: lambda() }, { W: wait({ Seconds: 9 }) }, { C: activity() }]),
      }),
      steps: [taken('A'), resultAndOffer],
    });
    expect(run.tasks('B').map(({ claim }) => claim)).toEqual(['mine']);
  });

  test('and its time-out runs from then on', async () => {
    const run = await play({ machine: machine({ T: lambda({ TimeoutSeconds: 5 }) }), startedWith: [offer] });
    expect(run.effects.map(({ type }) => type)).toEqual(['RunTask', 'Wake']);
    await run.wind(5);
    expect(run.status).toBe('FAILED');
    expect(detailsOf(run, 5)).toEqual({ error: 'States.Timeout' });
  });
});

describe('is not taken', () => {
  test('where an activity follows', async () => {
    const run = await play({ machine: machine({ T: activity() }), startedWith: [offer] });
    expect(startedOf(run)).toEqual([undefined]);
    expect(run.effects.map(({ type }) => type)).toEqual(['OfferActivity']);
  });

  test.each<[string, Record<string, Record<string, unknown>>[]]>([
    ['two functions', [{ A: lambda() }, { B: lambda() }]],
    ['a function and an activity', [{ A: lambda() }, { B: activity() }]],
  ])('where %s follow', async (_, branches) => {
    const run = await play({ machine: machine({ P: parallel(branches) }), startedWith: [offer] });
    expect(startedOf(run)).toEqual([undefined, undefined]);
  });

  test('for a function that was asked for before', async () => {
    const run = await play({
      machine: machine({ P: parallel([{ A: lambda() }, { B: lambda() }]) }),
      steps: [taken('A'), resultAndOffer],
    });
    expect(startedOf(run)).toEqual([undefined]);
    expect(run.effects).toEqual([]);
  });

  test('where nothing follows', async () => {
    const run = await play({ machine: machine({ T: lambda() }), steps: [taken(), resultAndOffer] });
    expect(run.status).toBe('SUCCEEDED');
    expect(run.effects.map(({ type }) => type)).toEqual(['Close']);
  });

  test('where the execution sleeps', async () => {
    const run = await play({ machine: machine({ W: wait({ Seconds: 5 }) }), startedWith: [offer] });
    expect(run.effects.map(({ type }) => type)).toEqual(['Wake']);
  });

  test('where the burst ends first', async () => {
    const chain = Object.fromEntries(
      Array.from({ length: 260 }, (_, i) => [`P${i}`, pass({ Next: i < 259 ? `P${i + 1}` : 'T' })]),
    );
    const run = await play({ machine: machine({ ...chain, T: lambda() }), startedWith: [offer] });
    expect(run.commits).toHaveLength(2);
    expect(startedOf(run)).toEqual([undefined]);
  });

  test('for one that has another in hand; of several that came together, the next gets it', async () => {
    const chain = (name: string) => ({ [name]: lambda({ Next: `${name}2` }), [`${name}2`]: lambda() });
    const run = await play({
      machine: machine({ P: parallel([chain('A'), chain('B')]) }),
      steps: [taken('A'), taken('B')],
    });
    const [a, b] = run.tasks();
    const output = a!.input;
    await run.turn(
      { type: 'NextFunctionTaken', claim: a!.claim! },
      { type: 'TaskSucceeded', taskEventId: b!.eventId, claim: b!.claim, output },
      { type: 'NextFunctionTaken', claim: b!.claim! },
    );
    expect(run.tasks('B2').map(({ claim }) => claim)).toEqual([b!.claim]);
  });
});
