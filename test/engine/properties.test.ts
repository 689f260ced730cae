import fc from 'fast-check';
import { baseOf } from '../../lib/engine/commit/decode';
import { Payload } from '../../lib/engine/payload';
import type { Trigger } from '../../lib/engine/trigger';
import { JournaledRun } from './journaled-run';
import {
  apartDefinitions,
  definitions,
  type Happening,
  happenings,
  longDefinitions,
  wideDefinitions,
} from './random-machine';
import { historyOf } from './scenario';

/** `SEED=n npx jest test/engine` tries other programs. */
const seed = Number(process.env.SEED ?? 2017);

const dice = Array.from({ length: 50 }, (_, i) => (i * 0.37) % 1);
const nothing = { error: undefined, cause: undefined };

function triggersOf(run: JournaledRun, happening: Happening): Trigger[] {
  if (!('which' in happening)) return [];
  const { does, which } = happening;
  if (does === 'late')
    return [{ type: 'TaskSucceeded', taskEventId: which % 50, claim: 'late', output: Payload.ofText('1') }];
  const free = does === 'take' || does === 'twice';
  const tasks = run.tasks().filter(({ claim }) => (claim === undefined) === free);
  const task = tasks[which % tasks.length];
  if (!task) return [];
  const { eventId: taskEventId, kind } = task;
  const claim = kind === 'lambda' ? task.claim : undefined;
  if (free) {
    const taking = (worker: string): Trigger => ({ type: 'TaskTaken', taskEventId, claim: worker, workerName: worker });
    return does === 'take' ? [taking(`w${which}`)] : [taking('w1'), taking('w2')];
  }
  if (does === 'fail') return [{ type: 'TaskFailed', taskEventId, claim, ...nothing, error: happening.error }];
  if (does !== 'succeed') return [];
  const done: Trigger = { type: 'TaskSucceeded', taskEventId, claim, output: Payload.ofText(happening.output) };
  return happening.offer ? [done, { type: 'NextFunctionTaken', claim: `next${which}` }] : [done];
}

async function happen(run: JournaledRun, happening: Happening): Promise<void> {
  switch (happening.does) {
    case 'wind':
      return run.wind(happening.seconds);
    case 'ring':
      await run.ring();
      return;
    case 'fence':
      return run.snapshot.end ? undefined : run.fence();
    case 'beat': {
      const beating = run
        .tasks()
        .filter(({ heartbeatAtMs }) => heartbeatAtMs !== undefined && heartbeatAtMs > run.nowMs);
      if (beating.length > 0) run.beat(beating[happening.which % beating.length]!);
      return;
    }
    default: {
      const triggers = triggersOf(run, happening);
      if (triggers.length > 0) await run.turn(...triggers);
    }
  }
}

async function playAll(definition: string, all: Happening[]): Promise<JournaledRun> {
  const run = await JournaledRun.start(definition, { input: '{ "a": {"b": 1} }', dice });
  for (const happening of all) await happen(run, happening);
  return run;
}

/** Lets everything that is still to do be done, without failures. */
async function finish(run: JournaledRun): Promise<void> {
  for (let rounds = 0; run.status === 'RUNNING'; rounds++) {
    expect(rounds).toBeLessThan(1000);
    const [task] = run.tasks();
    if (!task) await run.wind(1_000);
    else {
      const { eventId: taskEventId, claim = 'last' } = task;
      if (task.claim === undefined) await run.turn({ type: 'TaskTaken', taskEventId, claim, workerName: undefined });
      await run.turn({ type: 'TaskSucceeded', taskEventId, claim, output: Payload.ofText('{"a":1}') });
    }
  }
}

test('whatever happens to whatever program, the journal gives back what is held, at every turn', async () => {
  let events = 0;
  await fc.assert(
    fc.asyncProperty(definitions, happenings, async (definition, all) => {
      const run = await playAll(definition, all);
      events += run.events.length;
    }),
    { seed, numRuns: 70 },
  );
  expect(events).toBeGreaterThan(1000);
});

test('so it does for many items', async () => {
  let kept = 0;
  await fc.assert(
    fc.asyncProperty(longDefinitions, happenings, async (definition, all) => {
      const run = await playAll(definition, all);
      if (run.status === 'RUNNING') await finish(run);
      kept += run.turns.filter(({ changed }) =>
        [...changed.values()].some((it) => it?.waiting.on === 'outputs'),
      ).length;
    }),
    { seed, numRuns: 3 },
  );
  expect(kept).toBeGreaterThan(0);
});

test('so it does for many branches, of which each step writes only those that changed', async () => {
  let deltas = 0;
  await fc.assert(
    fc.asyncProperty(wideDefinitions, happenings, async (definition, all) => {
      const run = await playAll(definition, all);
      deltas += run.commits.filter((commit) => baseOf(commit) < commit.slot).length;
    }),
    { seed, numRuns: 12 },
  );
  expect(deltas).toBeGreaterThan(100);
});

test('so it does for items that run apart, before a redrive and after', async () => {
  let redrives = 0;
  await fc.assert(
    fc.asyncProperty(apartDefinitions, happenings, happenings, async (definition, before, afterwards) => {
      const run = await playAll(definition, before);
      if (run.status === 'RUNNING') await run.turn({ type: 'StopRequested', ...nothing });
      // Each that was started and not ended is to be stopped.
      const outstanding = run.effects.filter(({ type }) => type === 'RunTask' || type === 'LookAtChild');
      expect(outstanding).toEqual([]);
      if (run.status === 'SUCCEEDED') return;
      expect(await run.turn({ type: 'RedriveRequested', clientToken: undefined })).toEqual(['applied']);
      redrives++;
      const given = new Set(run.snapshot.outbox.map(({ taskEventId }) => taskEventId));
      expect(run.tasks().filter(({ eventId }) => given.has(eventId))).toEqual([]);
      for (const happening of afterwards) await happen(run, happening);
      if (run.status === 'RUNNING') await finish(run);
      expect(run.snapshot.frames.size).toBe(0);
    }),
    { seed, numRuns: 60 },
  );
  expect(redrives).toBeGreaterThan(20);
});

test('the execution ends when its tasks and its time are given to it', async () => {
  await fc.assert(
    fc.asyncProperty(definitions, happenings, async (definition, all) => {
      const run = await playAll(definition, all);
      await finish(run);
      expect(run.snapshot.frames.size).toBe(0);
      expect(run.snapshot.alarm).toBeUndefined();
      expect(run.events.at(-1)!.type).toMatch(/^Execution(Succeeded|Failed|TimedOut)$/);
      expect(run.events.filter(({ type }) => /^Execution(?!Started)/.test(type))).toHaveLength(1);
      // What comes after the end changes nothing.
      const count = run.commits.length;
      await run.turn({ type: 'StopRequested', ...nothing }, { type: 'Woken', missedHeartbeats: [] });
      expect(run.commits).toHaveLength(count);
    }),
    { seed, numRuns: 40 },
  );
});

test('one that ended otherwise than well goes on when it is redriven, and ends again', async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(definitions, happenings, happenings, async (definition, before, afterwards) => {
      const run = await playAll(definition, before);
      if (run.status === 'RUNNING') await run.turn({ type: 'StopRequested', error: undefined, cause: undefined });
      if (run.status === 'SUCCEEDED') return;
      expect(await run.turn({ type: 'RedriveRequested', clientToken: undefined })).toEqual(['applied']);
      count++;
      for (const happening of afterwards) await happen(run, happening);
      if (run.status === 'RUNNING') await finish(run);
    }),
    { seed, numRuns: 30 },
  );
  expect(count).toBeGreaterThan(10);
});

test('the same happenings give the same history', async () => {
  await fc.assert(
    fc.asyncProperty(definitions, happenings, async (definition, all) => {
      const [first, second] = [await playAll(definition, all), await playAll(definition, all)];
      expect(second.commits).toEqual(first.commits);
      expect(historyOf(second)).toBe(historyOf(first));
    }),
    { seed, numRuns: 20 },
  );
});

test('each StateExited has its StateEntered, and each task event its Scheduled, on its own chain', async () => {
  await fc.assert(
    fc.asyncProperty(definitions, happenings, async (definition, all) => {
      const run = await playAll(definition, all);
      for (const event of run.events) {
        if (!/StateExited$|(Succeeded|Failed|TimedOut|Started)$/.test(event.type)) continue;
        const stem = /^(Activity|LambdaFunction)(Succeeded|Failed|TimedOut|Started)$/.exec(event.type)?.[1];
        const opening = event.type.endsWith('StateExited')
          ? event.type.replace('Exited', 'Entered')
          : stem && `${stem}Scheduled`;
        if (!opening) continue;
        let at = event.previousEventId;
        while (at > 0 && run.events[at - 1]!.type !== opening) at = run.events[at - 1]!.previousEventId;
        expect(at).toBeGreaterThan(0);
      }
    }),
    { seed, numRuns: 30 },
  );
});
