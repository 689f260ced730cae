import { createStore, type Store } from '../../lib/adapters/embedded/store';
import { Writer } from '../../lib/adapters/embedded/writer';
import { createOwnApi } from '../../lib/api/own-api';
import { createIds } from '../../lib/host/system';
import type { Ports } from '../../lib/ports';
import type { Head } from '../../lib/ports/executions';
import type { OwnApi } from '../../lib/ports/own-api';
import type { TaskMessage } from '../../lib/ports/queue';
import { createRuntime, type Runtime } from '../../lib/runtime';
import { Arns } from '../../lib/runtime/arns';
import { DEFAULT_LIMITS } from '../../lib/runtime/limits';
import { startExecution } from '../../lib/runtime/start';
import { newMachine } from '../contract/samples';
import { lambda, machine, wait } from '../engine/scenario';

/** Nested executions whose starter dies: what its message does when it comes again. */
const NOW_MS = Date.UTC(2026, 0, 1);
const COVER = { leaseUntilMs: NOW_MS + 120_000 };

let writer: Writer;
let store: Store;
let runtime: Runtime;
let tasks: TaskMessage[];
/** Of each nested start, by a worker that dies before it is answered. */
let onStarted: (head: Head) => void;

beforeEach(async () => {
  writer = await Writer.open(':memory:');
  store = await createStore(writer);
  tasks = [];
  const api = createOwnApi(() => runtime);
  const ownApi: OwnApi = {
    call: (...given) => api.call(...given),
    start: async (...given) => {
      const started = await api.start(...given);
      if ('head' in started) onStarted(started.head);
      return new Promise(() => {});
    },
  };
  const ports = {
    ...store,
    journal: { ...store.journal, isExclusive: false },
    executions: { ...store.executions, takesFirstCommit: false },
    advance: { send: async () => {} },
    tasks: { send: async (message) => void tasks.push(message) },
    functions: { invoke: async () => ({ payload: '{}' }) },
    ownApi,
    clock: { nowMs: () => NOW_MS, sleep: async () => {}, every: () => () => {} },
    ids: createIds(),
  } as Partial<Ports> as Ports;
  runtime = await createRuntime(ports, {
    arns: new Arns('us-east-1', '123456789012'),
    limits: DEFAULT_LIMITS,
    retentionMs: 90 * 86_400_000,
    pollHoldMs: 1_000,
    checkDefinition: () => '',
    diagnose: () => [],
    deletionPauseMs: 1,
  });
});

afterEach(() => writer.close());

const work = (message: TaskMessage, receiveCount: number) =>
  runtime.tasks.handle({ ...COVER, message, receiveCount, extend: async () => {} });

test('stops what a task began that followed on the one that the message names, and was given up', async () => {
  const [parent, child] = [newMachine(), newMachine()];
  await store.registry.createMachine(child, machine({ Sleep: wait({ Seconds: 3_600 }) }));
  const StateMachineArn = runtime.settings.arns.machine(child.name);
  const nested = { Type: 'Task', Resource: 'arn:aws:states:::states:startExecution.sync', End: true };
  const definition = machine({ F: lambda({ Next: 'N' }), N: { ...nested, Parameters: { StateMachineArn } } });
  await store.registry.createMachine(parent, definition);
  const started = await startExecution(runtime.ports, runtime.runs, {
    machine: parent,
    name: 'parent',
    input: '{}',
    traceHeader: undefined,
  });
  if (!('started' in started)) throw new Error('not started');
  const run = started.started;
  await runtime.advance.handle({
    ...COVER,
    message: { type: 'advance', run, from: 1_000_000 },
    receiveCount: 1,
    extend: async () => {},
  });
  expect(tasks).toHaveLength(1);

  const head = await new Promise<Head>((resolve) => {
    onStarted = resolve;
    void work(tasks[0]!, 1);
  });
  // Its first turn finds that somebody waits; then nobody does.
  await runtime.runs.submit(head, [], COVER);
  await runtime.runs.submit(run, [{ type: 'StopRequested', error: undefined, cause: undefined }], 'promise');
  expect((await runtime.runs.peek(head.runId))?.snapshot.status).toBe('RUNNING');

  await work(tasks[0]!, 2);
  expect((await runtime.runs.peek(head.runId))?.snapshot.status).toBe('ABORTED');
});
