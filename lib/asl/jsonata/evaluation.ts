import type { Json, JsonObject } from '../json';
import { PIECE_ITEMS, type Pieces, withPauses } from '../pieces';
import type { Outside } from '../template/outside';
import type { Environment, Node } from './library';
import { BYTES_PER_SCALAR, type Sizes } from './sizes';
import { UNFINISHED, Values } from './values';

/** Where an evaluation keeps itself in its environment: a name that no expression can write. */
export const EVALUATION = 'the evaluation';

/** What one value may take. AWS takes `[1..873782]`, and no item more (reported). */
const VALUE_BYTES_MAX = 873_782 * 8;
/** What is gone through as a whole, without a pause: several documents. */
const WHOLE_BYTES_MAX = 1_500_000;
/** And so many lists and objects, of which a document has more where it is little but brackets. */
const WHOLE_CONTAINERS_MAX = 80_000;
/** Levels of nesting (reported of AWS). */
const DEPTH_MAX = 100;
/** Half a second of work: what AWS gives is not known. */
const STEPS_MAX = 25_000_000;
/** After so many it is time that others have their turn. */
const REST_STEPS = 100_000;
/** What it costs to evaluate a node, and to go through what it makes. */
const NODE_STEPS = 50;
/** Of the pause alone: what the library does before it evaluates an expression. */
const START_STEPS = 2_000;
const BYTES_PER_STEP = 2;
const ITEMS_PER_STEP = 2;
const LOOKS_PER_STEP = 4;
const TERM_STEPS = 300;
/** Of the pause alone: going through lists and objects is slow where there is little in them. */
const CONTAINER_STEPS = 10;
/** Items that are copied at once, and in a step. */
const COPIED_ITEMS_MAX = 20_000_000;
const COPIED_PER_STEP = 10;
const ITEMS_AT_ONCE = 500;
/** What it costs to bind names to an item (`#$i`, `@$x`, `%`), and how many are bound in one piece. */
const BIND_STEPS = 40;
const BOUND_ITEMS_MAX = 60_000;
/** By one expression: each takes 300 bytes. */
const BOUND_ALL_MAX = 150_000;
/** For each container that is made plain, and each of its members. */
const PLAIN_STEPS = 10;

/** Ends an evaluation. The text is what AWS tells of it (reported). */
export class Stopped extends Error {
  static readonly tooLarge = 'Expression evaluation memory limit exceeded: Check for excessive memory usage';
  static readonly tooDeep =
    'Stack overflow error: Check for non-terminating recursive function.  Consider rewriting as tail-recursive.';
  static readonly tooLong = 'Expression evaluation timeout: Check for infinite loop';
}

export const tooLarge = (): Stopped => new Stopped(Stopped.tooLarge);
export const tooLong = (): Stopped => new Stopped(Stopped.tooLong);

/** Nodes of an expression that need a look of their own. */
export interface Marks {
  /** Parts of a list or an object, which the library begins all at once: whose parts they are. */
  parts: ReadonlyMap<Node, Node>;
  /** Operands that are gone through as a whole. */
  whole: ReadonlySet<Node>;
  /** Keys by which items are grouped: each item costs what its group has by then. */
  keys: ReadonlySet<Node>;
  /** Terms that are sorted by: whatever they cost, the library copies lists to compare them. */
  terms: ReadonlySet<Node>;
  /** Steps of paths after which names are bound to each item. */
  tuples: ReadonlySet<Node>;
  /** What changes parts of a copy, of which sizes are known by then. */
  updates: ReadonlySet<Node>;
  /** Not of the expression as it was written: no levels of its nesting. */
  added: ReadonlySet<Node>;
}

/** What is known beside the expression. */
export interface Surroundings extends Pick<Outside, 'random' | 'hash' | 'effort'> {
  nowMs: number;
  giveWay(): Promise<void>;
}

/** Parts that the library has begun together; here one comes after the other. */
interface Row {
  of: Node;
  waiting: (() => void)[];
}

const NO_MARKS: Marks = {
  parts: new Map(),
  whole: new Set(),
  keys: new Set(),
  terms: new Set(),
  tuples: new Set(),
  updates: new Set(),
  added: new Set(),
};

/**
 * The evaluation of a state's expressions, one after the other: counts what they cost, pauses in between, and ends what
 * goes too far. Same expressions and data, same steps: no clock decides.
 */
export class Evaluation {
  private depth = 0;
  private left = STEPS_MAX;
  private untilRest = REST_STEPS;
  private grouped = new Map<Node, number>();
  private bound = 0;
  /** Its parts were begun last, and more of them may follow. */
  private beginning: Row | undefined;
  private rows: Row[] = [];
  marks = NO_MARKS;
  /** Whether a regular expression is asked by one who takes `Postponed`. */
  mayPostpone = false;

  constructor(
    readonly surroundings: Surroundings,
    /** Where several are made of the same documents, they share what was made plain. */
    readonly values = new Values(),
  ) {}

  get sizes(): Sizes {
    return this.values.sizes;
  }

  /** The value as expressions see it. */
  plain(value: Json): unknown {
    const before = this.values.made;
    const plain = this.values.toPlain(value);
    this.spend((this.values.made - before) * PLAIN_STEPS);
    return plain;
  }

  /** Before an expression sees the value: a promise where it is long, and made plain with pauses. */
  prepare(value: Json): Promise<void> | undefined {
    return this.values.isLong(value) ? this.preparePatiently(value) : undefined;
  }

  private async preparePatiently(value: Json[] | JsonObject): Promise<void> {
    const before = this.values.made;
    await withPauses(this.values.toPlainInPieces(value), this.surroundings.giveWay);
    this.spend((this.values.made - before) * PLAIN_STEPS);
  }

  /** What an expression has come to, undefined where that is no JSON. */
  toJson(value: unknown): Json | undefined | Promise<Json | undefined> {
    const json = this.values.toJson(value);
    return json === UNFINISHED ? this.toJsonPatiently(value as object) : json;
  }

  /** It will be printed, in one piece: others have their turn before. */
  private async toJsonPatiently(value: object): Promise<Json | undefined> {
    const { giveWay } = this.surroundings;
    await giveWay();
    const json = await withPauses(this.values.toJsonInPieces(value), giveWay);
    await giveWay();
    return json;
  }

  /** Another expression is begun. */
  start(marks: Marks): void {
    this.untilRest -= START_STEPS;
    this.marks = marks;
    this.depth = 0;
    this.rows = [];
    this.beginning = undefined;
    this.grouped = new Map();
    this.bound = 0;
  }

  spend(steps: number): void {
    this.surroundings.effort.spend(steps);
    this.left -= steps;
    this.untilRest -= steps;
    if (this.left < 0) throw tooLong();
  }

  /** A promise where it is time to pause. */
  rest(): Promise<void> | undefined {
    if (this.untilRest > 0) return undefined;
    this.untilRest = REST_STEPS;
    return this.surroundings.giveWay();
  }

  /** Counts what it takes to go through all of a value, in one piece. */
  goThrough(value: unknown): void {
    this.countWhole(value);
    if (typeof value !== 'object' || value === null || this.sizes.isLazy(value)) return;
    const containers = this.sizes.containersIn(value, WHOLE_CONTAINERS_MAX);
    if (containers > WHOLE_CONTAINERS_MAX) throw tooLarge();
    this.untilRest -= containers * CONTAINER_STEPS;
  }

  countWhole(value: unknown): void {
    const size = this.sizes.of(value);
    if (size > WHOLE_BYTES_MAX && typeof value === 'object') throw tooLarge();
    this.spend(size / BYTES_PER_STEP);
  }

  /** Before a node is evaluated. */
  entered(node: Node, input: unknown): void | Promise<void> {
    const whole = this.marks.parts.get(node);
    if (!whole) {
      this.beginning = undefined;
      return this.begin(node, input);
    }
    if (this.beginning?.of === whole) {
      const row = this.beginning;
      return new Promise<void>((resolve) => row.waiting.push(resolve)).then(() => this.begin(node, input));
    }
    this.beginning = { of: whole, waiting: [] };
    this.rows.push(this.beginning);
    return this.begin(node, input);
  }

  private begin(node: Node, input: unknown): void | Promise<void> {
    if (!this.marks.added.has(node) && ++this.depth > DEPTH_MAX) throw new Stopped(Stopped.tooDeep);
    this.spend(NODE_STEPS);
    if (node.type === 'descendant') this.goThrough(input);
    if (node.type === 'wildcard') this.joinMembers(input);
    else if (Array.isArray(input) && (node.type === 'name' || node.type === 'wildcard')) this.goThrough(input);
    if (this.marks.terms.has(node)) this.spend(TERM_STEPS);
    if (this.marks.keys.has(node)) {
      const count = (this.grouped.get(node) ?? 0) + 1;
      this.grouped.set(node, count);
      this.spend(count / ITEMS_PER_STEP);
    }
    return this.rest();
  }

  /** The library copies what it has for each member that is a list. */
  private joinMembers(input: unknown): void {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) return;
    let count = 0;
    let copied = 0;
    for (const member of Object.values(input)) {
      if (Array.isArray(member)) copied += count + member.length;
      count += Array.isArray(member) ? member.length : 1;
    }
    if (copied > COPIED_ITEMS_MAX) throw tooLong();
    this.spend(copied / COPIED_PER_STEP);
  }

  /** After a node was evaluated. */
  exited(node: Node, result: unknown): void | Promise<void> {
    if (!this.marks.added.has(node)) this.depth--;
    this.beginning = undefined;
    if (Array.isArray(result) && result.length > ITEMS_AT_ONCE && !this.sizes.isKnown(result)) {
      const counting = this.sizes.ofInPieces(result, PIECE_ITEMS);
      const before = this.sizes.looks;
      if (result.length > PIECE_ITEMS || !counting.next().done)
        return this.countPatiently(node, result, counting, before);
      this.spend((this.sizes.looks - before) / LOOKS_PER_STEP);
    }
    if (typeof result === 'string' || (typeof result === 'object' && result !== null)) this.check(result);
    return this.leave(node, result);
  }

  /** The library has done much to make it, and much is to be counted. */
  private async countPatiently(node: Node, result: unknown[], counting: Pieces<void>, before: number): Promise<void> {
    do await this.surroundings.giveWay();
    while (!counting.next().done);
    this.spend((this.sizes.looks - before) / LOOKS_PER_STEP);
    await this.surroundings.giveWay();
    this.check(result);
    return this.leave(node, result);
  }

  private leave(node: Node, result: unknown): void | Promise<void> {
    const isWhole = this.marks.whole.has(node);
    if (isWhole) this.goThrough(result);
    if (this.marks.updates.has(node)) this.sizes.forget();
    if (this.marks.tuples.has(node) && Array.isArray(result)) this.bindEach(result.length);
    if (this.marks.parts.has(node)) this.next();
    // What goes through it comes next, in one piece.
    return isWhole ? this.rest() : undefined;
  }

  /** The library makes a frame of names for each item, all at once. */
  private bindEach(count: number): void {
    this.bound += count;
    if (count > BOUND_ITEMS_MAX || this.bound > BOUND_ALL_MAX) throw tooLarge();
    this.spend(count * BIND_STEPS);
  }

  /** The next part of the list or object that is being made. */
  private next(): void {
    const row = this.rows.at(-1)!;
    const following = row.waiting.shift();
    if (following) following();
    else this.rows.pop();
  }

  /** Before a list of so many items, or a text of so many characters, is made. */
  reserve(items: number): void {
    if (items * BYTES_PER_SCALAR > VALUE_BYTES_MAX) throw tooLarge();
  }

  reserveText(characters: number): void {
    this.checkText(characters);
    this.spend(characters / BYTES_PER_STEP);
  }

  checkText(characters: number): void {
    if (characters > VALUE_BYTES_MAX) throw tooLarge();
  }

  private check(value: string | object): void {
    if (typeof value === 'object' && this.sizes.isLazy(value)) return;
    if (Array.isArray(value)) this.spend(value.length / ITEMS_PER_STEP);
    const before = this.sizes.looks;
    const size = this.sizes.of(value);
    this.spend((this.sizes.looks - before) / LOOKS_PER_STEP);
    if (size > VALUE_BYTES_MAX) throw tooLarge();
  }
}

/** The evaluation that a function is called in. */
export const evaluationOf = (environment: Environment): Evaluation => environment.base.lookup(EVALUATION) as Evaluation;
