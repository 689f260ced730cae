import { StoredAccessKeys } from '../adapters/dynamodb/access-keys';
import type { Api } from '../api/protocol';
import type { ApiResponse } from '../api/request';
import type { AccessKeys } from '../ports/access-keys';
import type { Disposition, Handler } from '../ports/queue';
import type { Runtime } from '../runtime';
import type { Limits } from '../runtime/limits';
import { type AwsService, openAws } from './aws';
import { DefinitionCheck } from './definition-check';
import type { ExecutionLogFile } from './execution-log';
import { createFunctions, type FunctionPlaces } from './functions';
import { after } from './late';
import { errorFields, type Log } from './log';
import { startMinuteWork } from './minute-loop';
import { createMinuteWork } from './minute-work';
import { createPrometheusMetrics, type PrometheusMetrics } from './prometheus';
import { type SchemaWatch, watchSchema } from './schema-watch';
import { createParts, type Reach, reach } from './served-start';
import { createServices } from './services';
import { createIds } from './system';

export interface ServedSettings extends FunctionPlaces, Reach {
  account: string;
  limits: Limits;
  /** How long a closed execution is kept. */
  retentionMs: number;
  /** Whether tables and queues that are missing are made; otherwise that is the operator's. */
  isCreating: boolean;
  /** Signatures are verified against these, and against the keys in the store where there is a master secret. */
  keys: AccessKeys | undefined;
  masterSecret: Buffer | undefined;
  /** Where the events of executions go whose state machines ask for it; undefined for nowhere. */
  executionLog?: ExecutionLogFile | undefined;
}

export interface ServedService {
  api: Api;
  /** What is answered beside the API, by path. */
  pages: Readonly<Record<string, () => Promise<ApiResponse>>>;
  runtime: Runtime;
  /** How long calls under way may take once it stops; undefined for as long as they do. */
  callsEndWithinMs: number | undefined;
  /** Takes no new work, and says that it is not ready. */
  beginStop(): void;
  /** Finishes what is held, or gives it back: 20 s at most. */
  close(): Promise<void>;
}

const POLL_HOLD_MS = 60_000;
/** A stop waits for the receive under way. */
const RECEIVE_SECONDS = 5;
/** Functions that run longer than this are begun anew by another process. The rest of the 20 s is for giving back. */
const FINISH_MAX_MS = 15_000;
/** A stop is over by then, and a process ends within 20 s: what a store or a queue does not answer is left behind. */
const STOP_MAX_MS = 19_000;
/** Whoever asks more often gets the same answer. */
const READY_FOR_MS = 1_000;
const CHECK_MAX_MS = 5_000;

/**
 * The service over DynamoDB and SQS as one of any number of processes. Rejects with PartFailed where the store or the
 * queues cannot be used, and with NewerSchema.
 */
export async function openServed(settings: ServedSettings): Promise<ServedService> {
  const { log } = settings;
  if (settings.isCreating) await createParts(settings);
  const metrics = createPrometheusMetrics();
  const ids = createIds();
  const functions = createFunctions(settings, process.env, () => ids.uuid());
  const services = createServices(settings, process.env);
  const definitions = new DefinitionCheck();
  const service = await reach('store', settings, () =>
    openAws({
      ...settings,
      pollHoldMs: POLL_HOLD_MS,
      receiveSeconds: RECEIVE_SECONDS,
      functions,
      services,
      checkDefinition: (definition, type) => definitions.check(definition, type),
      diagnose: (definition, type) => definitions.diagnose(definition, type),
      keysOf: ({ database }) =>
        anyOf(settings.keys, settings.masterSecret && new StoredAccessKeys(database, settings.masterSecret)),
      metrics,
    }),
  );
  await reach('queues', settings, () => service.check());
  const { runtime, advance, tasks } = service;
  advance.consume(counted('advance', metrics, (delivery) => runtime.advance.handle(delivery)));
  tasks.consume(counted('tasks', metrics, (delivery) => runtime.tasks.handle(delivery)));
  const endMinuteWork = startMinuteWork(createMinuteWork(service, { log }), service.store.leases, ids.ulid(), log);
  const stop = createStop(service, endMinuteWork, log, async () => {
    await functions.stop();
    services.close();
    await definitions.stop();
    await settings.executionLog?.close();
  });
  const watch = watchSchema(service, (error) => {
    log.error('a newer Stepwell has taken over the tables: this process takes no more work; update it', {
      error: error.message,
    });
    void stop.takeNoWork();
  });
  const beginStop = () => {
    watch.end();
    stop.begin();
  };
  return {
    api: service.api,
    pages: pagesOf(watch, metrics, () => !stop.isBegun),
    runtime,
    callsEndWithinMs: FINISH_MAX_MS,
    beginStop,
    async close() {
      beginStop();
      await stop.end();
    },
  };
}

interface Stop {
  readonly isBegun: boolean;
  /** No messages, and no work of the minute. Resolves when what is held is finished or given back. Never rejects. */
  takeNoWork(): Promise<void>;
  /** Workers that wait for tasks get none, either. */
  begin(): void;
  /** Resolves when all is closed, `STOP_MAX_MS` after the begin at the latest. */
  end(): Promise<void>;
}

function createStop(
  service: AwsService,
  endMinuteWork: () => Promise<void>,
  log: Log,
  closeOthers: () => Promise<void>,
) {
  const { advance, tasks, activityQueues } = service;
  const told = (work: Promise<unknown>): Promise<void> =>
    work.then(
      () => {},
      (error) => log.error('what was held could not all be given back', errorFields(error)),
    );
  let handedOver: Promise<void> | undefined;
  let begun: { endsByMs: number; work: Promise<unknown> } | undefined;
  const stop: Stop = {
    get isBegun() {
      return begun !== undefined;
    },
    takeNoWork() {
      handedOver ??= told(Promise.all([advance.stop(FINISH_MAX_MS), tasks.stop(FINISH_MAX_MS), endMinuteWork()]));
      return handedOver;
    },
    begin() {
      begun ??= {
        endsByMs: Date.now() + STOP_MAX_MS,
        work: Promise.all([stop.takeNoWork(), told(activityQueues.close())]),
      };
    },
    async end() {
      const { endsByMs, work } = begun!;
      const late = after(Math.max(0, endsByMs - Date.now()));
      if ((await Promise.race([work, late.promise])) === 'late') {
        log.warn('the store or the queues do not answer: what was not given back comes again by itself');
      }
      service.close();
      await Promise.race([closeOthers(), late.promise]).finally(late.cancel);
    },
  };
  return stop;
}

/** A handler whose messages are counted. */
function counted<Message>(queue: string, metrics: PrometheusMetrics, handle: Handler<Message>): Handler<Message> {
  return (delivery): Promise<Disposition> => {
    metrics.received(queue);
    return handle(delivery);
  };
}

/** Keys that stand in a file come first: they need no store. */
function anyOf(given: AccessKeys | undefined, stored: AccessKeys | undefined): AccessKeys {
  return { find: async (accessKeyId) => (await given?.find(accessKeyId)) ?? stored?.find(accessKeyId) };
}

function pagesOf(watch: SchemaWatch, metrics: PrometheusMetrics, isOpen: () => boolean): ServedService['pages'] {
  let known = { untilMs: 0, isThere: Promise.resolve(false) };
  const isThere = (): Promise<boolean> => {
    if (Date.now() >= known.untilMs) {
      const late = after(CHECK_MAX_MS);
      const check = watch.check().then(
        () => true,
        () => false,
      );
      const isThere = Promise.race([check, late.promise.then(() => false)]).finally(late.cancel);
      known = { untilMs: Date.now() + READY_FOR_MS, isThere };
    }
    return known.isThere;
  };
  return {
    async '/ready'() {
      if (!isOpen()) return page(503, 'stopping');
      if (await isThere()) return page(200, 'ready');
      return page(503, watch.isNewer ? 'the tables are of a newer version' : 'the store or the queues do not answer');
    },
    '/metrics': () => metrics.page(),
  };
}

const page = (status: number, text: string): ApiResponse => ({
  status,
  headers: ['Content-Type', 'application/json'],
  body: JSON.stringify({ status: text }),
});
