import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { TableName } from '../adapters/dynamodb/tables';
import { isStreamed, VARIABLES } from '../host/lambda-settings';
import { bundleOf } from './bundles';
import { GRANTS } from './grants';
import { MEMORY_MEGABYTES } from './memory';
import { FUNCTION_NAMES, type FunctionName, type TaskPermission } from './options';
import type { Queues } from './queues';
import type { Settled } from './settle';
import type { Tables } from './tables';

/** A call that is buffered ends at API Gateway's 29 s. */
const BUFFERED_SECONDS = 29;
const STREAMED_SECONDS = 75;

/**
 * The longest that each may take; the worker of tasks waits for the functions of others, `sync` for executions of
 * a minute, of which nothing is to be given up before.
 */
export const TIMEOUT_SECONDS = { advance: 20, task: 900, sync: 90, timers: 55, audit: 900 } as const;

const DESCRIPTIONS: Record<FunctionName, string> = {
  api: 'Stepwell: the Step Functions API',
  advance: 'Stepwell: turns of executions',
  task: 'Stepwell: invokes the Lambda functions of Task states',
  sync: 'Stepwell: runs the executions of StartSyncExecution',
  timers: 'Stepwell: once a minute, sends the wake-ups of the next quarter of an hour',
  audit: 'Stepwell: once an hour, looks after executions and queues that nobody else would',
};

export interface Resources {
  tables: Tables;
  queues: Queues;
  masterSecret: secretsmanager.ISecret;
}

/** The functions, each with a role that may do what GRANTS says of it, and a log. */
export class Functions extends Construct {
  readonly all: Readonly<Record<FunctionName, lambda.Function>>;
  readonly logs: Readonly<Record<FunctionName, logs.LogGroup>>;
  /** Streams of the log groups that executions may be logged to. */
  readonly logStreams: readonly string[];
  /** The functions that executions may invoke. */
  readonly invokes: readonly string[];
  readonly permissions: readonly TaskPermission[];

  constructor(
    scope: Construct,
    id: string,
    private readonly options: Settled,
    private readonly resources: Resources,
  ) {
    super(scope, id);
    this.permissions = options.taskPermissions ?? [];
    this.invokes = options.invokes ?? [Stack.of(this).formatArn({ service: 'lambda', resource: 'function:*' })];
    this.logStreams = this.logGroupsOf('advance');
    const all: Partial<Record<FunctionName, lambda.Function>> = {};
    const groups: Partial<Record<FunctionName, logs.LogGroup>> = {};
    for (const name of FUNCTION_NAMES) {
      const part = new Construct(this, name);
      groups[name] = this.logOf(part, name);
      all[name] = this.functionOf(part, name, groups[name], this.roleOf(part, name, groups[name]));
    }
    this.all = all as Record<FunctionName, lambda.Function>;
    this.logs = groups as Record<FunctionName, logs.LogGroup>;
  }

  private logOf(part: Construct, name: FunctionName): logs.LogGroup {
    const { name: deployment, logRetentionDays, removesData } = this.options;
    return new logs.LogGroup(part, 'Log', {
      logGroupName: `/aws/lambda/${deployment}-${name}`,
      retention: logRetentionDays,
      removalPolicy: removesData ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    });
  }

  private functionOf(part: Construct, name: FunctionName, logGroup: logs.LogGroup, role: iam.Role): lambda.Function {
    const { name: deployment, reservedConcurrency, pollSeconds, logLevel } = this.options;
    const apiSeconds = isStreamed(pollSeconds) ? STREAMED_SECONDS : BUFFERED_SECONDS;
    const made = new lambda.Function(part, 'Function', {
      functionName: `${deployment}-${name}`,
      description: DESCRIPTIONS[name],
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      code: lambda.Code.fromAsset(bundleOf(name)),
      handler: 'index.handler',
      role,
      logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      // What Lambda writes of each invocation that went well costs nearly as much as the invocation.
      systemLogLevelV2: logLevel === 'debug' ? lambda.SystemLogLevel.INFO : lambda.SystemLogLevel.WARN,
      // The function itself goes by `logLevel`.
      applicationLogLevelV2: lambda.ApplicationLogLevel.TRACE,
      memorySize: MEMORY_MEGABYTES[name],
      timeout: Duration.seconds(name === 'api' ? apiSeconds : TIMEOUT_SECONDS[name]),
      environment: this.environmentOf(name),
      ...(reservedConcurrency?.[name] !== undefined && { reservedConcurrentExecutions: reservedConcurrency[name] }),
    });
    // Its permissions come first: a function that starts without them fails.
    made.node.addDependency(role);
    return made;
  }

  private environmentOf(name: FunctionName): Record<string, string> {
    const { name: deployment, retentionDays, pollSeconds, limitsText, logLevel } = this.options;
    return {
      [VARIABLES.name]: deployment,
      [VARIABLES.account]: Stack.of(this).account,
      [VARIABLES.retentionDays]: String(retentionDays),
      [VARIABLES.pollSeconds]: String(pollSeconds),
      [VARIABLES.logLevel]: logLevel,
      ...(limitsText !== undefined && { [VARIABLES.limits]: limitsText }),
      ...(this.logGroupsOf(name).length > 0 && { [VARIABLES.logging]: 'on' }),
      ...(GRANTS[name].readsMasterSecret && { [VARIABLES.masterSecretArn]: this.resources.masterSecret.secretArn }),
    };
  }

  private roleOf(part: Construct, name: FunctionName, logGroup: logs.LogGroup): iam.Role {
    return new iam.Role(part, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      description: DESCRIPTIONS[name],
      inlinePolicies: {
        Own: new iam.PolicyDocument({
          statements: [
            allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]),
            ...this.tableStatements(name),
            ...this.queueStatements(name),
            ...this.otherStatements(name),
            ...this.logStatements(name),
          ],
        }),
      },
    });
  }

  private tableStatements(name: FunctionName): iam.PolicyStatement[] {
    const { tables, indexes } = GRANTS[name];
    const { all } = this.resources.tables;
    return [
      ...Object.entries(tables).map(([table, actions]) =>
        allow(
          actions.map((action) => `dynamodb:${action}`),
          [all[table as TableName].tableArn],
        ),
      ),
      ...indexes.map((table) => allow(['dynamodb:Query'], [`${all[table].tableArn}/index/list`])),
    ];
  }

  /** Mappings grant what receiving from their queues needs. */
  private queueStatements(name: FunctionName): iam.PolicyStatement[] {
    const { sends, activityQueues, listsQueues } = GRANTS[name];
    const { queues } = this.resources;
    const deadLetters = queues.deadLetters.filter(
      (dead) => activityQueues.length > 0 || dead !== queues.activitiesDead,
    );
    return [
      allow(
        ['sqs:SendMessage', 'sqs:GetQueueUrl', 'sqs:CreateQueue'],
        sends.map((queue) => queues[queue].queueArn),
      ),
      // A queue that is made anew names its dead letters by their ARN.
      allow(
        ['sqs:GetQueueUrl', 'sqs:GetQueueAttributes'],
        deadLetters.map(({ queueArn }) => queueArn),
      ),
      ...(activityQueues.length > 0
        ? [
            allow(
              activityQueues.map((action) => `sqs:${action}`),
              [queues.activityQueueArns],
            ),
          ]
        : []),
      // SQS has no narrower way to list queues.
      ...(listsQueues ? [allow(['sqs:ListQueues'], ['*'])] : []),
    ];
  }

  /** ARNs of the streams of groups that executions may be logged to. */
  private logGroupsOf(name: FunctionName): string[] {
    if (!GRANTS[name].logsExecutions) return [];
    const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
    return (this.options.logGroups ?? []).map((group) =>
      Stack.of(this).formatArn({ service: 'logs', resource: 'log-group', resourceName: `${group}:*`, arnFormat }),
    );
  }

  private logStatements(name: FunctionName): iam.PolicyStatement[] {
    const groups = this.logGroupsOf(name);
    return groups.length === 0 ? [] : [allow(['logs:CreateLogStream', 'logs:PutLogEvents'], groups)];
  }

  /** By its name: a function may be made before the one that it invokes. */
  private arnOf(name: FunctionName): string {
    const { COLON_RESOURCE_NAME: arnFormat } = ArnFormat;
    const resourceName = `${this.options.name}-${name}`;
    return Stack.of(this).formatArn({ service: 'lambda', resource: 'function', resourceName, arnFormat });
  }

  private otherStatements(name: FunctionName): iam.PolicyStatement[] {
    const { readsMasterSecret, invokesFunctions, invokesOwn, callsServices } = GRANTS[name];
    const { masterSecret } = this.resources;
    return [
      ...(readsMasterSecret ? [allow(['secretsmanager:GetSecretValue'], [masterSecret.secretArn])] : []),
      ...(invokesFunctions ? [allow(['lambda:InvokeFunction'], [...this.invokes])] : []),
      ...(invokesOwn.length > 0
        ? [
            allow(
              ['lambda:InvokeFunction'],
              invokesOwn.map((own) => this.arnOf(own)),
            ),
          ]
        : []),
      ...(callsServices ? this.permissions.map(({ actions, resources }) => allow([...actions], [...resources])) : []),
    ];
  }
}

const allow = (actions: string[], resources: string[]): iam.PolicyStatement =>
  new iam.PolicyStatement({ actions, resources });
