import { withPauses } from '../pieces';
import type { Evaluation } from './evaluation';
import { evaluationOf, tooLong } from './evaluation';
import type { Focus, FunctionDefinition, Implementation } from './library';
import { LISTS } from './lists';
import { Postponed } from './regex';
import { TEXTS } from './texts';

/**
 * The library's functions, so that none of them runs away: each counts what it goes through before it does, and lets
 * others have their turn. What grows with the square of its data is made anew.
 */

type Arguments = readonly unknown[];
type Charge = (evaluation: Evaluation, given: Arguments) => void;

const CALL_STEPS = 20;
const COPY_STEPS = 5;

/** Texts as a whole, lists by their length. */
const shallow: Charge = (evaluation, given) => {
  for (const argument of given) {
    if (typeof argument === 'string' || Array.isArray(argument)) evaluation.spend(argument.length);
  }
};

/** All that is in it. */
const deep: Charge = (evaluation, given) => evaluation.goThrough(given[0]);

/** The same of what is gone through with pauses. */
const deepInPieces: Charge = (evaluation, given) => evaluation.countWhole(given[0]);

const CHARGES: Readonly<Record<string, Charge>> = {
  string: deep,
  clone: deep,
  keys: deep,
  lookup: deep,
  spread: deepInPieces,
  // It counts as it goes.
  zip: () => {},
  merge: deep,
  each: deep,
  sift: deep,
  boolean: deep,
  not: deep,
  distinct: deepInPieces,
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
  ...LISTS,
  ...TEXTS,
  now: (fromMillis) =>
    function now(this: Focus, picture?: string, timezone?: string) {
      return fromMillis.apply(this, [evaluationOf(this.environment).surroundings.nowMs, picture, timezone] as never);
    } as Implementation,
  millis: () =>
    function millis(this: Focus) {
      return evaluationOf(this.environment).surroundings.nowMs;
    } as Implementation,
};

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
