import type { Ports } from '../ports';
import type { Head, StartedBy } from '../ports/executions';
import type { Machine } from '../ports/registry';
import type { RunRef } from '../ports/run-ref';
import type { Runs } from './runs';

/** A version, and the alias that led to it. */
export type VersionStart = Pick<Head, 'revision' | 'roleArn' | 'version' | 'alias'>;

export interface StartRequest {
  machine: Pick<Machine, 'name' | 'machineId' | 'revision' | 'roleArn'>;
  /** When the machine was asked for: it was there then. Undefined where nobody asked. */
  machineSeenMs: number | undefined;
  /** Of an execution of that name, of a machine of that name. */
  promised?: RunRef | undefined;
  /** Undefined for the machine as it is. */
  version?: VersionStart | undefined;
  name: string;
  input: string;
  traceHeader: string | undefined;
  startedBy?: StartedBy | undefined;
  testCase?: string | undefined;
}

export type StartResult =
  | { started: Head }
  /** The same execution was started before, by the same task or with the same input, and still runs: a repeat. */
  | { repeated: Head }
  /** The name is taken. */
  | { refused: Head };

/** Starts an execution: durable once this resolves. Names are used once per state machine within the retention. */
export async function startExecution(ports: Ports, runs: Runs, request: StartRequest): Promise<StartResult> {
  const { machine, machineSeenMs, promised, version, name, input, traceHeader, startedBy, testCase } = request;
  const head: Head = {
    machineName: machine.name,
    machineId: machine.machineId,
    name,
    runId: promised?.machineId === machine.machineId ? promised.runId : ports.ids.ulid(),
    status: 'RUNNING',
    startMs: ports.clock.nowMs(),
    stopMs: undefined,
    expireAtMs: undefined,
    revision: machine.revision,
    roleArn: machine.roleArn,
    input,
    traceHeader,
  };
  if (startedBy) head.startedBy = startedBy;
  if (testCase !== undefined) head.testCase = testCase;
  if (version) Object.assign(head, version);
  const result = await runs.begin(head, machineSeenMs);
  if (result === 'started') return { started: head };
  const { existing } = result;
  if (startedBy && isSameTask(existing.startedBy, startedBy)) return { repeated: existing };
  const found = existing.status === 'RUNNING' ? await runs.peek(existing.runId) : undefined;
  const isOpen = existing.status === 'RUNNING' && !found?.snapshot.end;
  return isOpen && existing.input === input ? { repeated: existing } : { refused: existing };
}

const isSameTask = (one: StartedBy | undefined, other: StartedBy): boolean =>
  one !== undefined && one.run.runId === other.run.runId && one.taskEventId === other.taskEventId;
