import { compileDefinition } from '../../lib/asl/definition/compile';
import { Payload } from '../../lib/engine/payload';
import { type Frame, initialSnapshot, type Snapshot } from '../../lib/engine/snapshot';
import { transition } from '../../lib/engine/transition';
import type { Trigger } from '../../lib/engine/trigger';
import type { World } from '../../lib/engine/turn';
import { FACTS } from './facts';
import { ROLE, START_MS } from './journaled-run';
import { copyOf } from './sameness';
import { activity, lambda, machine, parallel, pass, play, taken, wait } from './scenario';

/** The engine is a function of its arguments. (Every turn of every test in this folder is held to that as well.) */

const definition = machine({
  P: parallel([
    {
      A: pass({ Result: { x: 1 }, ResultPath: '$.r', Next: 'T' }),
      T: activity({ TimeoutSeconds: 9, HeartbeatSeconds: 2 }),
    },
    { L: lambda({ Retry: [{ ErrorEquals: ['E'], JitterStrategy: 'FULL' }] }) },
    { W: wait({ Seconds: 5 }) },
  ]),
});

const world = (nowMs: number, limits = {}): World => ({
  nowMs,
  random: () => 0.25,
  payload: () => {
    throw new Error('nothing is stored');
  },
  giveWay: () => Promise.resolve(),
  activityExists: () => true,
  ...FACTS,
  limits: { historyEvents: 25_000, payloadBytes: 262_144, ...limits },
});

/** The snapshot, with everything in it frozen but the texts of payloads. */
function frozen(snapshot: Snapshot): Snapshot {
  const freeze = <T extends object>(value: T): T => {
    for (const member of Object.values(value)) {
      if (typeof member === 'object' && member !== null && !(member instanceof Payload)) freeze(member);
    }
    return Object.freeze(value);
  };
  const frames = new Map<number, Frame>();
  for (const [id, frame] of snapshot.frames) frames.set(id, freeze(frame));
  return Object.freeze({ ...snapshot, execution: freeze(snapshot.execution), frames });
}

const triggersAt = (run: {
  tasks(name: string): { eventId: number; claim: string | undefined }[];
}): Record<string, Trigger[]> => {
  const [t, l] = [run.tasks('T')[0]!, run.tasks('L')[0]!];
  const output = Payload.ofText('{"y":2}');
  return {
    none: [],
    taken: [{ type: 'TaskTaken', taskEventId: l.eventId, claim: 'other', workerName: 'w' }],
    succeeded: [{ type: 'TaskSucceeded', taskEventId: t.eventId, claim: undefined, output }],
    failed: [{ type: 'TaskFailed', taskEventId: t.eventId, claim: undefined, error: 'E', cause: 'c' }],
    'retried with dice': [{ type: 'TaskFailed', taskEventId: l.eventId, claim: l.claim, error: 'E', cause: 'c' }],
    beat: [{ type: 'HeartbeatSeen', taskEventId: t.eventId, dueAtMs: START_MS + 60_000 }],
    woken: [{ type: 'Woken', missedHeartbeats: [] }],
    stopped: [{ type: 'StopRequested', error: 'E', cause: undefined }],
  };
};

test('transitions write into nothing that was there before, and come out the same each time', async () => {
  const run = await play({ machine: definition, input: '{"i":0}', steps: [taken('T'), taken('L')] });
  const program = compileDefinition(definition);
  const snapshot = frozen(run.snapshot);
  const before = copyOf(snapshot);
  const empty: string[] = [];
  for (const [name, triggers] of Object.entries(triggersAt(run))) {
    const first = await transition(program, snapshot, triggers, world(START_MS + 5_000));
    const second = await transition(program, snapshot, triggers, world(START_MS + 5_000));
    expect(run.difference(second, first)).toBeUndefined();
    expect(run.difference(snapshot, before)).toBeUndefined();
    if (first.isEmpty) empty.push(name);
  }
  expect(empty).toEqual(['none', 'taken']);
});

test('before the first turn there is nothing but the facts of the execution', async () => {
  const input = Payload.ofText(' {"i" : 0} ');
  const facts = { machineName: 'm', machineId: 'i', name: 'n', revision: 1, roleArn: ROLE, startMs: START_MS, input };
  const snapshot = frozen(initialSnapshot(facts, 'P'));
  expect(snapshot).toMatchObject({
    status: 'RUNNING',
    nextEventId: 1,
    eventlessCommits: 0,
    alarm: undefined,
    end: undefined,
  });
  const made = await transition(compileDefinition(definition), snapshot, [], world(START_MS + 7));
  expect(made.events[0]).toMatchObject({
    id: 1,
    previousEventId: 0,
    timestampMs: START_MS + 7,
    type: 'ExecutionStarted',
  });
  expect(snapshot.frames.get(0)).toMatchObject({ stateName: 'P', input, waiting: { on: 'entry' } });
});

test('the clock is asked for nothing: all events of a turn have its time', async () => {
  const run = await play({ machine: machine({ A: pass({ Next: 'B' }), B: pass() }) });
  expect(new Set(run.events.map(({ timestampMs }) => timestampMs))).toEqual(new Set([START_MS]));
});

test('a state that the definition does not have is a bug, not a failure of the execution', async () => {
  const run = await play({ machine: machine({ W: wait({ Seconds: 5 }) }) });
  const other = compileDefinition(machine({ X: pass() }));
  const woken = transition(other, run.snapshot, [{ type: 'Woken', missedHeartbeats: [] }], world(START_MS + 5_000));
  await expect(woken).rejects.toThrow('the definition has no state W');
});

test('a stop that overtakes the first turn ends what that turn would have begun', async () => {
  const input = Payload.ofText('{}');
  const facts = { machineName: 'm', machineId: 'i', name: 'n', revision: 1, roleArn: ROLE, startMs: START_MS, input };
  const stop: Trigger = { type: 'StopRequested', error: 'E', cause: undefined };
  const typesOf = async (definition: string, first: string) => {
    const { events, effects } = await transition(
      compileDefinition(definition),
      initialSnapshot(facts, first),
      [stop],
      world(START_MS),
    );
    expect(effects.map(({ type }) => type)).toEqual(['Close']);
    return events.map(({ type }) => type);
  };
  expect(await typesOf(machine({ W: wait({ Seconds: 5 }) }), 'W')).toEqual([
    'ExecutionStarted',
    'WaitStateEntered',
    'ExecutionAborted',
  ]);
  expect(await typesOf(machine({ P: pass() }), 'P')).toEqual([
    'ExecutionStarted',
    'PassStateEntered',
    'PassStateExited',
    'ExecutionSucceeded',
  ]);
});
