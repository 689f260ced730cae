import { isContainer, isNumber, type Json, JsonNumber, type JsonObject, numberOf } from '../json';
import type { Pieces } from '../pieces';
import { isFunction } from './library';
import { BYTES_PER_SCALAR, Sizes } from './sizes';

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
  /** Of the container that was made last: its size, and whether what is made of it again has the same text. */
  private size = 0;
  private isFaithful = true;
  private isRepeatable = true;

  toPlain(value: Json): unknown {
    if (!isContainer(value)) return isNumber(value) ? numberOf(value) : value;
    const known = this.plain.get(value);
    if (known) return known;
    return Array.isArray(value) ? this.arrayOf(value) : this.objectOf(value);
  }

  private arrayOf(value: Json[]): unknown[] {
    let size = 0;
    let isFaithful = true;
    let isRepeatable = true;
    const made: unknown[] = [];
    for (const item of value) {
      made.push(this.part(item));
      size += this.size;
      isFaithful &&= this.isFaithful;
      isRepeatable &&= this.isRepeatable;
    }
    this.made += value.length;
    return this.remember(value, made, size, isFaithful, isRepeatable);
  }

  private objectOf(value: JsonObject): object {
    let size = 0;
    let isFaithful = true;
    let isRepeatable = true;
    const made: Record<string, unknown> = Object.create(null);
    value.forEach((member, name) => {
      made[name] = this.part(member);
      size += name.length + this.size;
      isFaithful &&= this.isFaithful;
      isRepeatable &&= this.isRepeatable && isPlainName(name);
    });
    this.made += value.size;
    return this.remember(value, made, size, isFaithful, isRepeatable);
  }

  /** A part of the container that is being made, and what is to be known of it. */
  private part(value: Json): unknown {
    if (!isContainer(value)) {
      const plain = isNumber(value) ? numberOf(value) : value;
      this.size = typeof plain === 'string' ? plain.length : BYTES_PER_SCALAR;
      this.isFaithful = !isNumber(value) || keepsItsText(value);
      this.isRepeatable = this.isFaithful && !(value instanceof JsonNumber);
      return plain;
    }
    const known = this.plain.get(value);
    if (!known) return this.toPlain(value);
    this.size = this.sizes.of(known);
    this.isFaithful = this.origins.has(known);
    this.isRepeatable = false;
    return known;
  }

  /** Small ones of which the same can be made again are not kept: tables of a hundred thousand of them take seconds. */
  private remember<T extends object>(
    origin: Json[] | JsonObject,
    made: T,
    size: number,
    isFaithful: boolean,
    isRepeatable: boolean,
  ): T {
    this.made++;
    this.size = Math.max(size, BYTES_PER_SCALAR);
    this.isFaithful = isFaithful;
    this.isRepeatable = isRepeatable;
    if (isRepeatable && size <= KEPT_MIN) return made;
    this.plain.set(origin, made);
    this.sizes.remember(made, size);
    if (isFaithful) this.origins.set(made, origin);
    return made;
  }

  /** Undefined for what no JSON is: a function, or what contains one. */
  toJson(value: unknown): Json | undefined {
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

  /** The same, of a list in pieces of so many items. */
  *listToJson(list: unknown[], pieceItems: number): Pieces<Json | undefined> {
    const origin = this.origins.get(list);
    if (origin !== undefined) return origin;
    const items: Json[] = [];
    for (const item of list) {
      const json = item === undefined ? null : this.toJson(item);
      if (json === undefined) return undefined;
      if (items.push(json) % pieceItems === 0) yield;
    }
    return items;
  }

  private containerJson(value: object): Json | undefined {
    if (Array.isArray(value)) {
      const items: Json[] = [];
      for (const item of value) {
        // What is not there has no place in a list of JSON.
        const json = item === undefined ? null : this.toJson(item);
        if (json === undefined) return undefined;
        items.push(json);
      }
      return items;
    }
    if (isFunction(value)) return undefined;
    const object: JsonObject = new Map();
    for (const [name, member] of Object.entries(value)) {
      if (member === undefined) continue;
      const json = this.toJson(member);
      if (json === undefined) return undefined;
      object.set(name, json);
    }
    return object;
  }
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
