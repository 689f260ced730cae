import type { HistoryEvent, HistoryEventType } from '../engine/history-event';

/**
 * What AWS counts of Step Functions in CloudWatch and one event of a history shows, by that event: every home counts the
 * same, and calls it so. The time of executions is counted beside, see `endOf`; times of tasks are not.
 */
export const METRIC_OF: Partial<Record<HistoryEventType, string>> = {
  ExecutionStarted: 'ExecutionsStarted',
  ExecutionSucceeded: 'ExecutionsSucceeded',
  ExecutionFailed: 'ExecutionsFailed',
  ExecutionAborted: 'ExecutionsAborted',
  ExecutionTimedOut: 'ExecutionsTimedOut',
  ExecutionRedriven: 'ExecutionsRedriven',
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
  TaskScheduled: 'ServiceIntegrationsScheduled',
  TaskStarted: 'ServiceIntegrationsStarted',
  TaskSucceeded: 'ServiceIntegrationsSucceeded',
  TaskFailed: 'ServiceIntegrationsFailed',
  TaskTimedOut: 'ServiceIntegrationsTimedOut',
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
