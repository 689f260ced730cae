import { createOwnApi } from '../../lib/api/own-api';
import type { AdvanceMessage, TaskMessage } from '../../lib/ports/queue';
import { SimulatedActivityQueues } from './activity-queues';
import { check, hasWork, readEnd } from './checks';
import { Clients } from './clients';
import { drawFaults, type Faults, NO_FAULTS } from './faults';
import { SimulatedFunctions } from './functions';
import { type Ledger, newLedger, type StartEntry } from './ledger';
import { ACTIVITY_NAME, inputOf, MACHINES, randomMachine, type SimulatedMachine } from './machines';
import { drawMix, type Mix, rareMix } from './mixes';
import { SimulatedProcess } from './process';
import { SimulatedQueue } from './queues';
import { Requests } from './requests';
import { SimulatedServices } from './services';
import { SimulatedStore, storePorts } from './store';
import { Timekeeper } from './timekeeper';
import { SimulatedTimers } from './timers';
import { type Violation, World } from './world';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Messages of turns and of functions are hidden for so long (ARCHITECTURE.md). */
const ADVANCE_LEASE_MS = 120 * SECOND_MS;
const TASKS_LEASE_MS = 60 * SECOND_MS;
const REPLACED_MS = [500, 15_000] as const;
const LONG_MS = [HOUR_MS, 3 * HOUR_MS] as const;
/** Longer than any lease: what is hidden comes back in this time, and who waits gives up. */
const AFTERMATH_MS = 4 * MINUTE_MS;
const EVENTS_MAX = 400_000;
/** An offer that is lost is made again after a day. */
const AUDITED_MAX_MS = 3 * DAY_MS;

/** A whole service in its world: processes side by side over one store and one set of queues. */
export class Service {
  readonly world: World;
  readonly store: SimulatedStore;
  readonly functions: SimulatedFunctions;
  readonly services: SimulatedServices;
  readonly ledger: Ledger = newLedger();
  readonly clients: Clients;
  readonly timekeeper: Timekeeper;
  processes: SimulatedProcess[] = [];
  private readonly advance: SimulatedQueue<AdvanceMessage>;
  private readonly tasks: SimulatedQueue<TaskMessage>;
  private readonly activityQueues: SimulatedActivityQueues;
  private readonly timers: SimulatedTimers;
  private born = 0;

  constructor(seed: number, faults: Faults, isTracing: boolean, isMovedLate = false) {
    this.world = new World(seed, faults, isTracing);
    const { world } = this;
    const alive = () => this.processes;
    this.store = new SimulatedStore(world);
    this.functions = new SimulatedFunctions(world, this.store);
    this.services = new SimulatedServices(world, this.functions, () => this.clients);
    this.activityQueues = new SimulatedActivityQueues(world);
    this.advance = new SimulatedQueue(
      world,
      'advance',
      ADVANCE_LEASE_MS,
      alive,
      ({ runtime }) =>
        (delivery) =>
          runtime.advance.handle(delivery),
    );
    this.tasks = new SimulatedQueue(
      world,
      'tasks',
      TASKS_LEASE_MS,
      alive,
      ({ runtime }) =>
        (delivery) =>
          runtime.tasks.handle(delivery),
    );
    this.timers = new SimulatedTimers(world);
    this.timekeeper = new Timekeeper(world, this.timers, this.advance, alive, isMovedLate);
    this.timekeeper.keepMinutes();
    this.clients = new Clients(world, new Requests(world, alive), this.ledger);
    this.store.addActivity(ACTIVITY_NAME);
  }

  /** Starts a process; when it dies, another takes its place. */
  async addProcess(): Promise<void> {
    const { world } = this;
    const process = new SimulatedProcess(world, `p${++this.born}`, () => {
      this.processes = this.processes.filter((other) => other !== process);
      world.after(world.dice.between(...REPLACED_MS), () => void this.addProcess());
    });
    await process.boot((self) => ({
      ...storePorts(world, self, this.store),
      advance: this.advance.portOf(self, this.timers.portOf(self)),
      tasks: this.tasks.portOf(self),
      activityQueues: this.activityQueues.portOf(self),
      functions: this.functions.portOf(self),
      services: this.services.portOf(self),
      ownApi: createOwnApi(() => self.runtime),
      clock: {
        nowMs: () => world.nowMs,
        sleep: (ms) => new Promise((resolve) => world.after(Math.ceil(ms), () => self.whenAwake(resolve))),
        placeInLine: () => () => new Promise((resolve) => world.after(0, () => self.whenAwake(resolve))),
        every: (ms, call) => every(world, self, ms, call),
      },
      ids: { ulid: () => world.newId(), uuid: () => world.newId(), random: () => world.dice.next() },
    }));
    this.processes.push(process);
  }

  /** Without faults, until nothing moves any more. Answers whether it came to rest. */
  async comeToRest(): Promise<boolean> {
    const { world } = this;
    world.isCalm = true;
    for (;;) {
      if (!(await world.run(() => world.underWay === 0, DAY_MS, EVENTS_MAX))) return false;
      const { events } = world;
      await world.run(() => world.underWay > 0, AFTERMATH_MS, EVENTS_MAX);
      if (world.underWay === 0) return world.events - events < EVENTS_MAX;
    }
  }
}

function every(world: World, process: SimulatedProcess, ms: number, call: () => void): () => void {
  let isOn = true;
  const tick = () =>
    world.after(ms, () =>
      process.whenAwake(() => {
        if (!isOn) return;
        call();
        tick();
      }),
    );
  tick();
  return () => {
    isOn = false;
  };
}

export interface Outcome {
  seed: number;
  violations: Violation[];
  counts: Map<string, number>;
  lines: World['lines'];
}

/**
 * One seed: a disturbed part in which everything may fail, then calm until nothing moves, then all checks. `given`: what
 * goes wrong in it, instead of what the seed says.
 */
export async function simulate(seed: number, isTracing = false, given?: Mix): Promise<Outcome> {
  const plan = new World(seed, NO_FAULTS, false).dice.fork();
  const isAnyway = plan.next() < 0.15;
  const mix = given ?? rareMix(seed) ?? drawMix(plan);
  const isAudited = isAnyway || mix?.isAudited === true;
  const faults = drawFaults(plan, isAudited, mix);
  const service = new Service(plan.between(0, 2 ** 31), faults, isTracing, mix?.isMovedLate);
  const { world, clients } = service;
  world.faultsAt = mix?.at;
  const machines = [...MACHINES, randomMachine(seed)];
  const byName = new Map(machines.map((machine) => [machine.name, machine]));
  const machineIds = new Map(
    machines.map(({ name, definition }) => [name, service.store.addMachine(name, definition).machineId]),
  );
  const least = mix?.isCrowded ? 3 : 1;
  for (let count = plan.between(least, 3); count > 0; count--) await service.addProcess();
  for (let worker = plan.between(least, 3); worker > 0; worker--) void clients.work(`w${worker}`);
  if (isAudited) service.timekeeper.keepAudits();
  const startable = machines.filter(({ name }) => !mix || mix.machines.includes(name));
  const starts = planStarts(service, startable, machineIds, plan);
  planMeddling(service, starts, plan, mix);
  const disturbedMs = mix?.isLong ? plan.between(...LONG_MS) : plan.between(20, 400) * SECOND_MS;
  await world.run(() => false, disturbedMs, EVENTS_MAX);
  let isAtRest = await service.comeToRest();
  const untilMs = world.nowMs + AUDITED_MAX_MS;
  while (isAudited && isAtRest && world.nowMs < untilMs && hasWork(service, byName)) {
    await world.run(() => world.underWay > 0, HOUR_MS, EVENTS_MAX);
    isAtRest = await service.comeToRest();
  }
  if (!isAtRest) {
    const inHand = service.processes.flatMap((process) =>
      [...process.inHand.values()].map((label) => `${process.name} ${label}`),
    );
    world.violate(`it does not come to rest; in hand: ${inHand.join(', ') || 'nothing'}`);
  } else {
    await probe(service);
    await check(service, byName, undisturbedEnd);
  }
  clients.isOver = true;
  world.count('runs');
  return { seed, violations: world.violations, counts: world.counts, lines: world.lines };
}

/** Each process still answers for each run: no turn of it waits for ever. */
async function probe({ world, store, processes, clients }: Service): Promise<void> {
  for (const process of processes) {
    for (const { head } of store.heads.values()) {
      const cover = { leaseUntilMs: Number.POSITIVE_INFINITY };
      void clients.busy(() => process.runtime.runs.submit(head, [], cover).then(() => {}));
      const isAnswered = await world.run(() => world.underWay === 0, MINUTE_MS, EVENTS_MAX);
      if (!isAnswered) world.violate(`${process.name} is stuck`, head.runId);
    }
  }
}

function planStarts(
  service: Service,
  machines: SimulatedMachine[],
  machineIds: Map<string, string>,
  plan: World['dice'],
): StartEntry[] {
  const { ledger, clients, world } = service;
  for (let number = plan.between(2, 7); number > 0; number--) {
    const { name: machineName } = plan.pick(machines);
    const name = `${machineName}-${number}`;
    const machineId = machineIds.get(machineName)!;
    const inMs = plan.between(0, 60) * SECOND_MS;
    const entry = (input: string): StartEntry => ({
      machineName,
      machineId,
      name,
      input,
      plannedMs: inMs,
      standing: 'unknown',
      startMs: undefined,
      isMeddledWith: false,
    });
    const entries = [entry(inputOf(machineName, number))];
    // A rival wants the same name for something else.
    if (plan.next() < 0.15) {
      entries.push(entry(inputOf(machineName, number + 100)));
      world.count('rivals for a name');
    }
    for (const one of entries) {
      ledger.starts.push(one);
      void clients.busy(() => clients.start(one, inMs + plan.between(0, 300)));
    }
  }
  return ledger.starts;
}

function planMeddling(
  { clients, ledger }: Service,
  starts: StartEntry[],
  plan: World['dice'],
  mix: Mix | undefined,
): void {
  for (const entry of starts) {
    if (plan.next() < (mix?.isRedriven ? 0.6 : 0.15)) {
      for (const other of starts) if (other.name === entry.name) other.isMeddledWith = true;
      void clients.busy(() => clients.stop(entry, plan.between(0, 120) * SECOND_MS));
    }
    if (plan.next() < (mix?.isRedriven ? 0.8 : 0.1)) {
      for (const other of starts) if (other.name === entry.name) other.isMeddledWith = true;
      for (let redrives = plan.between(1, 3); redrives > 0; redrives--) {
        void clients.busy(() => clients.redrive(entry, plan.between(0, 180) * SECOND_MS));
      }
    }
    for (let readings = plan.between(0, 2); readings > 0; readings--) {
      void clients.busy(() => clients.read(entry, plan.between(0, 200) * SECOND_MS));
    }
  }
  if (mix?.isDeleted || plan.next() < 0.15) {
    // Behind the first start nothing else is open that would hold the deletion up.
    const first = starts.reduce((least, entry) => (entry.plannedMs < least.plannedMs ? entry : least));
    const { machineName, plannedMs } = mix?.isDeleted && plan.next() < 0.5 ? first : plan.pick(starts);
    // Right behind a start, or at any time.
    const isBehind = mix?.isDeleted || plan.next() < 0.5;
    const inMs = isBehind ? plannedMs + plan.between(0, 3 * SECOND_MS) : plan.between(0, 90) * SECOND_MS;
    for (const entry of starts) if (entry.machineName === machineName) entry.isMeddledWith = true;
    ledger.doomed.add(machineName);
    void clients.busy(() => clients.deleteMachine(machineName, inMs));
  }
}

const undisturbedEnds = new Map<string, Promise<string>>();

/** How an execution ends in a world without faults, with one process. */
function undisturbedEnd(machine: SimulatedMachine, input: string): Promise<string> {
  const key = `${machine.name} ${input}`;
  const end = undisturbedEnds.get(key) ?? endOf(machine, input);
  undisturbedEnds.set(key, end);
  return end;
}

async function endOf({ name: machineName, definition }: SimulatedMachine, input: string): Promise<string> {
  const service = new Service(1, NO_FAULTS, false);
  const { machineId } = service.store.addMachine(machineName, definition);
  for (const { name, definition } of MACHINES) if (name !== machineName) service.store.addMachine(name, definition);
  await service.addProcess();
  void service.clients.work('w1');
  const entry: StartEntry = {
    machineName,
    machineId,
    name: 'undisturbed',
    input,
    plannedMs: 0,
    standing: 'unknown',
    startMs: undefined,
    isMeddledWith: false,
  };
  void service.clients.busy(() => service.clients.start(entry, 0));
  await service.comeToRest();
  service.clients.isOver = true;
  return readEnd(service.store, service.store.headOf(machineId, 'undisturbed')!.runId);
}
