import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MemoryActivityQueues } from '../adapters/embedded/memory-activity-queues';
import { MemoryQueue } from '../adapters/embedded/memory-queue';
import { createStore, type Store } from '../adapters/embedded/store';
import { Writer } from '../adapters/embedded/writer';
import { createOwnApi } from '../api/own-api';
import type { Api } from '../api/protocol';
import type { AccessKeys } from '../ports/access-keys';
import type { AdvanceMessage, TaskMessage } from '../ports/queue';
import { createRuntime, type Runtime } from '../runtime';
import { Arns } from '../runtime/arns';
import type { Limits } from '../runtime/limits';
import type { Mocks } from '../runtime/mocks';
import { DefinitionCheck } from './definition-check';
import type { ExecutionLogFile } from './execution-log';
import { createFunctions, type FunctionPlaces } from './functions';
import { errorFields, type Log } from './log';
import { openApi } from './open-api';
import { createServices } from './services';
import { createIds, systemClock } from './system';

export interface EmbeddedSettings extends FunctionPlaces {
  /** Where the store is kept; undefined for one that is forgotten at the end. */
  dataDirectory: string | undefined;
  account: string;
  limits: Limits;
  /** Answers of tasks that tests give; undefined for none. */
  mocks?: Mocks | undefined;
  /** Signatures are verified against these; undefined to accept any. */
  keys: AccessKeys | undefined;
  log: Log;
  /** Where the events of executions go whose state machines ask for it; undefined for nowhere. */
  executionLog?: ExecutionLogFile | undefined;
}

export interface EmbeddedService {
  api: Api;
  runtime: Runtime;
  /** Finishes what is under way and ends. */
  close(): Promise<void>;
}

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;
const RETENTION_MS = 90 * DAY_MS;
/** Alarms up to this far ahead are kept in memory. */
const HORIZON_MS = HOUR_MS;
const LOOK_EVERY_MS = HORIZON_MS / 2;
const CLEAN_EVERY_MS = HOUR_MS;
const CLEAN_BATCH = 100;
const POLL_HOLD_MS = 60_000;
const LEASE_MS = 120_000;
const OFFER_LEASE_MS = 30_000;
const DELETION_PAUSE_MS = 250;
const TURNS_AT_ONCE = 1_000;
const FUNCTIONS_AT_ONCE = 1_000;

/** The service in one process: SQLite for records, memory for messages. Rejects with StoreNotOpened. */
export async function openEmbedded(settings: EmbeddedSettings): Promise<EmbeddedService> {
  const { log } = settings;
  const writer = await Writer.open(storePath(settings.dataDirectory));
  const store = await createStore(writer);
  const ids = createIds();
  const onFailure = (error: unknown) => log.warn('a message could not be handled; it comes again', errorFields(error));
  const queue = { clock: systemClock, leaseMs: LEASE_MS, horizonMs: HORIZON_MS, onFailure };
  const advance = new MemoryQueue<AdvanceMessage>({ ...queue, concurrency: TURNS_AT_ONCE });
  const tasks = new MemoryQueue<TaskMessage>({ ...queue, concurrency: FUNCTIONS_AT_ONCE });
  const functions = createFunctions(settings, process.env, () => ids.uuid());
  const services = createServices(settings, process.env);
  const definitions = new DefinitionCheck();
  const runtime: Runtime = await createRuntime(
    {
      ...store,
      advance,
      tasks,
      activityQueues: new MemoryActivityQueues(systemClock, ids, OFFER_LEASE_MS),
      functions,
      services,
      ownApi: createOwnApi(() => runtime),
      clock: systemClock,
      ids,
      ...(settings.executionLog && { executionLog: settings.executionLog }),
    },
    {
      arns: new Arns(settings.region, settings.account),
      limits: settings.limits,
      mocks: settings.mocks,
      retentionMs: RETENTION_MS,
      pollHoldMs: POLL_HOLD_MS,
      deletionPauseMs: DELETION_PAUSE_MS,
      checkDefinition: (definition, type) => definitions.check(definition, type),
      diagnose: (definition, type) => definitions.diagnose(definition, type),
    },
  );
  advance.consume((delivery) => runtime.advance.handle(delivery));
  tasks.consume((delivery) => runtime.tasks.handle(delivery));
  const stops = [lookAround(runtime, log), cleanUp(store, log)];
  return {
    api: openApi(runtime, settings),
    runtime,
    async close() {
      for (const stop of stops) stop();
      advance.stop();
      tasks.stop();
      await functions.stop();
      services.close();
      await definitions.stop();
      await writer.close();
      await settings.executionLog?.close();
    },
  };
}

function storePath(directory: string | undefined): string {
  if (directory === undefined) return ':memory:';
  makeFolder(directory);
  return join(directory, 'stepwell.db');
}

/** Not Node's `recursive`: it tries for ever where a file system refuses new folders with ENOENT, as /proc does. */
function makeFolder(path: string): void {
  if (existsSync(path) && statSync(path).isDirectory()) return;
  if (!existsSync(dirname(path))) makeFolder(dirname(path));
  mkdirSync(path);
}

/** Brings back what the last process left, and from time to time what is due in the next hour. */
function lookAround(runtime: Runtime, log: Log): () => void {
  let fromMs = 0;
  let oldSoughtMs = 0;
  let isStopped = false;
  const look = async () => {
    const nowMs = Date.now();
    const beforeMs = nowMs + HORIZON_MS;
    try {
      if (fromMs === 0) await runtime.auditor.recoverDeletions();
      const count = await runtime.auditor.recover(fromMs, beforeMs);
      if (count > 0) log.info('executions were brought back', { count });
      fromMs = beforeMs;
      if (nowMs < oldSoughtMs + DAY_MS) return;
      const oldCount = await runtime.auditor.endOld();
      if (oldCount > 0) log.info('executions that ran for a year were ended', { count: oldCount });
      oldSoughtMs = nowMs;
    } catch (error) {
      // A store that is being closed may say so.
      if (!isStopped)
        log.error('open executions could not be read; they are looked at again later', errorFields(error));
    }
  };
  void look();
  const stop = systemClock.every(LOOK_EVERY_MS, () => void look());
  return () => {
    isStopped = true;
    stop();
  };
}

/** Removes what the retention is over for, some executions at a time. */
function cleanUp(store: Store, log: Log): () => void {
  let isCleaning = false;
  const clean = async () => {
    if (isCleaning) return;
    isCleaning = true;
    try {
      let next: string | undefined;
      do next = await store.removeExpired(Date.now(), next, CLEAN_BATCH);
      while (next !== undefined);
    } catch (error) {
      log.warn('expired executions could not be removed', errorFields(error));
    }
    isCleaning = false;
  };
  return systemClock.every(CLEAN_EVERY_MS, () => void clean());
}
