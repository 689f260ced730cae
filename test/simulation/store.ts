import type { StoredCommit } from '../../lib/engine/commit/decode';
import { type Slot, slotAt } from '../../lib/engine/snapshot';
import type { ClosedHead, Executions, Head, OpenExecution, RedrivenHead } from '../../lib/ports/executions';
import type { Journal, NewCommit } from '../../lib/ports/journal';
import type { Activity, Machine, Registry } from '../../lib/ports/registry';
import type { RunRef } from '../../lib/ports/run-ref';
import { StoreUnavailable } from '../../lib/ports/store-error';
import { type CallFacts, callFrom } from './link';
import type { SimulatedProcess } from './process';
import type { World } from './world';

/** The list of open executions is an index that follows the heads with this delay at most. */
const INDEX_LAGS_MS = 2_000;
const SECRET = Buffer.alloc(32, 7);
const EVENT_COMMITS_MAX = 50;

interface Row {
  head: Head;
  /** Twice the slot that it is as of; one more where it was opened. */
  asOf: number;
  writtenMs: number;
  closedMs: number;
}

interface Beat {
  isOpen: boolean;
  dueAtMs: number;
}

/**
 * The records, as a DynamoDB table keeps them: every write is one conditional write of one item, reads by key see all
 * that was written before, and the list of open executions lags behind.
 */
export class SimulatedStore {
  readonly machines = new Map<string, Machine>();
  readonly definitions = new Map<string, string>();
  readonly activities = new Map<string, Activity>();
  readonly heads = new Map<string, Row>();
  readonly logs = new Map<string, NewCommit[]>();
  private readonly fenced = new Set<string>();
  private readonly beats = new Map<string, Beat>();

  constructor(private readonly world: World) {}

  addMachine(name: string, definition: string): Machine {
    const machineId = this.world.newId();
    const machine: Machine = {
      name,
      machineId,
      status: 'ACTIVE',
      revision: 1,
      type: 'STANDARD',
      roleArn: 'arn:aws:iam::123456789012:role/any',
      creationMs: this.world.nowMs,
      tags: [],
      loggingConfiguration: { level: 'OFF' },
      tracingConfiguration: undefined,
      encryptionConfiguration: undefined,
      publishedVersion: undefined,
      versionDescription: undefined,
    };
    this.machines.set(name, machine);
    this.definitions.set(`${machineId}#1`, definition);
    return machine;
  }

  addActivity(name: string): void {
    const generation = this.world.newId();
    const { nowMs: creationMs } = this.world;
    this.activities.set(name, { name, generation, creationMs, tags: [], encryptionConfiguration: undefined });
  }

  headOf(machineId: string, name: string): Head | undefined {
    return this.heads.get(`${machineId}/${name}`)?.head;
  }

  start(head: Head): 'started' | { existing: Head } {
    const key = keyOf(head);
    const existing = this.heads.get(key)?.head;
    if (existing?.runId === head.runId) return 'started';
    if (existing) return { existing: { ...existing } };
    if (this.fenced.has(head.runId)) {
      this.world.count('a start meets its fence');
      throw new StoreUnavailable('the run is fenced');
    }
    this.heads.set(key, {
      head: { ...head },
      asOf: 0,
      writtenMs: this.world.nowMs,
      closedMs: Number.POSITIVE_INFINITY,
    });
    return 'started';
  }

  close(run: RunRef, closed: ClosedHead, asOf: Slot): 'closed' | 'behind' {
    const row = this.heads.get(keyOf(run));
    if (row?.head.runId !== run.runId) return 'closed';
    if (row.asOf >= 2 * asOf) {
      if (row.head.status !== 'RUNNING') return 'closed';
      this.world.count('a close is behind a redrive');
      return 'behind';
    }
    row.asOf = 2 * asOf;
    row.head = { ...row.head, ...closed };
    row.closedMs = Math.min(row.closedMs, this.world.nowMs);
    return 'closed';
  }

  reopen(run: RunRef, redrive: RedrivenHead, asOf: Slot): 'reopened' | 'behind' {
    const row = this.heads.get(keyOf(run));
    if (row?.head.runId !== run.runId || row.asOf > 2 * asOf + 1) return 'behind';
    row.asOf = 2 * asOf + 1;
    row.head = { ...row.head, status: 'RUNNING', stopMs: undefined, expireAtMs: undefined, redrive };
    row.writtenMs = this.world.nowMs;
    row.closedMs = Number.POSITIVE_INFINITY;
    return 'reopened';
  }

  fence(run: RunRef): 'fenced' | 'started' {
    if (this.heads.get(keyOf(run))?.head.runId === run.runId) return 'started';
    this.fenced.add(run.runId);
    this.world.count('a start is fenced');
    return 'fenced';
  }

  append(run: RunRef, commit: NewCommit): 'appended' | 'lost' {
    const log = this.logs.get(run.runId) ?? [];
    this.logs.set(run.runId, log);
    const last = log.at(-1);
    const isFree = !last || last.slot < commit.slot || !log.some(({ slot }) => slot === commit.slot);
    if (!isFree) {
      const isOwn = log.find(({ slot }) => slot === commit.slot)!.attempt === commit.attempt;
      if (!isOwn) this.world.count('an append loses its slot');
      return isOwn ? 'appended' : 'lost';
    }
    log.push({ ...commit });
    log.sort((a, b) => a.slot - b.slot);
    return 'appended';
  }

  newest(runId: string): StoredCommit | undefined {
    return this.logs.get(runId)?.at(-1);
  }

  range(runId: string, from: Slot, to: Slot): StoredCommit[] {
    return (this.logs.get(runId) ?? []).filter(({ slot }) => slot >= from && slot <= to);
  }

  commitsAt(runId: string, eventId: number, order: 'up' | 'down'): StoredCommit[] {
    const log = this.logs.get(runId) ?? [];
    const at = log.findLastIndex(({ slot }) => slot <= slotAt(Math.min(eventId, 1_000_000), 999_999));
    if (at < 0 || (order === 'up' && log[at]!.nextEventId <= eventId)) return [];
    if (order === 'up') return log.slice(at, at + EVENT_COMMITS_MAX);
    return log.slice(Math.max(0, at + 1 - EVENT_COMMITS_MAX), at + 1).reverse();
  }

  openBeat(key: string, dueAtMs: number): void {
    if (!this.beats.has(key)) this.beats.set(key, { isOpen: true, dueAtMs });
  }

  beat(key: string, nowMs: number, dueAtMs: number): 'recorded' | 'late' {
    const beat = this.beats.get(key);
    if (!beat?.isOpen || beat.dueAtMs <= nowMs) return 'late';
    // One that lands late must not move the deadline back.
    beat.dueAtMs = Math.max(beat.dueAtMs, dueAtMs);
    return 'recorded';
  }

  closeBeat(key: string, nowMs: number): 'closed' | { dueAtMs: number } {
    const beat = this.beats.get(key);
    if (beat?.isOpen && beat.dueAtMs > nowMs) return { dueAtMs: beat.dueAtMs };
    if (beat) beat.isOpen = false;
    return 'closed';
  }

  /** What the index shows: heads that were written, and not closed, a while ago. */
  open(lagMs: number): RunRef[] {
    const thenMs = this.world.nowMs - lagMs;
    return [...this.heads.values()]
      .filter(({ writtenMs, closedMs }) => writtenMs <= thenMs && closedMs > thenMs)
      .map(({ head: { machineName, machineId, name, runId } }) => ({ machineName, machineId, name, runId }));
  }
}

const keyOf = ({ machineId, name }: RunRef): string => `${machineId}/${name}`;

/** The three ports of the store, as one process reaches them. */
export function storePorts(
  world: World,
  process: SimulatedProcess,
  store: SimulatedStore,
): { journal: Journal; executions: Executions; registry: Registry } {
  const read = <T>(point: string, runId: string | undefined, effect: () => T) =>
    callFrom(world, process, { point, runId }, effect);
  const write = <T>(facts: CallFacts, effect: () => T) => callFrom(world, process, { ...facts, isWrite: true }, effect);
  const lag = () => (world.isCalm ? 0 : world.dice.between(0, INDEX_LAGS_MS));
  return {
    journal: journalPort(store, read, write),
    executions: {
      takesFirstCommit: false,
      start: (head) =>
        write({ point: 'executions.start', runId: head.runId, isRetried: true }, () => store.start(head)),
      get: (machineId, name) =>
        read('executions.get', undefined, () => {
          const head = store.headOf(machineId, name);
          return head && { ...head };
        }),
      close: (run, closed, asOf) =>
        write({ point: 'executions.close', runId: run.runId }, () => store.close(run, closed, asOf)),
      reopen: (run, redrive, asOf) =>
        write({ point: 'executions.reopen', runId: run.runId }, () => store.reopen(run, redrive, asOf)),
      fence: (run) => write({ point: 'executions.fence', runId: run.runId }, () => store.fence(run)),
      openOf: (machineId, limit) =>
        read('executions.openOf', undefined, () =>
          store
            .open(lag())
            .filter((run) => run.machineId === machineId)
            .slice(0, limit),
        ),
      open: () =>
        read('executions.open', undefined, () => ({
          executions: store.open(lag()).map((run): OpenExecution => ({ run, attentionAtMs: 0 })),
          next: undefined,
        })),
      openByStart: ({ fromMs, beforeMs }) =>
        read('executions.openByStart', undefined, () => ({
          executions: store
            .open(lag())
            .map((run) => ({ run, startMs: store.headOf(run.machineId, run.name)!.startMs }))
            .filter(({ startMs }) => startMs >= fromMs && startMs < beforeMs),
          next: undefined,
        })),
      countOpen: async () => undefined,
      list: unasked,
    },
    registry: registryPort(store, read, write),
  };
}

type Read = <T>(point: string, runId: string | undefined, effect: () => T) => Promise<T>;
type Write = <T>(facts: CallFacts, effect: () => T) => Promise<T>;

function journalPort(store: SimulatedStore, read: Read, write: Write): Journal {
  return {
    isExclusive: false,
    append: (run, commit) =>
      write(
        { point: 'journal.append', runId: run.runId, isRetried: true, shown: () => `slot ${commit.slot / 1e6}` },
        () => store.append(run, commit),
      ),
    newest: (runId) => read('journal.newest', runId, () => store.newest(runId)),
    range: (runId, from, to) => read('journal.range', runId, () => store.range(runId, from, to)),
    commitsAt: (runId, eventId, order) =>
      read('journal.commitsAt', runId, () => store.commitsAt(runId, eventId, order)),
    openBeat: (runId, taskEventId, dueAtMs) =>
      write({ point: 'journal.openBeat', runId }, () => store.openBeat(`${runId}#${taskEventId}`, dueAtMs)),
    beat: (runId, taskEventId, nowMs, dueAtMs) =>
      write({ point: 'journal.beat', runId }, () => store.beat(`${runId}#${taskEventId}`, nowMs, dueAtMs)),
    closeBeat: (runId, taskEventId, nowMs) =>
      write({ point: 'journal.closeBeat', runId }, () => store.closeBeat(`${runId}#${taskEventId}`, nowMs)),
  };
}

function registryPort(store: SimulatedStore, read: Read, write: Write): Registry {
  return {
    machine: (name) => read('registry.machine', undefined, () => store.machines.get(name)),
    revision: (machineId, revision) =>
      read('registry.revision', undefined, () => {
        const definition = store.definitions.get(`${machineId}#${revision}`);
        const settings = [...store.machines.values()].find((machine) => machine.machineId === machineId);
        return definition === undefined ? undefined : { definition, settings };
      }),
    updateMachine: (name, machineId, change) =>
      write({ point: 'registry.updateMachine' }, () => {
        const machine = store.machines.get(name);
        if (machine?.machineId === machineId) store.machines.set(name, { ...machine, ...change });
      }),
    removeMachine: (name, machineId) =>
      write({ point: 'registry.removeMachine' }, () => {
        if (store.machines.get(name)?.machineId === machineId) store.machines.delete(name);
      }),
    activity: (name) => read('registry.activity', undefined, () => store.activities.get(name)),
    secret: async () => SECRET,
    machines: async (afterName) => [...store.machines.values()].filter(({ name }) => name > afterName),
    createMachine: unasked,
    reviseMachine: unasked,
    publications: unasked,
    writePublications: unasked,
    countMachines: unasked,
    createActivity: unasked,
    updateActivity: unasked,
    removeActivity: unasked,
    activities: unasked,
    countActivities: unasked,
  };
}

/** What nobody here asks for: whoever does has to be simulated first. */
async function unasked(): Promise<never> {
  throw new Error('this is not simulated');
}
