import type { Rule } from './rules';
import { beginning, breachOf, hasEnded, keyOf, type State } from './state';
import type { Keeps, Step } from './step';
import { stepsFrom } from './world';

/** How much goes wrong in one world: enough for each rule to be missed. With two it is 1,650,044 states and minutes. */
const FAULTS = 1;

export interface Exploration {
  /** How many states can be reached, up to the order of workers and messages. */
  states: number;
  /** How many of them are ends. */
  ends: number;
  /** What went wrong, and the shortest way there. */
  finding: { breach: string; trace: string[] } | undefined;
}

/**
 * Goes through every state that can be reached, those first that fewer steps lead to, until something is wrong. `without`:
 * the rule that is taken away.
 */
export function explore(without?: Rule, faults = FAULTS): Exploration {
  const keeps: Keeps = (rule) => rule !== without;
  return new Search(keeps).run(beginning(faults));
}

/** Where a state was come from. */
interface Origin {
  state: State;
  before: number;
  what: string;
}

class Search {
  private readonly reached: Origin[] = [];
  private readonly known = new Map<string, number>();
  /** For each state, those from which something that is bound to happen leads there. */
  private readonly origins: number[][] = [];
  private readonly ends: number[] = [];

  constructor(private readonly keeps: Keeps) {}

  run(first: State): Exploration {
    this.note(first, -1, '');
    for (let at = 0; at < this.reached.length; at++) {
      const { state } = this.reached[at]!;
      const breach = breachOf(state) ?? this.follow(state, at);
      if (breach) return this.found(breach, at);
    }
    const stuck = this.stuck();
    if (stuck >= 0) return this.found('it cannot end', stuck);
    return this.outcome();
  }

  /** Notes all that can come of a state. Answers what is wrong with it. */
  private follow(state: State, at: number): string | undefined {
    const steps = stepsFrom(state, this.keeps);
    for (const step of steps) {
      const next = this.note(step.next, at, step.what);
      if (step.breach) return `${step.breach} (${step.what})`;
      if (!step.isChance) this.origins[next]!.push(at);
    }
    if (hasEnded(state)) this.ends.push(at);
    else if (steps.every(({ isChance }: Step) => isChance)) return 'it has come to rest, and has not ended';
    return undefined;
  }

  private note(state: State, before: number, what: string): number {
    const key = keyOf(state);
    const index = this.known.get(key) ?? this.reached.push({ state, before, what }) - 1;
    if (index === this.known.size) {
      this.known.set(key, index);
      this.origins.push([]);
    }
    return index;
  }

  /** The first state from which no end can be reached by what is bound to happen alone. */
  private stuck(): number {
    const canEnd = new Set(this.ends);
    for (const at of canEnd) for (const before of this.origins[at]!) canEnd.add(before);
    return this.reached.findIndex((_, at) => !canEnd.has(at));
  }

  private outcome(): Exploration {
    return { states: this.reached.length, ends: this.ends.length, finding: undefined };
  }

  private found(breach: string, last: number): Exploration {
    const trace: string[] = [];
    for (let at = last; at > 0; at = this.reached[at]!.before) trace.unshift(this.reached[at]!.what);
    return { ...this.outcome(), finding: { breach, trace } };
  }
}
