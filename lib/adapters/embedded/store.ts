import type { StoredCommit } from '../../engine/commit/decode';
import type { ClosedHead, Executions, Head, RedrivenHead } from '../../ports/executions';
import type { Journal, NewCommit } from '../../ports/journal';
import type { Activity, Machine, Registry } from '../../ports/registry';
import type { RunRef } from '../../ports/run-ref';
import { Recent } from './recent';
import type { Writer } from './writer';

/** Runs fit no more events than this, by far. */
const EVENT_ID_MAX = 1_000_000_000;
const SLOTS_PER_EVENT = 1_000_000;

export interface Store {
  journal: Journal;
  executions: Executions;
  registry: Registry;
  /** Looks at some heads and removes those whose retention is over. Answers where to go on; undefined at the end. */
  removeExpired(nowMs: number, next: string | undefined, limit: number): Promise<string | undefined>;
}

/** The ports of records, over one file that this process has for itself. */
export async function createStore(writer: Writer): Promise<Store> {
  const lately = new Lately(await writer.call('countOpen'));
  return {
    journal: createJournal(writer, lately),
    executions: createExecutions(writer, lately),
    registry: await createRegistry(writer),
    removeExpired: (nowMs, next, limit) => writer.call('removeExpired', nowMs, next, limit),
  };
}

/** Characters of newest commits, and heads, that are kept at hand. */
const COMMITS_MAX = 4_000_000;
const HEADS_MAX = 2_000;

/**
 * What this process wrote lately. Nobody else writes here, so it need not be read back: executions that were started,
 * or went on, a moment ago are those that clients ask for, and those that wake soon.
 */
class Lately {
  private readonly commits = new Recent<StoredCommit>(COMMITS_MAX);
  private readonly heads = new Recent<Head>(HEADS_MAX);

  constructor(
    /** How many executions are open. */
    public openCount: number,
  ) {}

  newest(runId: string): StoredCommit | undefined {
    return this.commits.get(runId);
  }

  head(machineId: string, name: string, nowMs: number): Head | undefined {
    const head = this.heads.get(keyOf(machineId, name));
    return head && (head.expireAtMs === undefined || head.expireAtMs > nowMs) ? head : undefined;
  }

  started(head: Head, first: NewCommit | undefined): void {
    const closed = first?.closed;
    if (!closed) this.openCount++;
    this.heads.set(keyOf(head.machineId, head.name), closed ? { ...head, ...closed } : head, 1);
    if (first) this.appended(head, first);
  }

  appended(run: RunRef, { slot, body }: NewCommit): void {
    this.commits.set(run.runId, { slot, body }, body.length);
  }

  closed(run: RunRef, closed: ClosedHead): void {
    this.openCount--;
    this.change(run, closed);
  }

  reopened(run: RunRef, redrive: RedrivenHead, wasClosed: boolean): void {
    if (wasClosed) this.openCount++;
    this.change(run, { status: 'RUNNING', stopMs: undefined, expireAtMs: undefined, redrive });
  }

  private change({ machineId, name, runId }: RunRef, change: Partial<Head>): void {
    const key = keyOf(machineId, name);
    const head = this.heads.get(key);
    if (head?.runId === runId) this.heads.set(key, { ...head, ...change }, 1);
  }
}

const keyOf = (machineId: string, name: string): string => `${machineId} ${name}`;

function createJournal(writer: Writer, lately: Lately): Journal {
  return {
    isExclusive: true,
    async append(run, commit) {
      const result = await writer.call('append', run, commit);
      if (result === 'lost') return result;
      lately.appended(run, commit);
      if (result === 'closed') lately.closed(run, commit.closed!);
      return result === 'before' ? 'closed' : result;
    },
    newest: async (runId) => lately.newest(runId) ?? writer.call('newest', runId),
    range: (runId, from, to) => writer.call('range', runId, from, to),
    commitsAt(runId, eventId, order) {
      const eventSlot = Math.min(eventId, EVENT_ID_MAX) * SLOTS_PER_EVENT + SLOTS_PER_EVENT - 1;
      return writer.call('commitsAt', runId, eventSlot, order);
    },
    openBeat: (runId, taskEventId, dueAtMs) => writer.call('openBeat', runId, taskEventId, dueAtMs),
    async beat(runId, taskEventId, nowMs, dueAtMs) {
      return (await writer.call('beat', runId, taskEventId, nowMs, dueAtMs)) ? 'recorded' : 'late';
    },
    async closeBeat(runId, taskEventId, nowMs) {
      const dueAtMs = await writer.call('closeBeat', runId, taskEventId, nowMs);
      return dueAtMs === undefined ? 'closed' : { dueAtMs };
    },
  };
}

function createExecutions(writer: Writer, lately: Lately): Executions {
  // Fences matter while a write may be under way: within this process.
  const fenced = new Set<string>();
  return {
    takesFirstCommit: true,
    async start(head, nowMs, first) {
      if (fenced.has(head.runId)) throw new Error(`run ${head.runId} is fenced`);
      const taken = await writer.call('start', head, nowMs, first);
      if (taken) return taken;
      lately.started(head, first);
      return 'started';
    },
    get: async (machineId, name, nowMs) =>
      lately.head(machineId, name, nowMs) ?? writer.call('head', machineId, name, nowMs),
    async close(run, closed, asOf) {
      const result = await writer.call('close', run, closed, asOf);
      if (result === 'closed') lately.closed(run, closed);
      return result === 'behind' ? 'behind' : 'closed';
    },
    async reopen(run, redrive, asOf) {
      const result = await writer.call('reopen', run, redrive, asOf);
      if (result === 'behind') return 'behind';
      lately.reopened(run, redrive, result === 'reopened');
      return 'reopened';
    },
    async fence(run) {
      fenced.add(run.runId);
      return (await writer.call('isStarted', run)) ? 'started' : 'fenced';
    },
    list: (machineId, { status, after, limit, nowMs }) => writer.call('list', machineId, status, after, limit, nowMs),
    open: ({ attentionFromMs, attentionBeforeMs, next, limit }) =>
      writer.call('open', attentionFromMs, attentionBeforeMs, next, limit),
    openByStart: ({ fromMs, beforeMs, next, limit }) => writer.call('openByStart', fromMs, beforeMs, next, limit),
    openOf: (machineId, limit) => writer.call('openOf', machineId, limit),
    countOpen: async () => lately.openCount,
  };
}

/** Records are few and small, so all are held: what is read is what this process wrote last, once it is on disk. */
async function createRegistry(writer: Writer): Promise<Registry> {
  const machines = await Records.read<Machine>(writer, 'machines');
  const activities = await Records.read<Activity>(writer, 'activities');
  return {
    createMachine: (machine, definition) =>
      machines.add(machine, () => writer.call('putDefinition', machine.machineId, machine, definition)),
    machine: async (name) => machines.get(name),
    revision: (machineId, revision) => writer.call('revision', machineId, revision),
    async reviseMachine(before, settings, definition) {
      const isStill = ({ machineId, revision, status }: Machine) =>
        machineId === before.machineId && revision === before.revision && status === 'ACTIVE';
      const found = await machines.change(
        before.name,
        (machine) => (isStill(machine) ? { ...machine, ...settings } : machine),
        async ({ machineId }) => {
          await Promise.all([
            writer.call('settleDefinition', machineId, before),
            writer.call('putDefinition', machineId, settings, definition),
          ]);
        },
      );
      return found && isStill(found) ? 'revised' : 'lost';
    },
    publications: (machineId) => writer.call('publications', machineId),
    async writePublications(machineId, publications) {
      return (await writer.call('putPublications', machineId, publications)) ? 'written' : 'lost';
    },
    async updateMachine(name, machineId, change) {
      await machines.change(name, (machine) => (machine.machineId === machineId ? { ...machine, ...change } : machine));
    },
    async removeMachine(name, machineId) {
      await machines.change(
        name,
        (machine) => (machine.machineId === machineId ? undefined : machine),
        () => writer.call('removePublications', machineId),
      );
    },
    machines: async (afterName, limit) => machines.list(afterName, limit),
    countMachines: async () => machines.size,

    createActivity: (activity) => activities.add(activity),
    activity: async (name) => activities.get(name),
    async updateActivity(name, generation, change) {
      await activities.change(name, (found) => (found.generation === generation ? { ...found, ...change } : found));
    },
    removeActivity: (name) => activities.change(name, () => undefined),
    activities: async (afterName, limit) => activities.list(afterName, limit),
    countActivities: async () => activities.size,

    async secret() {
      return Buffer.from((await writer.call('fact', 'secret'))!, 'hex');
    },
  };
}

/** A table of records by name, held whole. Changes of one name wait for each other. */
class Records<T extends { name: string }> {
  private sorted: string[] | undefined;
  private readonly changing = new Map<string, Promise<unknown>>();

  private constructor(
    private readonly writer: Writer,
    private readonly table: 'machines' | 'activities',
    private readonly byName: Map<string, T>,
  ) {}

  static async read<T extends { name: string }>(writer: Writer, table: 'machines' | 'activities'): Promise<Records<T>> {
    const records = (await writer.call('records', table)).map((text) => JSON.parse(text) as T);
    return new Records(writer, table, new Map(records.map((record) => [record.name, record])));
  }

  get size(): number {
    return this.byName.size;
  }

  get(name: string): T | undefined {
    return this.byName.get(name);
  }

  /** By name, in byte order: names hold no surrogates, so that is the order of JavaScript. */
  list(afterName: string, limit: number): T[] {
    this.sorted ??= [...this.byName.keys()].sort();
    const from = this.sorted.findIndex((name) => name > afterName);
    return from < 0 ? [] : this.sorted.slice(from, from + limit).map((name) => this.byName.get(name)!);
  }

  /** `first` is written before the record. */
  add(record: T, first?: () => Promise<void>): Promise<'created' | { existing: T }> {
    return this.inTurn(record.name, async () => {
      const existing = this.byName.get(record.name);
      if (existing) return { existing };
      await Promise.all([first?.(), this.write(record.name, record)]);
      return 'created';
    });
  }

  /**
   * Writes what `change` makes of the record; undefined removes it. Answers what was there. What belongs to a change is
   * written with it.
   */
  change(
    name: string,
    change: (record: T) => T | undefined,
    first?: (record: T) => Promise<void>,
  ): Promise<T | undefined> {
    return this.inTurn(name, async () => {
      const before = this.byName.get(name);
      const after = before && change(before);
      if (before && before !== after) await Promise.all([first?.(before), this.write(name, after)]);
      return before;
    });
  }

  private async write(name: string, record: T | undefined): Promise<void> {
    if (record) await this.writer.call('putRecord', this.table, name, JSON.stringify(record));
    else await this.writer.call('removeRecord', this.table, name);
    if (record) this.byName.set(name, record);
    else this.byName.delete(name);
    this.sorted = undefined;
  }

  private inTurn<R>(name: string, work: () => Promise<R>): Promise<R> {
    const before = this.changing.get(name) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.changing.set(name, mine);
    const forget = () => {
      if (this.changing.get(name) === mine) this.changing.delete(name);
    };
    mine.then(forget, forget);
    return mine;
  }
}
