import { compileDefinition } from '../../lib/asl/definition/compile';
import { decodeSnapshot, payloadTexts } from '../../lib/engine/commit/decode';
import { encodeCommit, holdInitial } from '../../lib/engine/commit/encode';
import { Payload } from '../../lib/engine/payload';
import { type Frame, initialSnapshot, type Snapshot, slotOf } from '../../lib/engine/snapshot';
import { type Transition, transition } from '../../lib/engine/transition';
import type { World } from '../../lib/engine/turn';
import { FACTS } from './facts';
import { ROLE, START_MS } from './journaled-run';
import { activity, type Fields, machine, map, parallel, pass } from './scenario';

/** A turn that takes long gives way to others, and costs what it does, not what waits. */

/** A world that counts how often turns gave way to it. */
function countingWorld(payload: World['payload']) {
  const counted = { pauses: 0 };
  const world: World = {
    nowMs: START_MS,
    random: () => 0.25,
    payload,
    giveWay: async () => void counted.pauses++,
    activityExists: () => true,
    ...FACTS,
    limits: { historyEvents: 25_000, payloadBytes: 262_144 },
  };
  return { world, counted };
}

const nothingIsStored = (): never => {
  throw new Error('nothing is stored');
};

function startOf(definition: string, input: string) {
  const program = compileDefinition(definition);
  const facts = { machineName: 'm', machineId: 'i', name: 'n', revision: 1, roleArn: ROLE, startMs: START_MS };
  return { program, snapshot: initialSnapshot({ ...facts, input: Payload.ofText(input) }, program.startAt) };
}

/** Plays the first turns. Answers each, and how often it gave way. */
async function turnsOf(definition: string, input: string, count = 1) {
  const { program, snapshot: first } = startOf(definition, input);
  let snapshot: Snapshot = first;
  const turns: { made: Transition; pauses: number }[] = [];
  for (let i = 0; i < count; i++) {
    const { world, counted } = countingWorld(nothingIsStored);
    const made = await transition(program, snapshot, [], world);
    const frames = new Map<number, Frame>(snapshot.frames);
    for (const [id, frame] of made.changed) if (frame) frames.set(id, frame);
    snapshot = { ...made.next, frames };
    turns.push({ made, pauses: counted.pauses });
  }
  return turns;
}

/** The turn in which a task that is all there is comes to its end, after all was written and read again. */
async function taskEnd(definition: string, input: string, output: string | { error: string }, taskEventId = 3) {
  const { program, snapshot } = startOf(definition, input);
  const scheduled = await transition(program, snapshot, [], countingWorld(nothingIsStored).world);
  const commit = { slot: slotOf(snapshot), body: encodeCommit(holdInitial(snapshot), scheduled).body };
  const { world, counted } = countingWorld(([, index]) => payloadTexts(commit)(index));
  const task = { taskEventId, claim: 'c' };
  const made = await transition(
    program,
    decodeSnapshot([commit]).snapshot,
    [
      { type: 'TaskTaken', ...task, workerName: undefined },
      typeof output === 'string'
        ? { type: 'TaskSucceeded', ...task, output: Payload.ofText(output) }
        : { type: 'TaskFailed', ...task, ...output, cause: undefined },
    ],
    world,
  );
  return { status: made.next.status, pauses: counted.pauses, types: made.events.map(({ type }) => type) };
}

const numbers = (count: number) => `[${Array.from({ length: count }, (_, i) => i).join(',')}]`;

test('a chain of small states gives way to nobody', async () => {
  const states = Array.from({ length: 100 }, (_, i) => [`S${i}`, pass({ Next: `S${i + 1}` })]);
  const chain = machine({ ...Object.fromEntries(states), S100: pass() });
  const [turn] = await turnsOf(chain, '{"a":1}');
  expect([turn!.made.next.status, turn!.pauses]).toEqual(['SUCCEEDED', 0]);
});

test('the compiling of a large state gives way, also where its branch is entered', async () => {
  const Parameters = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`m${i}.$`, `$.a${i % 7}.b${i}`]));
  const Catch = Array.from({ length: 5_000 }, (_, i) => ({ ErrorEquals: [`E${i}`], Next: 'E' }));
  for (const definition of [
    machine({ S: pass({ Parameters }) }),
    machine({ P: parallel([{ S: pass({ Parameters }) }]) }),
    machine({ P: parallel([{ S: pass() }], { Catch, End: undefined, Next: 'E' }), E: pass() }),
  ]) {
    const [turn] = await turnsOf(definition, '{}');
    expect(turn!.pauses).toBeGreaterThanOrEqual(3);
  }
});

test('the reading of a large input gives way', async () => {
  const [turn] = await turnsOf(machine({ S: pass() }), numbers(30_000));
  // One before that begins.
  expect([turn!.made.next.status, turn!.pauses]).toEqual(['SUCCEEDED', 1 + 5]);
});

test('each turn that begins with a long document gives way before', async () => {
  const merging = pass({ Result: 1, ResultPath: '$.r' });
  const states = machine({
    A: { ...merging, Next: 'B', End: undefined },
    B: { ...merging, ResultPath: '$.s', Next: 'C', End: undefined },
    C: pass(),
  });
  // Each of the first two fills a burst.
  const turns = await turnsOf(states, `{"a":"${'x'.repeat(250_000)}"}`, 3);
  expect(turns.map(({ made }) => made.next.status)).toEqual(['RUNNING', 'RUNNING', 'SUCCEEDED']);
  // And where it made much, before that is written.
  expect(turns.slice(1).map(({ pauses }) => pauses)).toEqual([1 + 1, 1]);
});

test('a burst gives way after each state that takes many steps, or makes much', async () => {
  const unique = 'States.ArrayUnique($.a)';
  const counting = pass({ Parameters: { 'n.$': unique, 'm.$': 'States.ArrayContains($.a, $)' }, ResultPath: null });
  const copying = pass({ Parameters: { 'a.$': '$.a' }, ResultPath: '$.b' });
  for (const state of [counting, copying]) {
    const states = machine({
      A: { ...state, Next: 'B', End: undefined },
      B: { ...state, Next: 'C', End: undefined },
      C: state,
    });
    const [turn] = await turnsOf(states, `{"a":${numbers(11_000)}}`);
    // The first two: before the input is read, and in the reading.
    expect([turn!.made.next.status, turn!.pauses]).toEqual(['SUCCEEDED', 2 + 3]);
  }
});

describe('what is long is read in pieces before it is looked into', () => {
  const long = `{"a":${numbers(30_000)}}`;
  const short = '{"a":[0]}';
  const pausesOf = async (definition: string, input: string) => {
    const [turn] = await turnsOf(definition, input);
    expect(turn!.made.next.status).toBe('SUCCEEDED');
    return turn!.pauses;
  };
  const selecting = { ResultSelector: { 'x.$': '$[1].a[0]' } };

  test.each<[string, string, Fields]>([
    ['the outputs of branches', 'a selector', parallel([{ A: pass() }, { B: pass() }], selecting)],
    ['the outputs of branches', 'a path', parallel([{ A: pass() }, { B: pass() }], { OutputPath: '$[1].a[0]' })],
  ])('%s, by %s', async (_what, _how, state) => {
    const selected = await pausesOf(machine({ P: state }), long);
    const shown = await pausesOf(machine({ P: parallel([{ A: pass() }, { B: pass() }], { ResultPath: null }) }), long);
    // Twice 30,000 numbers.
    expect(selected - shown).toBeGreaterThanOrEqual(2 * 4);
  });

  test('the outputs of iterations', async () => {
    const over = (fields: Fields) => machine({ M: map({ I: pass() }, { ItemsPath: '$.i', ...fields }) });
    const input = `{"i":[${long},1]}`;
    const selected = await pausesOf(over({ ResultSelector: { 'x.$': '$[0].a[0]' } }), input);
    expect(selected - (await pausesOf(over({ ResultPath: null }), input))).toBeGreaterThanOrEqual(4);
  });

  test.each<[string, Fields]>([
    [
      'a template',
      pass({ Parameters: Object.fromEntries([...'abcdef'].map((name) => [`${name}.$`, '$$.Map.Item.Value.a[0]'])) }),
    ],
    [
      'rules',
      {
        Type: 'Choice',
        Default: 'E',
        Choices: Array(6).fill({ Variable: '$$.Map.Item.Value.b', IsPresent: true, Next: 'E' }),
      },
    ],
  ])('the item of an iteration, once for all of %s', async (_, state) => {
    const states = { I: state, ...(state.Type === 'Choice' && { E: { Type: 'Succeed' } }) };
    const read = jest.spyOn(Payload.prototype, 'remember');
    const pauses = await pausesOf(
      machine({ M: map(states, { ItemsPath: '$.i', ResultPath: null }) }),
      `{"i":[${long}]}`,
    );
    // The input, and the item.
    expect(read.mock.calls.length).toBe(2);
    read.mockRestore();
    expect(pauses).toBeGreaterThanOrEqual(2 * 5);
  });

  test('events come in the same order as with short ones', async () => {
    const inner = (name: string) => parallel([{ [`${name}1`]: pass() }, { [`${name}2`]: pass() }], selecting);
    const outer = machine({ P: parallel([{ A: inner('A') }, { B: inner('B') }, { C: pass() }], selecting) });
    const eventsOf = async (input: string) => {
      const turns = await turnsOf(outer, input, 2);
      return turns.flatMap(({ made }) =>
        made.events.map(({ id, previousEventId, type }) => [id, previousEventId, type]),
      );
    };
    expect(await eventsOf(long)).toEqual(await eventsOf(short));
  });

  test('the result of a task, and its input where that was read back', async () => {
    const placing = machine({ T: activity({ ResultPath: '$.r', OutputPath: '$.r.a[0]' }) });
    const { status, pauses } = await taskEnd(placing, long, long);
    expect(status).toBe('SUCCEEDED');
    expect(pauses).toBeGreaterThanOrEqual(2 * 4);
    expect((await taskEnd(placing, short, short)).pauses).toBe(0);
    const discarding = machine({ T: activity({ ResultPath: null }) });
    expect((await taskEnd(discarding, long, long)).pauses).toBeLessThan(4);
  });

  test('the input in which a catcher places a failure', async () => {
    const caughtAt = (ResultPath: string | null) => {
      const Catch = [{ ErrorEquals: ['States.ALL'], ResultPath, Next: 'E' }];
      return machine({ T: activity({ Catch }), E: { Type: 'Succeed' } });
    };
    const failed = { error: 'E' };
    const { pauses, types } = await taskEnd(caughtAt('$.e'), long, failed);
    const dropped = await taskEnd(caughtAt(null), long, failed);
    expect(pauses - dropped.pauses).toBeGreaterThanOrEqual(4);
    expect(types).toEqual((await taskEnd(caughtAt('$.e'), short, failed)).types);
    // Where it cannot be placed it is not caught.
    const misplaced = await taskEnd(caughtAt('$.a.b'), long, failed);
    expect([misplaced.status, misplaced.types.at(-1)]).toEqual(['FAILED', 'ExecutionFailed']);
    expect(misplaced.types).toEqual((await taskEnd(caughtAt('$.a.b'), short, failed)).types);
  });

  test('the items that a selector looks into, and each is begun when it was read', async () => {
    const ItemSelector = { 'x.$': '$$.Map.Item.Value.a[0]', 'y.$': '$.n' };
    const selecting = machine({ M: map({ I: pass() }, { ItemsPath: '$.i', ItemSelector, ResultPath: null }) });
    const selected = await turnsOf(selecting, `{"n":1,"i":[${long},${short},${long}]}`);
    const alike = await turnsOf(selecting, `{"n":1,"i":[${short},${short},${short}]}`);
    // The input, and two items.
    expect(selected[0]!.pauses).toBeGreaterThanOrEqual(4 * 5);
    const eventsOf = ([turn]: typeof alike) =>
      turn!.made.events.map(({ id, previousEventId, type, details }) => [id, previousEventId, type, details?.name]);
    expect(eventsOf(selected)).toEqual(eventsOf(alike));
    expect(selected[0]!.made.next.status).toBe('SUCCEEDED');
  });
});

describe('so are variables that were read back', () => {
  const long = `{"a":${numbers(30_000)}}`;
  const first = { 'x.$': '$v.a[0]' };
  const keeping = (state: Fields) => machine({ V: pass({ Assign: { 'v.$': '$' }, Next: 'T' }), T: state });
  const pausesOf = async (state: Fields, output: string | { error: string } = '0') => {
    const { status, pauses } = await taskEnd(keeping(state), long, output, 5);
    expect(status).toBe('SUCCEEDED');
    return pauses;
  };

  test.each<[string, Fields]>([
    ['OutputPath', { OutputPath: '$v.a[0]' }],
    ['ResultSelector', { ResultSelector: first }],
    ['Assign', { Assign: first }],
  ])('by %s', async (_, fields) => {
    const withoutLook = await pausesOf(activity({ ResultPath: null }));
    expect((await pausesOf(activity({ ResultPath: null, ...fields }))) - withoutLook).toBeGreaterThanOrEqual(4);
  });

  test('by the selector of an iteration that follows on another', async () => {
    const pausesOfSelector = async (ItemSelector: Fields) => {
      const each = map({ T: activity() }, { ItemsPath: '$.l', MaxConcurrency: 1, ItemSelector });
      const definition = machine({ V: pass({ Assign: { 'v.$': '$' }, ResultPath: null, Next: 'M' }), M: each });
      const { pauses, status } = await taskEnd(definition, `{"a":${numbers(30_000)},"l":[1,2]}`, '0', 8);
      expect(status).toBe('RUNNING');
      return pauses;
    };
    expect((await pausesOfSelector(first)) - (await pausesOfSelector({ x: 1 }))).toBeGreaterThanOrEqual(4);
  });

  test('by the Assign of a catcher', async () => {
    const caught = (Assign: Fields) =>
      activity({ Catch: [{ ErrorEquals: ['E'], ResultPath: null, Assign, Next: 'Z' }], Next: 'Z' });
    const pausesWhenCaught = async (Assign: Fields) => {
      const definition = machine({
        V: pass({ Assign: { 'v.$': '$' }, Next: 'T' }),
        T: caught(Assign),
        Z: { Type: 'Succeed' },
      });
      return (await taskEnd(definition, long, { error: 'E' }, 5)).pauses;
    };
    expect((await pausesWhenCaught(first)) - (await pausesWhenCaught({ x: 1 }))).toBeGreaterThanOrEqual(4);
  });
});

test('looking for many variables that a state may read counts, though it reads none of them', async () => {
  const Assign = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`a${i}.$`, `$v${i}`]));
  const Choices = [{ Variable: '$.x', IsPresent: true, Assign, Next: 'C' }];
  const loop = machine({ V: pass({ Assign: { v: 1 }, Next: 'C' }), C: { Type: 'Choice', Choices, Default: 'C' } });
  const { program, snapshot } = startOf(loop, '{}');
  const { events } = await transition(program, snapshot, [], countingWorld(nothingIsStored).world);
  // A burst has 500 where it costs nothing.
  expect(events.length).toBeLessThan(100);
});

test('branches that have not had their turn are left as they are, and are gone on with', async () => {
  const branches = Array.from({ length: 5_000 }, (_, i) => ({ [`B${i}`]: pass() }));
  const turns = await turnsOf(machine({ P: parallel(branches) }), '{}', 4);
  expect(turns[0]!.pauses).toBe(1);
  for (const { made } of turns.slice(1)) {
    // The frame of the Parallel state, and those of branches: each writes two events.
    expect([made.events.length, made.changed.size]).toEqual([500, 251]);
    expect(made.effects).toEqual([{ type: 'Continue', since: expect.any(Number) }]);
  }
});
