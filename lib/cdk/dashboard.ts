import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { METRIC_NAMESPACE } from '../host/lambda-metrics';
import type { Watched } from './alarms';
import { FUNCTION_NAMES } from './options';
import type { Settled } from './settle';

const WIDTH = 12;
const ENDINGS = ['ExecutionsSucceeded', 'ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'];

/** One look at a deployment: what it does, what waits, what fails, what it takes. */
export function addDashboard(scope: Construct, { name }: Settled, { tables, queues, functions, api }: Watched): void {
  const graph = (title: string, left: cloudwatch.IMetric[], right: cloudwatch.IMetric[] = []) =>
    new cloudwatch.GraphWidget({ title, left, right, width: WIDTH });
  const own = (metricName: string, statistic = 'Sum') =>
    new cloudwatch.Metric({ namespace: METRIC_NAMESPACE, metricName, statistic, dimensionsMap: { Deployment: name } });
  const all = FUNCTION_NAMES.map((each) => functions.all[each]);
  const work = [queues.advance, queues.tasks];
  new cloudwatch.Dashboard(scope, 'Dashboard', {
    dashboardName: name,
    defaultInterval: Duration.hours(3),
    widgets: [
      [
        graph('Executions', [own('ExecutionsStarted'), ...ENDINGS.map((ending) => own(ending))]),
        graph('Time of executions', [own('ExecutionTime', 'p50'), own('ExecutionTime', 'p99')]),
      ],
      [
        graph('Calls', [api.api.metricCount(), api.api.metricClientError(), api.api.metricServerError()]),
        graph('Time of calls', [
          api.api.metricLatency({ statistic: 'p50' }),
          api.api.metricLatency({ statistic: 'p99' }),
        ]),
      ],
      [
        graph(
          'Messages that wait',
          work.map((queue) => queue.metricApproximateNumberOfMessagesVisible()),
          work.map((queue) => queue.metricApproximateAgeOfOldestMessage()),
        ),
        graph(
          'Dead letters',
          queues.deadLetters.map((queue) => queue.metricApproximateNumberOfMessagesVisible()),
        ),
      ],
      [
        graph(
          'Invocations',
          all.map((each) => each.metricInvocations()),
        ),
        graph(
          'Errors and throttles of functions',
          all.map((each) => each.metricErrors()),
          all.map((each) => each.metricThrottles()),
        ),
      ],
      [
        graph(
          'Capacity of tables that is used',
          Object.values(tables.all).flatMap((table) => [
            table.metricConsumedReadCapacityUnits(),
            table.metricConsumedWriteCapacityUnits(),
          ]),
        ),
        graph(
          'Concurrency of functions',
          all.map((each) => each.metric('ConcurrentExecutions', { statistic: 'Maximum' })),
        ),
      ],
    ],
  });
}
