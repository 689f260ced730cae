import type { HistoryEvent, HistoryEventType } from '../engine/history-event';

/**
 * What AWS counts of Step Functions in CloudWatch, by the event of a history that shows it: every home counts the same,
 * and calls it so. The time of executions is counted beside, see `endOf`.
 */
export const METRIC_OF: Partial<Record<HistoryEventType, string>> = {
  ExecutionStarted: 'ExecutionsStarted',
  ExecutionSucceeded: 'ExecutionsSucceeded',
  ExecutionFailed: 'ExecutionsFailed',
  ExecutionAborted: 'ExecutionsAborted',
  ExecutionTimedOut: 'ExecutionsTimedOut',
  ActivityScheduled: 'ActivitiesScheduled',
  ActivityStarted: 'ActivitiesStarted',
  ActivitySucceeded: 'ActivitiesSucceeded',
  ActivityFailed: 'ActivitiesFailed',
  ActivityTimedOut: 'ActivitiesTimedOut',
  LambdaFunctionScheduled: 'LambdaFunctionsScheduled',
  LambdaFunctionStarted: 'LambdaFunctionsStarted',
  LambdaFunctionSucceeded: 'LambdaFunctionsSucceeded',
  LambdaFunctionFailed: 'LambdaFunctionsFailed',
  LambdaFunctionTimedOut: 'LambdaFunctionsTimedOut',
};

const ENDS: ReadonlySet<HistoryEventType> = new Set([
  'ExecutionSucceeded',
  'ExecutionFailed',
  'ExecutionAborted',
  'ExecutionTimedOut',
]);

/** The event that ends the execution, if it is one of these: AWS's ExecutionTime is from the start until then. */
export function endOf(events: readonly HistoryEvent[]): HistoryEvent | undefined {
  const last = events.at(-1);
  return last && ENDS.has(last.type) ? last : undefined;
}
