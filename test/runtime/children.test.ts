import { createOwnApi } from '../../lib/api/own-api';
import type { Trigger } from '../../lib/engine/trigger';
import type { Head } from '../../lib/ports/executions';
import type { OwnApi } from '../../lib/ports/own-api';
import type { AdvanceMessage, TaskMessage } from '../../lib/ports/queue';
import type { RunRef } from '../../lib/ports/run-ref';
import { newMachine } from '../contract/samples';
import { lambda, machine, wait } from '../engine/scenario';
import { openSharedStore, type SharedStore } from './shared-store';

/** Nested executions whose starter dies: what its message does when it comes again. */
const NOW_MS = Date.UTC(2026, 0, 1);
const COVER = { leaseUntilMs: NOW_MS + 120_000 };

let store: SharedStore['store'];
let runtime: SharedStore['runtime'];
let start: SharedStore['start'];
let close: SharedStore['close'];
let tasks: TaskMessage[];
let advances: AdvanceMessage[];
let nowMs: number;
/** Of each nested start; what it answers. By itself nothing, to a worker that dies. */
let onStarted: (head: Head) => ReturnType<OwnApi['start']>;

const NEVER = new Promise<never>(() => {});

beforeEach(async () => {
  [tasks, advances, nowMs] = [[], [], NOW_MS];
  const api = createOwnApi(() => runtime);
  const ownApi: OwnApi = {
    call: (...given) => api.call(...given),
    start: async (...given) => {
      const started = await api.start(...given);
      return 'head' in started ? onStarted(started.head) : started;
    },
  };
  ({ store, runtime, start, close } = await openSharedStore(() => nowMs, {
    advance: { send: async (message) => void advances.push(message) },
    tasks: { send: async (message) => void tasks.push(message) },
    functions: { invoke: async () => ({ payload: '{}' }) },
    ownApi,
  }));
});

afterEach(() => close());

const work = (message: TaskMessage, receiveCount: number) =>
  runtime.tasks.handle({ ...COVER, message, receiveCount, extend: async () => {} });

/** An execution whose first task has a message; where `states` say N, they start one that sleeps. */
async function startParent(states: Parameters<typeof machine>[0], fields: object): Promise<RunRef> {
  const child = newMachine();
  await store.registry.createMachine(child, machine({ Sleep: wait({ Seconds: 3_600 }) }));
  const StateMachineArn = runtime.settings.arns.machine(child.name);
  const nested = { Type: 'Task', Resource: 'arn:aws:states:::states:startExecution.sync', End: true };
  const definition = machine({ ...states, N: { ...nested, Parameters: { StateMachineArn }, ...fields } });
  const { run } = await start(definition);
  await runtime.advance.handle({
    ...COVER,
    message: { type: 'advance', run, from: 1_000_000 },
    receiveCount: 1,
    extend: async () => {},
  });
  expect(tasks).toHaveLength(1);
  return run;
}

/** Starts it by a worker that dies then; its first turn finds that somebody waits. */
async function startChild(): Promise<Head> {
  const head = await new Promise<Head>((resolve) => {
    onStarted = (started) => {
      resolve(started);
      return NEVER;
    };
    void work(tasks[0]!, 1);
  });
  await runtime.runs.submit(head, [], COVER);
  return head;
}

const statusOf = async (runId: string) => (await runtime.runs.peek(runId))?.snapshot.status;

const timeOutTask = (run: RunRef, ...others: Trigger[]) => {
  nowMs += 6_000;
  return runtime.runs.submit(run, [{ type: 'Woken', missedHeartbeats: [] }, ...others], 'promise');
};

test('stops what a task began that followed on the one that the message names, and was given up', async () => {
  const run = await startParent({ F: lambda({ Next: 'N' }) }, {});
  const head = await startChild();
  await runtime.runs.submit(run, [{ type: 'StopRequested', error: undefined, cause: undefined }], 'promise');
  expect(await statusOf(head.runId)).toBe('RUNNING');

  await work(tasks[0]!, 2);
  expect(await statusOf(head.runId)).toBe('ABORTED');
});

/** N first: gives up what it started, and goes on with a function. */
const GIVES_UP = { TimeoutSeconds: 5, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'F' }] };

test('stops what its message started, also when that has begun another task since', async () => {
  const run = await startParent({ N: {}, F: lambda() }, GIVES_UP);
  const head = await startChild();
  await timeOutTask(run, { type: 'NextFunctionTaken', claim: tasks[0]!.claim });

  await work(tasks[0]!, 2);
  expect([await statusOf(run.runId), await statusOf(head.runId)]).toEqual(['SUCCEEDED', 'ABORTED']);
});

test('promises the turn in which a start that failed is dropped: others may share it', async () => {
  const run = await startParent({ N: {}, F: lambda() }, GIVES_UP);
  onStarted = async () => {
    await timeOutTask(run);
    advances = [];
    return { code: 'InternalServerError', status: 500, message: '' };
  };
  await work(tasks[0]!, 1);
  expect((await runtime.runs.peek(run.runId))?.snapshot.outbox).toEqual([]);
  expect(advances).toContainEqual(expect.objectContaining({ type: 'advance' }));
});
