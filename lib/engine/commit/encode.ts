import { EVENT_SHAPES, EVENT_TYPES, type HistoryEvent } from '../history-event';
import { Payload } from '../payload';
import type {
  EndedOutputs,
  Frame,
  IterationsWait,
  MapRun,
  RunName,
  Slot,
  Snapshot,
  TaskWait,
  Waiting,
} from '../snapshot';
import type { Transition } from '../transition';
import type { Scope } from '../variables';
import {
  type CommitBody,
  INLINE_TEXT_MAX,
  type StoredEvent,
  type StoredFrame,
  type StoredIterations,
  type StoredMapRun,
  type StoredOutputs,
  type StoredPayload,
  type StoredRun,
  type StoredScope,
  type StoredWaiting,
  WHOLE_SNAPSHOT_MAX,
} from './layout';
import { sizeOf } from './sizes';
import { type HeldVariables, VariablesChange } from './variables';

/** How events of each type are stored: by which number, and the names of their details in order. */
const LAYOUTS = new Map(
  EVENT_TYPES.map((type, index) => [type, { index, names: EVENT_SHAPES[type].fields.map(([name]) => name) }]),
);

/** A snapshot with what is needed to write the next commit after it. */
export interface Held {
  snapshot: Snapshot;
  frames: Map<number, Frame>;
  /** The commit that holds all frames. */
  base: Slot;
  /** How large the frames are when written, each and together. */
  frameBytes: Map<number, number>;
  snapshotBytes: number;
  /** What was written in commits since `base`. */
  deltaBytes: number;
  variables: HeldVariables | undefined;
}

export const holdInitial = (snapshot: Snapshot): Held => ({
  snapshot,
  frames: new Map(snapshot.frames),
  base: 0,
  frameBytes: new Map(),
  snapshotBytes: 0,
  deltaBytes: 0,
  variables: undefined,
});

export interface EncodedCommit {
  body: string;
  base: Slot;
  /** What is held once the commit has been appended. It takes over the frames of the old one. */
  accept(): Held;
}

/** Writes a transition as the commit that follows what is held. */
export function encodeCommit(held: Held, transition: Transition): EncodedCommit {
  const table = new PayloadTable(transition.slot);
  const { next, changed } = transition;
  const body: CommitBody = {
    n: next.nextEventId,
    t: next.lastTimestampMs,
    f: next.nextFrameId,
    e: transition.events.map((event) => encodeEvent(event, table)),
    p: table.texts,
    c: [],
  };
  if (next.eventlessCommits > 0) body.s = next.eventlessCommits;
  if (next.alarm) body.a = [next.alarm.atMs, next.alarm.since];
  if (next.outbox.length > 0) {
    body.o = next.outbox.map(({ taskEventId, since, child, claim, mapRun }) => {
      if (child) return [taskEventId, since, encodeRun(child)];
      if (claim !== undefined && mapRun !== undefined) return [taskEventId, since, null, claim, mapRun];
      return claim === undefined ? [taskEventId, since] : [taskEventId, since, null, claim];
    });
  }
  if (next.end) {
    const { stopMs, output, error, cause } = next.end;
    body.x = [next.status, stopMs, output ? table.store(output) : null, error ?? null, cause ?? null];
  }
  if (next.dormant) body.d = next.dormant.map((frame) => encodeFrame(frame, table));
  const removed: number[] = [];
  const sizes = new Map<number, number>();
  let snapshotBytes = held.snapshotBytes;
  let written = 0;
  for (const [id, frame] of changed) {
    snapshotBytes -= held.frameBytes.get(id) ?? 0;
    if (!frame) {
      removed.push(id);
      continue;
    }
    const stored = encodeFrame(frame, table);
    const size = sizeOf(frame);
    body.c.push(stored);
    sizes.set(id, size);
    snapshotBytes += size;
    written += size;
  }
  const variables = VariablesChange.of(held.variables, transition);
  snapshotBytes += variables?.grown ?? 0;
  written += variables?.written ?? 0;
  const deltaBytes = held.deltaBytes + written;
  const isWhole = held.base === 0 || snapshotBytes <= WHOLE_SNAPSHOT_MAX || deltaBytes > snapshotBytes;
  if (isWhole) {
    const { machineName, machineId, name, revision, roleArn, startMs, input, parent } = next.execution;
    body.i = [machineName, machineId, name, revision, roleArn, startMs, table.store(input)];
    if (parent) body.i.push([parent.taskEventId, encodeRun(parent.run)]);
    const { stateMachineVersionArn, stateMachineAliasArn, testCase } = next.execution;
    if (testCase !== undefined) body.m = testCase;
    if (next.nextEventId === 1 && stateMachineVersionArn !== undefined) {
      body.v = [stateMachineVersionArn, stateMachineAliasArn ?? null];
    }
    for (const [id, frame] of held.frames) if (!changed.has(id)) body.c.push(encodeFrame(frame, table));
  } else {
    body.b = held.base;
    if (removed.length > 0) body.r = removed;
  }
  const assigned = variables?.write(isWhole, (value) => table.store(value));
  if (assigned && assigned.length > 0) body.w = assigned;
  const { redrive } = next;
  if (redrive && (isWhole || redrive !== held.snapshot.redrive)) {
    const granted = redrive.granted.map(({ clientToken, atMs }): [string, number] => [clientToken, atMs]);
    body.g = [redrive.count, redrive.atMs, ...granted];
  }
  const base = isWhole ? transition.slot : held.base;
  return {
    body: JSON.stringify(body),
    base,
    accept() {
      table.settle();
      const { frames, frameBytes } = held;
      for (const [id, frame] of changed) {
        if (frame) {
          frames.set(id, frame);
          frameBytes.set(id, sizes.get(id)!);
        } else {
          frames.delete(id);
          frameBytes.delete(id);
        }
      }
      const heldVariables = variables ? variables.accept() : undefined;
      return {
        snapshot: heldVariables ? { ...next, frames, variables: heldVariables } : { ...next, frames },
        frames,
        base,
        frameBytes,
        snapshotBytes,
        deltaBytes: isWhole ? 0 : deltaBytes,
        variables: heldVariables,
      };
    },
  };
}

/** The texts of one commit, each once. */
class PayloadTable {
  readonly texts: string[] = [];
  private readonly indexes = new Map<string, number>();
  private readonly entries = new Map<Payload, number>();

  constructor(private readonly slot: Slot) {}

  /** For events: they never point outside their commit. */
  index(payload: Payload): number {
    let index = this.entries.get(payload);
    if (index !== undefined) return index;
    index = this.indexes.get(payload.text);
    if (index === undefined) {
      index = this.texts.push(payload.text) - 1;
      this.indexes.set(payload.text, index);
    }
    this.entries.set(payload, index);
    return index;
  }

  /** For snapshots. */
  store(payload: Payload): StoredPayload {
    const index = this.entries.get(payload);
    if (index !== undefined) return index;
    if (payload.isLoaded && payload.text.length <= INLINE_TEXT_MAX) return payload.text;
    return payload.ref ? [payload.ref[0], payload.ref[1]] : this.index(payload);
  }

  /** The commit is stored: later ones may name its long texts. */
  settle(): void {
    for (const [payload, index] of this.entries) {
      if (payload.text.length > INLINE_TEXT_MAX) payload.ref ??= [this.slot, index];
    }
  }
}

function encodeEvent(event: HistoryEvent, table: PayloadTable): StoredEvent {
  const { index, names } = LAYOUTS.get(event.type)!;
  const stored: StoredEvent = [index, event.previousEventId];
  const { details } = event;
  if (!details) return stored;
  let missing = 0;
  for (const name of names) {
    const value = details[name];
    if (value === undefined) {
      missing++;
      continue;
    }
    for (; missing > 0; missing--) stored.push(null);
    stored.push(typeof value === 'object' ? encodePayloads(value, table) : value);
  }
  return stored;
}

function encodePayloads(payloads: Payload | Scope, table: PayloadTable): number | StoredScope {
  if (payloads instanceof Payload) return table.index(payloads);
  return [...payloads].flatMap(([name, payload]) => [name, table.index(payload)]);
}

function encodeFrame(frame: Frame, table: PayloadTable): StoredFrame {
  const stored: StoredFrame = [
    frame.id,
    frame.parentId ?? null,
    frame.index,
    frame.stateName,
    frame.enteredEventId,
    frame.lastEventId,
    table.store(frame.input),
    frame.retries,
    encodeWaiting(frame.waiting, table),
  ];
  const { enteredMs, itemAt } = frame;
  if (enteredMs !== undefined || itemAt !== undefined) stored.push(enteredMs ?? null);
  if (itemAt !== undefined) stored.push(itemAt);
  return stored;
}

function encodeWaiting(waiting: Waiting, table: PayloadTable): StoredWaiting {
  switch (waiting.on) {
    case 'entry':
      return ['entry', waiting.since];
    case 'time':
    case 'retry':
      return [waiting.on, waiting.untilMs];
    case 'branches':
      return ['branches', waiting.remaining, waiting.startedEventId];
    case 'siblings':
      return ['siblings', table.store(waiting.output)];
    case 'iterations': {
      const { mapRun } = waiting;
      const stored = encodeIterations(waiting, table);
      return mapRun ? ['children', encodeMapRun(mapRun), ...stored] : ['iterations', ...stored];
    }
    case 'outputs':
      return ['outputs', ...encodeOutputs(waiting.outputs, table)];
    case 'task': {
      const stored: Extract<StoredWaiting, [TaskWait['kind'], ...unknown[]]> = [
        waiting.kind,
        waiting.resource,
        waiting.eventId,
        table.store(waiting.input),
        waiting.scheduledMs,
        waiting.since,
        waiting.timeoutAtMs ?? null,
        waiting.heartbeatSeconds ?? null,
        waiting.heartbeatAtMs ?? null,
        waiting.claim ?? null,
      ];
      const { submitted } = waiting;
      if (submitted) stored.push(submitted.child ? encodeRun(submitted.child) : 1);
      else if (waiting.isMocked) stored.push(0);
      return stored;
    }
  }
}

const encodeIterations = (waiting: IterationsWait, table: PayloadTable): StoredIterations => [
  waiting.startedEventId,
  table.store(waiting.items),
  waiting.length,
  waiting.concurrency,
  waiting.running,
  waiting.started,
  waiting.nextItemAt,
  waiting.freedBy,
  waiting.outputBytes,
  ...encodeOutputs(waiting.outputs, table),
];
const encodeMapRun = ({ name, toleratedCount, toleratedPercentage, failed, redrives }: MapRun): StoredMapRun => [
  name,
  toleratedCount ?? null,
  toleratedPercentage ?? null,
  failed,
  redrives,
];
const encodeOutputs = (outputs: readonly EndedOutputs[], table: PayloadTable): StoredOutputs[] =>
  outputs.map(({ index, output }) => [index ?? null, table.store(output)]);
const encodeRun = ({ machineName, machineId, name, runId }: RunName): StoredRun => [
  machineName,
  machineId,
  name,
  runId,
];
