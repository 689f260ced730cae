import type { HistoryEvent } from '../../lib/engine/history-event';
import { EmbeddedMetrics } from '../../lib/host/lambda-metrics';
import { createPrometheusMetrics } from '../../lib/host/prometheus';
import { Arns } from '../../lib/runtime/arns';
import { newHead, runOf } from '../contract/samples';

/** Counts of executions, as lines of CloudWatch's embedded metric format. */

const START_MS = 1_000_000;
const TOOK_MS = 1_234;
const MACHINE = 'arn:aws:states:eu-west-1:123456789012:stateMachine:orders';

const event = (type: HistoryEvent['type'], atMs = START_MS): HistoryEvent =>
  ({ id: 1, previousEventId: 0, type, timestampMs: atMs }) as HistoryEvent;
const run = (machineName = 'orders') => runOf(newHead({ machineName }));

function newMetrics() {
  const written: string[] = [];
  const metrics = new EmbeddedMetrics('shop', new Arns('eu-west-1', '123456789012'), (line) => written.push(line));
  return { metrics, written, lines: () => written.map((line) => JSON.parse(line)) };
}

test('a line: counts under AWS names, in all and by state machine, and the time that the execution took', () => {
  const { metrics, written, lines } = newMetrics();
  const begin: HistoryEvent['type'][] = ['ExecutionStarted', 'TaskStateEntered', 'LambdaFunctionScheduled'];
  metrics.committed(
    run(),
    START_MS,
    begin.map((type) => event(type)),
  );
  const end: HistoryEvent['type'][] = ['LambdaFunctionStarted', 'LambdaFunctionSucceeded', 'TaskStateExited'];
  metrics.committed(run(), START_MS, [
    ...end.map((type) => event(type)),
    event('ExecutionSucceeded', START_MS + TOOK_MS),
  ]);
  expect(written).toEqual([]);
  metrics.flush();
  expect(written).toEqual([expect.stringMatching(/^\{[^\n]*\}\n$/)]);
  const count = (Name: string) => ({ Name, Unit: 'Count' });
  expect(lines()).toEqual([
    {
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: 'Stepwell',
            Dimensions: [['Deployment'], ['Deployment', 'StateMachineArn']],
            Metrics: [
              count('ExecutionsStarted'),
              count('LambdaFunctionsScheduled'),
              count('LambdaFunctionsStarted'),
              count('LambdaFunctionsSucceeded'),
              count('ExecutionsSucceeded'),
              { Name: 'ExecutionTime', Unit: 'Milliseconds' },
            ],
          },
        ],
      },
      Deployment: 'shop',
      StateMachineArn: MACHINE,
      ExecutionsStarted: 1,
      LambdaFunctionsScheduled: 1,
      LambdaFunctionsStarted: 1,
      LambdaFunctionsSucceeded: 1,
      ExecutionsSucceeded: 1,
      ExecutionTime: [TOOK_MS],
    },
  ]);
});

test('each is written once; where nothing was counted there is no line', () => {
  const { metrics, written } = newMetrics();
  metrics.flush();
  metrics.committed(run(), START_MS, [event('PassStateEntered')]);
  metrics.flush();
  expect(written).toEqual([]);
  metrics.committed(run(), START_MS, [event('ExecutionStarted')]);
  metrics.flush();
  metrics.flush();
  expect(written).toHaveLength(1);
});

test('state machines have lines of their own', () => {
  const { metrics, lines } = newMetrics();
  for (const name of ['orders', 'bills', 'orders']) metrics.committed(run(name), START_MS, [event('ExecutionStarted')]);
  metrics.flush();
  expect(lines().map(({ StateMachineArn, ExecutionsStarted }) => [StateMachineArn, ExecutionsStarted])).toEqual([
    [MACHINE, 2],
    [MACHINE.replace('orders', 'bills'), 1],
  ]);
});

test('a hundred times of one metric are a line, more than which CloudWatch does not take', () => {
  const { metrics, lines } = newMetrics();
  for (let took = 1; took <= 250; took++) {
    metrics.committed(run(), START_MS, [event('ExecutionStarted'), event('ExecutionFailed', START_MS + took)]);
  }
  expect(lines()).toHaveLength(2);
  metrics.flush();
  const times = lines().map(({ ExecutionTime }) => ExecutionTime);
  expect(times.map(({ length }) => length)).toEqual([100, 100, 50]);
  expect(times.flat()).toEqual(Array.from({ length: 250 }, (_, index) => index + 1));
  const sum = (name: string) => lines().reduce((total, line) => total + line[name], 0);
  expect([sum('ExecutionsStarted'), sum('ExecutionsFailed')]).toEqual([250, 250]);
});

/** AWS's names, and those that Prometheus gets. */
const NAMES: [HistoryEvent['type'], aws: string, prometheus: string][] = [
  ['ExecutionStarted', 'ExecutionsStarted', 'executions_started'],
  ['ExecutionSucceeded', 'ExecutionsSucceeded', 'executions_succeeded'],
  ['ExecutionFailed', 'ExecutionsFailed', 'executions_failed'],
  ['ExecutionAborted', 'ExecutionsAborted', 'executions_aborted'],
  ['ExecutionTimedOut', 'ExecutionsTimedOut', 'executions_timed_out'],
  ['ExecutionRedriven', 'ExecutionsRedriven', 'executions_redriven'],
  ['ActivityScheduled', 'ActivitiesScheduled', 'activities_scheduled'],
  ['ActivityStarted', 'ActivitiesStarted', 'activities_started'],
  ['ActivitySucceeded', 'ActivitiesSucceeded', 'activities_succeeded'],
  ['ActivityFailed', 'ActivitiesFailed', 'activities_failed'],
  ['ActivityTimedOut', 'ActivitiesTimedOut', 'activities_timed_out'],
  ['LambdaFunctionScheduled', 'LambdaFunctionsScheduled', 'lambda_functions_scheduled'],
  ['LambdaFunctionStarted', 'LambdaFunctionsStarted', 'lambda_functions_started'],
  ['LambdaFunctionSucceeded', 'LambdaFunctionsSucceeded', 'lambda_functions_succeeded'],
  ['LambdaFunctionFailed', 'LambdaFunctionsFailed', 'lambda_functions_failed'],
  ['LambdaFunctionTimedOut', 'LambdaFunctionsTimedOut', 'lambda_functions_timed_out'],
  ['TaskScheduled', 'ServiceIntegrationsScheduled', 'service_integrations_scheduled'],
  ['TaskStarted', 'ServiceIntegrationsStarted', 'service_integrations_started'],
  ['TaskSucceeded', 'ServiceIntegrationsSucceeded', 'service_integrations_succeeded'],
  ['TaskFailed', 'ServiceIntegrationsFailed', 'service_integrations_failed'],
  ['TaskTimedOut', 'ServiceIntegrationsTimedOut', 'service_integrations_timed_out'],
];

test.each(NAMES)('%s is counted as %s', async (type, aws, name) => {
  const { metrics, lines } = newMetrics();
  metrics.committed(run(), START_MS, [event(type)]);
  metrics.flush();
  expect(lines()[0]).toMatchObject({ [aws]: 1 });
  const prometheus = createPrometheusMetrics();
  prometheus.committed(run(), START_MS, [event(type)]);
  expect(String((await prometheus.page()).body)).toContain(`\nstepwell_${name}_total 1\n`);
});
