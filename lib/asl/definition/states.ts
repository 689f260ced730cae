import type { JsonObject } from '../json';
import type { Pieces } from '../pieces';
import type { State } from './program';

type Compile = (name: string, fields: JsonObject) => Pieces<State>;

/**
 * The states of a definition, by their names. Each is compiled when it is first asked for: an execution goes through few
 * of the thousands that a definition may have, and nobody waits for the others.
 */
export class States {
  /** Those that take more than one piece of work. */
  private readonly underWay = new Map<string, Pieces<State>>();

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
    while (!this.prepare(name));
    return this.found.get(name) as State | undefined;
  }

  /** Takes no compiling. */
  typeOf(name: string): State['type'] | undefined {
    const found = this.found.get(name);
    return found instanceof Map ? (found.get('Type') as State['type']) : found?.type;
  }

  /**
   * Does one piece of the work that it is to compile a state. Whether none is left: then `get` answers at once. Several
   * may do this at the same time; each piece is done once.
   */
  prepare(name: string): boolean {
    const found = this.found.get(name);
    if (!(found instanceof Map)) return true;
    const work = this.underWay.get(name) ?? this.compile(name, found);
    const { done, value } = work.next();
    if (done) {
      // What it was made of goes.
      this.found.set(name, value);
      this.underWay.delete(name);
    } else this.underWay.set(name, work);
    return done === true;
  }

  keys(): IterableIterator<string> {
    return this.found.keys();
  }

  *values(): Generator<State> {
    for (const name of this.found.keys()) yield this.get(name)!;
  }
}
