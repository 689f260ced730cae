import { createClient } from '../adapters/dynamodb/client';
import { createTables } from '../adapters/dynamodb/create-tables';
import { NewerSchema } from '../adapters/dynamodb/schema';
import { createSqsClients } from '../adapters/sqs/clients';
import { createQueues } from '../adapters/sqs/create-queues';
import { specifyQueues } from '../adapters/sqs/specifications';
import { type Place, tablePrefix } from './aws';
import type { Log } from './log';
import { systemClock } from './system';

/** A service that the process needs did not do what it was asked at the start. */
export class PartFailed extends Error {
  constructor(
    readonly part: 'store' | 'queues',
    readonly endpoint: string | undefined,
    /** What the SDK said. */
    readonly reason: Error,
    /** How long it was asked again and again. */
    readonly afterMs: number,
  ) {
    super(`${part}: ${reason.message}`, { cause: reason });
  }
}

export interface Reach {
  name: string;
  region: string;
  dynamodb: Place;
  sqs: Place;
  /** How long a service may take to come up. */
  patienceMs: number;
  log: Log;
}

const LOOK_EVERY_MS = 1_000;
const SAY_EVERY_MS = 10_000;

/** Makes the tables and queues that are missing. Rejects with PartFailed. */
export async function createParts(settings: Reach): Promise<void> {
  const { name, region } = settings;
  const store = createClient({ ...settings.dynamodb, region });
  const queues = createSqsClients({ ...settings.sqs, region });
  try {
    await reach('store', settings, () => createTables(store, tablePrefix(name)));
    await reach('queues', settings, () => createQueues(queues.calls, specifyQueues(name)));
  } finally {
    store.destroy();
    queues.close();
  }
}

/** Asks again while nobody answers: containers start in any order. Rejects with PartFailed, and NewerSchema. */
export async function reach<T>(part: PartFailed['part'], settings: Reach, ask: () => Promise<T>): Promise<T> {
  const { patienceMs, log } = settings;
  const { endpoint } = part === 'store' ? settings.dynamodb : settings.sqs;
  const beginMs = Date.now();
  for (let sayMs = 0; ; ) {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof NewerSchema) throw error;
      const reason = reasonOf(error);
      const afterMs = Date.now() - beginMs;
      if (isFinal(reason) || afterMs + LOOK_EVERY_MS > patienceMs) {
        throw new PartFailed(part, endpoint, reason, afterMs);
      }
      if (Date.now() >= sayMs) {
        log.warn(`the ${part} cannot be used yet; trying again`, { endpoint, error: describeReason(reason) });
        sayMs = Date.now() + SAY_EVERY_MS;
      }
      await systemClock.sleep(LOOK_EVERY_MS);
    }
  }
}

/** Without what was made of it on the way. */
function reasonOf(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  return error.cause instanceof Error && !('code' in error) ? reasonOf(error.cause) : error;
}

/** What stands in an error of a connection: `ECONNREFUSED`; the name of any other. */
export function describeReason(reason: Error): string {
  const { code } = reason as NodeJS.ErrnoException;
  return typeof code === 'string' && /^E[A-Z_]+$/.test(code) ? code : `${reason.name}: ${reason.message}`;
}

/** What waiting does not help with: permissions, keys, names, and mistakes. */
function isFinal(reason: Error): boolean {
  const status = (reason as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  if (reason.name === 'CredentialsProviderError' || reason instanceof TypeError) return true;
  return (
    status !== undefined && status >= 400 && status < 500 && !/Throttl|Throughput|LimitExceeded|InUse/.test(reason.name)
  );
}
