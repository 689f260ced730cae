import { PIECE_ITEMS } from '../pieces';
import { type Evaluation, evaluationOf } from './evaluation';
import type { Focus, Implementation } from './library';

/**
 * Functions of lists, in place of the library's own: those grow with the square of their data, or do in one piece what
 * may take long.
 */
export const LISTS: Readonly<Record<string, (original: Implementation) => Implementation>> = {
  sort: (original) =>
    async function sort(this: Focus, arr: unknown[] | undefined, comparator?: unknown) {
      if (arr === undefined || arr.length <= 1) return arr;
      const evaluation = evaluationOf(this.environment);
      if (typeof comparator === 'function') {
        return mergeSort(arr, 1, evaluation, async (a, b) => comparator.call(this, a, b));
      }
      const kind = typeof arr[0];
      const isPlain = (kind === 'number' || kind === 'string') && arr.every((item) => typeof item === kind);
      // It says what is wrong with the others.
      if (!isPlain) return original.apply(this, [arr] as never);
      return sortPlain(arr as (string | number)[], evaluation);
    } as Implementation,
  distinct: () =>
    async function distinct(this: Focus, arr: unknown) {
      if (!Array.isArray(arr) || arr.length <= 1) return arr;
      const { giveWay } = evaluationOf(this.environment).surroundings;
      const [scalars, containers] = [new Set<unknown>(), new Set<string>()];
      const results = (arr as { sequence?: boolean }).sequence ? this.createSequence!() : [];
      let left = KEY_CHARACTERS;
      for (const value of arr) {
        const isContainer = typeof value === 'object' && value !== null;
        const key = isContainer ? keyOf(value as object) : value;
        const seen: Set<unknown> = isContainer ? containers : scalars;
        left -= SCALAR_CHARACTERS + (isContainer ? (key as string).length : 0);
        if (left < 0) {
          left = KEY_CHARACTERS;
          await giveWay();
        }
        if (seen.has(key)) continue;
        seen.add(key);
        results.push(value);
      }
      return results;
    } as Implementation,
  zip: () =>
    async function zip(this: Focus, ...lists: unknown[]) {
      const evaluation = evaluationOf(this.environment);
      const length = Math.min(...lists.map((list) => (Array.isArray(list) ? list.length : 0)));
      const zipped: unknown[] = [];
      for (let at = 0; at < length; at++) {
        evaluation.spend(lists.length * PAIR_STEPS);
        zipped.push(lists.map((list) => (list as unknown[])[at]));
        const pause = evaluation.rest();
        if (pause) await pause;
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
};

const PAIR_STEPS = 5;
const SHUFFLED_PIECE = 10 * PIECE_ITEMS;
/** Keys of so many characters are made in a few milliseconds. */
const KEY_CHARACTERS = 200_000;
const SCALAR_CHARACTERS = 10;

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
function keyOf(value: object): string {
  const texts: string[] = [];
  addKey(value, texts);
  return texts.join('');
}

/** Put together once: deep ones would be copied at each level. */
function addKey(value: unknown, texts: string[]): void {
  if (typeof value === 'function') texts.push('function');
  else if (typeof value !== 'object' || value === null) texts.push(JSON.stringify(value) ?? 'undefined');
  else if (Array.isArray(value)) {
    texts.push('[');
    for (let at = 0; at < value.length; at++) {
      if (at > 0) texts.push(',');
      addKey(value[at], texts);
    }
    texts.push(']');
  } else {
    texts.push('{');
    for (const name of Object.keys(value).sort()) {
      texts.push(texts.at(-1) === '{' ? '' : ',', JSON.stringify(name), ':');
      addKey((value as Record<string, unknown>)[name], texts);
    }
    texts.push('}');
  }
}

// ---- sorting

/** What is sorted or compared costs this for each item and level. */
const ITEM_STEPS = 4;

/** Numbers or texts: the language's own sort for as many as take a few milliseconds, merged with pauses. */
async function sortPlain(items: readonly (string | number)[], evaluation: Evaluation): Promise<unknown[]> {
  const sorted: unknown[] = [];
  for (let from = 0; from < items.length; from += PIECE_ITEMS) {
    const piece = items.slice(from, from + PIECE_ITEMS).sort((a, b) => (a > b ? 1 : a < b ? -1 : 0));
    evaluation.spend(piece.length * ITEM_STEPS * Math.ceil(Math.log2(piece.length + 1)));
    for (const item of piece) sorted.push(item);
    await evaluation.rest();
  }
  return mergeSort(sorted, PIECE_ITEMS, evaluation, (a, b) => (a as string) > (b as string));
}

/** Stable. Runs of `width` are sorted by now. `isAfter` may pause. */
async function mergeSort(
  items: readonly unknown[],
  width: number,
  evaluation: Evaluation,
  isAfter: (a: unknown, b: unknown) => unknown,
): Promise<unknown[]> {
  let from = items.slice();
  for (let run = width; run < from.length; run *= 2) {
    const to: unknown[] = [];
    for (let start = 0; start < from.length; start += 2 * run) {
      const middle = Math.min(start + run, from.length);
      const end = Math.min(start + 2 * run, from.length);
      let [left, right] = [start, middle];
      while (left < middle && right < end) {
        evaluation.spend(ITEM_STEPS);
        const pause = evaluation.rest();
        if (pause) await pause;
        const found = isAfter(from[left], from[right]);
        to.push((found instanceof Promise ? await found : found) ? from[right++] : from[left++]);
      }
      while (left < middle) to.push(from[left++]);
      while (right < end) to.push(from[right++]);
    }
    from = to;
  }
  return from;
}
