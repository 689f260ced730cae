import { StoreUnavailable } from '../../lib/ports/store-error';
import type { SimulatedProcess } from './process';
import type { World } from './world';

const TRAVEL_MS = [1, 12] as const;
const GIVES_UP_MS = 5_000;
const LANDS_MS = [3_000, 120_000] as const;
const TRIES_AGAIN_MS = 150;

export interface CallFacts {
  /** The port and its method: the name of the crash points before and after it. */
  point: string;
  runId?: string | undefined;
  isWrite?: boolean;
  /** The adapter's client tries again by itself when no answer comes. */
  isRetried?: boolean;
  shown?: () => string;
}

/**
 * A call from a process to a service outside: it departs, lands, and its answer comes back, and at each of these the
 * process may be dead or stalled, and the service may refuse. What `effect` does, it does at one moment: where it
 * lands. A request that is under way lands whatever became of its sender.
 */
export function callFrom<T>(world: World, process: SimulatedProcess, facts: CallFacts, effect: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    process.whenAwake(() => {
      if (world.hit('stalls', `before ${facts.point}`)) process.stall(facts.point);
      process.whenAwake(() => depart(world, process, facts, effect, resolve, reject));
    });
  });
}

function depart<T>(
  world: World,
  process: SimulatedProcess,
  facts: CallFacts,
  effect: () => T,
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
): void {
  const { point, runId } = facts;
  if (world.hit('dies before', point)) return process.die(`before ${point}`);
  const fail = (what: string, ms: number) => {
    world.trace(runId, () => `${process.name} ${point} ${facts.shown?.() ?? ''}: ${what}`);
    world.after(ms, () => process.whenAwake(() => reject(new StoreUnavailable(`${point}: ${what}`))));
  };
  if (world.hit('refuses', point)) return fail('refused', world.dice.between(...TRAVEL_MS));
  const isSlow = world.hit('slow', point) || (facts.isRetried === true && world.hit('slow append', point));
  if (isSlow) fail('no answer, given up', GIVES_UP_MS);
  // A read changes nothing when it lands; polls read all the time.
  const weight = facts.isWrite ? 1 : 0;
  world.underWay += weight;
  const isOutlived = facts.isRetried === true && world.hit('append outlives its writer', point);
  const isLeft = isOutlived || world.hit('dies during', point);
  const isLate = isSlow || isOutlived || (isLeft && world.dice.next() < 0.5);
  const [least, most] = isLate ? LANDS_MS : TRAVEL_MS;
  world.after(world.dice.between(least, most), () => {
    world.underWay -= weight;
    if (facts.isWrite && process.isDead) world.count('write lands after its writer died');
    else if (facts.isWrite && isSlow) world.count('write lands after its writer gave up');
    let answer = attempt(effect);
    world.trace(runId, () => `${process.name} ${point} ${facts.shown?.() ?? ''} -> ${told(answer)}`);
    if (isSlow && 'value' in answer && answer.value === 'appended') world.count('a late append wins its slot');
    if (isSlow) return;
    if (world.hit('dies after', point)) return process.die(`after ${point}`);
    if (world.hit('stalls', `after ${point}`)) process.stall(point);
    let backMs = world.dice.between(...TRAVEL_MS);
    if (world.hit('answer lost', point)) {
      if (!facts.isRetried || world.dice.next() < 0.5) return fail('the answer is lost', GIVES_UP_MS);
      world.count(`tried again by its client ${point}`);
      answer = attempt(effect);
      backMs += TRIES_AGAIN_MS;
    }
    world.after(backMs, () =>
      process.whenAwake(() => ('error' in answer ? reject(answer.error) : resolve(answer.value))),
    );
  });
  if (isLeft) process.die(`during ${point}`);
}

function attempt<T>(effect: () => T): { value: T } | { error: unknown } {
  try {
    return { value: effect() };
  } catch (error) {
    return { error };
  }
}

function told(answer: { value: unknown } | { error: unknown }): string {
  if ('error' in answer) return String(answer.error);
  const text = JSON.stringify(answer.value) ?? '';
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
