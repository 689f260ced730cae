import { isContainer, isNumber, isObject, type Json, type JsonNumber, numberOf, stringifyJson } from '../json';
import { LongText } from '../long-text';
import { measure } from '../measure';
import { inHashOrder, isDecimal } from './hash-order';
import { arrayAt, type Intrinsic, IntrinsicError, type Tools, wholeAt } from './intrinsic';

const RANGE_MAX = 1_000;
/** Characters that are compared: several times what a document may have. */
const LENGTH_MAX = 1_000_000;
const CHARACTERS_PER_STEP = 4;
/** What each item costs (measured). */
const PART_STEPS = 5;
const LOOK_STEPS = 3;
const COMPARE_STEPS = 4;
const ORDER_STEPS = 10;

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

function arrayRange(values: Json[], { effort }: Tools): Json {
  const first = wholeAt(values, 0);
  const last = wholeAt(values, 1);
  const step = wholeAt(values, 2);
  if (step === 0) throw new IntrinsicError();
  const length = Math.max(0, Math.floor((last - first) / step) + 1);
  if (length > RANGE_MAX) throw new IntrinsicError();
  effort.spend(length);
  const range: number[] = [];
  for (let index = 0; index < length; index++) range.push(first + index * step);
  return range;
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
  const key = keyOf(wanted, false);
  return array.some((item) => isContainer(item) && keyOf(item, false) === key);
}

/** In the order in which Java's HashSet holds them (what is reported of AWS fits). */
function arrayUnique(values: Json[], tools: Tools): Json {
  const array = arrayAt(values, 0);
  bounded(array, tools);
  const seen = new Seen();
  const unique = array.filter((item) => seen.isNew(item));
  tools.effort.spend(unique.length * ORDER_STEPS);
  return inHashOrder(unique, array.length);
}

/** Comparing goes through all of it. */
function bounded(value: Json, { effort }: Tools): void {
  const length = measure(value, LENGTH_MAX, effort, COMPARE_STEPS, false);
  effort.spend(length / CHARACTERS_PER_STEP);
  if (length > LENGTH_MAX || effort.isExhausted) throw new IntrinsicError('There is too much to compare');
}

/** Values that were met: numbers and texts, which may be many, without a key of their own. */
class Seen {
  private readonly whole = new Set<number>();
  private readonly decimal = new Set<number>();
  private readonly texts = new Set<string>();
  private readonly keys = new Set<string>();

  isNew(value: Json): boolean {
    if (typeof value === 'string') return isAdded(this.texts, value);
    if (isNumber(value) && isDecimal(value)) return isAdded(this.decimal, numberOf(value));
    if (typeof value === 'number') return isAdded(this.whole, value);
    return isAdded(this.keys, keyOf(value, true));
  }
}

function isAdded<T>(set: Set<T>, value: T): boolean {
  const { size } = set;
  return set.add(value).size > size;
}

const textOf = (value: Json): string | null =>
  isNumber(value) ? numberKey(value) : value === null ? null : String(value);

/** The same for equal values: 1 is not 1.0 (as Java compares). `isSorted`: the order of members does not matter. */
function keyOf(value: Json, isSorted: boolean): string {
  const key = new LongText();
  addKey(value, isSorted, key);
  return key.toString();
}

function addKey(value: Json, isSorted: boolean, key: LongText): void {
  if (typeof value === 'string') return key.add(textKey(value));
  if (isNumber(value)) return key.add(`${numberKey(value)},`);
  if (Array.isArray(value)) {
    if (value.length === 0) return key.add('[]');
    key.add('[');
    for (const item of value) addKey(item, isSorted, key);
    return key.add(']');
  }
  if (!isObject(value)) return key.add(`${value},`);
  const addMember = (member: Json, name: string) => {
    key.add(textKey(name));
    addKey(member, isSorted, key);
  };
  key.add('{');
  if (isSorted && value.size > 1) for (const name of [...value.keys()].sort()) addMember(value.get(name)!, name);
  // Quicker than a loop by far where objects are nested deeply.
  else value.forEach(addMember);
  key.add('}');
}

/** Nothing in it is to be escaped where its length is said. */
const textKey = (text: string): string => `"${text.length}:${text}`;

/** As Java prints it, but for exponents. */
function numberKey(number: number | JsonNumber): string {
  if (!isDecimal(number)) return stringifyJson(number);
  const text = String(numberOf(number));
  return /[.e]/.test(text) ? text : `${text}.0`;
}
