import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Assembly } from './assembly';
import { EventSourceMapping } from './event-source-mapping';
import type { Method } from './front';
import { LambdaFunction } from './lambda-function';
import { createQueue } from './queues';
import type { RestApi } from './rest-event';
import { Schedule } from './schedule';
import type { Generated, Secrets } from './secrets';
import { createTable } from './tables';
import { type Physical, TemplateValues } from './template-values';

export interface Account {
  account: string;
  region: string;
  dynamodb: DynamoDBClient;
  sqs: SQSClient;
  secrets: Secrets;
  /** Where functions find the services: the SDK's own variables. */
  endpoints: Readonly<Record<string, string>>;
  /** Environments of a function at once, whatever the template allows. */
  atOnceMax: number;
  onLine(functionName: string, line: string): void;
}

/** Resources of which nothing is needed here: who may do what, and who is told. */
const LEFT_OUT =
  /^AWS::(IAM|Logs|CloudWatch|CDK)::|^AWS::SQS::QueuePolicy$|^AWS::Lambda::Permission$|^AWS::ApiGateway::(Deployment|Account)$/;
const API_TIMEOUT_MS = 29_000;
const NAMED_FUNCTION = /\/functions\/(arn:[^/]+)\/(invocations|response-streaming-invocations)$/;

// biome-ignore lint/suspicious/noExplicitAny: properties are as the template has them; a wrong one fails where it is used.
type Properties = Record<string, any>;

/** What the resources of a template became. Everything is made from the template alone, as CloudFormation would. */
export class Deployment {
  readonly functions = new Map<string, LambdaFunction>();
  readonly mappings: EventSourceMapping[] = [];
  readonly schedules: Schedule[] = [];
  readonly methods: Method[] = [];
  readonly tables: string[] = [];
  /** URLs of queues by their ARNs. */
  readonly queues = new Map<string, string>();
  readonly outputs: Record<string, string> = {};
  api: RestApi | undefined;
  private readonly visibilitySeconds = new Map<string, number>();
  private readonly made = new Map<string, Promise<Physical>>();
  private readonly values: TemplateValues;

  private constructor(
    private readonly assembly: Assembly,
    private readonly account: Account,
  ) {
    this.values = new TemplateValues((logicalId) => this.find(logicalId), {
      'AWS::AccountId': account.account,
      'AWS::Region': account.region,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
    });
  }

  static async of(assembly: Assembly, account: Account): Promise<Deployment> {
    const deployment = new Deployment(assembly, account);
    // One after the other: what one needs of another is made first.
    for (const logicalId of assembly.resources.keys()) await deployment.find(logicalId);
    for (const [name, { Value }] of Object.entries(assembly.outputs)) {
      deployment.outputs[name] = String(await deployment.values.resolve(Value));
    }
    return deployment;
  }

  private find(logicalId: string): Promise<Physical> {
    let physical = this.made.get(logicalId);
    if (!physical) {
      physical = this.make(logicalId);
      this.made.set(logicalId, physical);
    }
    return physical;
  }

  private async make(logicalId: string): Promise<Physical> {
    const { Type, Properties = {} } = this.assembly.resources.get(logicalId) ?? {};
    if (Type === undefined) throw new Error(`the template refers to ${logicalId}, which it does not have`);
    if (LEFT_OUT.test(Type)) return { ref: logicalId, attributes: { Arn: `arn:aws:left-out:::${logicalId}` } };
    const maker = this.makers[Type];
    if (!maker) throw new Error(`the harness does not know ${Type} (${logicalId})`);
    return maker(logicalId, (await this.values.resolve(Properties)) as Properties);
  }

  private readonly makers: Record<string, (logicalId: string, properties: Properties) => Promise<Physical>> = {
    'AWS::DynamoDB::Table': async (_, properties) => {
      const table = await createTable(this.account.dynamodb, properties);
      this.tables.push(table.ref);
      return table;
    },
    'AWS::SQS::Queue': async (_, properties) => {
      const queue = await createQueue(this.account.sqs, properties);
      this.queues.set(queue.attributes.Arn!, queue.ref);
      this.visibilitySeconds.set(queue.attributes.Arn!, Number(properties.VisibilityTimeout ?? 30));
      return queue;
    },
    'AWS::SecretsManager::Secret': async (logicalId, { Name = logicalId, GenerateSecretString }) => {
      const arn = this.arn('secretsmanager', `secret:${Name}-AbCdEf`);
      this.account.secrets.generate(arn, GenerateSecretString as Generated);
      return { ref: arn, attributes: {} };
    },
    'AWS::Lambda::Function': async (logicalId, properties) => this.makeFunction(logicalId, properties),
    'AWS::Lambda::EventSourceMapping': async (logicalId, properties) => this.makeMapping(logicalId, properties),
    'AWS::Events::Rule': async (logicalId, properties) => this.makeSchedules(logicalId, properties),
    'AWS::ApiGateway::RestApi': async (logicalId, { BinaryMediaTypes = [] }) => {
      const { account: accountId, region } = this.account;
      const isBinary = BinaryMediaTypes.includes('*/*');
      this.api = { apiId: 'harness000', accountId, region, stage: '', isBinary };
      return { ref: this.api.apiId, attributes: { RootResourceId: 'root', RestApiId: logicalId } };
    },
    'AWS::ApiGateway::Resource': async (_, { ParentId, PathPart }) => {
      const ref = ParentId === 'root' ? `/${PathPart}` : `${ParentId}/${PathPart}`;
      return { ref, attributes: {} };
    },
    'AWS::ApiGateway::Stage': async (_, { StageName }) => {
      this.api!.stage = StageName;
      return { ref: StageName, attributes: {} };
    },
    'AWS::ApiGateway::Method': async (logicalId, properties) => this.makeMethod(logicalId, properties),
  };

  private makeFunction(logicalId: string, properties: Properties): Physical {
    const {
      FunctionName: name = logicalId,
      Handler,
      Timeout = 3,
      MemorySize = 128,
      Code,
      Environment,
      LoggingConfig,
    } = properties;
    const { region, endpoints, atOnceMax, onLine } = this.account;
    const arn = this.arn('lambda', `function:${name}`);
    const made = new LambdaFunction(
      {
        name,
        arn,
        region,
        folder: this.assembly.asset(Code.S3Key),
        handler: Handler,
        timeoutSeconds: Timeout,
        memoryMegabytes: MemorySize,
        logging: { LogFormat: 'Text', ApplicationLogLevel: '', ...LoggingConfig },
        variables: Environment?.Variables ?? {},
        endpoints,
        onLine: (line) => onLine(name, line),
      },
      Math.min(atOnceMax, properties.ReservedConcurrentExecutions ?? Number.POSITIVE_INFINITY),
    );
    this.functions.set(name, made);
    return { ref: name, attributes: { Arn: arn } };
  }

  private makeMapping(logicalId: string, properties: Properties): Physical {
    const { FunctionName, EventSourceArn: queueArn, BatchSize = 10, FunctionResponseTypes = [] } = properties;
    const target = this.functionOf(FunctionName);
    const visibilitySeconds = this.visibilitySeconds.get(queueArn);
    // Lambda refuses such a mapping.
    if (!(visibilitySeconds! >= target.settings.timeoutSeconds)) {
      throw new Error(`${queueArn} hides messages for less time than ${target.settings.name} may take`);
    }
    const allowed = properties.ScalingConfig?.MaximumConcurrency ?? Number.POSITIVE_INFINITY;
    this.mappings.push(
      new EventSourceMapping({
        client: this.account.sqs,
        queueUrl: this.queues.get(queueArn)!,
        queueArn,
        region: this.account.region,
        function: target,
        batchSize: BatchSize,
        reportsItems: FunctionResponseTypes.includes('ReportBatchItemFailures'),
        concurrencyMax: Math.min(allowed, this.account.atOnceMax),
      }),
    );
    return { ref: logicalId, attributes: {} };
  }

  private makeSchedules(logicalId: string, properties: Properties): Physical {
    const { Name: name = logicalId, ScheduleExpression: expression, State = 'ENABLED', Targets } = properties;
    const { region, account } = this.account;
    const arn = this.arn('events', `rule/${name}`);
    for (const { Arn, RetryPolicy } of State === 'ENABLED' ? Targets : []) {
      const retriesMax = RetryPolicy?.MaximumRetryAttempts ?? 2;
      this.schedules.push(
        new Schedule({ name, arn, region, account, expression, retriesMax, function: this.functionOf(Arn) }),
      );
    }
    return { ref: name, attributes: { Arn: arn } };
  }

  private makeMethod(logicalId: string, { HttpMethod, ResourceId, AuthorizationType, Integration }: Properties) {
    const { Type, Uri, TimeoutInMillis = API_TIMEOUT_MS, ResponseTransferMode = 'BUFFERED' } = Integration;
    const [, functionArn, kind] = NAMED_FUNCTION.exec(Uri) ?? [];
    const isStreamed = ResponseTransferMode === 'STREAM';
    if (Type !== 'AWS_PROXY' || functionArn === undefined) throw new Error(`${logicalId} calls no function: ${Uri}`);
    if (AuthorizationType !== 'NONE') throw new Error(`the harness does not know authorization ${AuthorizationType}`);
    if (isStreamed !== (kind !== 'invocations')) throw new Error(`${logicalId} streams, or does not: ${Uri}`);
    if (!isStreamed && TimeoutInMillis > API_TIMEOUT_MS) throw new Error(`${logicalId} waits too long`);
    this.methods.push({
      resource: ResourceId === 'root' ? '/' : ResourceId,
      httpMethod: HttpMethod,
      function: this.functionOf(functionArn),
      timeoutMs: TimeoutInMillis,
      isStreamed,
    });
    return { ref: logicalId, attributes: {} };
  }

  private functionOf(nameOrArn: string): LambdaFunction {
    const found = this.functions.get(nameOrArn.split(':').at(-1)!);
    if (!found) throw new Error(`the template names a function that it does not have: ${nameOrArn}`);
    return found;
  }

  private arn(service: string, resource: string): string {
    return `arn:aws:${service}:${this.account.region}:${this.account.account}:${resource}`;
  }
}
