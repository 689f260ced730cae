import { isObject, type Json, JsonNumber, type JsonObject, parseJson } from '../json';
import { measure } from '../measure';
import { printJson } from '../shared-text';
import { shownByJava } from '../shown-by-java';
import { uuidFrom } from '../uuid';
import { ARRAY_INTRINSICS } from './array-intrinsics';
import { type Intrinsic, IntrinsicError, numberAt, type Tools, textAt, wholeAt } from './intrinsic';

const CHARACTERS_MAX = 10_000;
const INTEGER_MIN = -(2 ** 31);
const INTEGER_MAX = 2 ** 31 - 1;
/** What a text of JSON that a function makes or takes may have. */
const LENGTH_MAX = 1_000_000;
const CHARACTERS_PER_STEP = 2;
/** What each value in a document costs (measured). */
const PRINT_STEPS = 6;
const SHOW_STEPS = 12;
const PARSE_STEPS = 6;
const ESCAPED_STEPS = 10;
const COPY_STEPS = 6;
const MERGE_STEPS = 12;
const SPLIT_STEPS = 2;
const UUID_STEPS = 60;

/** Every intrinsic function of the language, with the limits that AWS documents. */
export const INTRINSICS: ReadonlyMap<string, Intrinsic> = new Map<string, Intrinsic>([
  ...ARRAY_INTRINSICS,
  ['States.Format', { takes: [1, Number.POSITIVE_INFINITY], apply: format }],
  ['States.StringToJson', { takes: [1, 1], apply: stringToJson }],
  ['States.JsonToString', { takes: [1, 1], apply: ([value], tools) => printed(value!, tools) }],
  ['States.JsonMerge', { takes: [3, 3], apply: jsonMerge }],
  ['States.Base64Encode', { takes: [1, 1], apply: (values) => Buffer.from(shortAt(values, 0)).toString('base64') }],
  // What is no character of Base64 is left out, all after padding too (that AWS takes both is reported).
  ['States.Base64Decode', { takes: [1, 1], apply: (values) => Buffer.from(shortAt(values, 0), 'base64').toString() }],
  ['States.Hash', { takes: [2, 2], apply: hash }],
  ['States.MathRandom', { takes: [2, 3], apply: mathRandom }],
  ['States.MathAdd', { takes: [2, 2], apply: mathAdd }],
  ['States.StringSplit', { takes: [2, 2], apply: stringSplit }],
  ['States.UUID', { takes: [0, 0], apply: uuid }],
]);

// ---- texts

/** In AWS's words (reported). */
const ARGUMENTS_DIFFER = 'Invalid arguments in States.Format: number of arguments do not match the occurrences of {}.';
const notMatched = (brace: string): string =>
  `Invalid template in States.Format: matching '${brace === '{' ? '}' : '{'}' not found for '${brace}'.`;

/** `{}` stands for the next argument; `\{` and `\}` are braces; a brace that is neither is refused (reported of AWS). */
function format(values: Json[], { effort }: Tools, raw?: string): string {
  const template = raw ?? textAt(values, 0);
  effort.spend(template.length / CHARACTERS_PER_STEP);
  let text = '';
  let used = 0;
  let at = 0;
  for (const found of template.matchAll(/\{\}|\\(['{}\\])|[{}]/g)) {
    text += template.slice(at, found.index);
    at = found.index + found[0].length;
    if (found[1] !== undefined) {
      text += found[1];
      continue;
    }
    if (found[0] !== '{}') throw new IntrinsicError(notMatched(found[0]));
    const value = values[++used];
    if (value === undefined) throw new IntrinsicError(ARGUMENTS_DIFFER);
    const length = text.length + measure(value, LENGTH_MAX, effort, SHOW_STEPS, false);
    if (length > LENGTH_MAX || effort.isExhausted) throw new IntrinsicError('It makes too much');
    text += shownByJava(value);
  }
  if (used !== values.length - 1) throw new IntrinsicError(ARGUMENTS_DIFFER);
  return text + template.slice(at);
}

function stringSplit(values: Json[], { effort }: Tools): Json {
  const text = textAt(values, 0);
  const delimiters = new Set(textAt(values, 1));
  effort.spend(text.length * SPLIT_STEPS);
  const parts: string[] = [];
  let start = 0;
  let at = 0;
  for (const character of text) {
    if (delimiters.has(character)) {
      if (at > start) parts.push(text.slice(start, at));
      start = at + character.length;
    }
    at += character.length;
  }
  if (at > start) parts.push(text.slice(start));
  return parts;
}

const ALGORITHMS = ['MD5', 'SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'] as const;

function hash(values: Json[], tools: Tools): string {
  const algorithm = ALGORITHMS.find((name) => name === values[1]);
  if (!algorithm) throw new IntrinsicError();
  const [data] = values;
  return tools.hash(algorithm, short(typeof data === 'string' ? data : printed(data!, tools)));
}

function shortAt(values: Json[], index: number): string {
  return short(textAt(values, index));
}

function short(text: string): string {
  if (text.length <= CHARACTERS_MAX) return text;
  throw new IntrinsicError();
}

// ---- JSON

function printed(value: Json, { effort }: Tools): string {
  const length = measure(value, LENGTH_MAX, effort, PRINT_STEPS);
  if (length > LENGTH_MAX || effort.isExhausted) throw new IntrinsicError('It makes too much');
  const text = printJson(value);
  effort.spend(text.length / CHARACTERS_PER_STEP);
  return text;
}

/** A blank text is null, and there is no negative zero (recorded on AWS). */
function stringToJson(values: Json[], { effort }: Tools): Json {
  const text = textAt(values, 0);
  effort.spend(text.length / CHARACTERS_PER_STEP);
  // Texts with escapes take longer than others.
  effort.spend(Math.min(countOf('\\', text), countOf('"', text) / 2) * ESCAPED_STEPS);
  if (effort.isExhausted || text.trim() === '') return null;
  const { value, count } = parseJson(text, undefined, false);
  effort.spend(count * PARSE_STEPS);
  if (!/-0(?![\d.eE])/.test(text)) return value;
  effort.spend(count * COPY_STEPS);
  return withoutNegativeZero(value);
}

function countOf(character: string, text: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) count++;
  return count;
}

function withoutNegativeZero(value: Json): Json {
  if (value instanceof JsonNumber && value.text === '-0') return 0;
  if (Array.isArray(value)) return value.map(withoutNegativeZero);
  if (!isObject(value)) return value;
  const copy: JsonObject = new Map();
  for (const [name, member] of value) copy.set(name, withoutNegativeZero(member));
  return copy;
}

/** Shallow: a member of the second object replaces the first's. */
function jsonMerge([first, second, deep]: Json[], { effort }: Tools): Json {
  if (!isObject(first) || !isObject(second)) throw new IntrinsicError();
  // A text that is not 'true' is no (reported of AWS).
  if (deep !== false && (typeof deep !== 'string' || deep === 'true')) throw new IntrinsicError();
  effort.spend((first.size + second.size) * MERGE_STEPS);
  const merged: JsonObject = new Map(first);
  for (const [name, value] of second) merged.set(name, value);
  return merged;
}

// ---- numbers

function mathAdd(values: Json[]): number {
  return inRange(roundedAt(values, 0) + roundedAt(values, 1));
}

/** To the nearest whole number, a half up (recorded on AWS: -1.5 is -1). */
const roundedAt = (values: Json[], index: number): number => inRange(Math.round(numberAt(values, index)) + 0);

function inRange(value: number): number {
  if (value >= INTEGER_MIN && value <= INTEGER_MAX) return value;
  throw new IntrinsicError();
}

/** From the first number up to, but not including, the second. The same seed gives the same number. */
function mathRandom(values: Json[], { random }: Tools): number {
  const from = inRange(wholeAt(values, 0));
  const to = inRange(wholeAt(values, 1));
  if (from >= to) throw new IntrinsicError();
  if (values.length === 2) return from + Math.floor(random() * (to - from));
  return from + Math.floor(seeded(wholeAt(values, 2)) * (to - from));
}

/** In [0, 1), from the seed alone (the finalizer of MurmurHash3, over both halves of the seed). */
function seeded(seed: number): number {
  let state = (seed ^ Math.floor(seed / 2 ** 32)) | 0;
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return ((state ^ (state >>> 16)) >>> 0) / 2 ** 32;
}

function uuid(_: Json[], { random, effort }: Tools): string {
  effort.spend(UUID_STEPS);
  return uuidFrom(random);
}
