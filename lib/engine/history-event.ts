import type { Payload } from './payload';
import type { Scope } from './variables';

/** One event of a history: what GetExecutionHistory returns, before it is written as JSON. */
export interface HistoryEvent {
  /** From 1, without gaps. */
  id: number;
  previousEventId: number;
  timestampMs: number;
  type: HistoryEventType;
  details: EventDetails | undefined;
}

export type EventDetails = Record<string, Payload | Scope | string | number | undefined>;

/** `bare`: a payload that brings no `xDetails`. `scope`: payloads by names, with one `xDetails` for all. */
type FieldKind = 'text' | 'number' | 'payload' | 'bare' | 'scope';

interface EventShape {
  /** The member of the API's HistoryEvent that carries the details. */
  member: string | undefined;
  fields: readonly (readonly [name: string, kind: FieldKind])[];
}

const KINDS: ReadonlyMap<string, FieldKind> = new Map([
  ['!', 'payload'],
  ['*', 'bare'],
  ['#', 'number'],
  ['%', 'scope'],
]);

const entered = shape('stateEnteredEventDetails', 'name', 'input!');
const exited = shape('stateExitedEventDetails', 'name', 'output!', 'assignedVariables%');
const bare = shape(undefined);
const failed = (prefix: string) => shape(`${prefix}EventDetails`, 'error', 'cause');
const iteration = (prefix: string) => shape(`${prefix}EventDetails`, 'name', 'index#');
const ofTask = (prefix: string, ...fields: string[]) =>
  shape(`${prefix}EventDetails`, 'resourceType', 'resource', ...fields);

/**
 * Every event type, its details member and their fields (api.md sections 5 and 6). The order is the storage format:
 * types and fields are stored by index, so append, never insert. A field `x` of payloads brings `xDetails {truncated}`.
 */
const SHAPES = {
  ExecutionStarted: shape(
    'executionStartedEventDetails',
    'input!',
    'roleArn',
    'stateMachineAliasArn',
    'stateMachineVersionArn',
  ),
  ExecutionSucceeded: shape('executionSucceededEventDetails', 'output!'),
  ExecutionFailed: failed('executionFailed'),
  ExecutionAborted: failed('executionAborted'),
  ExecutionTimedOut: failed('executionTimedOut'),
  PassStateEntered: entered,
  PassStateExited: exited,
  TaskStateEntered: entered,
  TaskStateExited: exited,
  ChoiceStateEntered: entered,
  ChoiceStateExited: exited,
  WaitStateEntered: entered,
  WaitStateExited: exited,
  SucceedStateEntered: entered,
  SucceedStateExited: exited,
  FailStateEntered: entered,
  ParallelStateEntered: entered,
  ParallelStateExited: exited,
  ParallelStateStarted: bare,
  ParallelStateSucceeded: bare,
  ParallelStateFailed: bare,
  ParallelStateAborted: bare,
  TaskStateAborted: bare,
  WaitStateAborted: bare,
  ActivityScheduled: shape(
    'activityScheduledEventDetails',
    'resource',
    'input!',
    'timeoutInSeconds#',
    'heartbeatInSeconds#',
  ),
  ActivityScheduleFailed: failed('activityScheduleFailed'),
  ActivityStarted: shape('activityStartedEventDetails', 'workerName'),
  ActivitySucceeded: shape('activitySucceededEventDetails', 'output!'),
  ActivityFailed: failed('activityFailed'),
  ActivityTimedOut: failed('activityTimedOut'),
  LambdaFunctionScheduled: shape('lambdaFunctionScheduledEventDetails', 'resource', 'input!', 'timeoutInSeconds#'),
  LambdaFunctionScheduleFailed: failed('lambdaFunctionScheduleFailed'),
  LambdaFunctionStarted: bare,
  LambdaFunctionStartFailed: failed('lambdaFunctionStartFailed'),
  LambdaFunctionSucceeded: shape('lambdaFunctionSucceededEventDetails', 'output!'),
  LambdaFunctionFailed: failed('lambdaFunctionFailed'),
  LambdaFunctionTimedOut: failed('lambdaFunctionTimedOut'),
  MapStateEntered: entered,
  MapStateExited: exited,
  MapStateStarted: shape('mapStateStartedEventDetails', 'length#'),
  MapStateSucceeded: bare,
  MapStateFailed: bare,
  MapStateAborted: bare,
  MapIterationStarted: iteration('mapIterationStarted'),
  MapIterationSucceeded: iteration('mapIterationSucceeded'),
  MapIterationFailed: iteration('mapIterationFailed'),
  MapIterationAborted: iteration('mapIterationAborted'),
  TaskScheduled: ofTask('taskScheduled', 'region', 'parameters*', 'timeoutInSeconds#', 'heartbeatInSeconds#'),
  TaskStarted: ofTask('taskStarted'),
  TaskStartFailed: ofTask('taskStartFailed', 'error', 'cause'),
  TaskSubmitted: ofTask('taskSubmitted', 'output!'),
  TaskSubmitFailed: ofTask('taskSubmitFailed', 'error', 'cause'),
  TaskSucceeded: ofTask('taskSucceeded', 'output!'),
  TaskFailed: ofTask('taskFailed', 'error', 'cause'),
  TaskTimedOut: ofTask('taskTimedOut', 'error', 'cause'),
  ExecutionRedriven: shape('executionRedrivenEventDetails', 'redriveCount#'),
  EvaluationFailed: shape('evaluationFailedEventDetails', 'error', 'cause', 'location', 'state'),
  MapRunStarted: shape('mapRunStartedEventDetails', 'mapRunArn'),
  MapRunSucceeded: bare,
  MapRunFailed: failed('mapRunFailed'),
  MapRunAborted: bare,
  MapRunRedriven: shape('mapRunRedrivenEventDetails', 'mapRunArn', 'redriveCount#'),
};

export type HistoryEventType = keyof typeof SHAPES;
export const EVENT_SHAPES: Record<HistoryEventType, EventShape> = SHAPES;
export const EVENT_TYPES = Object.keys(SHAPES) as HistoryEventType[];

function shape(member: string | undefined, ...fields: string[]): EventShape {
  return {
    member,
    fields: fields.map((field): [string, FieldKind] => {
      const kind = KINDS.get(field.at(-1)!);
      return kind ? [field.slice(0, -1), kind] : [field, 'text'];
    }),
  };
}

/** By types of states. Written out: names that are put together are hashed anew for each event. */
export const ENTERED_EVENTS = {
  Pass: 'PassStateEntered',
  Task: 'TaskStateEntered',
  Choice: 'ChoiceStateEntered',
  Wait: 'WaitStateEntered',
  Succeed: 'SucceedStateEntered',
  Fail: 'FailStateEntered',
  Parallel: 'ParallelStateEntered',
  Map: 'MapStateEntered',
} as const;

export const EXITED_EVENTS = {
  Pass: 'PassStateExited',
  Task: 'TaskStateExited',
  Choice: 'ChoiceStateExited',
  Wait: 'WaitStateExited',
  Succeed: 'SucceedStateExited',
  Parallel: 'ParallelStateExited',
  Map: 'MapStateExited',
} as const;
