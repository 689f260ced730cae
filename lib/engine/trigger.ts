import type { Payload } from './payload';
import type { RunName } from './snapshot';

/** What reaches an execution from outside. Several that arrived together are applied in one transition. */
export type Trigger =
  /** A worker wants to begin a task. `claim` names the message or offer that it holds. */
  | { type: 'TaskTaken'; taskEventId: number; claim: string; workerName: string | undefined }
  /**
   * Results. Those of functions and services carry the claim of the worker that called them, those of activities come
   * by token, those of jobs from the job.
   */
  | { type: 'TaskSucceeded'; taskEventId: number; claim: string | undefined; output: Payload }
  | {
      type: 'TaskFailed';
      taskEventId: number;
      claim: string | undefined;
      error: string | undefined;
      cause: string | undefined;
    }
  /** A service has answered, and the task waits on. `child`: for the end of that execution. */
  | {
      type: 'TaskSubmitted';
      taskEventId: number;
      claim: string | undefined;
      output: Payload;
      child: RunName | undefined;
    }
  /** An execution that was to be stopped has ended, or was never started. */
  | { type: 'AbandonedEnded'; taskEventId: number }
  /** A heartbeat was recorded since the deadline in the frame was set. */
  | { type: 'HeartbeatSeen'; taskEventId: number; dueAtMs: number }
  /** The alarm rang. Heartbeats count as missed only for the tasks that are named: their beats are closed. */
  | { type: 'Woken'; missedHeartbeats: readonly number[] }
  /** The submitter would run the function task that this turn schedules, if it is one and all that is to do. */
  | { type: 'NextFunctionTaken'; claim: string }
  /** It is older than an execution may become: it times out as of then. */
  | { type: 'AgeExceeded'; limitMs: number }
  | { type: 'RedriveRequested'; clientToken: string | undefined }
  | { type: 'StopRequested'; error: string | undefined; cause: string | undefined };

/** What became of a trigger. */
export type Verdict =
  | 'applied'
  /** The task is not awaited any more; the execution is closed, or not to be redriven. Nothing changed. */
  | 'gone'
  /** TaskTaken: another worker has it. */
  | 'taken'
  /** TaskTaken: this very claim has it already; its worker may have died. RedriveRequested: granted before. */
  | 'yours';
