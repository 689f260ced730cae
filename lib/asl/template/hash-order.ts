import { isNumber, isObject, type Json, type JsonNumber, numberOf, stringifyJson } from '../json';

/**
 * The order in which a Java HashSet made of a list of `size` values goes through those that are left: by the hash of
 * each, cut to the size of its table; then as they came.
 */
export function inHashOrder(values: readonly Json[], size: number): Json[] {
  const buckets = 2 ** Math.ceil(Math.log2(Math.max(16, Math.floor(size / 0.75) + 1)));
  const bucketOf = new Int32Array(values.length);
  for (let at = 0; at < values.length; at++) bucketOf[at] = spread(hashOf(values[at]!)) & (buckets - 1);
  // Where the values of each bucket begin; then where the next of them goes.
  const places = new Int32Array(buckets + 1);
  for (const bucket of bucketOf) places[bucket + 1]!++;
  for (let bucket = 0; bucket < buckets; bucket++) places[bucket + 1]! += places[bucket]!;
  const ordered = new Array<Json>(values.length);
  for (let at = 0; at < values.length; at++) ordered[places[bucketOf[at]!]!++] = values[at]!;
  return ordered;
}

/** Whether Java holds the number as a Double. */
export function isDecimal(number: number | JsonNumber): boolean {
  // From here on JavaScript prints an exponent.
  if (typeof number === 'number') return !Number.isInteger(number) || Math.abs(number) >= 1e21;
  return /[.eE]/.test(number.text);
}

const spread = (hash: number): number => hash ^ (hash >>> 16);

/** Of the value as Java holds it: Integer, Long or Double, String, Boolean, List, Map, null. */
function hashOf(value: Json): number {
  if (typeof value === 'string') return hashOfText(value);
  if (isNumber(value)) return hashOfNumber(value);
  if (value === null) return 0;
  if (typeof value === 'boolean') return value ? 1231 : 1237;
  if (isObject(value)) {
    let hash = 0;
    for (const [name, member] of value) hash = (hash + (hashOfText(name) ^ hashOf(member))) | 0;
    return hash;
  }
  let hash = 1;
  for (const item of value) hash = (Math.imul(31, hash) + hashOf(item)) | 0;
  return hash;
}

function hashOfText(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(31, hash) + text.charCodeAt(at)) | 0;
  return hash;
}

const INT_MIN = -(2 ** 31);
const INT_MAX = 2 ** 31 - 1;
const BITS = new DataView(new ArrayBuffer(8));

function hashOfNumber(number: number | JsonNumber): number {
  const value = numberOf(number);
  if (isDecimal(number)) BITS.setFloat64(0, value);
  else if (value >= INT_MIN && value <= INT_MAX) return value | 0;
  else if (Number.isSafeInteger(number)) return Math.floor(value / 2 ** 32) ^ value;
  else BITS.setBigInt64(0, longOf(stringifyJson(number)));
  return BITS.getInt32(0) ^ BITS.getInt32(4);
}

/** What is longer is no Long; in what order AWS has it nobody knows. */
const LONG_DIGITS_MAX = 20;
const longOf = (text: string): bigint => (text.length <= LONG_DIGITS_MAX ? BigInt(text) : 0n);
