import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { TABLES, type TableDescription, type TableName } from '../adapters/dynamodb/tables';
import { METRIC_NAMESPACE } from '../host/lambda-metrics';
import type { Functions } from './functions';
import { FUNCTION_NAMES } from './options';
import type { Queues } from './queues';
import type { RestApi } from './rest-api';
import type { Settled } from './settle';
import type { Tables } from './tables';

export interface Watched {
  tables: Tables;
  queues: Queues;
  functions: Functions;
  api: RestApi;
}

const FIVE_MINUTES = Duration.minutes(5);
/** Wake-ups lie in a queue for up to 15 minutes, and functions run as long: what is older is not being handled. */
const OLDEST_SECONDS_MAX = 1_200;

/** What should wake somebody. docs/deploy.md says of each what it means and what to do. */
export class Alarms extends Construct {
  readonly all: cloudwatch.Alarm[] = [];
  private readonly action: SnsAction | undefined;

  constructor(
    scope: Construct,
    id: string,
    private readonly options: Settled,
    { tables, queues, functions, api }: Watched,
  ) {
    super(scope, id);
    this.action = this.actionOf(options);
    for (const queue of queues.deadLetters) this.deadLetters(queue);
    for (const queue of [queues.advance, queues.tasks]) this.oldest(queue);
    for (const name of FUNCTION_NAMES) {
      const metrics = { period: FIVE_MINUTES };
      this.alarm(`${name}-errors`, functions.all[name].metricErrors(metrics), `${name} failed, or took too long`);
      this.alarm(
        `${name}-throttles`,
        functions.all[name].metricThrottles(metrics),
        `${name} found no free concurrency`,
      );
      this.alarm(`${name}-log`, this.loggedErrors(functions.logs[name], name), `${name} logged an error`);
    }
    for (const [name, table] of Object.entries(tables.all)) {
      this.alarm(`table-${name}-throttles`, throttlesOf(name as TableName, table), `table ${name} refused requests`);
    }
    this.alarm(
      'api-faults',
      api.api.metricServerError({ period: FIVE_MINUTES, statistic: 'Sum' }),
      'calls answered 5xx',
    );
  }

  private deadLetters(queue: sqs.Queue): void {
    const metric = queue.metricApproximateNumberOfMessagesVisible({
      period: Duration.minutes(1),
      statistic: 'Maximum',
    });
    this.alarm(queue.node.id, metric, `messages in ${queue.node.id}: they were tried ten times`);
  }

  private oldest(queue: sqs.Queue): void {
    const metric = queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1), statistic: 'Maximum' });
    this.alarm(`${queue.node.id}-oldest`, metric, `a message of ${queue.node.id} is not handled`, OLDEST_SECONDS_MAX);
  }

  /** What a function logs at that level is for a person to see: it says what to do. */
  private loggedErrors(logGroup: logs.LogGroup, name: string): cloudwatch.Metric {
    const metricName = `${this.options.name}-${name}-LoggedErrors`;
    new logs.MetricFilter(this, `${name}Errors`, {
      logGroup,
      filterPattern: logs.FilterPattern.stringValue('$.level', '=', 'error'),
      metricNamespace: METRIC_NAMESPACE,
      metricName,
    });
    return new cloudwatch.Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      statistic: 'Sum',
      period: FIVE_MINUTES,
    });
  }

  private alarm(name: string, metric: cloudwatch.IMetric, alarmDescription: string, above = 0): void {
    const alarm = new cloudwatch.Alarm(this, name, {
      alarmName: `${this.options.name}-${name}`,
      alarmDescription: `Stepwell: ${alarmDescription}`,
      metric,
      threshold: above,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    if (this.action) alarm.addAlarmAction(this.action);
    if (this.action) alarm.addOkAction(this.action);
    this.all.push(alarm);
  }

  private actionOf({ alarmTopicArn, alarmEmail, name }: Settled): SnsAction | undefined {
    if (alarmTopicArn !== undefined) return new SnsAction(sns.Topic.fromTopicArn(this, 'Topic', alarmTopicArn));
    if (alarmEmail === undefined) return undefined;
    const topic = new sns.Topic(this, 'Topic', { topicName: `${name}-alarms`, enforceSSL: true });
    topic.addSubscription(new EmailSubscription(alarmEmail));
    return new SnsAction(topic);
  }
}

/** Of the table and of its indexes: what DynamoDB counts of a table is without them, and a full index refuses writes. */
function throttlesOf(name: TableName, table: dynamodb.Table): cloudwatch.MathExpression {
  const { indexes }: TableDescription = TABLES[name];
  const places = [{}, ...indexes.map((index) => ({ GlobalSecondaryIndexName: index.name }))];
  const metrics = places.flatMap((place) =>
    ['ReadThrottleEvents', 'WriteThrottleEvents'].map((metricName) =>
      table.metric(metricName, { statistic: 'Sum', dimensionsMap: { TableName: table.tableName, ...place } }),
    ),
  );
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`throttles${index}`, metric]));
  return new cloudwatch.MathExpression({
    expression: Object.keys(usingMetrics)
      .map((id) => `FILL(${id}, 0)`)
      .join(' + '),
    usingMetrics,
    period: FIVE_MINUTES,
    label: 'throttled requests',
  });
}
