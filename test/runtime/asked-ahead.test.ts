import { createActivity } from '../../lib/api/actions/create-activity';
import { beginExecution } from '../../lib/api/actions/start-execution';
import { FIRST_SLOT, slotOf } from '../../lib/engine/snapshot';
import type { Ports } from '../../lib/ports';
import type { AdvanceMessage, Delivery, Disposition } from '../../lib/ports/queue';
import type { Activity, Machine } from '../../lib/ports/registry';
import type { RunRef } from '../../lib/ports/run-ref';
import { newActivity, newMachine } from '../contract/samples';
import { ACTIVITY, activity, machine, wait } from '../engine/scenario';
import { openSharedStore, type SharedStore } from './shared-store';

/** What a process asks of the registry while others may write to it: as little as it can, as early as it can. */
let shared: SharedStore;
let asked: string[];
let promises: AdvanceMessage[];
let hear: ((message: AdvanceMessage) => void) | undefined;
let receives: { generation: string; forMs: number }[];
let offers: string[];
let nowMs: number;
/** When the first worker asked. */
const seenMs = Date.UTC(2026, 0, 1);
const HOLD_MS = 60_000;
const name = ACTIVITY.slice(ACTIVITY.lastIndexOf(':') + 1);
const client = { isGone: false, onGone: () => () => {} };

beforeEach(async () => {
  nowMs = seenMs;
  [asked, promises, receives, offers, hear] = [[], [], [], [], undefined];
  const ports: Partial<Ports> = {
    advance: {
      send: async (message) => {
        asked.push('promise');
        promises.push(message);
        hear?.(message);
      },
    },
    tasks: { send: async () => {} },
    activityQueues: {
      create: async () => {},
      generations: async () => [],
      delete: async () => {},
      offer: async (generation) => void offers.push(generation),
      receive: async (generation, { untilMs }) => {
        receives.push({ generation, forMs: untilMs - nowMs });
        nowMs = untilMs;
        return undefined;
      },
      remove: async () => {},
      release: async () => {},
    },
  };
  shared = await openSharedStore(() => nowMs, ports, HOLD_MS);
  const { registry, executions } = shared.runtime.ports;
  for (const call of ['machine', 'activity'] as const) watch(registry, call);
  watch(executions, 'get');
});

afterEach(() => shared.close());

function watch<Port, Name extends keyof Port & string>(port: Port, call: Name): void {
  const original = port[call] as (...words: unknown[]) => unknown;
  port[call] = ((...words: unknown[]) => {
    asked.push(call);
    return original(...words);
  }) as Port[Name];
}

const promise = (run: RunRef): Delivery<AdvanceMessage> => ({
  message: { type: 'advance', run, from: FIRST_SLOT },
  receiveCount: 1,
  leaseUntilMs: nowMs + 60_000,
  extend: async () => {},
});

describe('the first turn of an execution', () => {
  const definition = machine({ A: activity() });

  /** Two executions of one machine: a process has taken the first turn of the first. */
  async function second(between: () => Promise<void> = async () => {}) {
    await shared.store.registry.createActivity(newActivity({ name }));
    const other = await shared.another();
    const first = await shared.start(definition);
    await other.advance.handle(promise(first.run));
    await between();
    const { run } = await shared.startOf(first.machine);
    asked.length = 0;
    return { other, run };
  }

  test('asks for the head, then for machine and activity', async () => {
    await shared.store.registry.createActivity(newActivity({ name }));
    const { run } = await shared.start(definition);
    const other = await shared.another();
    asked.length = 0;
    await other.advance.handle(promise(run));
    expect(asked).toEqual(['machine', 'get', 'activity']);
  });

  test('asks ahead for the activity that the last one asked for', async () => {
    const { other, run } = await second();
    nowMs += 1_000;
    await other.advance.handle(promise(run));
    expect(asked).toEqual(['machine', 'activity', 'get']);
    const { snapshot } = (await other.runs.peek(run.runId))!;
    expect([...snapshot.frames.values()].map(({ waiting }) => waiting.on)).toEqual(['task']);
  });

  test('does not believe in an activity that was deleted before the start', async () => {
    const { other, run } = await second(async () => void (await shared.store.registry.removeActivity(name)));
    await other.advance.handle(promise(run));
    expect((await other.runs.peek(run.runId))!.snapshot.status).toBe('FAILED');
  });

  test.each([
    [999, 0],
    [1_000, 1],
    [-1, 1],
  ])('%i ms after its machine was seen, asks for it %i times', async (laterMs, times) => {
    const { run } = await shared.start(definition);
    asked.length = 0;
    nowMs += laterMs;
    await shared.runtime.runs.submit(run, [], { leaseUntilMs: nowMs + 60_000 });
    expect(asked.filter((call) => call === 'machine')).toHaveLength(times);
  });
});

describe('a start whose machine was seen lately', () => {
  const definition = machine({ A: activity() });
  let known: Machine;
  const begin = (input = '{}') => {
    const stateMachineArn = shared.runtime.settings.arns.machine(known.name);
    return beginExecution(shared.runtime, { stateMachineArn, name: 'again', input }, undefined);
  };

  beforeEach(async () => {
    ({ machine: known } = await shared.start(definition));
    asked.length = 0;
    promises.length = 0;
  });

  test('is promised while that is asked for', async () => {
    const { head } = await begin();
    expect(asked).toEqual(['promise', 'machine']);
    expect(promises).toMatchObject([{ type: 'advance', from: FIRST_SLOT, run: { runId: head.runId } }]);
  });

  test('is promised anew where the name has another machine by now', async () => {
    await shared.store.registry.removeMachine(known.name, known.machineId);
    const another = newMachine({ name: known.name });
    await shared.store.registry.createMachine(another, definition);
    const { head } = await begin();
    expect(head.machineId).toBe(another.machineId);
    expect(promises).toMatchObject([
      { run: { machineId: known.machineId } },
      { run: { machineId: another.machineId, runId: head.runId } },
    ]);
    await shared.runtime.advance.handle(promise({ ...head }));
    expect((await shared.runtime.runs.peek(head.runId))!.snapshot.status).toBe('FAILED');
  });

  test('is not promised where the request itself is refused', async () => {
    await expect(begin('{')).rejects.toMatchObject({ code: 'InvalidExecutionInput' });
    expect(promises).toEqual([]);
  });

  test('is over at once for those who heard of the promise here, where the machine is being deleted', async () => {
    await shared.store.registry.updateMachine(known.name, known.machineId, { status: 'DELETING' });
    let heard: Promise<Disposition> | undefined;
    hear = (message) => {
      heard = shared.runtime.advance.handle({ ...promise({} as RunRef), message });
    };
    await expect(begin()).rejects.toMatchObject({ code: 'StateMachineDeleting' });
    expect(await heard).toBe('delete');
  });

  test('is promised only when the machine is known where it was not seen for long', async () => {
    nowMs += 5_000;
    await begin();
    expect(asked).toEqual(['machine', 'promise']);
  });
});

test('an offer that another process repeats is for the activity that is there now', async () => {
  await shared.store.registry.createActivity(newActivity({ name }));
  const other = await shared.another();
  await other.polling.next(ACTIVITY, 'w', client);
  nowMs = seenMs + 1;
  await shared.store.registry.removeActivity(name);
  const again = newActivity({ name });
  await shared.store.registry.createActivity(again);
  const { run } = await shared.start(machine({ W: wait({ Seconds: 1, Next: 'A' }), A: activity() }));
  const { runs, advance } = shared.runtime;
  await advance.handle(promise(run));
  const slot = slotOf((await runs.peek(run.runId))!.snapshot);
  nowMs += 1_000;
  await advance.handle({ ...promise(run), message: { type: 'wake', run, from: FIRST_SLOT } });
  await other.advance.handle({ ...promise(run), message: { type: 'advance', run, from: slot } });
  expect(offers).toEqual([again.generation, again.generation]);
});

describe('a worker that comes again', () => {
  const poll = () => shared.runtime.polling.next(ACTIVITY, 'w', client);
  const old = newActivity({ name });

  beforeEach(async () => {
    await shared.store.registry.createActivity(old);
    await poll();
    asked.length = 0;
    receives.length = 0;
  });

  test('asks for its activity when it was seen too long ago', async () => {
    nowMs = seenMs + 2_000;
    expect(await poll()).toBeUndefined();
    expect(asked).toEqual(['activity']);
    expect(receives).toEqual([{ generation: old.generation, forMs: HOLD_MS }]);
  });

  test('soon after waits a second before it asks, and for the rest of its time then', async () => {
    nowMs = seenMs + 1_999;
    expect(await poll()).toBeUndefined();
    expect(asked).toEqual(['activity']);
    expect(receives.map(({ forMs }) => forMs)).toEqual([1_000, HOLD_MS - 1_000]);
  });

  test('hears that it was deleted meanwhile', async () => {
    nowMs = seenMs + 1;
    await shared.store.registry.removeActivity(name);
    expect(await poll()).toBe('no-activity');
  });

  test('waits for tasks of the new activity of that name', async () => {
    nowMs = seenMs + 1;
    await shared.store.registry.removeActivity(name);
    const again = newActivity({ name });
    await shared.store.registry.createActivity(again);
    expect(await poll()).toBeUndefined();
    expect(receives.map(({ generation }) => generation)).toEqual([old.generation, again.generation]);
  });

  test('asks at once where it was made anew here', async () => {
    nowMs = seenMs + 1;
    await shared.store.registry.removeActivity(name);
    await createActivity.handle(shared.runtime, { name } as never, { client });
    asked.length = 0;
    await poll();
    expect(asked).toEqual(['activity']);
    expect(receives.map(({ generation }) => generation)).not.toContain(old.generation);
  });

  test('asks at once where an answer from before its deletion here comes after that', async () => {
    nowMs = seenMs + 2_000;
    const { activities, ports } = shared.runtime;
    const { activity: ask } = ports.registry;
    let answer = (_: Activity) => {};
    ports.registry.activity = () => new Promise((resolve) => (answer = resolve));
    const slow = activities.now(ACTIVITY);
    ports.registry.activity = ask;
    nowMs++;
    await ports.registry.removeActivity(name);
    activities.forget(ACTIVITY);
    answer(old);
    await slow;
    expect(await poll()).toBe('no-activity');
    expect(receives).toEqual([]);
  });

  test('asks at once where it was deleted here', async () => {
    nowMs = seenMs + 1;
    await shared.store.registry.removeActivity(name);
    shared.runtime.activities.forget(ACTIVITY);
    expect(await poll()).toBe('no-activity');
    expect(receives).toEqual([]);
  });
});
