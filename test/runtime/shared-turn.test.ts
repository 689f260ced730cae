import { FIRST_SLOT } from '../../lib/engine/snapshot';
import type { ReceivedOffer } from '../../lib/ports/activity-queues';
import type { AdvanceMessage } from '../../lib/ports/queue';
import type { RunRef } from '../../lib/ports/run-ref';
import { newActivity, newId } from '../contract/samples';
import { ACTIVITY, activity, machine, parallel, wait } from '../engine/scenario';
import { openSharedStore, type SharedStore } from './shared-store';

/** Workers who come late: to a turn that others share, to a call that another may have made by now. */
let store: SharedStore['store'];
let runtime: SharedStore['runtime'];
let start: SharedStore['start'];
let close: SharedStore['close'];
let nowMs: number;
let advanced: AdvanceMessage[];
let offers: ReceivedOffer[];
let calls: number;

beforeEach(async () => {
  nowMs = Date.UTC(2026, 0, 1);
  [advanced, offers, calls] = [[], [], 0];
  ({ store, runtime, start, close } = await openSharedStore(() => nowMs, {
    advance: { send: async (message) => void advanced.push(message) },
    tasks: { send: async () => {} },
    activityQueues: {
      create: async () => {},
      generations: async () => [],
      delete: async () => {},
      offer: async () => {},
      receive: async () => offers.shift(),
      remove: async () => {},
      release: async () => {},
    },
    functions: { invoke: async () => ({ payload: '1' }) },
    services: {
      call: async () => {
        calls++;
        return { output: '{}', response: { status: 200, headers: {} } };
      },
    },
  }));
});

afterEach(() => close());

const leased = () => ({ leaseUntilMs: nowMs + 60_000 });

/** Starts an execution and has its first turn taken. */
async function started(definition: string): Promise<RunRef> {
  const { run } = await start(definition);
  await runtime.runs.submit(run, [], leased());
  advanced.length = 0;
  return run;
}

async function taskOf({ runId }: RunRef): Promise<number> {
  const { snapshot } = (await runtime.runs.peek(runId))!;
  for (const { waiting } of snapshot.frames.values()) if (waiting.on === 'task') return waiting.eventId;
  throw new Error('no task');
}

test.each(['taken', 'gone'])(
  'a poll whose offer is %s does what its turn asks for others that share it',
  async (verdict) => {
    const queue = newActivity({ name: ACTIVITY.slice(ACTIVITY.lastIndexOf(':') + 1) });
    await store.registry.createActivity(queue);
    const run = await started(
      machine({
        P: parallel([
          { A: activity(), A2: wait({ Seconds: 600 }) },
          { B: wait({ Seconds: 1, Next: 'B2' }), B2: wait({ Seconds: 10 }) },
        ]),
      }),
    );
    const taskEventId = await taskOf(run);
    const { append } = runtime.ports.journal;
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    runtime.ports.journal.append = async (...commit) => {
      await gate;
      return append(...commit);
    };
    const claim = newId();
    // Under way, so that what comes now shares the next turn.
    const first = runtime.runs.submit(run, [{ type: 'TaskTaken', taskEventId, claim, workerName: 'w' }], leased());
    const offer = { run, from: FIRST_SLOT, taskEventId: verdict === 'gone' ? 99 : taskEventId };
    offers.push({
      id: newId(),
      offer: { ...offer, scheduledMs: nowMs, deadlineMs: undefined },
      isAgain: false,
      ...leased(),
    });
    const poll = runtime.polling.next(ACTIVITY, 'late', { isGone: false, onGone: () => () => {} });
    await new Promise(setImmediate);
    nowMs += 1_000;
    const woken = runtime.runs.submit(run, [{ type: 'Woken', missedHeartbeats: [] }], leased());
    goOn();
    expect(await first).toMatchObject({ verdicts: ['applied'] });
    // Its alarm is in the hands of the poll.
    expect(await woken).toMatchObject({ verdicts: ['applied'], effects: [] });
    expect(await poll).toBeUndefined();
    const { alarm } = (await runtime.runs.peek(run.runId))!.snapshot;
    expect(alarm?.atMs).toBe(nowMs + 10_000);
    expect(advanced).toMatchObject([{ type: 'wake', from: alarm?.since }]);
  },
);

test.each([
  [49_000, 1],
  [51_000, 0],
])('a worker that takes %d ms to open the beat makes %d calls under a lease of a minute', async (ms, count) => {
  const run = await started(
    machine({
      A: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
        Parameters: { QueueUrl: 'q', MessageBody: { 'token.$': '$$.Task.Token' } },
        HeartbeatSeconds: 100,
      },
    }),
  );
  const { openBeat } = runtime.ports.journal;
  runtime.ports.journal.openBeat = async (...beat) => {
    await openBeat(...beat);
    nowMs += ms;
  };
  const message = { run, from: FIRST_SLOT, taskEventId: await taskOf(run), claim: newId() };
  const handled = runtime.tasks.handle({ message, receiveCount: 1, ...leased(), extend: async () => {} });
  await (count > 0 ? expect(handled).resolves.toBe('delete') : expect(handled).rejects.toThrow('lease'));
  expect(calls).toBe(count);
});
