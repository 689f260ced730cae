import type { TaskKind } from '../asl/definition/program';
import type { Payload } from './payload';
import type { Variables } from './variables';

/**
 * Where an execution stands, as data. Two snapshots of the same execution are told apart by their slot alone.
 *
 * A frame is a live position: one for the root, one more for each branch of a Parallel state and for each iteration of
 * a Map state that is under way. Iterations that were not started yet are a counter, those that have ended outputs.
 */
export interface Snapshot {
  execution: ExecutionFacts;
  status: ExecutionStatus;
  /** The id that the next history event gets. */
  nextEventId: number;
  /** How many event-less commits stand at that id. */
  eventlessCommits: number;
  /** Timestamps in a history never go below this. */
  lastTimestampMs: number;
  frames: ReadonlyMap<number, Frame>;
  nextFrameId: number;
  /** The wake-up that is under way. */
  alarm: Alarm | undefined;
  /** Executions that it started and waits for no longer: they are to be stopped. */
  outbox: readonly Abandoned[];
  /** How it ended; undefined while RUNNING. */
  end: ExecutionEnd | undefined;
  /** Where it stood when it ended otherwise than well: that is where a redrive goes on. */
  dormant?: readonly Frame[] | undefined;
  /** Undefined for one that was never redriven. */
  redrive?: Redrive | undefined;
  /** Undefined where none hold anything. Those of dormant frames are among them. */
  variables?: Variables | undefined;
}

export interface Redrive {
  count: number;
  /** The last time. */
  atMs: number;
  /** Requests that were granted lately: they get the same answer again. */
  granted: readonly { clientToken: string; atMs: number }[];
}

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** What never changes after the start. */
export interface ExecutionFacts {
  machineName: string;
  machineId: string;
  name: string;
  /** Which revision of the state machine it runs. */
  revision: number;
  roleArn: string;
  startMs: number;
  /** The text given to StartExecution, white space included. */
  input: Payload;
  /** What it was started by. Only known until its first event says so. */
  stateMachineVersionArn?: string | undefined;
  stateMachineAliasArn?: string | undefined;
  /** The task that started it and waits for its end. */
  parent?: ParentTask | undefined;
  /** Whose answers some of its tasks get. */
  testCase?: string | undefined;
}

/** Names one execution and the log of its run, as the ports do. */
export interface RunName {
  machineName: string;
  machineId: string;
  name: string;
  runId: string;
}

export interface ParentTask {
  run: RunName;
  taskEventId: number;
}

export interface Abandoned {
  /** The task that started it. */
  taskEventId: number;
  /** Undefined where the start was still under way: whoever makes it learns then that nobody waits. */
  child: RunName | undefined;
  since: Slot;
  /** Of a start that was under way: the message that its worker holds. Commits of older versions do not tell. */
  claim?: string | undefined;
  /** Of a child of a distributed Map: its map run. */
  mapRun?: string | undefined;
}

export interface ExecutionEnd {
  stopMs: number;
  output?: Payload | undefined;
  error?: string | undefined;
  cause?: string | undefined;
}

/**
 * A position in the journal of a run: first event id of a commit, and how many event-less commits stand before it at
 * that id. Ordered as the commits are.
 */
export type Slot = number;

const EVENTLESS_MAX = 1_000_000;

export const slotOf = (snapshot: Pick<Snapshot, 'nextEventId' | 'eventlessCommits'>): Slot =>
  slotAt(snapshot.nextEventId, snapshot.eventlessCommits);
export const slotAt = (eventId: number, eventlessCommits: number): Slot => eventId * EVENTLESS_MAX + eventlessCommits;
/** Where every journal begins. */
export const FIRST_SLOT: Slot = slotAt(1, 0);
export const firstEventIdOf = (slot: Slot): number => Math.floor(slot / EVENTLESS_MAX);

export interface Alarm {
  atMs: number;
  /** The commit that asked for it. */
  since: Slot;
}

export interface Frame {
  id: number;
  /** The frame of the Parallel (Map) state that this branch (iteration) belongs to; undefined for the root. */
  parentId: number | undefined;
  /** Which branch or iteration of the parent. */
  index: number;
  /** Of an iteration: where its item begins in the text of the parent's items, for definitions that read it. */
  itemAt?: number | undefined;
  stateName: string;
  /** The StateEntered event of the state; 0 before it is entered. */
  enteredEventId: number;
  /** When that was, for definitions that read it. */
  enteredMs?: number | undefined;
  /** What the next event of this thread of control names as its previous one. */
  lastEventId: number;
  /** The raw input of the state. */
  input: Payload;
  /** Attempts that each retrier of the state has used, in this visit. */
  retries: readonly number[];
  waiting: Waiting;
}

/** What a frame waits for. Every outstanding effect but the alarm follows from this. */
export type Waiting =
  /** To enter its state: it goes on in the next turn. */
  | { on: 'entry'; since: Slot }
  | TaskWait
  /** A Wait state, until then. */
  | { on: 'time'; untilMs: number }
  /** To do its work again. */
  | { on: 'retry'; untilMs: number }
  /** Its branches. */
  | { on: 'branches'; remaining: number; startedEventId: number }
  | IterationsWait
  /** Nothing: it keeps outputs for the Map state that it belongs to, whose own frame is rewritten at every step. */
  | { on: 'outputs'; outputs: readonly EndedOutputs[] }
  /** A branch that has ended, for its siblings. */
  | { on: 'siblings'; output: Payload };

/** A Map state, for its iterations. */
export interface IterationsWait {
  on: 'iterations';
  startedEventId: number;
  /** The array that it goes through. */
  items: Payload;
  length: number;
  /** How many may be under way at once, and how many are. */
  concurrency: number;
  running: number;
  /** How many were started, and where the item of the next one begins in the text of `items`. */
  started: number;
  nextItemAt: number;
  /** The last event of the iteration that ended last: the next one that is started follows on it. */
  freedBy: number;
  /** What ended iterations have put out, as far as it does not stand in frames of its own. */
  outputs: readonly EndedOutputs[];
  /** How large all outputs are. Once they are too large to be joined, they are not kept. */
  outputBytes: number;
  /** Of a distributed Map: its iterations are executions, and wait for these. */
  mapRun?: MapRun | undefined;
}

export interface MapRun {
  /** The end of its ARN: the label of its state, and what tells it from other runs of it: `label:uuid`. */
  name: string;
  /** So many items may fail, and so many of a hundred. Undefined: as many as like. */
  toleratedCount: number | undefined;
  toleratedPercentage: number | undefined;
  failed: number;
  redrives: number;
}

/** The output of one iteration; or, without `index`, those of several: `[index,output,index,output]`. */
export interface EndedOutputs {
  index: number | undefined;
  output: Payload;
}

export type TaskWait = StateTask | ChildTask;

/** The work of a Task state. */
export interface StateTask extends AnyTask {
  kind: TaskKind;
}

/** An iteration of a distributed Map: it starts an execution, and waits for its end. `resource` is the name of its map run. */
export interface ChildTask extends AnyTask {
  kind: 'child';
}

interface AnyTask {
  on: 'task';
  resource: string;
  /** The Scheduled event; it names the task. No event tells of a child: it has a negative number of its own. */
  eventId: number;
  /** The effective input. */
  input: Payload;
  scheduledMs: number;
  since: Slot;
  timeoutAtMs: number | undefined;
  heartbeatSeconds: number | undefined;
  /** Set once the task is started. */
  heartbeatAtMs: number | undefined;
  /** Which message (offer) made it start: no other may. Undefined until a worker has it. */
  claim: string | undefined;
  /**
   * Set once the service has answered, for a task that goes on waiting: for its token, or for the end of the execution
   * that it started.
   */
  submitted?: { child: RunName | undefined } | undefined;
  /** A test answers it: it is run like a function, whatever it is. */
  isMocked?: boolean;
}

/** How often the state was tried again in this visit: `$$.State.RetryCount`. */
export const retryCountOf = ({ retries }: Pick<Frame, 'retries'>): number =>
  retries.reduce((sum, attempts) => sum + attempts, 0);

/** The frame's earliest deadline, if it has one. */
export function deadlineOf(frame: Frame): number | undefined {
  const { waiting } = frame;
  switch (waiting.on) {
    case 'time':
    case 'retry':
      return waiting.untilMs;
    case 'task': {
      const { timeoutAtMs, heartbeatAtMs } = waiting;
      if (timeoutAtMs === undefined) return heartbeatAtMs;
      return heartbeatAtMs === undefined ? timeoutAtMs : Math.min(timeoutAtMs, heartbeatAtMs);
    }
    default:
      return undefined;
  }
}

/** An execution before its first turn: nothing is recorded yet but that it was started. */
export function initialSnapshot(execution: ExecutionFacts, startAt: string): Snapshot {
  const root: Frame = {
    id: 0,
    parentId: undefined,
    index: 0,
    stateName: startAt,
    enteredEventId: 0,
    lastEventId: 0,
    input: execution.input,
    retries: [],
    waiting: { on: 'entry', since: FIRST_SLOT },
  };
  return {
    execution,
    status: 'RUNNING',
    nextEventId: 1,
    eventlessCommits: 0,
    lastTimestampMs: execution.startMs,
    frames: new Map([[0, root]]),
    nextFrameId: 1,
    alarm: undefined,
    outbox: [],
    end: undefined,
  };
}

/** Whether it can go on at once: into a state, out of one whose branches have all ended, or with another iteration. */
export function canGoOn({ waiting }: Frame): boolean {
  switch (waiting.on) {
    case 'entry':
      return true;
    case 'branches':
      return waiting.remaining === 0;
    case 'iterations':
      return canStartIteration(waiting) || isDone(waiting);
    default:
      return false;
  }
}

export const canStartIteration = ({ started, length, running, concurrency }: IterationsWait): boolean =>
  started < length && running < concurrency;

/**
 * What is kept of a frame when its execution ends otherwise than well. Nothing in it is awaited any more: its work is to
 * be done again. Those that have ended, and those that wait for others, stay as they are.
 */
export function asleep(frame: Frame): Frame {
  const { waiting, enteredEventId, lastEventId } = frame;
  switch (waiting.on) {
    case 'siblings':
    case 'outputs':
    case 'branches':
    case 'iterations':
      return { ...frame, retries: [] };
    default: {
      // A state may fail as soon as it is entered, before it waits for anything.
      const isEntered = enteredEventId > 0 && (waiting.on !== 'entry' || lastEventId === enteredEventId);
      return { ...frame, retries: [], waiting: isEntered ? { on: 'retry', untilMs: 0 } : { on: 'entry', since: 0 } };
    }
  }
}

/** Whether all iterations have ended. */
export const isDone = ({ started, length, running }: IterationsWait): boolean => started === length && running === 0;

/** Whether its branches or iterations may all have ended after this turn. */
export function isNearlyDone({ waiting }: Frame): boolean {
  if (waiting.on === 'branches') return waiting.remaining <= 1;
  return waiting.on === 'iterations' && waiting.length - waiting.started + waiting.running <= 1;
}
