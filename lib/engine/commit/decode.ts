import { EVENT_SHAPES, EVENT_TYPES, type EventDetails, type HistoryEvent } from '../history-event';
import { Payload } from '../payload';
import {
  type EndedOutputs,
  type ExecutionFacts,
  type Frame,
  firstEventIdOf,
  type IterationsWait,
  type MapRun,
  type Redrive,
  type RunName,
  type Slot,
  type Waiting,
} from '../snapshot';
import type { Scope } from '../variables';
import type { Held } from './encode';
import type {
  CommitBody,
  StoredEvent,
  StoredFrame,
  StoredIterations,
  StoredMapRun,
  StoredOutputs,
  StoredPayload,
  StoredRun,
  StoredScope,
  StoredWaiting,
} from './layout';
import { sizeOf } from './sizes';
import { VariablesReader } from './variables';

/** A commit as the journal gives it back. */
export interface StoredCommit {
  slot: Slot;
  body: string;
}

/** Which earlier commits are needed to read this one's snapshot: from this slot on. Its own slot when none are. */
export const baseOf = (commit: StoredCommit): Slot => parse(commit).b ?? commit.slot;

/** The snapshot after the last of these commits, which start with one that holds all frames. */
export function decodeSnapshot(commits: readonly StoredCommit[]): Held {
  const frames = new Map<number, Frame>();
  const frameBytes = new Map<number, number>();
  let deltaBytes = 0;
  const far: FarPayloads = { readers: new Map(), others: new Map() };
  const read = commits.map((commit) => {
    const body = parse(commit);
    return { slot: commit.slot, body, payloads: new PayloadReader(commit.slot, body.p, far) };
  });
  const [first] = read;
  const last = read.at(-1);
  if (!first?.body.i || !last) throw new Error(`commit ${first?.slot} does not hold a snapshot`);
  let redrive: Redrive | undefined;
  const variables = new VariablesReader();
  for (const { body, payloads } of read) {
    if (body.g) redrive = decodeRedrive(body.g);
    deltaBytes += variables.read(body, (stored, bytes) => payloads.read(stored, bytes), body !== first.body);
    for (const id of body.r ?? []) {
      frames.delete(id);
      frameBytes.delete(id);
    }
    for (const stored of body.c) {
      const frame = decodeFrame(stored, payloads);
      const size = sizeOf(frame);
      frames.set(frame.id, frame);
      frameBytes.set(frame.id, size);
      if (body !== first.body) deltaBytes += size;
    }
  }
  const { body } = last;
  const { held } = variables;
  const [machineName, machineId, name, revision, roleArn, startMs, storedInput, storedParent] = first.body.i;
  const input = first.payloads.read(storedInput);
  const parent = storedParent && { taskEventId: storedParent[0], run: decodeRun(storedParent[1]) };
  return {
    snapshot: {
      execution: {
        machineName,
        machineId,
        name,
        revision,
        roleArn,
        startMs,
        input,
        ...(parent && { parent }),
        ...versionOf(first.body),
        ...(first.body.m !== undefined && { testCase: first.body.m }),
      },
      status: body.x?.[0] ?? 'RUNNING',
      nextEventId: body.n,
      eventlessCommits: body.s ?? 0,
      lastTimestampMs: body.t,
      frames,
      nextFrameId: body.f,
      alarm: body.a && { atMs: body.a[0], since: body.a[1] },
      outbox: (body.o ?? []).map(([taskEventId, since, child, claim, mapRun]) => ({
        taskEventId,
        since,
        child: child ? decodeRun(child) : undefined,
        ...(claim !== undefined && { claim }),
        ...(mapRun !== undefined && { mapRun }),
      })),
      end: body.x && decodeEnd(body.x, last.payloads),
      dormant: body.d?.map((stored) => decodeFrame(stored, last.payloads)),
      redrive,
      ...(held && { variables: held }),
    },
    frames,
    base: first.slot,
    frameBytes,
    snapshotBytes: [...frameBytes.values()].reduce((sum, size) => sum + size, held?.storedBytes ?? 0),
    deltaBytes,
    variables: held,
  };
}

const decodeRun = ([machineName, machineId, name, runId]: StoredRun): RunName => ({
  machineName,
  machineId,
  name,
  runId,
});

function versionOf({ v }: CommitBody): Pick<ExecutionFacts, 'stateMachineVersionArn' | 'stateMachineAliasArn'> {
  if (!v) return {};
  return { stateMachineVersionArn: v[0] ?? undefined, stateMachineAliasArn: v[1] ?? undefined };
}

/** The events of one commit. */
export function decodeEvents(commit: StoredCommit): HistoryEvent[] {
  const { e, p, t } = parse(commit);
  const payloads = new PayloadReader(commit.slot, p);
  const firstId = firstEventIdOf(commit.slot);
  return e.map((stored, index) => decodeEvent(stored, firstId + index, t, payloads));
}

/** The texts of a commit's payload table, by their indexes. */
export function payloadTexts(commit: StoredCommit): (index: number) => string {
  const { p } = parse(commit);
  return (index) => {
    const text = p[index];
    if (text === undefined) throw new Error(`commit ${commit.slot} has no payload ${index}`);
    return text;
  };
}

const parse = (commit: StoredCommit): CommitBody => JSON.parse(commit.body) as CommitBody;

/** Payloads of other commits: each is one object, so that it is read and parsed once, however many frames name it. */
interface FarPayloads {
  /** Of commits that are at hand. */
  readers: Map<Slot, PayloadReader>;
  others: Map<string, Payload>;
}

class PayloadReader {
  private readonly payloads: (Payload | undefined)[] = [];

  constructor(
    private readonly slot: Slot,
    private readonly texts: string[],
    private readonly far?: FarPayloads,
  ) {
    far?.readers.set(slot, this);
  }

  at(index: number): Payload {
    const text = this.texts[index];
    if (text === undefined) throw new Error(`commit ${this.slot} has no payload ${index}`);
    this.payloads[index] ??= Payload.ofText(text, [this.slot, index]);
    return this.payloads[index];
  }

  read(stored: StoredPayload, bytes?: number): Payload {
    if (typeof stored === 'number') return this.at(stored);
    if (typeof stored === 'string') return Payload.ofText(stored);
    const [slot, index] = stored;
    const near = this.far?.readers.get(slot);
    if (near) return near.at(index);
    const key = stored.join();
    let payload = this.far?.others.get(key);
    if (!payload) {
      payload = Payload.stored(stored, bytes);
      this.far?.others.set(key, payload);
    }
    return payload;
  }
}

function decodeEvent(stored: StoredEvent, id: number, timestampMs: number, payloads: PayloadReader): HistoryEvent {
  const [typeIndex, previousEventId, ...values] = stored;
  const type = EVENT_TYPES[typeIndex];
  if (!type) throw new Error(`unknown event type ${typeIndex}`);
  const { member, fields } = EVENT_SHAPES[type];
  let details: EventDetails | undefined;
  if (member) {
    details = {};
    for (let i = 0; i < values.length; i++) {
      const [name, kind] = fields[i]!;
      const value = values[i]!;
      if (Array.isArray(value)) details[name] = decodeScope(value, payloads);
      else if (value !== null)
        details[name] = kind === 'payload' || kind === 'bare' ? payloads.at(Number(value)) : value;
    }
  }
  return { id, previousEventId, timestampMs, type, details };
}

function decodeScope(stored: StoredScope, payloads: PayloadReader): Scope {
  const scope = new Map<string, Payload>();
  for (let at = 0; at < stored.length; at += 2) scope.set(String(stored[at]), payloads.at(Number(stored[at + 1])));
  return scope;
}

function decodeEnd(stored: NonNullable<CommitBody['x']>, payloads: PayloadReader) {
  const [, stopMs, output, error, cause] = stored;
  return {
    stopMs,
    output: output === null ? undefined : payloads.read(output),
    error: error ?? undefined,
    cause: cause ?? undefined,
  };
}

const decodeRedrive = ([count, atMs, ...granted]: NonNullable<CommitBody['g']>): Redrive => ({
  count,
  atMs,
  granted: granted.map(([clientToken, grantedMs]) => ({ clientToken, atMs: grantedMs })),
});

function decodeFrame(stored: StoredFrame, payloads: PayloadReader): Frame {
  const [id, parentId, index, stateName, enteredEventId, lastEventId, input, retries, waiting, enteredMs, itemAt] =
    stored;
  const frame: Frame = {
    id,
    parentId: parentId ?? undefined,
    index,
    stateName,
    enteredEventId,
    lastEventId,
    input: payloads.read(input),
    retries,
    waiting: decodeWaiting(waiting, payloads),
  };
  if (typeof enteredMs === 'number') frame.enteredMs = enteredMs;
  if (itemAt !== undefined) frame.itemAt = itemAt;
  return frame;
}

function decodeWaiting(stored: StoredWaiting, payloads: PayloadReader): Waiting {
  switch (stored[0]) {
    case 'entry':
      return { on: 'entry', since: stored[1] };
    case 'time':
    case 'retry':
      return { on: stored[0], untilMs: stored[1] };
    case 'branches':
      return { on: 'branches', remaining: stored[1], startedEventId: stored[2] };
    case 'siblings':
      return { on: 'siblings', output: payloads.read(stored[1]) };
    case 'iterations':
      return decodeIterations(stored.slice(1) as StoredIterations, payloads);
    case 'children': {
      const [, mapRun, ...iterations] = stored;
      return { ...decodeIterations(iterations, payloads), mapRun: decodeMapRun(mapRun) };
    }
    case 'outputs':
      return { on: 'outputs', outputs: decodeOutputs(stored.slice(1) as StoredOutputs[], payloads) };
    default: {
      const [
        kind,
        resource,
        eventId,
        input,
        scheduledMs,
        since,
        timeoutAtMs,
        heartbeatSeconds,
        heartbeatAtMs,
        ...taken
      ] = stored;
      const [claim, submitted] = taken;
      return {
        on: 'task',
        kind,
        resource,
        eventId,
        input: payloads.read(input),
        scheduledMs,
        since,
        timeoutAtMs: timeoutAtMs ?? undefined,
        heartbeatSeconds: heartbeatSeconds ?? undefined,
        heartbeatAtMs: heartbeatAtMs ?? undefined,
        claim: claim ?? undefined,
        ...(submitted === 0 && { isMocked: true }),
        ...(submitted && { submitted: { child: submitted === 1 ? undefined : decodeRun(submitted) } }),
      };
    }
  }
}

function decodeIterations(
  [
    startedEventId,
    items,
    length,
    concurrency,
    running,
    started,
    nextItemAt,
    freedBy,
    outputBytes,
    ...outputs
  ]: StoredIterations,
  payloads: PayloadReader,
): IterationsWait {
  return {
    on: 'iterations',
    startedEventId,
    items: payloads.read(items),
    length,
    concurrency,
    running,
    started,
    nextItemAt,
    freedBy,
    outputBytes,
    outputs: decodeOutputs(outputs, payloads),
  };
}

const decodeMapRun = ([name, toleratedCount, toleratedPercentage, failed, redrives]: StoredMapRun): MapRun => ({
  name,
  toleratedCount: toleratedCount ?? undefined,
  toleratedPercentage: toleratedPercentage ?? undefined,
  failed,
  redrives,
});

const decodeOutputs = (stored: readonly StoredOutputs[], payloads: PayloadReader): EndedOutputs[] =>
  stored.map(([index, output]) => ({ index: index ?? undefined, output: payloads.read(output) }));
