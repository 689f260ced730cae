import { type ExecutionStatus, slotOf } from '../../lib/engine/snapshot';
import { readEnd } from '../../lib/runtime/describe';
import { machine, pass } from '../engine/scenario';
import { openSharedStore, type SharedStore } from './shared-store';

/** Where whoever ended an execution has not come to close its head: it died, or another was asked first. */
const NOW_MS = Date.UTC(2026, 0, 1);
let shared: SharedStore;

beforeEach(async () => {
  shared = await openSharedStore(() => NOW_MS, { advance: { send: async () => {} } });
});
afterEach(() => shared.close());

const statusOf = async (machineId: string, name: string): Promise<ExecutionStatus | undefined> =>
  (await shared.store.executions.get(machineId, name, NOW_MS))?.status;

async function ended() {
  const { run } = await shared.start(machine({ A: pass() }));
  const { journal } = shared.runtime.ports;
  const { append } = journal;
  // As a store does that closes no heads with its commits.
  journal.append = async (of, { closed: _, ...commit }) => append(of, { ...commit, closed: undefined });
  await shared.runtime.runs.submit(run, [], { leaseUntilMs: NOW_MS + 60_000 });
  journal.append = append;
  const head = (await shared.store.executions.get(run.machineId, run.name, NOW_MS))!;
  expect(head.status).toBe('RUNNING');
  return head;
}

test('whoever is told that it ended finds it in the list of those', async () => {
  const head = await ended();
  const { status } = await readEnd(shared.runtime.runs, head, shared.runtime.discharge);
  expect(status).toBe('SUCCEEDED');
  expect(await statusOf(head.machineId, head.name)).toBe('SUCCEEDED');
});

test('a look from inside closes nothing', async () => {
  const head = await ended();
  expect((await readEnd(shared.runtime.runs, head)).status).toBe('SUCCEEDED');
  expect(await statusOf(head.machineId, head.name)).toBe('RUNNING');
});

test('a head that a redrive has opened again stays open', async () => {
  const head = await ended();
  const { snapshot } = (await shared.runtime.runs.peek(head.runId))!;
  await shared.runtime.discharge.closeHead(head, snapshot);
  await shared.store.executions.reopen(head, { count: 1, atMs: NOW_MS }, slotOf(snapshot));
  await readEnd(shared.runtime.runs, head, shared.runtime.discharge);
  expect(await statusOf(head.machineId, head.name)).toBe('RUNNING');
});

test('where the head cannot be closed, the client is told all the same', async () => {
  const head = await ended();
  shared.runtime.ports.executions.close = () => Promise.reject(new Error('no answer'));
  expect((await readEnd(shared.runtime.runs, head, shared.runtime.discharge)).status).toBe('SUCCEEDED');
});
