import type { ExecutionStatus, ParentTask, Slot } from '../engine/snapshot';
import type { NewCommit } from './journal';
import type { RunRef } from './run-ref';

/** The head of an execution: it decides whether the execution exists, and under which run. */
export interface Head extends RunRef {
  status: ExecutionStatus;
  startMs: number;
  /** Undefined while RUNNING. */
  stopMs: number | undefined;
  /** From then on the execution is gone and its name free. Undefined while RUNNING. */
  expireAtMs: number | undefined;
  /** The revision of the state machine that it runs, and its role then. */
  revision: number;
  roleArn: string;
  /** The text given to StartExecution. */
  input: string;
  traceHeader: string | undefined;
  /** How often it was redriven, and when the last time. Undefined for never. */
  redrive?: RedrivenHead | undefined;
  /** The version, and the alias, that it was started by. */
  version?: number | undefined;
  alias?: string | undefined;
  /** The task that started it, if it was one. */
  startedBy?: StartedBy | undefined;
  /** The test case of the mock file that it is run by. */
  testCase?: string | undefined;
}

export interface StartedBy extends ParentTask {
  /** Of a child of a distributed Map: the map run that it belongs to, `label:uuid`. */
  mapRun?: string | undefined;
  /** Whether the task waits for its end. */
  isAwaited: boolean;
}

/** What is listed of a head. */
export type HeadSummary = Omit<
  Head,
  'expireAtMs' | 'input' | 'roleArn' | 'traceHeader' | 'revision' | 'startedBy' | 'testCase'
>;

export interface ClosedHead {
  status: Exclude<ExecutionStatus, 'RUNNING'>;
  stopMs: number;
  expireAtMs: number;
}

export interface RedrivenHead {
  count: number;
  atMs: number;
}

/** All methods reject with StoreUnavailable when the store does not do its work. */
export interface Executions {
  /** Whether `start` can write the first commit with the head, in one stroke. */
  readonly takesFirstCommit: boolean;
  /** Writes the head unless its name is taken by one that has not expired; then answers that one. */
  start(head: Head, nowMs: number, first?: NewCommit): Promise<'started' | { existing: Head }>;
  get(machineId: string, name: string, nowMs: number): Promise<Head | undefined>;
  /**
   * Idempotent. Does nothing when the name belongs to another run by now. `asOf`: the slot behind the commits that tell
   * of it; one that is closed already is as of that slot from then on, so that no opening for an earlier one lands behind
   * it. `behind`: the head has been reopened for a commit at that slot, or a later one, and stays open.
   */
  close(run: RunRef, closed: ClosedHead, asOf: Slot): Promise<'closed' | 'behind'>;
  /**
   * Opens the head again, before the commit at that slot is tried: of a redrive. Idempotent. `behind`: it has been closed
   * as of a later slot, and stays so, or is another run's.
   */
  reopen(run: RunRef, redrive: RedrivenHead, asOf: Slot): Promise<'reopened' | 'behind'>;
  /** No start of this run can succeed after this. `started`: it has already. */
  fence(run: RunRef): Promise<'fenced' | 'started'>;
  /** Newest first. `after` is the last one of the page before. */
  list(
    machineId: string,
    query: { status: ExecutionStatus | undefined; after: ListPosition | undefined; limit: number; nowMs: number },
  ): Promise<HeadSummary[]>;
  /** Open executions that need a look in that time, some at a time: pass on what `next` was, until there is none. */
  open(query: {
    attentionFromMs: number;
    attentionBeforeMs: number;
    next: string | undefined;
    limit: number;
  }): Promise<{ executions: OpenExecution[]; next: string | undefined }>;
  /**
   * Open executions that were started in that time, of all state machines, some at a time as above. One that was
   * started or closed a moment ago may be missing, or there.
   */
  openByStart(query: { fromMs: number; beforeMs: number; next: string | undefined; limit: number }): Promise<{
    executions: StartedExecution[];
    next: string | undefined;
  }>;
  /** Open executions of one state machine. */
  openOf(machineId: string, limit: number): Promise<RunRef[]>;
  /** How many are open, where that can be told exactly. */
  countOpen(): Promise<number | undefined>;
}

export interface ListPosition {
  startMs: number;
  runId: string;
}

export interface StartedExecution {
  run: RunRef;
  startMs: number;
}

export interface OpenExecution {
  run: RunRef;
  attentionAtMs: number;
}
