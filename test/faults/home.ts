import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  type SFNClientConfig,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { createClient } from '../../lib/adapters/dynamodb/client';
import { createSqsClients, type SqsClients } from '../../lib/adapters/sqs/clients';
import { openAws } from '../../lib/host/aws';
import { diagnosticsOf, problemsOf } from '../../lib/host/definition-problems';
import { listen } from '../../lib/host/http-server';
import { createLog } from '../../lib/host/log';
import { createMinuteWork } from '../../lib/host/minute-work';
import { openServed, type ServedSettings } from '../../lib/host/served';
import { DEFAULT_LIMITS } from '../../lib/runtime/limits';
import { ROLE_ARN } from '../api/service';
import { type DynamoDb, startDynamoDb } from '../backends/dynamodb';
import { type ElasticMq, startElasticMq } from '../backends/elasticmq';
import { HOST } from '../backends/free-port';
import { eventually } from '../contract/eventually';
import { newId } from '../contract/samples';
import { Gateway } from './gateway';

export const REGION = 'us-east-1';
export const ACCOUNT = '123456789012';
const KEY = { accessKeyId: 'KEY', secretAccessKey: 'secret' };
const BODY_BYTES_MAX = 2_000_000;
const PATIENCE_MS = 90_000;
const LOOK_EVERY_MS = 100;

export interface Line {
  level: string;
  message: string;
  executionArn?: string;
  receiveCount?: number;
  error?: string;
}

/** A served process, in this one. */
export interface Served {
  url: string;
  client: SFNClient;
  /** With settings of its own. */
  newClient(settings: Partial<SFNClientConfig>): SFNClient;
  /** What it logged. */
  lines: Line[];
  close(): Promise<void>;
}

/** A store, with a gateway before it, and queues. */
export class Home {
  private constructor(
    private readonly dynamodb: DynamoDb,
    private readonly elasticmq: ElasticMq,
    readonly gateway: Gateway,
    readonly sqs: SqsClients,
  ) {}

  static async start(): Promise<Home> {
    const [dynamodb, elasticmq] = await Promise.all([startDynamoDb(), startElasticMq()]);
    const gateway = await Gateway.before(dynamodb.settings.endpoint!);
    return new Home(dynamodb, elasticmq, gateway, createSqsClients(elasticmq.connection));
  }

  async stop(): Promise<void> {
    this.sqs.close();
    this.gateway.close();
    await Promise.all([this.dynamodb.stop(), this.elasticmq.stop()]);
  }

  newStoreClient() {
    return createClient(this.dynamodb.settings);
  }

  settings(lines: Line[], more: Partial<ServedSettings> = {}): ServedSettings {
    const { credentials } = this.dynamodb.settings;
    return {
      name: `n${newId()}`,
      region: REGION,
      account: ACCOUNT,
      limits: DEFAULT_LIMITS,
      dynamodb: { endpoint: this.gateway.endpoint, credentials },
      sqs: this.elasticmq.connection,
      patienceMs: 0,
      retentionMs: 90 * 86_400_000,
      isCreating: true,
      keys: {
        find: async () => ({ secretAccessKey: KEY.secretAccessKey, principal: 'test', allowedActions: undefined }),
      },
      masterSecret: undefined,
      functions: new Map(),
      lambdaEndpoint: undefined,
      log: createLog('debug', (line) => void lines.push(JSON.parse(line) as Line)),
      ...more,
    };
  }

  async serve(more: Partial<ServedSettings> = {}): Promise<Served> {
    const lines: Line[] = [];
    const service = await openServed(this.settings(lines, more));
    const { pages } = service;
    const server = await listen(service.api, { host: HOST, port: 0, bodyBytesMax: BODY_BYTES_MAX, pages });
    const newClient = (settings: Partial<SFNClientConfig>) =>
      new SFNClient({ endpoint: server.url, region: REGION, credentials: KEY, maxAttempts: 1, ...settings });
    const client = newClient({});
    return {
      url: server.url,
      client,
      newClient,
      lines,
      async close() {
        client.destroy();
        service.beginStop();
        await server.close();
        await service.close();
      },
    };
  }

  /** The audit of a deployment, as the process that has its turn does it. Answers what it logged. */
  async audit(name: string): Promise<Line[]> {
    const lines: Line[] = [];
    const settings = this.settings(lines, { name });
    const service = await openAws({
      ...settings,
      pollHoldMs: 0,
      receiveSeconds: 0,
      functions: { invoke: async () => ({ payload: '{}' }) },
      services: { call: async () => ({ error: 'E', cause: 'nobody calls one' }) },
      checkDefinition: problemsOf,
      diagnose: diagnosticsOf,
      keysOf: () => settings.keys!,
    });
    await createMinuteWork(service, { log: settings.log }).audit();
    service.close();
    return lines;
  }
}

/** Resolves once it holds: in seconds, with a store that is in good order. */
export const until = <T>(ask: () => T | Promise<T>, holds: (answer: T) => boolean): Promise<T> =>
  eventually(ask, holds, { patienceMs: PATIENCE_MS, everyMs: LOOK_EVERY_MS });

export async function createMachine(client: SFNClient, name: string, states: object): Promise<string> {
  const definition = JSON.stringify({ StartAt: Object.keys(states)[0], States: states });
  const created = await client.send(new CreateStateMachineCommand({ name, definition, roleArn: ROLE_ARN }));
  return created.stateMachineArn!;
}

export async function start(client: SFNClient, stateMachineArn: string, name: string): Promise<string> {
  return (await client.send(new StartExecutionCommand({ stateMachineArn, name }))).executionArn!;
}

export const ended = (client: SFNClient, executionArn: string) =>
  until(
    () => client.send(new DescribeExecutionCommand({ executionArn })),
    ({ status }) => status !== 'RUNNING',
  );

export const historyOf = async (client: SFNClient, executionArn: string) =>
  (await client.send(new GetExecutionHistoryCommand({ executionArn }))).events!;

export const wait = (Seconds: number) => ({ Rest: { Type: 'Wait', Seconds, End: true } });
