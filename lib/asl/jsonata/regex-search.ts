import type { RE2JS } from 're2js';
import type { Pieces } from '../pieces';

/**
 * Matching that pauses. The library looks for a match in one piece, which may take seconds where a pattern has many
 * groups; here its machine (re2js 2.10) is driven from outside, character by character, as its own `Machine.match` does.
 */

/** A search is in pieces of so many steps, of about 20 ns each. */
const PIECE_STEPS = 200_000;
const CHARACTER_STEPS = 3;
/** For each instruction that is tried at a character. */
const TRIED_STEPS = 1.5;
/** The places of groups are copied with it. */
const PLACES_PER_STEP = 20;

/** What is used of the library's machine. */
interface Machine {
  q0: Queue;
  q1: Queue;
  matched: boolean;
  matchcap: Int32Array;
  init(places: number): void;
  add(queue: Queue, at: number, position: number, places: Int32Array, offset: number, context: number): void;
  step(
    queue: Queue,
    next: Queue,
    position: number,
    nextPosition: number,
    character: number,
    context: number,
    anchor: number,
    isAtEnd: boolean,
  ): void;
}

interface Queue {
  size: number;
  mainThreads: number;
  clear(): void;
}

const UNANCHORED = 0;
const NEVER = -1;
const BEGIN_TEXT = 4;

/** An empty text, as the library's machine reads one. */
const NOTHING = { step: () => -8, context: () => 0, endPos: () => 0, canCheckPrefix: () => false };

/** The library keeps machines that have run. */
function machineOf(re2: ReturnType<RE2JS['re2']>): Machine {
  const idle: Machine | null = re2.get();
  if (idle) return idle;
  re2.doExecuteNFA(NOTHING, 0, UNANCHORED, 0);
  return re2.get();
}

/** Where the whole and each group of the first match begin and end, -1 where a group took no part. */
export type Places = readonly number[];

/** Whether it is a mere text, which is found at once. */
export const isLiteral = (regex: RE2JS): boolean => {
  const { prefixComplete, numSubexp } = regex.re2();
  return prefixComplete && numSubexp === 0;
};

/** The first match at or after a place. `spend` counts what it takes. */
export function* searchRegex(
  regex: RE2JS,
  text: string,
  from: number,
  spend: (steps: number) => void,
): Pieces<Places | undefined> {
  const re2 = regex.re2();
  if (re2.cond === NEVER || from > text.length) return undefined;
  const places = 2 * (re2.numSubexp + 1);
  const triedSteps = TRIED_STEPS + places / PLACES_PER_STEP;
  const machine = machineOf(re2);
  machine.init(places);
  machine.matched = false;
  let [queue, next] = [machine.q0, machine.q1];
  let [at, steps, isFirstPiece] = [from, 0, true];
  for (;;) {
    if (queue.mainThreads === 0) {
      if (machine.matched || ((re2.cond & BEGIN_TEXT) !== 0 && at > 0)) break;
      if (re2.prefix.length > 0) at = text.indexOf(re2.prefix, at);
      if (at < 0) break;
    }
    if (!machine.matched) {
      machine.matchcap[0] = at;
      machine.add(queue, re2.prog.start, at, machine.matchcap, 0, contextAt(text, at));
    }
    const character = at < text.length ? text.codePointAt(at)! : -1;
    const width = character < 0 ? 0 : character > 0xffff ? 2 : 1;
    steps += CHARACTER_STEPS + queue.size * triedSteps;
    const context = contextAt(text, at + width);
    machine.step(queue, next, at, at + width, character, context, UNANCHORED, width === 0);
    if (width === 0) break;
    at += width;
    [queue, next] = [next, queue];
    if (steps < PIECE_STEPS) continue;
    spend(steps);
    steps = 0;
    // What every match must contain is looked for as soon as none is near.
    if (isFirstPiece && !machine.matched && !canMatch(re2.prefilter, text, from)) break;
    isFirstPiece = false;
    yield;
  }
  spend(steps);
  queue.clear();
  next.clear();
  const found = machine.matched ? Array.from(machine.matchcap.subarray(0, places)) : undefined;
  re2.put(machine);
  return found;
}

interface Prefilter {
  eval(input: object, from: number): boolean;
}
interface Word {
  str: string;
  automaton16(): { searchUTF16(text: string, from: number, to: number): boolean };
}

function canMatch(prefilter: Prefilter | null, text: string, from: number): boolean {
  if (!prefilter) return true;
  return prefilter.eval(
    {
      hasString: ({ str }: Word, at: number) => text.includes(str, at),
      hasAnyString: (words: Word, at: number) => words.automaton16().searchUTF16(text, at, text.length),
    },
    from,
  );
}

const LINE_FEED = 10;
const [BEGIN_LINE, END_LINE, END_TEXT, WORD_BOUNDARY, NO_WORD_BOUNDARY] = [1, 2, 8, 16, 32];

/** What is true of a place between two characters. */
function contextAt(text: string, at: number): number {
  const before = at > 0 ? text.charCodeAt(at - 1) : -1;
  const after = at < text.length ? text.charCodeAt(at) : -1;
  let context = isWord(before) === isWord(after) ? NO_WORD_BOUNDARY : WORD_BOUNDARY;
  if (before < 0) context |= BEGIN_TEXT | BEGIN_LINE;
  else if (before === LINE_FEED) context |= BEGIN_LINE;
  if (after < 0) context |= END_TEXT | END_LINE;
  else if (after === LINE_FEED) context |= END_LINE;
  return context;
}

/** 0-9, A-Z, a-z and _. */
const isWord = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95;
