import type { TaskState } from '../../asl/definition/program';
import { effectiveInput, secondsFrom } from '../data-flow';
import { Failure } from '../failure';
import { failState, finishState } from '../flow';
import type { EventDetails } from '../history-event';
import type { Payload } from '../payload';
import type { Frame, TaskWait } from '../snapshot';
import type { Turn } from '../turn';
import type { StateHandler } from './handler';

/**
 * Task (asl.md sections 3 and 6). `X` is Activity or LambdaFunction.
 *   entered --> XScheduled --(taken)--> XStarted --(result)--> XSucceeded --> exited
 *   scheduled or started --(error)-----> XFailed   --> Retry, Catch or failure
 *   scheduled or started --(deadline)--> XTimedOut --> Retry, Catch or failure
 *   entered, activity does not exist --> failure
 */
export const task: StateHandler<TaskState> = {
  async work(turn, frame, state) {
    const input = effectiveInput(turn, frame, state);
    if (input instanceof Failure) return failState(turn, frame, input);
    const timeout = secondsFrom(turn, frame, 'TimeoutSecondsPath', state.timeoutSeconds, input);
    if (timeout instanceof Failure) return failState(turn, frame, timeout);
    const heartbeat = secondsFrom(turn, frame, 'HeartbeatSecondsPath', state.heartbeatSeconds, input);
    if (heartbeat instanceof Failure) return failState(turn, frame, heartbeat);
    if (state.kind === 'activity' && !(await turn.world.activityExists(state.resource))) {
      return failState(turn, frame, Failure.runtime(frame, `The activity ${state.resource} does not exist.`));
    }
    schedule(turn, frame, state, input, timeout, heartbeat);
  },
};

const EVENTS = {
  activity: {
    scheduled: 'ActivityScheduled',
    started: 'ActivityStarted',
    succeeded: 'ActivitySucceeded',
    failed: 'ActivityFailed',
    timedOut: 'ActivityTimedOut',
  },
  lambda: {
    scheduled: 'LambdaFunctionScheduled',
    started: 'LambdaFunctionStarted',
    succeeded: 'LambdaFunctionSucceeded',
    failed: 'LambdaFunctionFailed',
    timedOut: 'LambdaFunctionTimedOut',
  },
} as const;

function schedule(
  turn: Turn,
  frame: Frame,
  state: TaskState,
  input: Payload,
  timeout: number | undefined,
  heartbeat: number | undefined,
): void {
  const details: EventDetails = { resource: state.resource, input, timeoutInSeconds: timeout };
  if (state.kind === 'activity') details.heartbeatInSeconds = heartbeat;
  const eventId = turn.emit(frame, EVENTS[state.kind].scheduled, details);
  frame.waiting = {
    on: 'task',
    kind: state.kind,
    resource: state.resource,
    eventId,
    input,
    scheduledMs: turn.nowMs,
    since: turn.slot,
    timeoutAtMs: timeout === undefined ? undefined : turn.nowMs + timeout * 1000,
    // A function that was invoked cannot send heartbeats.
    heartbeatSeconds: state.kind === 'activity' ? heartbeat : undefined,
    heartbeatAtMs: undefined,
    claim: undefined,
  };
}

/** A worker has the task. Its heartbeat clock starts. */
export function startTask(
  turn: Turn,
  frame: Frame,
  wait: TaskWait,
  claim: string,
  workerName: string | undefined,
): void {
  turn.emit(frame, EVENTS[wait.kind].started, wait.kind === 'activity' ? { workerName } : undefined);
  const heartbeatAtMs = wait.heartbeatSeconds === undefined ? undefined : turn.nowMs + wait.heartbeatSeconds * 1000;
  frame.waiting = { ...wait, claim, heartbeatAtMs };
}

export function succeedTask(turn: Turn, frame: Frame, wait: TaskWait, output: Payload): void {
  if (turn.made(output).bytes > turn.world.limits.payloadBytes) {
    const { error, cause } = Failure.dataLimit(wait.resource, 'task');
    return failTask(turn, frame, wait, error, cause);
  }
  turn.emit(frame, EVENTS[wait.kind].succeeded, { output });
  finishState(turn, frame, turn.stateOf(frame) as TaskState, output);
}

export function failTask(
  turn: Turn,
  frame: Frame,
  wait: TaskWait,
  error: string | undefined,
  cause: string | undefined,
): void {
  turn.emit(frame, EVENTS[wait.kind].failed, { error, cause });
  failState(turn, frame, new Failure(error, cause, 'task'));
}

export function timeOutTask(turn: Turn, frame: Frame, wait: TaskWait, missedHeartbeat: boolean): void {
  const failure = Failure.timeout(missedHeartbeat);
  turn.emit(frame, EVENTS[wait.kind].timedOut, { error: failure.error });
  failState(turn, frame, failure);
}
