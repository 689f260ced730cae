import { createStore, type Store } from '../../lib/adapters/embedded/store';
import { Writer } from '../../lib/adapters/embedded/writer';
import { createOwnApi } from '../../lib/api/own-api';
import { createIds } from '../../lib/host/system';
import type { Ports } from '../../lib/ports';
import type { Machine } from '../../lib/ports/registry';
import type { RunRef } from '../../lib/ports/run-ref';
import { createRuntime, type Runtime } from '../../lib/runtime';
import { Arns } from '../../lib/runtime/arns';
import { DEFAULT_LIMITS } from '../../lib/runtime/limits';
import { startExecution } from '../../lib/runtime/start';
import { newId, newMachine } from '../contract/samples';

/** Long enough for every clock of these tests. */
const RETENTION_MS = 90 * 86_400_000;

interface Started {
  run: RunRef;
  startMs: number;
  machine: Machine;
}

export interface SharedStore {
  store: Store;
  runtime: Runtime;
  /** Starts an execution of that definition; its first turn is not taken yet. */
  start(definition: string, input?: string): Promise<Started>;
  /** Starts another execution of that machine. */
  startOf(machine: Machine, input?: string): Promise<Started>;
  /** The runtime of another process on the same store. */
  another(): Promise<Runtime>;
  close(): Promise<void>;
}

/** The runtime of one of many processes: a store that is not its own alone. `given`: the ports that the test watches. */
export async function openSharedStore(
  nowMs: () => number,
  given: Partial<Ports>,
  pollHoldMs = 1_000,
): Promise<SharedStore> {
  const writer = await Writer.open(':memory:');
  const store = await createStore(writer);
  const ports = {
    ...store,
    journal: { ...store.journal, isExclusive: false },
    executions: { ...store.executions, takesFirstCommit: false },
    ownApi: createOwnApi(() => runtime),
    clock: { nowMs, sleep: async () => {}, placeInLine: () => async () => {}, every: () => () => {} },
    ids: createIds(),
    ...given,
  } as Ports;
  const another = () =>
    createRuntime(ports, {
      arns: new Arns('us-east-1', '123456789012'),
      limits: DEFAULT_LIMITS,
      retentionMs: RETENTION_MS,
      pollHoldMs,
      checkDefinition: () => '',
      diagnose: () => [],
      deletionPauseMs: 1,
    });
  const runtime: Runtime = await another();
  const startOf: SharedStore['startOf'] = async (machine, input = '{}') => {
    const machineSeenMs = runtime.ports.clock.nowMs();
    const request = { machine, machineSeenMs, name: newId(), input, traceHeader: undefined };
    const result = await startExecution(runtime.ports, runtime.runs, request);
    if (!('started' in result)) throw new Error('it was not started');
    const { machineName, machineId, name, runId, startMs } = result.started;
    return { run: { machineName, machineId, name, runId }, startMs, machine };
  };
  return {
    store,
    runtime,
    async start(definition, input) {
      const machine = newMachine();
      await store.registry.createMachine(machine, definition);
      return startOf(machine, input);
    },
    startOf,
    another,
    close: () => writer.close(),
  };
}
