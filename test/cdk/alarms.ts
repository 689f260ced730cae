import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ASSUMED } from '../../bench/cost/assumptions';
import { TABLES, type TableDescription } from '../../lib/adapters/dynamodb/tables';
import { specifyQueues } from '../../lib/adapters/sqs/specifications';
import { FUNCTION_NAMES } from '../../lib/cdk/options';
import { synthesizePlain } from './synthesized';

const stack = synthesizePlain();
const { template } = stack;
const { deadLetters } = specifyQueues('stepwell');

interface Watched {
  Namespace: string;
  MetricName: string;
  Dimensions?: { Name: string; Value: unknown }[];
}
interface Alarm extends Watched {
  AlarmName: string;
  Statistic: string;
  Period: number;
  Threshold: number;
  Metrics?: { Expression?: string; MetricStat?: { Metric: Watched; Stat: string; Period: number } }[];
}
const alarms = stack.of('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties as unknown as Alarm);
const alarm = (name: string) => alarms.find(({ AlarmName }) => AlarmName === `stepwell-${name}`)!;
const named = ({ Properties }: { Properties: Record<string, unknown> }) =>
  ['TableName', 'QueueName', 'FunctionName'].map((key) => Properties[key]).find(Boolean);
const { Resources } = template.toJSON() as { Resources: Record<string, { Properties: Record<string, unknown> }> };
/** References as the names of what they refer to. */
const dimensionsOf = ({ Dimensions = [] }: Watched) =>
  Object.fromEntries(
    Dimensions.map(({ Name, Value }) => {
      const { Ref, 'Fn::GetAtt': attribute } = Value as { Ref?: string; 'Fn::GetAtt'?: [string, string] };
      const id = Ref ?? attribute?.[0];
      return [Name, id === undefined ? Value : named(Resources[id]!)];
    }),
  );
const watchedBy = (name: string) => {
  const { Namespace, MetricName, Statistic, Period, Threshold, ...rest } = alarm(name);
  return [`${Namespace} ${MetricName}`, dimensionsOf(rest as Alarm), Statistic, Period, Threshold];
};

test('alarms stand for dead letters, old messages, errors, throttles and faults', () => {
  const wanted = [
    ...deadLetters.map(({ name }) => name),
    'stepwell-advance-oldest',
    'stepwell-tasks-oldest',
    ...FUNCTION_NAMES.flatMap((name) => ['errors', 'throttles', 'log'].map((what) => `stepwell-${name}-${what}`)),
    ...Object.keys(TABLES).map((name) => `stepwell-table-${name}-throttles`),
    'stepwell-api-faults',
  ];
  expect(alarms.map(({ AlarmName }) => AlarmName).sort()).toEqual(wanted.sort());
  template.allResourcesProperties('AWS::CloudWatch::Alarm', {
    ComparisonOperator: 'GreaterThanThreshold',
    EvaluationPeriods: 1,
    TreatMissingData: 'notBreaching',
  });
});

test.each(deadLetters)('$name: a message is there', ({ name: QueueName }) => {
  const metric = 'AWS/SQS ApproximateNumberOfMessagesVisible';
  expect(watchedBy(QueueName.replace('stepwell-', ''))).toEqual([metric, { QueueName }, 'Maximum', 60, 0]);
});

test.each(['advance', 'tasks'])('%s-oldest: a message is older than anything that is handled', (name) => {
  const QueueName = `stepwell-${name}`;
  const metric = 'AWS/SQS ApproximateAgeOfOldestMessage';
  expect(watchedBy(`${name}-oldest`)).toEqual([metric, { QueueName }, 'Maximum', 60, 1_200]);
});

test.each(FUNCTION_NAMES)('%s: errors, throttles, and lines of its log that say error', (name) => {
  const FunctionName = `stepwell-${name}`;
  expect(watchedBy(`${name}-errors`)).toEqual(['AWS/Lambda Errors', { FunctionName }, 'Sum', 300, 0]);
  expect(watchedBy(`${name}-throttles`)).toEqual(['AWS/Lambda Throttles', { FunctionName }, 'Sum', 300, 0]);
  const MetricName = `stepwell-${name}-LoggedErrors`;
  expect(watchedBy(`${name}-log`)).toEqual([`Stepwell ${MetricName}`, {}, 'Sum', 300, 0]);
  const [[logId]] = Object.entries(
    template.findResources('AWS::Logs::LogGroup', { Properties: { LogGroupName: `/aws/lambda/${FunctionName}` } }),
  ) as [[string, unknown]];
  template.hasResourceProperties('AWS::Logs::MetricFilter', {
    LogGroupName: { Ref: logId },
    FilterPattern: '{ $.level = "error" }',
    MetricTransformations: [{ MetricNamespace: 'Stepwell', MetricName, MetricValue: '1' }],
  });
});

test.each(Object.entries<TableDescription>(TABLES))(
  'table %s: refused requests, those of its indexes too',
  (name, table) => {
    const watched = alarm(`table-${name}-throttles`).Metrics!.flatMap(({ MetricStat }) => MetricStat ?? []);
    const TableName = `stepwell-${name}`;
    const places = [
      { TableName },
      ...table.indexes.map((index) => ({ TableName, GlobalSecondaryIndexName: index.name })),
    ];
    expect(watched.map(({ Metric }) => [Metric.Namespace, Metric.MetricName, dimensionsOf(Metric)])).toEqual(
      places.flatMap((place) =>
        ['ReadThrottleEvents', 'WriteThrottleEvents'].map((metric) => ['AWS/DynamoDB', metric, place]),
      ),
    );
    for (const { Stat, Period } of watched) expect([Stat, Period]).toEqual(['Sum', 300]);
    const { Expression } = alarm(`table-${name}-throttles`).Metrics!.find((metric) => metric.Expression)!;
    expect(Expression).toBe(watched.map((_, index) => `FILL(throttles${index}, 0)`).join(' + '));
  },
);

test('api-faults: calls that were answered 5xx', () => {
  expect(watchedBy('api-faults')).toEqual(['AWS/ApiGateway 5XXError', { ApiName: 'stepwell' }, 'Sum', 300, 0]);
});

test('they watch as many metrics as `npm run cost` reckons, and docs/deploy.md says', () => {
  const metrics = alarms.flatMap(({ Metrics }) => Metrics?.filter(({ MetricStat }) => MetricStat) ?? [{}]);
  expect(metrics).toHaveLength(ASSUMED.alarmMetrics);
  template.resourceCountIs('AWS::CloudWatch::Dashboard', ASSUMED.dashboards);
  const page = readFileSync(join(__dirname, '../../docs/deploy.md'), 'utf8').replace(/\s+/g, ' ');
  expect(page).toContain(`${alarms.length} alarms watch ${metrics.length} metrics`);
});

describe('the dashboard', () => {
  const { Properties } = stack.of('AWS::CloudWatch::Dashboard')[0]!;
  const body = JSON.stringify(Properties.DashboardBody).replaceAll('\\"', '"');

  test('has the name of the deployment', () => {
    expect(Properties.DashboardName).toBe('stepwell');
  });

  test.each([
    ...['Started', 'Succeeded', 'Failed', 'TimedOut', 'Aborted'].map((end) => `Executions${end}`),
    ...['ExecutionTime', 'Count', '4XXError', '5XXError', 'Latency', 'Invocations', 'Errors', 'Throttles'],
    ...['ApproximateNumberOfMessagesVisible', 'ApproximateAgeOfOldestMessage', 'ConcurrentExecutions'],
    ...['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits'],
  ])('shows %s', (metric) => {
    expect(body).toContain(`"${metric}"`);
  });

  test('shows executions as the functions count them', () => {
    expect(body).toContain('["Stepwell","ExecutionsStarted","Deployment","stepwell"');
  });
});
