import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createClient } from '../adapters/dynamodb/client';
import { checkSchema } from '../adapters/dynamodb/schema';
import { openStore, type Store } from '../adapters/dynamodb/store';
import { SqsActivityQueues } from '../adapters/sqs/activity-queues';
import { createSqsClients, type SqsClients } from '../adapters/sqs/clients';
import { urlOf } from '../adapters/sqs/create-queues';
import { advanceMessages, taskMessages } from '../adapters/sqs/messages';
import { SqsQueue } from '../adapters/sqs/queue';
import { RemoteQueue } from '../adapters/sqs/remote-queue';
import { type QueueSpecifications, specifyQueues } from '../adapters/sqs/specifications';
import { createOwnApi } from '../api/own-api';
import type { Answered, Api, Elsewhere } from '../api/protocol';
import type { AccessKeys } from '../ports/access-keys';
import type { ExecutionLog } from '../ports/execution-log';
import type { Functions } from '../ports/functions';
import type { Observer } from '../ports/observer';
import type { AdvanceMessage, TaskMessage } from '../ports/queue';
import type { Services } from '../ports/services';
import type { Timers } from '../ports/timers';
import { createRuntime, type Runtime, type RuntimeSettings } from '../runtime';
import { Arns } from '../runtime/arns';
import type { Limits } from '../runtime/limits';
import type { Mocks } from '../runtime/mocks';
import type { Log } from './log';
import { tellMessageFailures } from './message-failures';
import { openApi } from './open-api';
import { createIds, systemClock } from './system';

/** A service that is reached over the network: AWS's own, or one that is compatible. */
export interface Place {
  /** Undefined for AWS itself. */
  endpoint: string | undefined;
  /** Undefined: from the usual places. */
  credentials: { accessKeyId: string; secretAccessKey: string } | undefined;
}

export interface AwsSettings {
  /** What the names of the tables and queues of this deployment begin with. */
  name: string;
  region: string;
  account: string;
  limits: Limits;
  /** Answers of tasks that tests give; undefined for none. */
  mocks?: Mocks | undefined;
  dynamodb: Place;
  sqs: Place;
  /** How long a closed execution is kept. */
  retentionMs: number;
  /** How long GetActivityTask waits. */
  pollHoldMs: number;
  /** How long a receive waits, 20 s at most: a stop waits for it. */
  receiveSeconds: number;
  functions: Functions;
  services: Services;
  checkDefinition: RuntimeSettings['checkDefinition'];
  diagnose: RuntimeSettings['diagnose'];
  /** Whose requests are served: signatures are always verified. */
  keysOf(store: Store): AccessKeys;
  log: Log;
  /** Who counts; undefined for nobody. */
  metrics?: Metrics;
  /** Where the events of executions go whose state machines ask for it; undefined for nowhere. */
  executionLog?: ExecutionLog | undefined;
  /** Actions that are done elsewhere, in this process's place. */
  elsewhere?: Elsewhere | undefined;
}

/** What can be counted of a process. */
export interface Metrics extends Observer {
  answered(answer: Answered): void;
  /** A message could not be handled, or a queue not be polled. */
  queueFailed(): void;
}

/** The parts of the service that every process of a deployment has, whatever part of the work it does. */
export interface AwsService {
  api: Api;
  runtime: Runtime;
  store: Store;
  advance: SqsQueue<AdvanceMessage>;
  tasks: SqsQueue<TaskMessage>;
  activityQueues: SqsActivityQueues;
  /** The SDK's clients under all of it, to be watched. */
  clients: { dynamodb: DynamoDBClient; sqs: SqsClients };
  /** Rejects when tables or queues do not answer, or are not there. */
  check(): Promise<void>;
  close(): void;
}

const ADVANCE_CONCURRENCY = 100;
const TASKS_CONCURRENCY = 1_000;
/** Out of the way of what the message set going; and others join. */
const GATHER_DELETIONS_MS = 20;
/** An index is behind by less than this. */
const DELETION_PAUSE_MS = 5_000;

/** Tables are `<name>-registry` and so on, queues `<name>-advance` and so on. */
export const tablePrefix = (name: string): string => `${name}-`;

/**
 * The service over DynamoDB and SQS: any number of processes beside each other. Tables and queues must be there.
 * Rejects with NewerSchema and StoreUnavailable.
 */
export async function openAws(settings: AwsSettings): Promise<AwsService> {
  const { region } = settings;
  const clients = {
    dynamodb: createClient({ ...settings.dynamodb, region }),
    sqs: createSqsClients({ ...settings.sqs, region }),
  };
  const close = () => {
    clients.sqs.close();
    clients.dynamodb.destroy();
  };
  try {
    return { ...(await assemble(settings, clients)), clients, close };
  } catch (error) {
    close();
    throw error;
  }
}

async function assemble(
  settings: AwsSettings,
  clients: AwsService['clients'],
): Promise<Omit<AwsService, 'clients' | 'close'>> {
  const { region, log, metrics } = settings;
  const store = await openStore({
    client: clients.dynamodb,
    prefix: tablePrefix(settings.name),
    retentionMs: settings.retentionMs,
  });
  const arns = new Arns(region, settings.account);
  const specifications = specifyQueues(settings.name);
  const queues = createQueues(settings, arns, clients.sqs, specifications, store.timers);
  const runtime: Runtime = await createRuntime(
    {
      journal: store.journal,
      executions: store.executions,
      registry: store.registry,
      ...queues,
      functions: settings.functions,
      services: settings.services,
      ownApi: createOwnApi(() => runtime),
      clock: systemClock,
      ids: createIds(),
      ...(metrics && { observer: metrics }),
      ...(settings.executionLog && { executionLog: settings.executionLog }),
    },
    {
      arns,
      limits: settings.limits,
      mocks: settings.mocks,
      retentionMs: settings.retentionMs,
      pollHoldMs: settings.pollHoldMs,
      deletionPauseMs: DELETION_PAUSE_MS,
      checkDefinition: settings.checkDefinition,
      diagnose: settings.diagnose,
    },
  );
  const keys = settings.keysOf(store);
  return {
    api: openApi(runtime, {
      region,
      keys,
      log,
      elsewhere: settings.elsewhere,
      onAnswer: (answer) => metrics?.answered(answer),
    }),
    runtime,
    store,
    ...queues,
    async check() {
      const names = [specifications.advance, specifications.tasks].map(({ name }) => name);
      await Promise.all([checkSchema(store.database), ...names.map((name) => urlOf(clients.sqs.calls, name))]);
    },
  };
}

function createQueues(
  { receiveSeconds, log, metrics }: AwsSettings,
  arns: Arns,
  clients: SqsClients,
  specifications: QueueSpecifications,
  timers: Timers,
) {
  const onFailure = tellMessageFailures(log, arns, metrics);
  const common = { clock: systemClock, pollSeconds: receiveSeconds, onFailure };
  return {
    advance: new SqsQueue<AdvanceMessage>({
      ...common,
      remote: new RemoteQueue(specifications.advance, clients, {
        isSentAgain: true,
        gatherDeletionsMs: GATHER_DELETIONS_MS,
      }),
      format: advanceMessages,
      timers,
      concurrency: ADVANCE_CONCURRENCY,
      visibilitySeconds: specifications.advance.visibilitySeconds,
    }),
    tasks: new SqsQueue<TaskMessage>({
      ...common,
      // The claim travels in the message: one that is there twice would have its function invoked twice.
      remote: new RemoteQueue(specifications.tasks, clients, {
        isSentAgain: false,
        gatherDeletionsMs: GATHER_DELETIONS_MS,
      }),
      format: taskMessages,
      timers: undefined,
      concurrency: TASKS_CONCURRENCY,
      visibilitySeconds: specifications.tasks.visibilitySeconds,
    }),
    activityQueues: new SqsActivityQueues({ ...common, clients, specify: specifications.activity }),
  };
}
