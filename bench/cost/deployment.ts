import { SFNClient } from '@aws-sdk/client-sfn';
import { createClient } from '../../lib/adapters/dynamodb/client';
import { createTables } from '../../lib/adapters/dynamodb/create-tables';
import { createSqsClients } from '../../lib/adapters/sqs/clients';
import { createQueues } from '../../lib/adapters/sqs/create-queues';
import { advanceMessages, taskMessages } from '../../lib/adapters/sqs/messages';
import { RemoteQueue } from '../../lib/adapters/sqs/remote-queue';
import { specifyQueues } from '../../lib/adapters/sqs/specifications';
import { type AwsService, openAws, tablePrefix } from '../../lib/host/aws';
import { createLog } from '../../lib/host/log';
import { createMinuteWork } from '../../lib/host/minute-work';
import type { FunctionResult } from '../../lib/ports/functions';
import { DEFAULT_LIMITS } from '../../lib/runtime/limits';
import type { DynamoDb } from '../../test/backends/dynamodb';
import type { ElasticMq } from '../../test/backends/elasticmq';
import { ASSUMED, type FunctionName } from './assumptions';
import { Environments } from './environments';
import { EventSource } from './event-source';
import { Meter } from './meter';
import { Tables } from './tables';

const NAME = 'cost';
const REGION = 'us-east-1';
const ACCOUNT = '123456789012';
const RETENTION_MS = 90 * 86_400_000;
const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };

const LOG = createLog('warn');
const MINUTE_MS = 60_000;
/** What waits in minutes that are older has been moved. */
const PASSED_MINUTES = 10;

export const FUNCTION_ARN = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:work`;
export const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/any`;

/** A deployment whose functions all live in this process, each with nothing but its own memory, as on Lambda. */
export interface Deployment {
  meter: Meter;
  tables: Tables;
  /** Starts and answers. */
  client: SFNClient;
  /** Workers' polls, which other environments of the same function hold. */
  poller: SFNClient;
  /** Whether queues are busy from now on: then messages come to the functions several at a time. */
  setBusy(isBusy: boolean): void;
  /** The work of a minute, and the audit, by the functions that do them. */
  minute(): Promise<void>;
  audit(): Promise<void>;
  /** Puts the clock forward. As it was before, wake-ups of the last ten minutes may still be there. */
  putForward(ms: number): Promise<void>;
  close(): Promise<void>;
}

export async function deploy({ settings }: DynamoDb, { connection }: ElasticMq): Promise<Deployment> {
  const unmetered = { dynamodb: createClient(settings), sqs: createSqsClients(connection) };
  const prefix = tablePrefix(NAME);
  const specifications = specifyQueues(NAME);
  await createTables(unmetered.dynamodb, prefix);
  await createQueues(unmetered.sqs.calls, specifications);
  const tables = new Tables(unmetered.dynamodb, prefix);
  const meter = new Meter(tables);

  const clock = new Clock();
  const openService = () =>
    openAws({
      name: NAME,
      region: REGION,
      account: ACCOUNT,
      limits: DEFAULT_LIMITS,
      dynamodb: { endpoint: settings.endpoint, credentials: settings.credentials },
      sqs: { endpoint: connection.endpoint, credentials: connection.credentials },
      retentionMs: RETENTION_MS,
      pollHoldMs: ASSUMED.pollSeconds * 1000,
      receiveSeconds: ASSUMED.pollSeconds,
      functions: { invoke: () => invoke(meter) },
      services: { call: async () => ({ error: 'E', cause: 'no scenario calls one' }) },
      checkDefinition: () => '',
      diagnose: () => [],
      keysOf: () => ({ find: async () => ({ secretAccessKey: KEYS.secretAccessKey, principal: 'cost' }) }),
      log: LOG,
    });
  const open = async (): Promise<AwsService> => {
    const service = await openService();
    meter.watchDynamoDb(service.clients.dynamodb);
    meter.watchSqs(service.clients.sqs);
    return service;
  };
  const unwatched = await openService();
  // Requests wait for one environment: what it learns once, as which lists it has noted, it learns once.
  const apis = new Environments(open, 1);
  const polls = new Environments(open);
  const advancing = new Environments(open);
  const tasking = new Environments(open);
  const timing = new Environments(open);
  const sqs = createSqsClients(connection);
  meter.watchSqs(sqs);
  const advances = new EventSource({
    remote: new RemoteQueue(specifications.advance, sqs, { isSentAgain: true }),
    format: advanceMessages,
    meter,
    name: 'advance',
    environments: advancing,
    isLong: false,
  });
  const tasks = new EventSource({
    remote: new RemoteQueue(specifications.tasks, sqs, { isSentAgain: false }),
    format: taskMessages,
    meter,
    name: 'task',
    environments: tasking,
    isLong: true,
  });
  advances.consume(
    runIdIn,
    ({ runtime }) =>
      (delivery) =>
        runtime.advance.handle(delivery),
  );
  tasks.consume(
    runIdIn,
    ({ runtime }) =>
      (delivery) =>
        runtime.tasks.handle(delivery),
  );

  return {
    meter,
    tables,
    client: clientOf(apis, meter, 'api'),
    poller: clientOf(polls, meter, 'poll'),
    setBusy(isBusy) {
      advances.isBusy = isBusy;
      tasks.isBusy = isBusy;
    },
    minute: () =>
      timing.use((service) => meter.invocation('timers', () => createMinuteWork(service, { log: LOG }).minute())),
    audit: () =>
      timing.use((service) => meter.invocation('audit', () => createMinuteWork(service, { log: LOG }).audit())),
    async putForward(ms) {
      clock.putForward(ms);
      await unwatched.store.timers.moveCursor(Math.floor(Date.now() / MINUTE_MS) - PASSED_MINUTES);
    },
    async close() {
      clock.restore();
      unwatched.close();
      await Promise.all([advances.stop(), tasks.stop()]);
      await Promise.all([apis, polls, advancing, tasking, timing].map((environments) => environments.close()));
      sqs.close();
      unmetered.dynamodb.destroy();
      unmetered.sqs.close();
    },
  };
}

const runIdIn = (message: { run: { runId: string } } | { machineId: string }): string =>
  'run' in message ? message.run.runId : message.machineId;

/** The user's function: it is the user's bill, but the worker waits for it. Some are a little slower than others. */
async function invoke(meter: Meter): Promise<FunctionResult> {
  const ms = FUNCTION_MS + FUNCTION_SPREAD_MS * (Math.random() - 0.5);
  meter.waited(ms);
  await new Promise((resolve) => setTimeout(resolve, ms));
  return { payload: '{"done":true}' };
}

const FUNCTION_MS = 100;
const FUNCTION_SPREAD_MS = 20;

/** An unmodified client, whose requests reach the API as API Gateway hands them to its function. */
function clientOf(environments: Environments, meter: Meter, name: FunctionName): SFNClient {
  return new SFNClient({
    region: REGION,
    credentials: KEYS,
    maxAttempts: 1,
    endpoint: 'http://127.0.0.1',
    requestHandler: {
      async handle({ method, path, headers, body }: HttpRequest) {
        meter.apiRequest();
        const lower = Object.entries(headers).map(([header, value]) => [header.toLowerCase(), value]);
        const request = {
          method,
          path,
          query: '',
          headers: Object.fromEntries(lower),
          body: Buffer.from(body ?? ''),
          client: { isGone: false, onGone: () => () => {} },
        };
        const answer = await environments.use(({ api }) => meter.invocation(name, () => api(request)));
        const response = { statusCode: answer.status, headers: {}, body: Buffer.from(answer.body) };
        return { response: response as never };
      },
    },
  });
}

interface HttpRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string | Uint8Array;
}

/** The clock of this process, which all services here go by. */
class Clock {
  private readonly real = Date.now;
  private aheadMs = 0;

  putForward(ms: number): void {
    this.aheadMs += ms;
    Date.now = () => this.real.call(Date) + this.aheadMs;
  }

  restore(): void {
    Date.now = this.real;
  }
}
