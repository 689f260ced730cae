import type { Ports } from '../../lib/ports';
import { createRuntime, type Runtime, type RuntimeSettings } from '../../lib/runtime';
import { Arns } from '../../lib/runtime/arns';
import { DEFAULT_LIMITS } from '../../lib/runtime/limits';
import type { World } from './world';

const MINUTE_MS = 60_000;
const STALLS_MS = [1_000, 200_000] as const;
/** Past the lease of an offer, while the client of a poll still waits. */
const STALLS_SHORT_MS = [1_000, 65_000] as const;
export const ARNS = new Arns('us-east-1', '123456789012');

const SETTINGS: RuntimeSettings = {
  arns: ARNS,
  limits: DEFAULT_LIMITS,
  retentionMs: 90 * 24 * 60 * MINUTE_MS,
  pollHoldMs: MINUTE_MS,
  deletionPauseMs: 5_000,
  checkDefinition: () => '',
  diagnose: () => [],
};

/**
 * One process of the service: a runtime over ports that lead into the world. It can die: then nothing that it waits
 * for ever comes. And it can stall: then everything that comes waits until it goes on.
 */
export class SimulatedProcess {
  isDead = false;
  diedMs = Number.POSITIVE_INFINITY;
  /** Messages and requests in hand. */
  readonly inHand = new Map<object, string>();
  runtime!: Runtime;
  private stalledUntilMs = 0;

  constructor(
    private readonly world: World,
    readonly name: string,
    private readonly onDeath: (process: SimulatedProcess) => void,
  ) {}

  async boot(portsFor: (process: SimulatedProcess) => Ports): Promise<void> {
    this.runtime = await createRuntime(portsFor(this), SETTINGS);
  }

  /** Calls now or once it goes on; never if it is dead by then. */
  whenAwake(call: () => void): void {
    if (this.isDead) return;
    if (this.stalledUntilMs <= this.world.nowMs) call();
    else this.world.at(this.stalledUntilMs, () => this.whenAwake(call));
  }

  stall(why: string): void {
    const { dice } = this.world;
    const [least, most] = dice.next() < 0.5 ? STALLS_SHORT_MS : STALLS_MS;
    this.stalledUntilMs = this.world.nowMs + dice.between(least, most);
    this.world.trace(undefined, () => `${this.name} STALLS at ${why} for ${this.stalledUntilMs - this.world.nowMs} ms`);
  }

  die(why: string): void {
    if (this.isDead) return;
    this.isDead = true;
    this.diedMs = this.world.nowMs;
    this.world.underWay -= this.inHand.size;
    this.inHand.clear();
    this.world.trace(undefined, () => `${this.name} DIES ${why}`);
    this.onDeath(this);
  }

  take(item: object, label: string): void {
    this.inHand.set(item, label);
    this.world.underWay++;
  }

  finish(item: object): void {
    if (this.inHand.delete(item)) this.world.underWay--;
  }
}
