import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { StoredAccessKeys } from '../../lib/adapters/dynamodb/access-keys';
import { createClient } from '../../lib/adapters/dynamodb/client';
import { openStore } from '../../lib/adapters/dynamodb/store';
import { tablePrefix } from '../../lib/host/aws';
import { startDynamoDb } from '../backends/dynamodb';
import { startElasticMq } from '../backends/elasticmq';
import { synthesize } from './assembly';
import { Deployment } from './deployment';
import type { ExecutionEnvironment } from './execution-environment';
import { Front } from './front';
import { InvokeDoor } from './invoke-door';
import { Secrets } from './secrets';

export interface HarnessOptions {
  /** Options of the app: `-c name=value`. */
  context?: Readonly<Record<string, string>>;
  /** Where Task states find their Lambda functions. None: nowhere. */
  lambdaEndpoint?: string | undefined;
  /** Where CloudWatch Logs is, for logs of executions. None: nowhere. */
  logsEndpoint?: string | undefined;
  /** Environments of each function, and batches of each mapping, at once: this machine has fewer processors than AWS. */
  atOnceMax?: number;
  /** How many times faster schedules run than their rules say. */
  schedulesFaster?: number;
}

export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
}

export const REGION = 'us-east-1';
export const ACCOUNT = '123456789012';
const AT_ONCE_MAX = 40;
const LINES_KEPT = 1_000;
/** A port of loopback where nobody listens. */
const NOWHERE = 'http://127.0.0.1:9';

/**
 * The stack on this machine: its tables in DynamoDB Local, its queues in ElasticMQ, its functions as processes under
 * AWS's runtime client. Everything is made from the synthesized template.
 */
export class Harness {
  /** The API's own URL, with its stage. */
  url = '';
  /** The API under a custom domain: at the root. */
  domainUrl = '';
  deployment!: Deployment;
  /** The last lines that functions logged. */
  readonly lines: string[] = [];
  private sqs!: SQSClient;
  private dynamodb!: DynamoDBClient;
  private readonly secrets = new Secrets();
  /** What to end, the newest first. */
  private readonly endings: (() => unknown)[] = [];

  private constructor(private readonly options: HarnessOptions) {}

  static async start(options: HarnessOptions = {}): Promise<Harness> {
    const harness = new Harness(options);
    try {
      await harness.build();
    } catch (error) {
      await harness.stop();
      throw error;
    }
    return harness;
  }

  /** A key that may do everything, made as `stepwell keys create` does. */
  async createKey(accessKeyId: string): Promise<Keys> {
    const { outputs, tables } = this.deployment;
    const name = tables[0]!.slice(0, tables[0]!.lastIndexOf('-'));
    const store = await openStore({ client: this.dynamodb, prefix: tablePrefix(name), retentionMs: 0 });
    const master = Buffer.from(this.secrets.values.get(outputs.MasterSecretArn!)!);
    const keys = new StoredAccessKeys(store.database, master);
    const secret = await keys.create({ accessKeyId, principal: accessKeyId, allowedActions: undefined });
    if (secret === undefined) throw new Error(`there is a key ${accessKeyId} already`);
    return { accessKeyId, secretAccessKey: secret };
  }

  /** All that live at this moment. */
  get environments(): ExecutionEnvironment[] {
    return [...this.deployment.functions.values()].flatMap(({ environments }) => [...environments]);
  }

  /** Runs the schedule of a function now. Answers what the function did. */
  async runSchedule(functionName: string) {
    const found = this.deployment.schedules.find(
      (schedule) => schedule.settings.function.settings.name === functionName,
    );
    if (!found) throw new Error(`no schedule invokes ${functionName}`);
    return found.run();
  }

  /** How many messages each queue of dead letters has. */
  async deadLetters(): Promise<Record<string, number>> {
    const found: Record<string, number> = {};
    for (const QueueUrl of this.deployment.queues.values()) {
      if (!QueueUrl.endsWith('-dead')) continue;
      const request = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] });
      const { Attributes } = await this.sqs.send(request);
      found[QueueUrl.split('/').at(-1)!] = Number(Attributes!.ApproximateNumberOfMessages);
    }
    return found;
  }

  async stop(): Promise<void> {
    for (let end = this.endings.pop(); end; end = this.endings.pop()) await end();
  }

  private async build(): Promise<void> {
    const { context, lambdaEndpoint = NOWHERE, logsEndpoint = NOWHERE } = this.options;
    const { atOnceMax = AT_ONCE_MAX, schedulesFaster = 1 } = this.options;
    const assembly = await synthesize({ account: ACCOUNT, region: REGION, ...(context && { context }) });
    this.endings.push(() => assembly.remove());
    const store = await startDynamoDb();
    this.endings.push(() => store.stop());
    const queues = await startElasticMq();
    this.endings.push(() => queues.stop());
    const secretsUrl = await this.secrets.listen();
    const invokes = new InvokeDoor(lambdaEndpoint);
    const invokesUrl = await invokes.listen();
    this.dynamodb = createClient(store.settings);
    const { endpoint, region, credentials } = queues.connection;
    this.sqs = new SQSClient({ endpoint: endpoint!, region, credentials: credentials! });
    this.endings.push(() => [invokes.close(), this.secrets.close(), this.dynamodb.destroy(), this.sqs.destroy()]);
    this.deployment = await Deployment.of(assembly, {
      account: ACCOUNT,
      region: REGION,
      dynamodb: this.dynamodb,
      sqs: this.sqs,
      secrets: this.secrets,
      endpoints: {
        AWS_ENDPOINT_URL_DYNAMODB: store.settings.endpoint!,
        AWS_ENDPOINT_URL_SQS: endpoint!,
        AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsUrl,
        AWS_ENDPOINT_URL_LAMBDA: invokesUrl,
        AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: logsEndpoint,
      },
      atOnceMax,
      onLine: (functionName, line) => this.keep(`${functionName}: ${line}`),
    });
    invokes.functions = this.deployment.functions;
    await this.run(schedulesFaster);
  }

  private async run(schedulesFaster: number): Promise<void> {
    const { functions, mappings, schedules, methods, api } = this.deployment;
    this.endings.push(() => Promise.all([...functions.values()].map((each) => each.stop())));
    for (const mapping of mappings) mapping.start();
    this.endings.push(() => Promise.all(mappings.map((mapping) => mapping.stop())));
    for (const schedule of schedules) schedule.start(schedulesFaster);
    this.endings.push(() => {
      for (const schedule of schedules) schedule.stop();
    });
    const [own, domain] = [new Front(api!, methods, `/${api!.stage}`), new Front(api!, methods, '')];
    [this.url, this.domainUrl] = [await own.listen(), await domain.listen()];
    this.endings.push(() => [own.close(), domain.close()]);
  }

  private keep(line: string): void {
    this.lines.push(line);
    this.lines.splice(0, this.lines.length - LINES_KEPT);
  }
}
