import type { Delivery, Disposition, Handler, Queue } from '../../lib/ports/queue';
import type { RunRef } from '../../lib/ports/run-ref';
import { StoreUnavailable } from '../../lib/ports/store-error';
import { callFrom } from './link';
import type { SimulatedProcess } from './process';
import { AUDITOR, type HeldMessage, job, type World } from './world';

const TRAVEL_MS = [1, 20] as const;
const LATE_MS = [1_000, 150_000] as const;
const AGAIN_MS = [10, 40_000] as const;
const NOBODY_THERE_MS = 500;
/** A queue holds a message back for no longer. */
const DELAY_MAX_MS = 900_000;
const FAILED_AGAIN_MS = [200, 5_000] as const;

interface Entry<M> {
  id: number;
  message: M;
  receiveCount: number;
  /** Changes with each receive: only the newest may delete or extend. */
  receipt: number;
  isDoubled: boolean;
  /** An auditor sent it. */
  isRepaired: boolean;
}

/** Where messages wait that are further ahead than a queue holds them back. */
interface FarTimers<M> {
  add(message: M, atMs: number): Promise<void>;
}

/** What a message of any queue may name. */
type AnyMessage = { run?: RunRef; claim?: string; taskEventId?: number; type?: string };

/**
 * A queue as SQS is: at least once, in no order, hidden while somebody has it, back when the lease is over. Whoever is
 * alive gets it, also one that is stalled and will come to it when the lease is over.
 */
export class SimulatedQueue<M extends AnyMessage> {
  readonly entries = new Map<number, Entry<M>>();
  private ids = 0;

  constructor(
    private readonly world: World,
    private readonly name: string,
    private readonly leaseMs: number,
    private readonly alive: () => SimulatedProcess[],
    private readonly handlerOf: (process: SimulatedProcess) => Handler<M>,
  ) {}

  /** The port, as one process reaches it. */
  portOf(process: SimulatedProcess, timers?: FarTimers<M>): Queue<M> {
    const { world, name } = this;
    return {
      send: async (message, { notBeforeMs = 0 } = {}) => {
        if (timers && notBeforeMs > world.nowMs + DELAY_MAX_MS) {
          await timers.add(message, notBeforeMs);
          if (world.nowMs >= notBeforeMs) await this.sendDue(process, message, 0);
          return;
        }
        const runId = message.run?.runId;
        const isRepaired = job.getStore()?.label.endsWith(AUDITOR) === true;
        const shown = () => shownOf(message, notBeforeMs - world.nowMs);
        return callFrom(world, process, { point: `${name}.send`, runId, isWrite: true, shown }, () =>
          this.put(message, notBeforeMs, isRepaired),
        );
      },
    };
  }

  /** From the timers: held back for so long, as far as a queue can. */
  sendDue(process: SimulatedProcess, message: M, inMs: number): Promise<void> {
    const { world, name } = this;
    const delayMs = Math.min(Math.max(0, inMs), DELAY_MAX_MS);
    const shown = () => shownOf(message, delayMs);
    const facts = { point: `${name}.sendDue`, runId: message.run?.runId, isWrite: true, shown };
    return callFrom(world, process, facts, () => this.put(message, world.nowMs + delayMs));
  }

  private put(message: M, notBeforeMs: number, isRepaired = false): void {
    const { world } = this;
    if (world.hit('message lost', this.name)) return;
    const copies = world.hit('message doubled', this.name) ? 2 : 1;
    const twin = isRepaired ? this.repairedUnder(message.claim) : undefined;
    if (twin) twin.isDoubled = true;
    const isDoubled = copies > 1 || twin !== undefined;
    for (let copy = 0; copy < copies; copy++) {
      const entry = { id: ++this.ids, message, receiveCount: 0, receipt: 0, isDoubled, isRepaired };
      this.entries.set(entry.id, entry);
      world.underWay++;
      const lateMs = world.hit('message late', this.name) ? world.dice.between(...LATE_MS) : 0;
      this.show(entry, Math.max(notBeforeMs, world.nowMs) + world.dice.between(...TRAVEL_MS) + lateMs);
    }
  }

  /** What another auditor sent, who looked at the same moment. */
  private repairedUnder(claim: string | undefined): Entry<M> | undefined {
    if (claim === undefined) return undefined;
    return [...this.entries.values()].find(({ message, isRepaired }) => isRepaired && message.claim === claim);
  }

  /** It can be received from then on. */
  private show(entry: Entry<M>, atMs: number): void {
    const receipt = ++entry.receipt;
    this.world.at(atMs, () => {
      if (entry.receipt === receipt && this.entries.get(entry.id) === entry) this.give(entry);
    });
  }

  private give(entry: Entry<M>): void {
    const { world } = this;
    const processes = this.alive();
    if (processes.length === 0) return this.show(entry, world.nowMs + NOBODY_THERE_MS);
    const process = world.dice.pick(processes);
    const receipt = ++entry.receipt;
    entry.receiveCount++;
    let leaseUntilMs = world.nowMs + this.leaseMs;
    const expire = () => {
      if (entry.receipt !== receipt || this.entries.get(entry.id) !== entry) return;
      if (leaseUntilMs > world.nowMs) return world.at(leaseUntilMs, expire);
      if (process.inHand.has(delivery)) world.count(`lease runs out under its handler ${this.name}`);
      if (world.hit('message given up', this.name)) return this.remove(entry);
      this.show(entry, world.nowMs);
    };
    world.at(leaseUntilMs, expire);
    const runId = entry.message.run?.runId;
    const delivery: Delivery<M> = {
      message: entry.message,
      receiveCount: entry.receiveCount,
      leaseUntilMs,
      extend: () => {
        const fromMs = world.nowMs;
        return callFrom(world, process, { point: `${this.name}.extend`, runId, isWrite: true }, () => {
          if (entry.receipt !== receipt) throw new StoreUnavailable('the message is not yours any more');
          leaseUntilMs = world.nowMs + this.leaseMs;
        }).then(() => {
          delivery.leaseUntilMs = fromMs + this.leaseMs;
        });
      },
    };
    world.after(world.dice.between(...TRAVEL_MS), () => {
      if (process.isDead) return;
      process.take(delivery, `${this.name}/${entry.id}`);
      process.whenAwake(() => this.handle(process, entry, receipt, delivery));
    });
  }

  private remove(entry: Entry<M>): void {
    this.entries.delete(entry.id);
    this.world.underWay--;
  }

  private handle(process: SimulatedProcess, entry: Entry<M>, receipt: number, delivery: Delivery<M>): void {
    const { world } = this;
    const { message } = entry;
    const held: HeldMessage = {
      runId: message.run?.runId,
      claim: message.claim,
      taskEventId: message.taskEventId,
      leaseUntilMs: () => delivery.leaseUntilMs,
      isDoubled: () => entry.isDoubled,
      hasFailed: false,
    };
    const label = `${process.name} ${this.name}/${entry.id}(${entry.receiveCount})`;
    job.run({ label, held }, async () => {
      world.trace(held.runId, () => `gets ${shownOf(message, 0)}`);
      let disposition: Disposition | undefined;
      try {
        disposition = await this.handlerOf(process)(delivery);
        held.hasFailed = disposition !== 'delete';
      } catch (error) {
        held.hasFailed = true;
        this.world.trace(held.runId, () => `fails: ${error}`);
        noteFailure(world, error, held.runId);
      }
      await this.settle(process, entry, receipt, delivery, disposition).catch(() => {});
      process.finish(delivery);
    });
  }

  /** Deletes the message or gives it back, as its handler asked for. */
  private async settle(
    process: SimulatedProcess,
    entry: Entry<M>,
    receipt: number,
    delivery: Delivery<M>,
    disposition: Disposition | undefined,
  ): Promise<void> {
    const { world } = this;
    const runId = entry.message.run?.runId;
    const facts = { point: `${this.name}.delete`, runId, isWrite: true };
    if (disposition === 'delete') {
      if (world.nowMs >= delivery.leaseUntilMs) return world.count(`not deleted for want of a lease ${this.name}`);
      await callFrom(world, process, facts, () => {
        if (entry.receipt !== receipt || this.entries.get(entry.id) !== entry) return;
        if (world.hit('message comes again after its deletion', this.name)) {
          return this.show(entry, world.nowMs + world.dice.between(...AGAIN_MS));
        }
        this.remove(entry);
      });
      return;
    }
    const againMs = disposition?.againAfterMs ?? world.dice.between(...FAILED_AGAIN_MS);
    await callFrom(world, process, { ...facts, point: `${this.name}.release` }, () => {
      if (entry.receipt === receipt) this.show(entry, world.nowMs + againMs);
    });
  }
}

/** Stores and queues refuse, leases run out; whatever else goes wrong in a handler is a defect. */
export function noteFailure(world: World, error: unknown, runId: string | undefined): void {
  if (error instanceof StoreUnavailable) return;
  if (error instanceof Error && error.message === 'the lease has run out') return world.count('refused: lease run out');
  world.violate(`unexpected: ${error instanceof Error ? error.stack : error}`, runId);
}

function shownOf(message: AnyMessage, inMs: number): string {
  const { run: _, ...rest } = message;
  return `${JSON.stringify(rest)}${inMs > 0 ? ` in ${inMs} ms` : ''}`;
}
