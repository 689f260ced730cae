import { isNumber, isObject, type Json, numberOf, quoteJson, stringifyJson } from '../json';
import { measure } from '../measure';
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

function arrayContains(values: Json[], tools: Tools): Json {
  const array = arrayAt(values, 0);
  const wanted = values[1]!;
  if (!isContainer(wanted)) {
    tools.effort.spend(array.length * LOOK_STEPS);
    const key = keyOf(wanted);
    return array.some((item) => !isContainer(item) && keyOf(item) === key);
  }
  bounded(values, tools);
  const key = keyOf(wanted);
  return array.some((item) => isContainer(item) && keyOf(item) === key);
}

function arrayUnique(values: Json[], tools: Tools): Json {
  const array = arrayAt(values, 0);
  bounded(array, tools);
  const seen = new Set<string>();
  return array.filter((item) => seen.size < seen.add(keyOf(item)).size);
}

const isContainer = (value: Json): boolean => Array.isArray(value) || isObject(value);

/** Comparing goes through all of it. */
function bounded(value: Json, { effort }: Tools): void {
  const length = measure(value, LENGTH_MAX, effort, COMPARE_STEPS);
  effort.spend(length / CHARACTERS_PER_STEP);
  if (length > LENGTH_MAX || effort.isExhausted) throw new IntrinsicError('There is too much to compare');
}

/** The same for equal values: the order of members does not matter, and 1 is not 1.0 (as Java compares). */
function keyOf(value: Json): string {
  if (isNumber(value)) return keyOfNumber(stringifyJson(value), numberOf(value));
  if (Array.isArray(value)) return `[${value.map(keyOf).join(',')}]`;
  if (!isObject(value)) return stringifyJson(value);
  return `{${[...value]
    .map(([name, member]) => `${quoteJson(name)}:${keyOf(member)}`)
    .sort()
    .join(',')}}`;
}

const keyOfNumber = (text: string, value: number): string => (/[.eE]/.test(text) ? `${value}d` : text);
