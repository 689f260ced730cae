import { type Effect, outstandingEffects } from '../../lib/engine/effect';
import { Payload } from '../../lib/engine/payload';
import { initialSnapshot, slotAt } from '../../lib/engine/snapshot';
import { START_MS } from './journaled-run';
import {
  ACTIVITY,
  activity,
  lambda,
  machine,
  parallel,
  play,
  stopped,
  succeeded,
  taken,
  wait,
  wound,
} from './scenario';

/** What the world must do: it follows from the snapshot, so that it can be done again after a crash. */

const FIRST = slotAt(1, 0);

describe('a turn asks for', () => {
  test('a function to be run', async () => {
    const { effects } = await play({ machine: machine({ T: lambda() }) });
    expect(effects).toEqual([{ type: 'RunTask', taskEventId: 3, since: FIRST, claim: undefined }]);
  });

  test('an activity task to be offered, with the time after which that is pointless', async () => {
    const { effects } = await play({ machine: machine({ T: activity({ TimeoutSeconds: 8 }) }) });
    const deadlineMs = START_MS + 8_000;
    expect(effects).toEqual([
      { type: 'OfferActivity', taskEventId: 3, activityArn: ACTIVITY, scheduledMs: START_MS, deadlineMs, since: FIRST },
      { type: 'Wake', atMs: deadlineMs, since: FIRST },
    ]);
  });

  test('everything of all branches', async () => {
    const { effects } = await play({
      machine: machine({
        P: parallel([{ A: lambda() }, { B: activity() }, { C: wait({ Seconds: 5 }) }, { D: lambda() }]),
      }),
    });
    expect(effects.map(({ type }) => type).sort()).toEqual(['OfferActivity', 'RunTask', 'RunTask', 'Wake']);
  });

  test('nothing that an earlier turn asked for', async () => {
    const run = await play({
      machine: machine({ P: parallel([{ A: lambda() }, { B: lambda() }]) }),
      steps: [taken('A')],
    });
    expect(run.effects).toEqual([]);
  });

  test('the head to be closed', async () => {
    const run = await play({ machine: machine({ T: lambda() }), steps: [stopped()] });
    expect(run.effects).toEqual([{ type: 'Close', since: slotAt(4, 0) }]);
  });
});

describe('outstanding', () => {
  const definition = machine({
    P: parallel([
      { A: lambda({ Next: 'A2' }), A2: lambda() },
      { B: activity({ Next: 'B2' }), B2: activity() },
      { C: wait({ Seconds: 50 }) },
    ]),
  });
  const short = (effects: Effect[]): string[] =>
    effects.map((effect) => ('taskEventId' in effect ? `${effect.type} ${effect.taskEventId}` : effect.type)).sort();

  test('is all that was asked for and not done: from any commit on, what was asked for at it or later', async () => {
    const run = await play({ machine: definition });
    expect(short(outstandingEffects(run.snapshot, FIRST))).toEqual(['OfferActivity 7', 'RunTask 5', 'Wake']);
    for (const step of [taken('A'), succeeded('1', 'A')]) await step(run);
    const second = run.commits.at(-1)!.slot;
    expect(short(outstandingEffects(run.snapshot, FIRST))).toEqual(['OfferActivity 7', 'RunTask 13', 'Wake']);
    expect(short(outstandingEffects(run.snapshot, second))).toEqual(['RunTask 13']);
    expect(short(outstandingEffects(run.snapshot, second + 1))).toEqual([]);
  });

  test('is an activity task until a worker takes it', async () => {
    const run = await play({ machine: definition, steps: [taken('B')] });
    expect(short(outstandingEffects(run.snapshot, FIRST))).toEqual(['RunTask 5', 'Wake']);
  });

  test('is a function until its result is there: the one that was to run it may have died', async () => {
    const run = await play({ machine: definition, steps: [taken('A')] });
    const effects = outstandingEffects(run.snapshot, FIRST);
    expect(effects).toContainEqual({ type: 'RunTask', taskEventId: 5, since: FIRST, claim: 'claim of 5' });
    await succeeded('1', 'A')(run);
    expect(short(outstandingEffects(run.snapshot, FIRST))).not.toContain('RunTask 5');
  });

  test('is to go on, before the first turn', () => {
    const facts = { machineName: 'm', machineId: 'i', name: 'n', revision: 1, roleArn: 'r', startMs: 0 };
    const snapshot = initialSnapshot({ ...facts, input: Payload.ofText('{}') }, 'T');
    expect(outstandingEffects(snapshot, FIRST)).toEqual([{ type: 'Continue', since: FIRST }]);
  });

  test('is nothing but the close once it has ended, and only for commits up to that one', async () => {
    const run = await play({ machine: definition, steps: [taken('A'), stopped()] });
    const closing = run.commits.at(-1)!.slot;
    expect(short(outstandingEffects(run.snapshot, FIRST))).toEqual(['Close']);
    expect(short(outstandingEffects(run.snapshot, closing))).toEqual(['Close']);
    expect(short(outstandingEffects(run.snapshot, slotAt(run.snapshot.nextEventId, 0)))).toEqual([]);
  });

  test('is the close also where a commit without events stands before the last one', async () => {
    const run = await play({ machine: definition, steps: [taken('A'), (fenced) => fenced.fence(), stopped()] });
    const closing = run.commits.at(-1)!.slot;
    expect(closing).toBe(slotAt(run.snapshot.nextEventId - 1, 1));
    expect(short(outstandingEffects(run.snapshot, closing))).toEqual(['Close']);
  });

  test('moves with the alarm', async () => {
    const run = await play({
      machine: machine({ P: parallel([{ A: activity({ TimeoutSeconds: 10 }) }, { B: wait({ Seconds: 60 }) }]) }),
      steps: [taken(), succeeded('1'), wound(10)],
    });
    const rearming = run.commits.at(-1)!.slot;
    const wake = { type: 'Wake', atMs: START_MS + 60_000, since: rearming };
    expect(outstandingEffects(run.snapshot, rearming)).toEqual([wake]);
    expect(outstandingEffects(run.snapshot, rearming + 1)).toEqual([]);
  });
});
