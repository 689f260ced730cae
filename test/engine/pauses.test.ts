import { compileDefinition } from '../../lib/asl/definition/compile';
import { Payload } from '../../lib/engine/payload';
import { type Frame, initialSnapshot, type Snapshot } from '../../lib/engine/snapshot';
import { type Transition, transition } from '../../lib/engine/transition';
import type { World } from '../../lib/engine/turn';
import { FACTS } from './facts';
import { ROLE, START_MS } from './journaled-run';
import { machine, parallel, pass } from './scenario';

/** A turn that takes long gives way to others, and costs what it does, not what waits. */

/** Plays the first turns. Answers each, and how often it gave way. */
async function turnsOf(definition: string, input: string, count = 1) {
  const program = compileDefinition(definition);
  const facts = { machineName: 'm', machineId: 'i', name: 'n', revision: 1, roleArn: ROLE, startMs: START_MS };
  let snapshot: Snapshot = initialSnapshot({ ...facts, input: Payload.ofText(input) }, program.startAt);
  const turns: { made: Transition; pauses: number }[] = [];
  for (let i = 0; i < count; i++) {
    let pauses = 0;
    const world: World = {
      nowMs: START_MS,
      random: () => 0.25,
      payload: () => {
        throw new Error('nothing is stored');
      },
      giveWay: async () => void pauses++,
      activityExists: () => true,
      ...FACTS,
      limits: { historyEvents: 25_000, payloadBytes: 262_144 },
    };
    const made = await transition(program, snapshot, [], world);
    const frames = new Map<number, Frame>(snapshot.frames);
    for (const [id, frame] of made.changed) if (frame) frames.set(id, frame);
    snapshot = { ...made.next, frames };
    turns.push({ made, pauses });
  }
  return turns;
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
  expect([turn!.made.next.status, turn!.pauses]).toEqual(['SUCCEEDED', 5]);
});

test('a burst gives way after each state that takes many steps, or makes much', async () => {
  const unique = 'States.ArrayUnique($.a)';
  const counting = pass({ Parameters: { 'n.$': unique, 'm.$': unique }, ResultPath: null });
  const copying = pass({ Parameters: { 'a.$': '$.a' }, ResultPath: '$.b' });
  for (const state of [counting, copying]) {
    const states = machine({
      A: { ...state, Next: 'B', End: undefined },
      B: { ...state, Next: 'C', End: undefined },
      C: state,
    });
    const [turn] = await turnsOf(states, `{"a":${numbers(11_000)}}`);
    // The first, in the reading of the input.
    expect([turn!.made.next.status, turn!.pauses]).toEqual(['SUCCEEDED', 1 + 3]);
  }
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
