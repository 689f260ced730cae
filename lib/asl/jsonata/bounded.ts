import { withPauses } from '../pieces';
import type { Evaluation } from './evaluation';
import { evaluationOf, PIECE_ITEMS, tooLong } from './evaluation';
import type { Focus, FunctionDefinition, Implementation } from './library';
import { Postponed } from './regex';

/**
 * The library's functions, so that none of them runs away: each counts what it goes through before it does, and lets
 * others have their turn. What grows with the square of its data is made anew.
 */

type Arguments = readonly unknown[];
type Charge = (evaluation: Evaluation, given: Arguments) => void;

const CALL_STEPS = 20;
/** What is sorted or compared costs this for each item and level. */
const ITEM_STEPS = 4;
const COPY_STEPS = 5;
const SHUFFLED_PIECE = 10 * PIECE_ITEMS;

/** Texts as a whole, lists by their length. */
const shallow: Charge = (evaluation, given) => {
  for (const argument of given) {
    if (typeof argument === 'string' || Array.isArray(argument)) evaluation.spend(argument.length);
  }
};

/** All that is in it. */
const deep: Charge = (evaluation, given) => evaluation.goThrough(given[0]);

const CHARGES: Readonly<Record<string, Charge>> = {
  string: deep,
  clone: deep,
  keys: deep,
  lookup: deep,
  spread: deep,
  zip: (evaluation, given) => {
    for (const list of given) if (Array.isArray(list)) evaluation.spend(list.length * COPY_STEPS);
  },
  merge: deep,
  each: deep,
  sift: deep,
  boolean: deep,
  not: deep,
  distinct: deep,
  // A list is copied.
  append: (evaluation, given) => {
    for (const list of given) if (Array.isArray(list)) evaluation.spend(list.length * COPY_STEPS);
  },
  toMillis: dateText,
  join: (evaluation, [texts, separator]) => {
    evaluation.goThrough(texts);
    const count = Array.isArray(texts) ? texts.length : 1;
    evaluation.reserveText(evaluation.sizes.of(texts) + count * String(separator ?? '').length);
  },
  formatNumber: picture,
  formatInteger: picture,
  parseInteger: picture,
  fromMillis: picture,
};

const PICTURE_STEPS = 10;

function picture(evaluation: Evaluation, given: Arguments): void {
  for (const text of given) if (typeof text === 'string') evaluation.spend(text.length * PICTURE_STEPS);
}

const DATE_LENGTH_MAX = 64;
const OPEN_PARTS_MAX = 5;

/** The library makes a backtracking pattern of a picture: only short ones are matched, with few parts of any length. */
function dateText(evaluation: Evaluation, given: Arguments): void {
  picture(evaluation, given);
  const [text, form] = given;
  if (typeof form !== 'string') return;
  // A part is as long as its digits say, if those are two at least.
  const open = form.replace(/\[\w\d{2,}[^\]]*\]/g, '');
  const together = open.split(/[^\][\w*#;, -]+/).map((part) => part.split('[').length - 1);
  if (String(text).length > DATE_LENGTH_MAX || Math.max(...together) > OPEN_PARTS_MAX) throw tooLong();
}

/** In place of the library's own. */
const REPLACED: Readonly<Record<string, (original: Implementation) => Implementation>> = {
  sort: (original) =>
    async function sort(this: Focus, arr: unknown[] | undefined, comparator?: unknown) {
      if (arr === undefined || arr.length <= 1) return arr;
      const evaluation = evaluationOf(this.environment);
      if (typeof comparator === 'function') {
        const sorted = await mergeSort(arr, evaluation, async (a, b) => comparator.call(this, a, b));
        return sorted;
      }
      const kind = typeof arr[0];
      const isPlain = (kind === 'number' || kind === 'string') && arr.every((item) => typeof item === kind);
      // It says what is wrong with the others.
      if (!isPlain) return original.apply(this, [arr] as never);
      evaluation.spend(arr.length * ITEM_STEPS * Math.ceil(Math.log2(arr.length)));
      return (arr as (string | number)[]).slice().sort((a, b) => (a > b ? 1 : a < b ? -1 : 0));
    } as Implementation,
  distinct: () =>
    function distinct(this: Focus, arr: unknown) {
      if (!Array.isArray(arr) || arr.length <= 1) return arr;
      const seen = new Set<unknown>();
      const results = (arr as { sequence?: boolean }).sequence ? this.createSequence!() : [];
      for (const value of arr) {
        const key = typeof value === 'object' && value !== null ? keyOf(value) : value;
        if (seen.has(key)) continue;
        seen.add(key);
        results.push(value);
      }
      return results;
    } as Implementation,
  zip: () =>
    async function zip(this: Focus, ...lists: unknown[]) {
      const { giveWay } = evaluationOf(this.environment).surroundings;
      const length = Math.min(...lists.map((list) => (Array.isArray(list) ? list.length : 0)));
      const zipped: unknown[] = [];
      for (let at = 0; at < length; at++) {
        zipped.push(lists.map((list) => (list as unknown[])[at]));
        if (zipped.length % PIECE_ITEMS === 0) await giveWay();
      }
      return zipped;
    } as Implementation,
  // The library's own copies what it has for each item.
  spread: () =>
    async function spread(this: Focus, arg: unknown) {
      if (!isPlainObject(arg) && !Array.isArray(arg)) return arg;
      const { giveWay } = evaluationOf(this.environment).surroundings;
      const result: unknown[] = this.createSequence!();
      for (const item of spreadOf(arg)) {
        result.push(item);
        if (result.length % PIECE_ITEMS === 0) await giveWay();
      }
      return result;
    } as Implementation,
  shuffle: () =>
    async function shuffle(this: Focus, arr: unknown) {
      if (!Array.isArray(arr) || arr.length <= 1) return arr;
      const { random, giveWay } = evaluationOf(this.environment).surroundings;
      const result: unknown[] = [];
      for (let at = 0; at < arr.length; at++) {
        if (at % SHUFFLED_PIECE === SHUFFLED_PIECE - 1) await giveWay();
        const other = Math.floor(random() * (at + 1));
        if (at !== other) result[at] = result[other];
        result[other] = arr[at];
      }
      return result;
    } as Implementation,
  pad: () =>
    function pad(this: Focus, str: string | undefined, width: number, char?: string) {
      if (str === undefined) return undefined;
      const missing = Math.abs(Math.trunc(width)) - Array.from(str).length;
      if (missing <= 0) return str;
      evaluationOf(this.environment).reserveText(missing);
      const filler = Array.from(char || ' ');
      const rest = filler.slice(0, missing % filler.length).join('');
      const padding = filler.join('').repeat(Math.floor(missing / filler.length)) + rest;
      return width > 0 ? str + padding : padding + str;
    } as Implementation,
  now: (fromMillis) =>
    function now(this: Focus, picture?: string, timezone?: string) {
      return fromMillis.apply(this, [evaluationOf(this.environment).surroundings.nowMs, picture, timezone] as never);
    } as Implementation,
  millis: () =>
    function millis(this: Focus) {
      return evaluationOf(this.environment).surroundings.nowMs;
    } as Implementation,
};

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !('_jsonata_lambda' in value);

/** Objects come apart into their members, lists in lists into their items; undefined is left out. */
function* spreadOf(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) for (const item of value) yield* spreadOf(item);
  else if (isPlainObject(value)) {
    for (const name of Object.keys(value)) yield Object.assign(Object.create(null), { [name]: value[name] });
  } else if (value !== undefined) yield value;
}

/** The same for equal values, and for those alone. */
function keyOf(value: unknown): string {
  if (typeof value === 'function') return 'function';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  if (Array.isArray(value)) return `[${value.map(keyOf).join(',')}]`;
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${keyOf((value as Record<string, unknown>)[name])}`).join(',')}}`;
}

/** Stable; `isAfter` may pause. */
async function mergeSort(
  items: readonly unknown[],
  evaluation: Evaluation,
  isAfter: (a: unknown, b: unknown) => Promise<unknown>,
): Promise<unknown[]> {
  let from = items.slice();
  for (let width = 1; width < from.length; width *= 2) {
    const to: unknown[] = [];
    for (let start = 0; start < from.length; start += 2 * width) {
      const middle = Math.min(start + width, from.length);
      const end = Math.min(start + 2 * width, from.length);
      let [left, right] = [start, middle];
      while (left < middle && right < end) {
        evaluation.spend(ITEM_STEPS);
        to.push((await isAfter(from[left], from[right])) ? from[right++] : from[left++]);
      }
      while (left < middle) to.push(from[left++]);
      while (right < end) to.push(from[right++]);
    }
    from = to;
  }
  return from;
}

interface Match {
  next?: Called;
}
type Called = ((...given: unknown[]) => unknown) & { arity?: number };

/** A function that another one calls: with pauses, also within one look of a regular expression. */
function patient(called: Called, evaluation: Evaluation): Called {
  const ask = (given: unknown[]): unknown => {
    evaluation.mayPostpone = true;
    try {
      const found = called(...given);
      return found instanceof Promise ? found.then(followed, (error) => goOn(error, given)) : followed(found);
    } catch (error) {
      return goOn(error, given);
    } finally {
      evaluation.mayPostpone = false;
    }
  };
  const goOn = async (error: unknown, given: unknown[]): Promise<unknown> => {
    if (!(error instanceof Postponed)) throw error;
    await withPauses(error.rest, evaluation.surroundings.giveWay);
    return ask(given);
  };
  const followed = (found: unknown): unknown => {
    const next = (found as Match | undefined)?.next;
    return typeof next === 'function' ? { ...(found as Match), next: patient(next, evaluation) } : found;
  };
  const asked: Called = (...given) => {
    const pause = evaluation.rest();
    return pause ? pause.then(() => ask(given)) : ask(given);
  };
  // The library asks a function how many arguments it takes.
  asked.arity = called.arity ?? called.length;
  return asked;
}

/** The library's function, bounded. `name`: as expressions call it. */
export function bounded(name: string, { implementation, signature }: FunctionDefinition): FunctionDefinition {
  const charge = CHARGES[name] ?? shallow;
  const work = REPLACED[name]?.(implementation) ?? implementation;
  const called = function (this: Focus, ...given: never[]): unknown {
    const evaluation = evaluationOf(this.environment);
    evaluation.spend(CALL_STEPS);
    charge(evaluation, given);
    const asked = given.map((it) => (typeof it === 'function' ? patient(it, evaluation) : it)) as never[];
    const pause = evaluation.rest();
    return pause ? pause.then(() => work.apply(this, asked)) : work.apply(this, asked);
  };
  // The library asks a function how many arguments it takes, and reads their names.
  Object.defineProperty(called, 'length', { value: implementation.length });
  called.toString = () => implementation.toString();
  return { _jsonata_function: true, implementation: called, signature };
}
