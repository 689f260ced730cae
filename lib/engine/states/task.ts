import { type ServiceTask, serviceTaskOf } from '../../asl/definition/integrations';
import { whyUnfit } from '../../asl/definition/parameters';
import type { TaskState } from '../../asl/definition/program';
import { type Json, numberOf } from '../../asl/json';
import { effectiveInput, secondsFrom, selectedInput } from '../data-flow';
import { Failure, shown } from '../failure';
import { failState, finishState } from '../flow';
import type { EventDetails } from '../history-event';
import { Query } from '../jsonata';
import type { Payload } from '../payload';
import type { Frame, RunName, StateTask, TaskWait } from '../snapshot';
import type { Turn } from '../turn';
import type { StateHandler } from './handler';

/**
 * Task (asl.md sections 3, 6 and 9). `X` is Activity, LambdaFunction or, of other services, Task.
 *   entered --> XScheduled --(taken)--> XStarted --(result)--> XSucceeded --> exited
 *   scheduled or started --(error)-----> XFailed   --> Retry, Catch or failure
 *   scheduled or started --(deadline)--> XTimedOut --> Retry, Catch or failure
 *   entered, activity does not exist --> failure
 * A service whose token or job is waited for:
 *   started --(answer)--> TaskSubmitted --(token, or end of the job)--> TaskSucceeded or TaskFailed
 *   started --(error)---> TaskSubmitFailed --> Retry, Catch or failure
 *   started --(token, before the answer)--> TaskSucceeded or TaskFailed
 */
export const task: StateHandler<TaskState> = {
  async work(turn, frame, state) {
    const input = effectiveInput(turn, frame, state);
    if (input instanceof Failure) return failState(turn, frame, input);
    // Parameters do not count for these (recorded on AWS).
    const given = selectedInput(turn, frame, state);
    if (given instanceof Failure) return failState(turn, frame, given);
    const timeout = secondsFrom(turn, frame, 'TimeoutSecondsPath', state.timeoutSeconds, given);
    if (timeout instanceof Failure) return failState(turn, frame, timeout);
    const heartbeat = secondsFrom(turn, frame, 'HeartbeatSecondsPath', state.heartbeatSeconds, given);
    if (heartbeat instanceof Failure) return failState(turn, frame, heartbeat);
    await begin(turn, frame, state, { input, timeout, heartbeat });
  },

  async evaluate(turn, frame, state, { timeoutSeconds, heartbeatSeconds }) {
    const query = new Query(turn, frame);
    const input = await query.input(turn, state);
    if (input instanceof Failure) return failState(turn, frame, input);
    const timeout =
      timeoutSeconds && evaluatedSeconds(frame, 'TimeoutSeconds', await query.value(timeoutSeconds, 'number'));
    if (timeout instanceof Failure) return failState(turn, frame, timeout);
    const heartbeat =
      heartbeatSeconds && evaluatedSeconds(frame, 'HeartbeatSeconds', await query.value(heartbeatSeconds, 'number'));
    if (heartbeat instanceof Failure) return failState(turn, frame, heartbeat);
    await begin(turn, frame, state, { input, timeout, heartbeat });
  },
};

interface Given {
  input: Payload;
  timeout: number | undefined;
  heartbeat: number | undefined;
}

async function begin(turn: Turn, frame: Frame, state: TaskState, { input, timeout, heartbeat }: Given): Promise<void> {
  const service = serviceOf(state);
  const unfit = service && whyUnfit(service, input.value, input.text);
  if (unfit !== undefined) {
    const cause = `The Parameters '${input.text}' could not be used to start the Task: [${unfit}]`;
    return failState(turn, frame, Failure.runtime(frame, cause));
  }
  const isMocked = turn.world.isMocked(state.name);
  if (state.kind === 'activity' && !isMocked && !(await turn.world.activityExists(state.resource))) {
    return failState(turn, frame, Failure.runtime(frame, `The activity ${state.resource} does not exist.`));
  }
  schedule(turn, frame, state, input, timeout, heartbeat, isMocked);
}

function evaluatedSeconds(frame: Frame, field: string, value: Json | Failure): number | Failure {
  if (value instanceof Failure) return value;
  const seconds = numberOf(value as number);
  if (Number.isInteger(seconds) && seconds > 0) return seconds;
  return Failure.evaluation(frame, `The ${field} field must be a positive integer but was: ${shown(value)}`, field);
}

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
  service: {
    scheduled: 'TaskScheduled',
    started: 'TaskStarted',
    succeeded: 'TaskSucceeded',
    failed: 'TaskFailed',
    timedOut: 'TaskTimedOut',
  },
} as const;

/** The service that a task names; undefined for functions and activities. */
const serviceOf = ({ kind, resource }: Pick<StateTask, 'kind' | 'resource'>): ServiceTask | undefined =>
  kind === 'service' ? serviceTaskOf(resource) : undefined;

/** What every event of a service's task shows of it. */
function shownOf(wait: Pick<StateTask, 'kind' | 'resource'>): EventDetails | undefined {
  const service = serviceOf(wait);
  return service && { resourceType: service.resourceType, resource: service.resource };
}

function schedule(
  turn: Turn,
  frame: Frame,
  state: TaskState,
  input: Payload,
  timeout: number | undefined,
  heartbeat: number | undefined,
  isMocked: boolean,
): void {
  const service = serviceOf(state);
  const details: EventDetails = service
    ? { ...shownOf(state), region: turn.world.region, parameters: input }
    : { resource: state.resource, input };
  details.timeoutInSeconds = timeout;
  if (state.kind !== 'lambda') details.heartbeatInSeconds = heartbeat;
  const eventId = turn.emit(frame, EVENTS[state.kind].scheduled, details);
  // Only who has a token can send heartbeats.
  const beats = state.kind === 'activity' || service?.pattern === 'waitForTaskToken';
  frame.waiting = {
    on: 'task',
    kind: state.kind,
    resource: state.resource,
    eventId,
    input,
    scheduledMs: turn.nowMs,
    since: turn.slot,
    timeoutAtMs: timeout === undefined ? undefined : turn.nowMs + timeout * 1000,
    heartbeatSeconds: beats ? heartbeat : undefined,
    heartbeatAtMs: undefined,
    claim: undefined,
    ...(isMocked && { isMocked }),
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
  if (wait.kind === 'child') {
    frame.waiting = { ...wait, claim };
    return;
  }
  turn.emit(frame, EVENTS[wait.kind].started, wait.kind === 'activity' ? { workerName } : shownOf(wait));
  const heartbeatAtMs = wait.heartbeatSeconds === undefined ? undefined : turn.nowMs + wait.heartbeatSeconds * 1000;
  frame.waiting = { ...wait, claim, heartbeatAtMs };
}

/** The service has answered, and the task waits on: for its token, or for the end of what it started. */
export function submitTask(
  turn: Turn,
  frame: Frame,
  wait: StateTask,
  output: Payload,
  child: RunName | undefined,
): void {
  if (isTooLong(turn, output)) return failTask(turn, frame, wait, ...dataLimitOf(wait));
  turn.emit(frame, 'TaskSubmitted', { ...shownOf(wait), output });
  frame.waiting = { ...wait, since: turn.slot, submitted: { child } };
}

export function succeedTask(turn: Turn, frame: Frame, wait: StateTask, output: Payload): void {
  if (isTooLong(turn, output)) return failTask(turn, frame, wait, ...dataLimitOf(wait));
  turn.settled.add(wait.eventId);
  turn.emit(frame, EVENTS[wait.kind].succeeded, { ...shownOf(wait), output });
  finishState(turn, frame, turn.stateOf(frame) as TaskState, output);
}

/** `isCall`: it is the call that failed, not what it started. */
export function failTask(
  turn: Turn,
  frame: Frame,
  wait: StateTask,
  error: string | undefined,
  cause: string | undefined,
  isCall = false,
): void {
  turn.settled.add(wait.eventId);
  const service = serviceOf(wait);
  // Its parameters are none that the service takes: the definition's fault, which no Catch sees (recorded on AWS).
  const isUnfit = isCall && error === 'States.Runtime' && service?.resourceType !== 'lambda' && !wait.isMocked;
  if (service && isUnfit) return failState(turn, frame, Failure.runtime(frame, cause ?? ''));
  const isSubmission = isCall && service !== undefined && service.pattern !== 'request';
  const type = isSubmission ? 'TaskSubmitFailed' : EVENTS[wait.kind].failed;
  turn.emit(frame, type, { ...shownOf(wait), error, cause });
  failState(turn, frame, new Failure(error, cause, 'task'));
}

/** Answers what that is to its state. What it started is stopped, as far as that can be (page "Run a Job"). */
export function timeOutTask(turn: Turn, frame: Frame, wait: StateTask, missedHeartbeat: boolean): Failure {
  const failure = Failure.timeout(missedHeartbeat);
  turn.abandon(wait);
  turn.settled.add(wait.eventId);
  turn.emit(frame, EVENTS[wait.kind].timedOut, { ...shownOf(wait), error: failure.error });
  return failure;
}

const isTooLong = (turn: Turn, output: Payload): boolean => turn.made(output).bytes > turn.world.limits.payloadBytes;

function dataLimitOf(wait: StateTask): [error: string | undefined, cause: string | undefined] {
  const { error, cause } = Failure.dataLimit(serviceOf(wait)?.resourceType ?? wait.resource, 'task');
  return [error, cause];
}
