import { FIRST_SLOT } from '../../lib/engine/snapshot';
import type { Offer } from '../../lib/ports/activity-queues';
import type { AdvanceMessage, Delivery, TaskMessage } from '../../lib/ports/queue';
import type { RunRef } from '../../lib/ports/run-ref';
import type { Runtime } from '../../lib/runtime';
import type { ActivityTask } from '../../lib/runtime/poll';
import { newActivity, newId } from '../contract/samples';
import { ACTIVITY, activity, lambda, machine, parallel } from '../engine/scenario';
import { openSharedStore, type SharedStore } from './shared-store';

/** Offers and messages of tasks carry the commit that asked for them, so that the process that gets them need not read it. */
let shared: SharedStore;
let other: Runtime;
let offers: Offer[];
let messages: TaskMessage[];
let advances: AdvanceMessage[];
let isAgain: boolean;
let reads: number;
const nowMs = Date.UTC(2026, 0, 1);
const queue = newActivity({ name: ACTIVITY.slice(ACTIVITY.lastIndexOf(':') + 1) });
const lease = { leaseUntilMs: nowMs + 60_000 };

beforeEach(async () => {
  [offers, messages, advances, isAgain, reads] = [[], [], [], false, 0];
  shared = await openSharedStore(() => nowMs, {
    advance: { send: async (message) => void advances.push(message) },
    tasks: { send: async (message) => void messages.push(message) },
    functions: { invoke: async () => ({ payload: '1' }) },
    activityQueues: {
      create: async () => {},
      generations: async () => [],
      delete: async () => {},
      offer: async (_generation, offer) => void offers.push(offer),
      receive: async () => {
        const offer = offers.shift();
        return offer && { id: newId(), offer, isAgain, ...lease };
      },
      remove: async () => {},
      release: async () => {},
    },
  });
  await shared.store.registry.createActivity(queue);
  const { journal } = shared.runtime.ports;
  const { newest } = journal;
  journal.newest = (runId) => {
    reads++;
    return newest(runId);
  };
  other = await shared.another();
});

afterEach(() => shared.close());

/** Starts an execution, whose first turn offers its task. */
async function offered(input = '{}'): Promise<RunRef> {
  const run = await advanced(machine({ A: activity() }), input);
  expect(offers).toHaveLength(1);
  return run;
}

/** Starts an execution and has its first turn taken. */
async function advanced(definition: string, input = '{}'): Promise<RunRef> {
  const { run } = await shared.start(definition, input);
  await shared.runtime.advance.handle(delivered({ type: 'advance', run, from: FIRST_SLOT } as const, 1));
  reads = 0;
  return run;
}

const delivered = <M>(message: M, receiveCount: number): Delivery<M> => ({
  message,
  receiveCount,
  extend: async () => {},
  ...lease,
});

async function poll(): Promise<ActivityTask | undefined> {
  const task = await other.polling.next(ACTIVITY, 'w', { isGone: false, onGone: () => () => {} });
  if (typeof task === 'string') throw new Error(task);
  return task;
}

test('another process hands the task out without reading where the execution stands', async () => {
  await offered('{"a":1}');
  expect(await poll()).toMatchObject({ input: '{"a":1}' });
  expect(reads).toBe(0);
});

test('the next task of an execution that it knows as it was before, too', async () => {
  await advanced(machine({ A: activity({ Next: 'B' }), B: activity({ End: true }) }));
  const { taskToken } = (await poll())!;
  await shared.runtime.completion.success(taskToken, '1');
  await shared.runtime.advance.handle(delivered(advances.at(-1)!, 1));
  reads = 0;
  expect(await poll()).toMatchObject({ input: '1' });
  expect(reads).toBe(0);
});

test('an execution that was stopped since is read, and its task is not handed out', async () => {
  const run = await offered();
  const stop = { type: 'StopRequested', error: undefined, cause: undefined } as const;
  await shared.runtime.runs.submit(run, [stop], lease);
  reads = 0;
  expect(await poll()).toBeUndefined();
  expect(reads).toBe(1);
});

test('an offer that comes again is not believed: its task may be in the hands of another by now', async () => {
  await offered();
  isAgain = true;
  expect(await poll()).toMatchObject({ input: '{}' });
  expect(reads).toBe(1);
});

test('of several tasks none carries it: it is old for all but one', async () => {
  await advanced(machine({ P: parallel([{ A: activity() }, { B: activity() }]) }));
  expect(offers.map(({ commit }) => commit)).toEqual([undefined, undefined]);
});

test('a commit of many kilobytes stays where it is', async () => {
  const input = JSON.stringify('x'.repeat(20_000));
  await offered(input);
  expect(offers[0]?.commit).toBeUndefined();
  expect(await poll()).toMatchObject({ input });
});

test.each([
  [1, 0],
  [2, 1],
])(
  'the worker of a function that gets its message for time %d reads %d times where it stands',
  async (count, times) => {
    const { runId } = await advanced(machine({ A: lambda() }));
    const [message] = messages;
    expect(await other.tasks.handle(delivered(message!, count))).toBe('delete');
    expect(reads).toBe(times);
    expect((await other.runs.peek(runId))?.snapshot.status).toBe('SUCCEEDED');
  },
);
