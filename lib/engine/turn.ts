import { serviceTaskOf } from '../asl/definition/integrations';
import type { Program, State } from '../asl/definition/program';
import { Effort } from '../asl/effort';
import type { HashAlgorithm } from '../asl/template/outside';
import type { EventDetails, HistoryEvent, HistoryEventType } from './history-event';
import type { Payload, PayloadRef } from './payload';
import {
  type Abandoned,
  type ExecutionEnd,
  type ExecutionFacts,
  type ExecutionStatus,
  type Frame,
  type Slot,
  type Snapshot,
  slotOf,
  type TaskWait,
} from './snapshot';

/** What a transition may know of the outside: plain arguments and two reads of facts. */
export interface World {
  nowMs: number;
  /** In [0, 1). */
  random(): number;
  /** The text of a stored payload; it never changes. */
  payload(ref: PayloadRef): string | Promise<string>;
  /** Asked before ActivityScheduled is written. */
  activityExists(activityArn: string): boolean | Promise<boolean>;
  executionArn(machineName: string, name: string): string;
  stateMachineArn(name: string): string;
  /** By which whoever does the task that this event schedules will answer. */
  taskToken(taskEventId: number): string;
  /** The digest of the text's UTF-8 bytes, in hexadecimal digits. */
  hash(algorithm: HashAlgorithm, text: string): string;
  /** Of this deployment: TaskScheduled shows it. */
  region: string;
  limits: EngineLimits;
}

export interface EngineLimits {
  /** Events a history may have; the last is ExecutionFailed. */
  historyEvents: number;
  /** UTF-8 bytes of any state output or task result. */
  payloadBytes: number;
}

/** A burst ends here, so that no execution starves others or outgrows a commit. */
const BURST_EVENTS = 500;
const BURST_BYTES = 250_000;
const BURST_STEPS = 600_000;
const JOINED_LIMITS_MAX = 4;

/** Thrown by `emit` when the history is full; the transition ends the execution then. */
export class HistoryFull extends Error {
  constructor(readonly previousEventId: number) {
    super('history is full');
  }
}

/** The working copy of one transition: reads the snapshot, collects what changes. */
export class Turn {
  readonly nowMs: number;
  /** The slot that the commit of this turn will take. */
  readonly slot: Slot;
  readonly events: HistoryEvent[] = [];
  readonly changed = new Map<number, Frame | undefined>();
  readonly effort = new Effort();
  /** Frames that can go on now. */
  readonly ready: Frame[] = [];
  /** Tasks that have come to their end in this turn. */
  readonly settled = new Set<number>();
  outbox: readonly Abandoned[];
  status: ExecutionStatus;
  end: ExecutionEnd | undefined;
  nextFrameId: number;
  private eventId: number;
  private bytes = 0;
  private stored: Map<number, Payload[]> | undefined;

  constructor(
    readonly program: Program,
    private readonly snapshot: Snapshot,
    readonly world: World,
  ) {
    this.nowMs = Math.max(world.nowMs, snapshot.lastTimestampMs);
    this.slot = slotOf(snapshot);
    this.status = snapshot.status;
    this.end = snapshot.end;
    this.nextFrameId = snapshot.nextFrameId;
    this.eventId = snapshot.nextEventId;
    this.outbox = snapshot.outbox;
  }

  get execution(): ExecutionFacts {
    return this.snapshot.execution;
  }

  get nextEventId(): number {
    return this.eventId;
  }

  get isRunning(): boolean {
    return this.status === 'RUNNING';
  }

  get isSpent(): boolean {
    return this.events.length >= BURST_EVENTS || this.bytes >= BURST_BYTES || this.effort.total >= BURST_STEPS;
  }

  /** Every frame as it stands now. */
  *frames(): Generator<Frame> {
    for (const [id, frame] of this.snapshot.frames) if (!this.changed.has(id)) yield frame;
    for (const frame of this.changed.values()) if (frame) yield frame;
  }

  frame(id: number): Frame | undefined {
    return this.changed.has(id) ? this.changed.get(id) : this.snapshot.frames.get(id);
  }

  /** The frame, to be written to: the snapshot's own stays as it is. */
  edit(id: number): Frame {
    const frame = this.frame(id);
    if (!frame) throw new Error(`no frame ${id}`);
    if (this.changed.has(id)) return frame;
    const copy = { ...frame };
    this.changed.set(id, copy);
    return copy;
  }

  add(frame: Omit<Frame, 'id'>): Frame {
    const added = { id: this.nextFrameId++, ...frame };
    this.changed.set(added.id, added);
    return added;
  }

  remove(id: number): void {
    const waiting = this.frame(id)?.waiting;
    if (waiting?.on === 'task') this.abandon(waiting);
    this.changed.set(id, undefined);
  }

  /** Nobody waits any more for the execution that the task started, or is starting: it is to be stopped. */
  abandon({ kind, resource, eventId, claim, submitted }: TaskWait): void {
    if (kind !== 'service' || claim === undefined || this.settled.has(eventId)) return;
    if (submitted ? !submitted.child : !isJob(resource)) return;
    this.outbox = [...this.outbox, { taskEventId: eventId, child: submitted?.child, since: this.slot }];
  }

  stateOf(frame: Frame): State {
    const state = this.program.states.get(frame.stateName);
    if (!state) throw new Error(`the definition has no state ${frame.stateName}`);
    return state;
  }

  /** Writes an event that follows the frame's last one. Answers its id. */
  emit(frame: Frame, type: HistoryEventType, details?: EventDetails): number {
    frame.lastEventId = this.emitAfter(frame.lastEventId, type, details);
    return frame.lastEventId;
  }

  /** Writes an event with that previousEventId. Answers its id. */
  emitAfter(previousEventId: number, type: HistoryEventType, details?: EventDetails): number {
    if (this.eventId >= this.world.limits.historyEvents && this.isRunning) throw new HistoryFull(previousEventId);
    const id = this.eventId++;
    this.events.push({ id, previousEventId, timestampMs: this.nowMs, type, details });
    return id;
  }

  /** Ends the execution. Nothing waits any more: tokens of its tasks die with its frames. */
  close(status: Exclude<ExecutionStatus, 'RUNNING'>, end: Omit<ExecutionEnd, 'stopMs'>, previousEventId: number): void {
    this.status = status;
    this.end = { stopMs: this.nowMs, ...end };
    const { output, error, cause } = this.end;
    if (status === 'SUCCEEDED') this.emitAfter(previousEventId, 'ExecutionSucceeded', { output });
    else this.emitAfter(previousEventId, CLOSING_EVENTS[status], { error, cause });
    for (const { id } of [...this.frames()]) this.remove(id);
    this.ready.length = 0;
  }

  /** Counts a payload that this turn made against the burst. */
  made(payload: Payload): Payload {
    this.bytes += payload.bytes;
    return payload;
  }

  /**
   * Brings in the stored payloads that the frame may need on its way: its input, the execution's if the definition
   * reads it, those of the states around it, and
   * the outputs of its siblings where it is the last to end. A promise only if something has to be read.
   */
  loadAround(frame: Frame): Promise<void> | undefined {
    let loading: Promise<void> | undefined;
    const { input } = this.execution;
    if (this.program.contextReads.executionInput && !input.isLoaded) loading = this.load([input], undefined);
    for (let at: Frame | undefined = frame; at; at = at.parentId === undefined ? undefined : this.frame(at.parentId)) {
      const outputs =
        at.waiting.on === 'branches' && at.waiting.remaining <= 1 ? this.storedOutputs.get(at.id) : undefined;
      if (at.input.isLoaded && !outputs) continue;
      const missing = [at.input, ...(outputs ?? [])].filter((payload) => !payload.isLoaded);
      if (missing.length > 0) loading = this.load(missing, loading);
    }
    return loading;
  }

  /** Outputs of branches that had ended before this turn, by the frame that waits for them. */
  private get storedOutputs(): ReadonlyMap<number, readonly Payload[]> {
    if (this.stored) return this.stored;
    this.stored = new Map();
    for (const { parentId, waiting } of this.snapshot.frames.values()) {
      if (parentId === undefined || waiting.on !== 'siblings' || waiting.output.isLoaded) continue;
      const outputs = this.stored.get(parentId);
      if (outputs) outputs.push(waiting.output);
      else this.stored.set(parentId, [waiting.output]);
    }
    return this.stored;
  }

  /** Up to what can be joined: of more, the rest stays away. */
  private async load(payloads: readonly Payload[], before: Promise<void> | undefined): Promise<void> {
    await before;
    let bytes = 0;
    for (const payload of payloads) {
      if (bytes > this.joinedBytesMax) return;
      if (!payload.isLoaded) payload.load(await this.world.payload(payload.ref!));
      bytes += payload.bytes;
    }
  }

  /** What branches may end with together; the limit itself holds for what the Parallel state makes of that. */
  get joinedBytesMax(): number {
    return JOINED_LIMITS_MAX * this.world.limits.payloadBytes;
  }
}

/** Whether what the resource starts is waited for. */
const isJob = (resource: string): boolean => serviceTaskOf(resource)?.pattern.startsWith('sync') ?? false;

const CLOSING_EVENTS = {
  FAILED: 'ExecutionFailed',
  ABORTED: 'ExecutionAborted',
  TIMED_OUT: 'ExecutionTimedOut',
} as const;
