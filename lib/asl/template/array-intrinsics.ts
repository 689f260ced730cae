import { isNumber, isObject, type Json, type JsonNumber, numberOf, quoteJson, stringifyJson } from '../json';
import { measure } from '../measure';
import { inHashOrder, isDecimal } from './hash-order';
import { arrayAt, type Intrinsic, IntrinsicError, type Tools, wholeAt } from './intrinsic';

const RANGE_MAX = 1_000;
/** Characters that are compared: several times what a document may have. */
const LENGTH_MAX = 1_000_000;
const CHARACTERS_PER_STEP = 4;
/** What each item costs (measured). */
const PART_STEPS = 10;
const LOOK_STEPS = 3;
const COMPARE_STEPS = 10;

export const ARRAY_INTRINSICS: readonly (readonly [string, Intrinsic])[] = [
  ['States.Array', { takes: [0, Number.POSITIVE_INFINITY], apply: (values) => values }],
  ['States.ArrayLength', { takes: [1, 1], apply: (values) => arrayAt(values, 0).length }],
  ['States.ArrayGetItem', { takes: [2, 2], apply: arrayGetItem }],
  ['States.ArrayPartition', { takes: [2, 2], apply: arrayPartition }],
  ['States.ArrayRange', { takes: [3, 3], apply: arrayRange }],
  ['States.ArrayContains', { takes: [2, 2], apply: arrayContains }],
  ['States.ArrayUnique', { takes: [1, 1], apply: arrayUnique }],
];

function arrayGetItem(values: Json[]): Json {
  const array = arrayAt(values, 0);
  const index = wholeAt(values, 1);
  const item = array[index];
  if (item !== undefined) return item;
  // Reported of AWS.
  if (array.length === 0 && index >= 0) return null;
  throw new IntrinsicError();
}

function arrayPartition(values: Json[], { effort }: Tools): Json {
  const array = arrayAt(values, 0);
  const size = wholeAt(values, 1);
  if (size < 1) throw new IntrinsicError();
  effort.spend(array.length + Math.ceil(array.length / size) * PART_STEPS);
  const parts: Json[] = [];
  for (let at = 0; at < array.length; at += size) parts.push(array.slice(at, at + size));
  return parts;
}

function arrayRange(values: Json[]): Json {
  const first = wholeAt(values, 0);
  const last = wholeAt(values, 1);
  const step = wholeAt(values, 2);
  if (step === 0) throw new IntrinsicError();
  const length = Math.max(0, Math.floor((last - first) / step) + 1);
  if (length > RANGE_MAX) throw new IntrinsicError();
  return Array.from({ length }, (_, index) => first + index * step);
}

/** Compares texts: true is in a list with 'true', and the order of members matters (reported of AWS). */
function arrayContains(values: Json[], tools: Tools): Json {
  const array = arrayAt(values, 0);
  const wanted = values[1]!;
  if (!isContainer(wanted)) {
    tools.effort.spend(array.length * LOOK_STEPS);
    const text = textOf(wanted);
    return array.some((item) => !isContainer(item) && textOf(item) === text);
  }
  bounded(values, tools);
  const key = keyOf(wanted, AS_THEY_ARE);
  return array.some((item) => isContainer(item) && keyOf(item, AS_THEY_ARE) === key);
}

/** In the order in which Java's HashSet holds them (what is reported of AWS fits). */
function arrayUnique(values: Json[], tools: Tools): Json {
  const array = arrayAt(values, 0);
  bounded(array, tools);
  const unique = new Map<string, Json>();
  for (const item of array) {
    const key = keyOf(item, SORTED);
    if (!unique.has(key)) unique.set(key, item);
  }
  return inHashOrder([...unique.values()], array.length);
}

const isContainer = (value: Json): boolean => Array.isArray(value) || isObject(value);

/** Comparing goes through all of it. */
function bounded(value: Json, { effort }: Tools): void {
  const length = measure(value, LENGTH_MAX, effort, COMPARE_STEPS, false);
  effort.spend(length / CHARACTERS_PER_STEP);
  if (length > LENGTH_MAX || effort.isExhausted) throw new IntrinsicError('There is too much to compare');
}

const textOf = (value: Json): string | null =>
  isNumber(value) ? numberKey(value) : value === null ? null : String(value);

type Members = (members: string[]) => string[];
const SORTED: Members = (members) => members.sort();
const AS_THEY_ARE: Members = (members) => members;

/** The same for equal values: 1 is not 1.0 (as Java compares). */
function keyOf(value: Json, order: Members): string {
  if (isNumber(value)) return numberKey(value);
  if (Array.isArray(value)) return `[${value.map((item) => keyOf(item, order)).join(',')}]`;
  if (!isObject(value)) return stringifyJson(value);
  const members: string[] = [];
  for (const [name, member] of value) members.push(`${quoteJson(name)}:${keyOf(member, order)}`);
  return `{${order(members).join(',')}}`;
}

/** As Java prints it, but for exponents. */
function numberKey(number: number | JsonNumber): string {
  if (Number.isSafeInteger(number)) return String(number);
  const text = stringifyJson(number);
  if (!isDecimal(text)) return text;
  const value = String(numberOf(number));
  return isDecimal(value) ? value : `${value}.0`;
}
