import type { JsonObject } from '../json';
import type { State } from './program';

type Compile = (name: string, fields: JsonObject) => State;

/**
 * The states of a definition, by their names. Each is compiled when it is first asked for: an execution goes through few
 * of the thousands that a definition may have, and nobody waits for the others.
 */
export class States {
  /** `found`: their fields, as the definition has them; from here on they are ours. */
  constructor(
    private readonly found: Map<string, State | JsonObject>,
    private readonly compile: Compile,
  ) {}

  get size(): number {
    return this.found.size;
  }

  get(name: string): State | undefined {
    const found = this.found.get(name);
    if (!(found instanceof Map)) return found;
    const state = this.compile(name, found);
    // What it was made of goes.
    this.found.set(name, state);
    return state;
  }

  keys(): IterableIterator<string> {
    return this.found.keys();
  }

  *values(): Generator<State> {
    for (const name of this.found.keys()) yield this.get(name)!;
  }
}
