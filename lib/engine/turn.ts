import { serviceTaskOf } from '../asl/definition/integrations';
import type { Program, State } from '../asl/definition/program';
import { Effort } from '../asl/effort';
import type { HashAlgorithm } from '../asl/template/outside';
import type { MapItem } from './context';
import type { EventDetails, HistoryEvent, HistoryEventType } from './history-event';
import type { Payload, PayloadRef } from './payload';
import { Reading } from './reading';
import {
  type Abandoned,
  asleep,
  type ExecutionEnd,
  type ExecutionFacts,
  type ExecutionStatus,
  type Frame,
  type IterationsWait,
  isNearlyDone,
  type Redrive,
  type Slot,
  type Snapshot,
  slotOf,
  type TaskWait,
  type Waiting,
} from './snapshot';
import { TurnVariables } from './variables';

/** What a transition may know of the outside: plain arguments and two reads of facts. */
export interface World {
  nowMs: number;
  /** In [0, 1). */
  random(): number;
  /** The text of a stored payload; it never changes. */
  payload(ref: PayloadRef): string | Promise<string>;
  /** Resolves when others have had their turn: awaited between pieces of long work. */
  giveWay(): Promise<void>;
  /** Asked before ActivityScheduled is written. */
  activityExists(activityArn: string): boolean | Promise<boolean>;
  /** Whether a test answers the tasks of the state, in place of whoever would. */
  isMocked(stateName: string): boolean;
  executionArn(machineName: string, name: string): string;
  stateMachineArn(name: string): string;
  /** `name`: its label and its id, `label:uuid`. */
  mapRunArn(machineName: string, name: string): string;
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
/** A burst pauses after so many, printing what it made and making frames included. */
const REST_STEPS = 200_000;
const STEPS_PER_BYTE = 2;
const STEPS_PER_FRAME = 50;
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
  /** Ids of the frames that can go on now and have not had their turn, each once, in the order of their turns. */
  readonly ready = new Set<number>();
  /** Items of iterations that were looked into, by frame. */
  readonly items = new Map<number, MapItem>();
  /** Of frames that entered a state in JSONata in this turn: the event before. */
  readonly enteredAfter = new Map<number, number>();
  /** Tasks that have come to their end in this turn. */
  readonly settled = new Set<number>();
  readonly reading: Reading;
  readonly variables: TurnVariables;
  outbox: readonly Abandoned[];
  status: ExecutionStatus;
  end: ExecutionEnd | undefined;
  dormant: readonly Frame[] | undefined;
  redrive: Redrive | undefined;
  nextFrameId: number;
  private eventId: number;
  private bytes = 0;
  private restedAt: number | undefined;
  private stored: Map<number, Payload[]> | undefined;
  private families: Map<number, Set<number>> | undefined;
  /** Frames that this turn has brought back: earlier commits know of them, and of their variables. */
  private readonly revived = new Set<number>();

  constructor(
    readonly program: Program,
    private readonly snapshot: Snapshot,
    readonly world: World,
  ) {
    this.nowMs = Math.max(world.nowMs, snapshot.lastTimestampMs);
    this.slot = slotOf(snapshot);
    this.reading = new Reading(world.giveWay);
    const { payloadBytes } = world.limits;
    this.variables = new TurnVariables(snapshot.variables, (id) => this.frame(id), payloadBytes, this.effort);
    this.status = snapshot.status;
    this.end = snapshot.end;
    this.dormant = snapshot.dormant;
    this.redrive = snapshot.redrive;
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

  /**
   * Before the turn of `next`, and before all is written: a promise where it is time that others have theirs. A store
   * answers many executions in one round of the loop: each that begins with a long document waits for a round of its own.
   */
  rest(next?: Frame): Promise<void> | undefined {
    const frames = this.nextFrameId - this.snapshot.nextFrameId;
    const steps = this.effort.total + this.bytes * STEPS_PER_BYTE + frames * STEPS_PER_FRAME;
    const isLongStart = this.restedAt === undefined && next?.input.isLarge;
    if (!isLongStart && steps - (this.restedAt ?? 0) < REST_STEPS) return undefined;
    this.restedAt = steps;
    return this.world.giveWay();
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
    return this.changed.get(id) ?? (this.changed.has(id) ? undefined : this.snapshot.frames.get(id));
  }

  /** Frames from which effects may follow: those that changed, and those that were ready when the burst ended. */
  *concerned(): Generator<Frame | undefined> {
    yield* this.changed.values();
    for (const id of this.ready) if (!this.changed.has(id)) yield this.frame(id);
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
    if (this.families) enrol(this.families, added);
    return added;
  }

  remove(id: number): void {
    const waiting = this.frame(id)?.waiting;
    if (waiting?.on === 'task') this.abandon(waiting);
    const parentId = this.frame(id)?.parentId;
    if (parentId !== undefined) this.families?.get(parentId)?.delete(id);
    this.variables.leave(id);
    // Nobody knows of one that came and went in this turn.
    if (this.snapshot.frames.has(id) || this.revived.has(id)) this.changed.set(id, undefined);
    else this.changed.delete(id);
  }

  /** The frames of a frame's branches or iterations, in their order. */
  childrenOf(id: number): Frame[] {
    if (!this.families) {
      this.families = new Map();
      for (const frame of this.frames()) enrol(this.families, frame);
    }
    const ids = this.families.get(id);
    if (!ids) return [];
    return Array.from(ids, (child) => this.frame(child)!).sort((a, b) => a.index - b.index || a.id - b.id);
  }

  /** Nobody waits any more for the execution that the task started, or is starting: it is to be stopped. */
  abandon({ kind, resource, eventId, claim, submitted }: TaskWait): void {
    if (claim === undefined || this.settled.has(eventId)) return;
    if (submitted ? !submitted.child : !isJob(kind, resource)) return;
    const own = kind === 'child' ? { mapRun: resource } : {};
    const whose = submitted ? { child: submitted.child } : { child: undefined, claim, ...own };
    this.outbox = [...this.outbox, { taskEventId: eventId, ...whose, since: this.slot }];
  }

  stateOf(frame: Frame): State {
    const state = this.program.states.get(frame.stateName);
    if (!state) throw new Error(`the definition has no state ${frame.stateName}`);
    return state;
  }

  typeOf(frame: Frame): State['type'] {
    return this.program.states.typeOf(frame.stateName)!;
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

  /**
   * Ends the execution. Nothing waits any more: tokens of its tasks die with its frames. Where it stood is kept for a
   * redrive, with the frames that have fallen on the way here.
   */
  close(
    status: Exclude<ExecutionStatus, 'RUNNING'>,
    end: Omit<ExecutionEnd, 'stopMs'>,
    previousEventId: number,
    fallen: readonly Frame[] = [],
  ): void {
    this.status = status;
    this.end = { stopMs: this.nowMs, ...end };
    const { output, error, cause } = this.end;
    if (status === 'SUCCEEDED') this.emitAfter(previousEventId, 'ExecutionSucceeded', { output });
    else this.emitAfter(previousEventId, CLOSING_EVENTS[status], { error, cause });
    const frames = [...this.frames()].sort((a, b) => a.id - b.id);
    for (const { id } of frames) this.remove(id);
    this.ready.clear();
    this.dormant = undefined;
    if (status !== 'SUCCEEDED') this.dormant = [...frames, ...fallen].sort((a, b) => a.id - b.id).map(asleep);
  }

  /** Runs it on where it stood when it ended. */
  reopen(redrive: Redrive, frames: readonly Frame[]): void {
    this.status = 'RUNNING';
    this.end = undefined;
    this.dormant = undefined;
    this.redrive = redrive;
    this.families = undefined;
    for (const frame of frames) {
      this.changed.set(frame.id, frame);
      this.revived.add(frame.id);
    }
  }

  /** Counts a payload that this turn made against the burst. */
  made(payload: Payload): Payload {
    this.bytes += payload.bytes;
    return payload;
  }

  /**
   * Brings in what the frame may need on its way: its state and those around it, compiled; and the stored payloads: its
   * input, the execution's if the definition reads it, those of the states around it, variables that these states read, the
   * items of a Map state around it, and the outputs of its siblings where it is the last to end. A promise only if there is something to wait for.
   */
  loadAround(frame: Frame): Promise<void> | undefined {
    let loading: Promise<void> | undefined;
    const { input } = this.execution;
    if (this.program.contextReads.executionInput && !input.isLoaded) loading = this.load([input], [], undefined);
    for (let at: Frame | undefined = frame; at; at = at.parentId === undefined ? undefined : this.frame(at.parentId)) {
      const items = this.needsItems(at.waiting) ? at.waiting.items : undefined;
      const outputs = isNearlyDone(at) ? this.storedOutputs.get(at.id) : undefined;
      if (!at.input.isLoaded || items?.isLoaded === false || outputs?.some(({ isLoaded }) => !isLoaded)) {
        loading = this.load(items ? [at.input, items] : [at.input], outputs ?? [], loading);
      }
      const isPrepared = this.program.states.prepare(at.stateName);
      if (!isPrepared) loading = this.prepare(at.stateName, loading);
      if (this.variables.isEmpty) continue;
      // Another iteration may look into them at any time.
      const isRead = this.needsItems(at.waiting);
      const isMissing = ({ isLoaded, isLong }: Payload) => !isLoaded || (isRead && isLong);
      if (!isPrepared || this.variablesOf(at).some(isMissing)) loading = this.loadVariables(at, isRead, loading);
    }
    return loading;
  }

  /** What the variables hold that the frame's state reads. */
  variablesOf(frame: Frame): Payload[] {
    const names = this.variables.isEmpty ? undefined : this.stateOf(frame).variables;
    return names ? this.variables.heldBy(frame, names) : [];
  }

  private async loadVariables(frame: Frame, isRead: boolean, before: Promise<void> | undefined): Promise<void> {
    await before;
    // Those of one commit in a row.
    const payloads = this.variablesOf(frame).sort((one, other) => (one.ref?.[0] ?? 0) - (other.ref?.[0] ?? 0));
    for (const payload of payloads) {
      await this.read(payload);
      if (isRead) await this.reading.first([payload]);
    }
  }

  /** Whether another iteration may be started, or one that was looks at its item. */
  private needsItems(waiting: Waiting): waiting is IterationsWait {
    return waiting.on === 'iterations' && (waiting.started < waiting.length || this.program.contextReads.mapItem);
  }

  /** Outputs of branches and iterations that had ended before this turn, by the frame that waits for them. */
  private get storedOutputs(): ReadonlyMap<number, readonly Payload[]> {
    if (this.stored) return this.stored;
    const stored = new Map<number, Payload[]>();
    const add = (id: number, output: Payload) => {
      if (output.isLoaded) return;
      const outputs = stored.get(id);
      if (outputs) outputs.push(output);
      else stored.set(id, [output]);
    };
    for (const { id, parentId, waiting } of this.snapshot.frames.values()) {
      if (waiting.on === 'siblings') add(parentId!, waiting.output);
      else if (waiting.on === 'outputs') for (const { output } of waiting.outputs) add(parentId!, output);
      else if (waiting.on === 'iterations') for (const { output } of waiting.outputs) add(id, output);
    }
    this.stored = stored;
    return stored;
  }

  private async prepare(stateName: string, before: Promise<void> | undefined): Promise<void> {
    await before;
    do await this.world.giveWay();
    while (!this.program.states.prepare(stateName));
  }

  /** Outputs up to what can be joined: of more, the rest stays away. */
  private async load(
    inputs: readonly Payload[],
    outputs: readonly Payload[],
    before: Promise<void> | undefined,
  ): Promise<void> {
    await before;
    for (const payload of inputs) await this.read(payload);
    let bytes = 0;
    for (const payload of outputs) {
      if (bytes > this.joinedBytesMax) return;
      await this.read(payload);
      bytes += payload.bytes;
    }
  }

  private async read(payload: Payload): Promise<void> {
    if (!payload.isLoaded) payload.load(await this.world.payload(payload.ref!));
  }

  /** What branches and iterations may end with together; the limit itself holds for what their state makes of that. */
  get joinedBytesMax(): number {
    return JOINED_LIMITS_MAX * this.world.limits.payloadBytes;
  }
}

/** Whether what the resource starts is waited for. */
const isJob = (kind: TaskWait['kind'], resource: string): boolean =>
  kind === 'child' || (kind === 'service' && serviceTaskOf(resource)?.pattern.startsWith('sync') === true);

const CLOSING_EVENTS = {
  FAILED: 'ExecutionFailed',
  ABORTED: 'ExecutionAborted',
  TIMED_OUT: 'ExecutionTimedOut',
} as const;

function enrol(families: Map<number, Set<number>>, { id, parentId }: Frame): void {
  if (parentId === undefined) return;
  const family = families.get(parentId);
  if (family) family.add(id);
  else families.set(parentId, new Set([id]));
}
