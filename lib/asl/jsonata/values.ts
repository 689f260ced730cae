import { isContainer, isNumber, type Json, JsonNumber, type JsonObject, numberOf } from '../json';
import type { Pieces } from '../pieces';
import { isFunction } from './library';
import { BYTES_PER_SCALAR, Sizes } from './sizes';

/** There is more than a piece of work. */
export const UNFINISHED = Symbol('unfinished');
/** Items and members that are made in a few milliseconds. */
const PIECE_PARTS = 10_000;

/** What has more is kept beside the document that it was made of. */
const KEPT_MIN = 16 * BYTES_PER_SCALAR;

/**
 * Between our documents and the plain values that JSONata computes with. What an expression hands on as it came is given
 * back as it was: its members in their order.
 */
export class Values {
  private readonly plain = new Map<object, object>();
  private readonly origins = new Map<object, Json>();

  readonly sizes = new Sizes();
  /** Containers that were made plain so far, and their members. */
  made = 0;
  /** Of what was made plain last. */
  private last = new Facts();
  private readonly ofScalar = new Facts();
  /** Of the piece of work under way. */
  private left = PIECE_PARTS;

  toPlain(value: Json): unknown {
    if (!isContainer(value)) return this.part(value);
    return this.plain.get(value) ?? this.containerOf(value, true);
  }

  /** Whether to make it plain takes more than a piece of work. */
  isLong(value: Json): value is Json[] | JsonObject {
    return isContainer(value) && !this.plain.has(value) && hasMoreParts(value, PIECE_PARTS);
  }

  /** The same of what is long. */
  *toPlainInPieces(value: Json[] | JsonObject): Pieces<object> {
    const facts = new Facts();
    if (Array.isArray(value)) {
      const made = new Array<unknown>(value.length);
      for (let at = 0; at < value.length; at++) {
        made[at] = yield* this.longPart(value[at]!);
        facts.add(this.last);
      }
      this.made += value.length;
      return this.remember(value, made, facts, true);
    }
    const made: Record<string, unknown> = Object.create(null);
    for (const [name, member] of value) {
      made[name] = yield* this.longPart(member);
      facts.addMember(name, this.last);
    }
    this.made += value.size;
    return this.remember(value, made, facts, true);
  }

  private *longPart(value: Json): Pieces<unknown> {
    if (!isContainer(value)) return this.part(value);
    if (this.isLong(value)) return yield* this.toPlainInPieces(value);
    const before = this.made;
    const plain = this.part(value);
    this.left -= this.made - before;
    if (this.left > 0) return plain;
    const { last } = this;
    yield;
    this.left = PIECE_PARTS;
    this.last = last;
    return plain;
  }

  /** `isWhole`: a document, and not a part of one. */
  private containerOf(value: Json[] | JsonObject, isWhole: boolean): object {
    return Array.isArray(value) ? this.arrayOf(value, isWhole) : this.objectOf(value, isWhole);
  }

  private arrayOf(value: Json[], isWhole: boolean): unknown[] {
    const facts = new Facts();
    // One that grows takes room for sixteen items, and a document may be little but lists of one.
    const made = new Array<unknown>(value.length);
    for (let at = 0; at < value.length; at++) {
      made[at] = this.part(value[at]!);
      facts.add(this.last);
    }
    this.made += value.length;
    return this.remember(value, made, facts, isWhole);
  }

  private objectOf(value: JsonObject, isWhole: boolean): object {
    const facts = new Facts();
    const made: Record<string, unknown> = Object.create(null);
    value.forEach((member, name) => {
      made[name] = this.part(member);
      facts.addMember(name, this.last);
    });
    this.made += value.size;
    return this.remember(value, made, facts, isWhole);
  }

  /** A part of the container that is being made. */
  private part(value: Json): unknown {
    if (!isContainer(value)) {
      const plain = isNumber(value) ? numberOf(value) : value;
      const facts = this.ofScalar;
      facts.size = facts.unkept = typeof plain === 'string' ? plain.length : BYTES_PER_SCALAR;
      facts.isFaithful = !isNumber(value) || keepsItsText(value);
      facts.isRepeatable = facts.isFaithful && !(value instanceof JsonNumber);
      this.last = facts;
      return plain;
    }
    const known = this.plain.get(value);
    if (!known) return this.containerOf(value, false);
    this.last = new Facts(this.sizes.of(known), BYTES_PER_SCALAR, this.origins.has(known), false);
    return known;
  }

  /**
   * Small ones of which the same can be made again are not kept, nor those that add little to what is kept in them:
   * tables of a hundred thousand of them take seconds.
   */
  private remember<T extends object>(origin: Json[] | JsonObject, made: T, facts: Facts, isWhole: boolean): T {
    this.made++;
    this.last = facts;
    const { size, isFaithful, isRepeatable } = facts;
    facts.size = Math.max(size, BYTES_PER_SCALAR);
    if (isRepeatable && (isWhole ? size : facts.unkept) <= KEPT_MIN) return made;
    facts.unkept = BYTES_PER_SCALAR;
    this.plain.set(origin, made);
    this.sizes.remember(made, size);
    if (isFaithful) this.origins.set(made, origin);
    return made;
  }

  /** Undefined for what no JSON is: a function, or what contains one. `UNFINISHED` where more is in it than a piece of work. */
  toJson(value: unknown): Json | undefined | typeof UNFINISHED {
    this.left = PIECE_PARTS;
    return this.jsonOf(value);
  }

  /** The same of what is large. */
  *toJsonInPieces(value: object): Pieces<Json | undefined> {
    if (Array.isArray(value)) {
      const items = new Array<Json>(value.length);
      for (let at = 0; at < value.length; at++) {
        const json = yield* this.partInPieces(value[at] ?? null);
        if (json === undefined) return undefined;
        items[at] = json;
      }
      return items;
    }
    const object: JsonObject = new Map();
    for (const [name, member] of Object.entries(value)) {
      if (member === undefined) continue;
      const json = yield* this.partInPieces(member);
      if (json === undefined) return undefined;
      object.set(name, json);
    }
    return object;
  }

  private *partInPieces(value: unknown): Pieces<Json | undefined> {
    this.left--;
    const begun = this.jsonOf(value);
    if (begun !== UNFINISHED) return begun;
    yield;
    const json = this.toJson(value);
    return json === UNFINISHED ? yield* this.toJsonInPieces(value as object) : json;
  }

  private jsonOf(value: unknown): Json | undefined | typeof UNFINISHED {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        return numberJson(value);
      case 'object':
        return value === null ? null : (this.origins.get(value) ?? this.containerJson(value));
      default:
        return undefined;
    }
  }

  private containerJson(value: object): Json | undefined | typeof UNFINISHED {
    if (Array.isArray(value)) {
      this.left -= value.length + 1;
      if (this.left < 0) return UNFINISHED;
      const items = new Array<Json>(value.length);
      for (let at = 0; at < value.length; at++) {
        // What is not there has no place in a list of JSON.
        const json = this.jsonOf(value[at] ?? null);
        if (json === undefined || json === UNFINISHED) return json;
        items[at] = json;
      }
      return items;
    }
    if (isFunction(value)) return undefined;
    const object: JsonObject = new Map();
    for (const [name, member] of Object.entries(value)) {
      if (member === undefined) continue;
      if (--this.left < 0) return UNFINISHED;
      const json = this.jsonOf(member);
      if (json === undefined || json === UNFINISHED) return json;
      object.set(name, json);
    }
    return object;
  }
}

/** What is known of a plain value. */
class Facts {
  constructor(
    public size = 0,
    /** Of its parts, what is not kept beside the documents that they were made of. */
    public unkept = 0,
    /** Whether it can be given back as it was. */
    public isFaithful = true,
    /** Whether what is made of it again has the same text. */
    public isRepeatable = true,
  ) {}

  add(part: Facts): void {
    this.size += part.size;
    this.unkept += part.unkept;
    this.isFaithful &&= part.isFaithful;
    this.isRepeatable &&= part.isRepeatable;
  }

  addMember(name: string, member: Facts): void {
    this.add(member);
    this.size += name.length;
    this.unkept += name.length;
    this.isRepeatable &&= isPlainName(name);
  }
}

function hasMoreParts(value: Json[] | JsonObject, most: number): boolean {
  let count = 0;
  const stack: (Json[] | JsonObject)[] = [value];
  for (let at = stack.pop(); at; at = stack.pop()) {
    count += 1 + (Array.isArray(at) ? at.length : at.size);
    if (count > most) return true;
    for (const part of at.values()) if (isContainer(part)) stack.push(part);
  }
  return false;
}

/** JavaScript does not put it before others, nor does the library take it for its own. */
const isPlainName = (name: string): boolean => !/^[\d_]/.test(name);

const LONG_MAX = 2 ** 63;

/** Whole numbers that a long of Java can hold keep their text (reported of AWS). */
function keepsItsText(value: number | JsonNumber): boolean {
  if (value instanceof JsonNumber) return /^-?\d+$/.test(value.text) && Math.abs(value.value) < LONG_MAX;
  return numberJson(value) === value;
}

/**
 * A number as AWS writes it (reported): whole ones in full as far as a long of Java goes, others as Java writes a double;
 * what no number of JSON is, as the text that JavaScript has for it.
 */
function numberJson(value: number): Json {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < LONG_MAX) {
    if (size < 1e21 && Object.is(value, -0)) return 0;
    return value;
  }
  if (size >= 1e-3 && size < 1e7) return value;
  return new JsonNumber(javaDouble(value));
}

/** `1.0E21`, `1.5E-7`. */
function javaDouble(value: number): string {
  const [digits, exponent] = value.toExponential().split('e') as [string, string];
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
}
