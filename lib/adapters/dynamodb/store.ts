import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Executions } from '../../ports/executions';
import type { Journal } from '../../ports/journal';
import type { Leases } from '../../ports/leases';
import type { Notes } from '../../ports/notes';
import type { Registry } from '../../ports/registry';
import type { Timers } from '../../ports/timers';
import { Database } from './database';
import { Heads } from './heads';
import { createJournal } from './journal';
import { StoredLeases } from './leases';
import { Listing } from './listing';
import { StoredNotes } from './notes';
import { createRegistry } from './registry';
import { Renewal } from './renewal';
import { Retention } from './retention';
import { checkSchema } from './schema';
import { StartedLists } from './started';
import { Texts } from './texts';
import { StoredTimers } from './timers';

export interface StoreSettings {
  client: DynamoDBClient;
  /** What the names of the tables begin with. */
  prefix: string;
  /** How long closed executions are kept. */
  retentionMs: number;
  nowMs?: () => number;
}

export interface Store {
  journal: Journal;
  executions: Executions;
  registry: Registry;
  timers: Timers;
  leases: Leases;
  notes: Notes;
  database: Database;
  /**
   * Puts off the expiry of journals of executions that are open for a month. Looks at some; answers where to go on,
   * undefined at the end. To be gone through every day.
   */
  renewOpen(nowMs: number, next: string | undefined, limit: number): Promise<string | undefined>;
}

/**
 * The ports of records, over tables that other processes write too. Rejects with NewerSchema, and with
 * StoreUnavailable where there are no tables.
 */
export async function openStore({ client, prefix, retentionMs, nowMs = Date.now }: StoreSettings): Promise<Store> {
  const database = new Database(client, prefix);
  await checkSchema(database);
  const retention = new Retention(nowMs, retentionMs);
  const texts = new Texts(database);
  const started = new StartedLists(database, retention, nowMs);
  const heads = new Heads(database, texts, retention, started);
  const listing = new Listing(database, started);
  const renewal = new Renewal(database, listing, retention);
  return {
    database,
    journal: createJournal(database, texts, retention),
    executions: {
      // Head and commit are two items, and there are no transactions.
      takesFirstCommit: false,
      start: (head, nowMs) => heads.start(head, nowMs),
      get: (machineId, name, nowMs) => heads.get(machineId, name, nowMs),
      close: (run, closed, asOf) => heads.close(run, closed, asOf),
      reopen: (run, redrive, asOf) => heads.reopen(run, redrive, asOf),
      fence: (run) => heads.fence(run),
      list: (machineId, query) => listing.list(machineId, query),
      open: (query) => listing.open(query),
      openByStart: (query) => listing.openByStart(query),
      openOf: (machineId, limit) => listing.openOf(machineId, limit),
      countOpen: () => listing.countOpen(),
    },
    registry: createRegistry(database, retention),
    timers: new StoredTimers(database, retention, nowMs),
    leases: new StoredLeases(database),
    notes: new StoredNotes(database),
    renewOpen: (nowMs, next, limit) => renewal.renew(nowMs, next, limit),
  };
}
