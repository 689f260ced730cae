import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { Alarms } from './alarms';
import { addDashboard } from './dashboard';
import { Functions } from './functions';
import type { StepwellOptions } from './options';
import { Queues } from './queues';
import { RestApi } from './rest-api';
import { type Settled, settle } from './settle';
import { Tables } from './tables';

const MESSAGES_AT_ONCE = 10;
const MAXIMUM_CONCURRENCY = { advance: 50, task: 50 };
const MASTER_CHARACTERS = 64;

/**
 * Stepwell in an AWS account: tables, queues, functions, the API before them, alarms and a dashboard.
 *
 * ```ts
 * const stepwell = new Stepwell(stack, 'Stepwell', { retentionDays: 30 });
 * new CfnOutput(stack, 'StepFunctionsEndpoint', { value: stepwell.endpoint });
 * ```
 */
export class Stepwell extends Construct {
  /** What clients get as their endpoint. */
  readonly endpoint: string;
  readonly name: string;
  readonly tables: Tables;
  readonly queues: Queues;
  readonly functions: Functions;
  readonly api: RestApi;
  readonly alarms: Alarms;
  /** The secrets of all access keys come from it. */
  readonly masterSecret: secretsmanager.Secret;

  /** Throws BadOption. */
  constructor(scope: Construct, id: string, given: StepwellOptions = {}) {
    super(scope, id);
    const options = settle(given);
    this.name = options.name;
    this.tables = new Tables(this, 'Tables', options);
    this.queues = new Queues(this, 'Queues', options);
    this.masterSecret = new secretsmanager.Secret(this, 'MasterSecret', {
      secretName: `${options.name}-master`,
      description: 'Stepwell: the secrets of access keys come from it; another one makes all of them invalid',
      generateSecretString: { passwordLength: MASTER_CHARACTERS, excludePunctuation: true },
      removalPolicy: options.removesData ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    });
    const { tables, queues, masterSecret } = this;
    this.functions = new Functions(this, 'Functions', options, { tables, queues, masterSecret });
    this.connect(options);
    this.schedule('timers', Duration.minutes(1), 0);
    this.schedule('audit', Duration.hours(1), 2);
    this.api = new RestApi(this, 'RestApi', options, this.functions.all.api);
    this.endpoint = this.api.endpoint;
    this.alarms = new Alarms(this, 'Alarms', options, this);
    addDashboard(this, options, this);
  }

  private connect({ maximumConcurrency }: Settled): void {
    const { advance, task } = this.functions.all;
    for (const [name, handler, queue] of [
      ['advance', advance, this.queues.advance],
      ['task', task, this.queues.tasks],
    ] as const) {
      handler.addEventSource(
        new SqsEventSource(queue, {
          batchSize: MESSAGES_AT_ONCE,
          reportBatchItemFailures: true,
          maxConcurrency: maximumConcurrency?.[name] ?? MAXIMUM_CONCURRENCY[name],
        }),
      );
    }
  }

  /** What fails is done by the next one: trying again is for what comes seldom. */
  private schedule(name: 'timers' | 'audit', every: Duration, retryAttempts: number): void {
    new events.Rule(this, name === 'timers' ? 'EveryMinute' : 'EveryHour', {
      ruleName: `${this.name}-${name}`,
      schedule: events.Schedule.rate(every),
      targets: [new LambdaFunction(this.functions.all[name], { retryAttempts, maxEventAge: every })],
    });
  }
}
