import { HistoryWriter } from '../../lib/api/history-json';
import { baseOf, decodeSnapshot } from '../../lib/engine/commit/decode';
import type { Snapshot } from '../../lib/engine/snapshot';
import type { Head } from '../../lib/ports/executions';
import { machineNameOf } from '../../lib/runtime/child-names';
import { readHistory } from '../../lib/runtime/history';
import { breaches, disagreement, type WireEvent } from '../lawful-history';
import type { Ledger, StartEntry } from './ledger';
import { APART, APART_ITEMS, APART_RACE, CHILD_SLEEPS_MS, type SimulatedMachine, SLEEPER, SLEEPS_MS } from './machines';
import type { Service } from './scenario';
import type { SimulatedStore } from './store';
import type { World } from './world';

type UndisturbedEnd = (machine: SimulatedMachine, input: string) => Promise<string>;

/**
 * What has to hold once nothing moves any more: what clients were told is true, every execution has ended, and each
 * history is lawful. Reads the store itself, past the processes.
 */
export async function check(
  service: Service,
  machines: ReadonlyMap<string, SimulatedMachine>,
  undisturbedEnd: UndisturbedEnd,
): Promise<void> {
  const { world, store, ledger } = service;
  checkStarts(world, store, ledger);
  checkDeletions(world, store, ledger);
  for (const { head } of store.heads.values()) {
    const snapshot = snapshotOf(store, head.runId);
    if (!snapshot) {
      world.violate(`${head.name} was started and has no commit`, head.runId);
      continue;
    }
    const machine = machines.get(machineNameOf(head.machineName))!;
    const events = await historyOf(store, head);
    world.count('executions');
    if (!checkEnded(world, head, snapshot, machine)) continue;
    for (const breach of breaches(events, true)) world.violate(`${head.name}: ${breach}`, head.runId);
    checkHead(world, head, snapshot, events);
    checkResults(world, ledger, head, events);
    checkBeats(world, ledger, head, events);
    checkRedrives(world, ledger, head, snapshot.redrive?.count ?? 0, events);
    checkClients(service, head, events);
    checkChildren(world, store, head, events);
    if (checkAbandoned(world, head)) continue;
    if (!machine.isSteady || isMeddledWith(service, head, machine)) continue;
    world.count('outcomes compared');
    const end = readEnd(store, head.runId);
    const wanted = await undisturbedEnd(machine, head.input);
    if (end !== wanted) world.violate(`${head.name} ended as ${end}, undisturbed as ${wanted}`, head.runId);
  }
}

/** One that slept for a task that gave it up was stopped. Answers whether it is such a one. */
function checkAbandoned(world: World, { machineName, startedBy, stopMs, startMs, name, runId }: Head): boolean {
  if (startedBy?.mapRun !== undefined) world.count('children of map runs');
  const isOfRace = machineNameOf(machineName) === APART_RACE;
  const sleeps = machineName === SLEEPER || isOfRace;
  // What children come to, their parents tell.
  if (!startedBy?.isAwaited || !sleeps) return startedBy?.mapRun !== undefined;
  world.count('executions stopped with their task');
  if (stopMs! >= startMs + (isOfRace ? CHILD_SLEEPS_MS : SLEEPS_MS))
    world.violate(`${name} slept on when its task was given up`, runId);
  return true;
}

/** Each item of a map run that succeeded was run by one child; a redrive may have run some again. */
function checkChildren(world: World, store: SimulatedStore, { name, runId, machineName }: Head, events: WireEvent[]) {
  if (machineName !== APART || events.some(({ type }) => type === 'ExecutionRedriven')) return;
  const runs = events.filter(({ type }) => type === 'MapRunStarted');
  const isDone = events.some(({ type }) => type === 'MapRunSucceeded');
  let children = 0;
  for (const { head } of store.heads.values()) if (head.startedBy?.run.runId === runId) children++;
  if (isDone) world.count('map runs that succeeded');
  const isRight = isDone ? children === APART_ITEMS : children <= APART_ITEMS;
  if (runs.length > 1 || !isRight) world.violate(`${name} has ${runs.length} map runs of ${children} children`, runId);
}

/** Whether somebody stopped it, or the one that started it, or deleted a state machine that it is of or starts. */
function isMeddledWith({ store, ledger }: Service, head: Head, { startsOthers }: SimulatedMachine): boolean {
  const { startedBy } = head;
  if ((startedBy || startsOthers) && ledger.doomed.size > 0) return true;
  const parent = startedBy && [...store.heads.values()].find((other) => other.head.runId === startedBy.run.runId)?.head;
  const { name } = parent ?? head;
  return ledger.starts.some((entry) => entry.name === name && entry.isMeddledWith);
}

function snapshotOf(store: SimulatedStore, runId: string): Snapshot | undefined {
  const newest = store.newest(runId);
  return newest && decodeSnapshot(store.range(runId, baseOf(newest), newest.slot)).snapshot;
}

/** Status, output and error of a run, as its journal tells. */
export function readEnd(store: SimulatedStore, runId: string): string {
  const { status, end } = snapshotOf(store, runId)!;
  return JSON.stringify([status, end?.output?.text, end?.error, end?.cause]);
}

async function historyOf(store: SimulatedStore, head: Head): Promise<WireEvent[]> {
  const journal = {
    commitsAt: async (runId: string, eventId: number, order: 'up' | 'down') => store.commitsAt(runId, eventId, order),
  };
  const writer = new HistoryWriter(true);
  const query = { startAt: undefined, order: 'up', limit: 100_000, bytesMax: Number.POSITIVE_INFINITY } as const;
  const { events } = await readHistory({ journal, clock: { sleep: async () => {} } }, head, {
    ...query,
    sizeOf: (event) => writer.sizeOf(event),
  });
  return JSON.parse(writer.page(events, undefined)).events;
}

function checkStarts(world: World, store: SimulatedStore, ledger: Ledger): void {
  for (const entry of ledger.starts) {
    const head = store.headOf(entry.machineId, entry.name);
    world.count(`start ${entry.standing}`);
    const isThere = head?.input === entry.input;
    if (entry.standing === 'acknowledged') {
      if (!isThere) world.violate(`the start of ${entry.name} was acknowledged and is not there`, head?.runId);
      else if (head.startMs !== entry.startMs) world.violate(`${entry.name} started at another time`, head.runId);
    } else if (entry.standing === 'refused' && isThere) {
      world.violate(`the start of ${entry.name} was refused and is there`, head.runId);
    }
  }
}

function checkDeletions(world: World, store: SimulatedStore, ledger: Ledger): void {
  for (const name of ledger.deleted) {
    world.count('state machines deleted');
    if (store.machines.has(name)) world.violate(`state machine ${name} was deleted and is there`);
    for (const { head } of store.heads.values()) {
      if (head.machineName !== name || name !== SLEEPER) continue;
      if (head.stopMs !== undefined && head.stopMs < (head.redrive?.atMs ?? head.startMs) + SLEEPS_MS) continue;
      world.violate(`${head.name} slept on when its state machine was deleted`, head.runId);
    }
  }
}

/** Whether it has ended; one that waits for ever may, where its definition says so. */
function checkEnded(world: World, head: Head, { status, frames }: Snapshot, machine: SimulatedMachine): boolean {
  if (status !== 'RUNNING') return true;
  if (isHeldForEver({ frames }, machine)) world.count('waits for ever as its definition says');
  else world.violate(`${head.name} has not ended`, head.runId);
  return false;
}

/** Whether a task without a deadline is with a worker that may have died. */
const isHeldForEver = ({ frames }: Pick<Snapshot, 'frames'>, { hasDeadlines }: SimulatedMachine): boolean =>
  !hasDeadlines &&
  [...frames.values()].some(
    ({ waiting }) =>
      waiting.on === 'task' && waiting.kind === 'activity' && waiting.claim !== undefined && !hasDeadline(waiting),
  );

/** Whether something is left that has to come to an end. */
export function hasWork({ store }: Service, machines: ReadonlyMap<string, SimulatedMachine>): boolean {
  if ([...store.machines.values()].some(({ status }) => status === 'DELETING')) return true;
  return store.open(0).some(({ runId, machineName }) => {
    const snapshot = snapshotOf(store, runId);
    return !snapshot || !isHeldForEver(snapshot, machines.get(machineNameOf(machineName))!);
  });
}

const hasDeadline = (wait: { timeoutAtMs: number | undefined; heartbeatAtMs: number | undefined }): boolean =>
  wait.timeoutAtMs !== undefined || wait.heartbeatAtMs !== undefined;

function checkHead(world: World, head: Head, { status, end }: Snapshot, events: WireEvent[]): void {
  if (head.status !== status) world.violate(`the head of ${head.name} says ${head.status}, not ${status}`, head.runId);
  else if (head.stopMs !== end?.stopMs) world.violate(`the head of ${head.name} tells another stop`, head.runId);
  const described = {
    status,
    output: end?.output?.text,
    error: end?.error,
    cause: end?.cause,
    stopDate: end && end.stopMs / 1000,
  };
  const differs = disagreement(described, events.at(-1)!);
  if (differs) world.violate(`${head.name}: ${differs}`, head.runId);
}

/** Acknowledged: in the history once. Refused: not there. Unknown: once at most. */
function checkResults(world: World, ledger: Ledger, { runId, name }: Head, events: WireEvent[]): void {
  const answers = events
    .filter(({ type }) => /^(Activity|Task)(Succeeded|Failed)$/.test(type))
    .map((event) => {
      const { output, cause } = Object.values(event).find((details) => typeof details === 'object');
      return output ?? cause ?? '';
    });
  for (const result of ledger.results) {
    if (result.runId !== runId) continue;
    world.count(`result ${result.standing}`);
    const times = answers.filter((answer) => answer.includes(result.marker)).length;
    const isRight =
      result.standing === 'acknowledged' ? times === 1 : result.standing === 'refused' ? times === 0 : times <= 1;
    if (!isRight) world.violate(`${name}: result ${result.marker}, ${result.standing}, is there ${times} times`, runId);
  }
}

/** Each redrive that was granted stands in the history once, at its time; and there are as many as the head says. */
function checkRedrives(world: World, ledger: Ledger, head: Head, count: number, events: WireEvent[]): void {
  const redriven = events.filter(({ type }) => type === 'ExecutionRedriven');
  const isSo = redriven.every((event, index) => event.executionRedrivenEventDetails.redriveCount === index + 1);
  // The head is opened before the commit: one whose process died between the two is counted, and never came.
  if (!isSo || redriven.length !== count || (head.redrive?.count ?? 0) < count) {
    world.violate(`${head.name} has ${redriven.length} redrives, and says ${count}`, head.runId);
  }
  const times = redriven.map(({ timestamp }) => Math.round(timestamp * 1000));
  const byToken = new Map<string, number>();
  for (const { name, machineName, clientToken, redriveMs } of ledger.redrives) {
    if (name !== head.name || machineName !== head.machineName) continue;
    if ((byToken.get(clientToken) ?? redriveMs) !== redriveMs) {
      world.violate(`${head.name} was redriven twice for one request`, head.runId);
    }
    byToken.set(clientToken, redriveMs);
    if (!times.includes(redriveMs))
      world.violate(`${head.name} was redriven, and its history does not tell`, head.runId);
  }
}

/**
 * A heartbeat that was taken counts: its task times out a full interval later at the earliest. One in time for a task
 * that is awaited is not refused.
 */
function checkBeats(world: World, ledger: Ledger, { runId, name }: Head, events: WireEvent[]): void {
  const beats = ledger.beats.filter((beat) => beat.runId === runId);
  for (const started of events) {
    if (!/^(Activity|Task)Started$/.test(started.type)) continue;
    const scheduled = events[started.previousEventId - 1]!;
    const details = scheduled.activityScheduledEventDetails ?? scheduled.taskScheduledEventDetails;
    if (!details) {
      world.violate(`${name}: ${started.type} follows ${scheduled.type}`, runId);
      continue;
    }
    const { timeoutInSeconds, heartbeatInSeconds } = details;
    if (heartbeatInSeconds === undefined) continue;
    const own = beats.filter(({ taskEventId }) => taskEventId === scheduled.id);
    const taken = own.filter(({ isTaken }) => isTaken);
    // One that ends with another, or with its execution, has no event of its own: it may have ended at any time.
    const submitted = events.find(
      ({ previousEventId, type }) => previousEventId === started.id && type === 'TaskSubmitted',
    );
    const last = (submitted ?? started).id;
    const end = events.find(
      ({ previousEventId, type }) => previousEventId === last && /^(Activity|Task)[^S]|Succeeded$/.test(type),
    );
    const isOverdue = end && end.timestamp >= scheduled.timestamp + (timeoutInSeconds ?? Number.POSITIVE_INFINITY);
    if (end && /^(Activity|Task)TimedOut$/.test(end.type) && !isOverdue) {
      world.count('missed heartbeats');
      if (taken.some(({ sentMs }) => end.timestamp < sentMs / 1000 + heartbeatInSeconds)) {
        world.violate(`${name}: task ${scheduled.id} timed out though its heartbeat was taken`, runId);
      }
    }
    for (const beat of own) {
      if (beat.isTaken || !end || beat.answeredMs / 1000 >= end.timestamp) continue;
      const before = taken.filter(({ answeredMs }) => answeredMs < beat.sentMs).map(({ sentMs }) => sentMs / 1000);
      if (beat.answeredMs / 1000 < Math.max(started.timestamp, ...before) + heartbeatInSeconds) {
        world.violate(`${name}: a heartbeat of task ${scheduled.id} was refused in time`, runId);
      }
    }
  }
}

/** Whether some commit says that it stopped then. One that ran out of time stopped before its event, so events do not. */
const hasStoppedAt = (store: SimulatedStore, { runId }: Head, stopMs: number): boolean =>
  store
    .range(runId, 0, Number.POSITIVE_INFINITY)
    .some((commit) => decodeSnapshot(store.range(runId, baseOf(commit), commit.slot)).snapshot.end?.stopMs === stopMs);

/** What was read or told before is still so: histories only grow, and an execution stops once, unless it is redriven. */
function checkClients({ world, store, ledger }: Service, head: Head, events: WireEvent[]): void {
  const isOf = (one: Pick<StartEntry, 'name' | 'machineName'>) =>
    one.name === head.name && one.machineName === head.machineName;
  for (const reading of ledger.readings.filter(isOf)) {
    world.count('histories read meanwhile');
    const same = JSON.stringify(events.slice(0, reading.events.length)) === JSON.stringify(reading.events);
    if (!same) world.violate(`the history of ${head.name} was read otherwise before`, head.runId);
  }
  for (const { stopMs } of ledger.stops.filter(isOf)) {
    world.count('stop acknowledged');
    if (head.stopMs !== stopMs && !(head.redrive && hasStoppedAt(store, head, stopMs))) {
      world.violate(`${head.name} was told to have stopped at ${stopMs}, not ${head.stopMs}`, head.runId);
    }
  }
}
