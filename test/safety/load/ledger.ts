/** What the server said yes to, as its clients saw it. */
export class Ledger {
  /** By execution name; names are used once over all machines. */
  readonly starts = new Map<string, StartRecord>();
  /** Each hand-out of a task: by the worker name that was given to that one poll, or a name for that one callback. */
  readonly tasks = new Map<string, TaskRecord>();
  /** Polls, by their worker names, that got no answer, or ServiceUnavailable: their task may go to another poll. */
  readonly failedPolls = new Set<string>();
  readonly stops = new Map<string, StopRecord>();
  /** When each was redriven, by execution name. */
  readonly redrives = new Map<string, number[]>();
  /** Starts whose call has not been answered. */
  readonly starting = new Map<string, StartRecord>();
}

export interface StartRecord {
  machine: string;
  name: string;
  input: string;
  /** Undefined when the call that was answered was a repeat, of an execution that had closed meanwhile. */
  startDate: number | undefined;
}

export interface TaskRecord {
  /** A worker polled for it, or a function was given its token. */
  kind: 'activity' | 'callback';
  /** The execution, as the task's input tells. */
  execution: string;
  token: string;
  heartbeatSeconds: number | undefined;
  /** When the last heartbeat that was acknowledged was sent. */
  beatMs: number | undefined;
  result: ResultRecord | undefined;
}

interface ResultRecord {
  kind: 'success' | 'failure';
  /** In the output or the cause. */
  id: string;
  /** Refused: the task was not awaited any more, or an earlier try had been recorded and its answer was lost. */
  verdict: 'acknowledged' | 'refused' | 'not answered';
}

export interface StopRecord {
  stopDate: number;
  cause: string;
}
