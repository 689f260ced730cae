import { slotAt } from '../../lib/engine/snapshot';
import { createIds } from '../../lib/host/system';
import type { ClosedHead, Head } from '../../lib/ports/executions';
import type { NewCommit } from '../../lib/ports/journal';
import type { Activity, Machine, MachineSettings, Publications } from '../../lib/ports/registry';
import type { RunRef } from '../../lib/ports/run-ref';

/** Records as the runtime writes them, under names that no other test has: a suite may share its store with others. */

const ids = createIds();

export const newId = (): string => ids.ulid();

export function newHead(change: Partial<Head> = {}): Head {
  return {
    machineName: 'orders',
    machineId: newId(),
    name: `order-${newId()}`,
    runId: newId(),
    status: 'RUNNING',
    startMs: Date.now(),
    stopMs: undefined,
    expireAtMs: undefined,
    revision: 1,
    roleArn: 'arn:aws:iam::123456789012:role/orders',
    input: '{}',
    traceHeader: undefined,
    ...change,
  };
}

export const runOf = ({ machineName, machineId, name, runId }: RunRef): RunRef => ({
  machineName,
  machineId,
  name,
  runId,
});

/** A run that no head belongs to: what a journal needs to know of one. */
export const newRun = (): RunRef => runOf(newHead());

/** A commit of the events `from` to `to`; of none for a `to` below `from`. */
export function newCommit(from: number, to: number, change: Partial<NewCommit> = {}): NewCommit {
  return {
    slot: slotAt(from, 0),
    body: JSON.stringify({ from, to }),
    attempt: newId(),
    nextEventId: to + 1,
    attentionAtMs: undefined,
    closed: undefined,
    ...change,
  };
}

/** An event-less commit: `count` others stand before it at that event id. */
export const newEventlessCommit = (eventId: number, count: number, change: Partial<NewCommit> = {}): NewCommit =>
  newCommit(eventId, eventId - 1, {
    slot: slotAt(eventId, count),
    body: JSON.stringify({ eventId, count }),
    ...change,
  });

/** Where a head is closed as of, where that does not matter. */
export const AS_OF = slotAt(100, 0);

export const succeededAt = (stopMs: number): ClosedHead => ({
  status: 'SUCCEEDED',
  stopMs,
  expireAtMs: stopMs + 1_000_000,
});

export function newMachine(change: Partial<Machine> = {}): Machine {
  return {
    name: `machine-${newId()}`,
    machineId: newId(),
    status: 'ACTIVE',
    revision: 1,
    type: 'STANDARD',
    roleArn: 'arn:aws:iam::123456789012:role/orders',
    creationMs: Date.now(),
    tags: [{ key: 'team', value: 'orders' }],
    loggingConfiguration: { level: 'OFF', includeExecutionData: false },
    tracingConfiguration: { enabled: false },
    encryptionConfiguration: undefined,
    publishedVersion: undefined,
    versionDescription: undefined,
    ...change,
  };
}

/** What an update makes of a machine. */
export const newSettings = (machine: Machine, change: Partial<MachineSettings> = {}): MachineSettings => ({
  revision: machine.revision + 1,
  revisionId: newId(),
  updateMs: Date.now(),
  roleArn: machine.roleArn,
  loggingConfiguration: machine.loggingConfiguration,
  tracingConfiguration: machine.tracingConfiguration,
  encryptionConfiguration: machine.encryptionConfiguration,
  ...change,
});

export const newPublications = (edition: number, change: Partial<Publications> = {}): Publications => ({
  edition,
  attempt: newId(),
  lastVersion: 1,
  versions: [{ version: 1, revision: 1, creationMs: Date.now() }],
  aliases: [],
  ...change,
});

export function newActivity(change: Partial<Activity> = {}): Activity {
  return {
    name: `activity-${newId()}`,
    generation: newId(),
    creationMs: Date.now(),
    tags: [],
    encryptionConfiguration: undefined,
    ...change,
  };
}
