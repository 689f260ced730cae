import type { MapState } from '../../asl/definition/program';
import { FIRST_ELEMENT } from '../../asl/elements';
import { isNumber, type Json, numberOf } from '../../asl/json';
import { withPauses } from '../../asl/pieces';
import { selectedInput, valueAt, wholeAt } from '../data-flow';
import { Failure, shown } from '../failure';
import { failState, goOnWithIterations } from '../flow';
import { Query } from '../jsonata';
import { Payload } from '../payload';
import type { Frame } from '../snapshot';
import type { Turn } from '../turn';
import type { StateHandler } from './handler';

/** An inline Map runs so many iterations at once at most ("Map state concurrency", AWS's developer guide). */
const CONCURRENCY_MAX = 40;

/**
 * Map, inline (asl.md sections 6 and 9). How iterations are started, end, fail and are cancelled: flow.ts.
 *   entered --> MapStateStarted, one frame an iteration, 40 at once at most
 *   --(one ends)--> MapIterationSucceeded, and the next is started --(all ended)--> MapStateSucceeded --> exited
 *   --(one fails)--> MapIterationFailed, others aborted --> Retry (MapStateStarted again), or MapStateFailed --> Catch or failure
 */
export const map: StateHandler<MapState> = {
  work(turn, frame, state) {
    const input = selectedInput(turn, frame, state);
    if (input instanceof Failure) return failState(turn, frame, input);
    const concurrency = concurrencyFrom(turn, frame, state, input);
    if (concurrency instanceof Failure) return failState(turn, frame, concurrency);
    const found = itemsFrom(turn, frame, state, input);
    if (found instanceof Failure) return failState(turn, frame, found);
    begin(turn, frame, found, concurrency);
  },

  async evaluate(turn, frame, _, { items, maxConcurrency, toleratedFailureCount, toleratedFailurePercentage }) {
    const query = new Query(turn, frame);
    // An inline map has no use for them.
    for (const tolerated of [toleratedFailureCount, toleratedFailurePercentage]) {
      const value = tolerated && (await query.value(tolerated, 'number'));
      if (value instanceof Failure) return failState(turn, frame, value);
    }
    const concurrency =
      maxConcurrency === undefined ? 0 : evaluatedConcurrency(frame, await query.value(maxConcurrency, 'number'));
    if (concurrency instanceof Failure) return failState(turn, frame, concurrency);
    const found = items ? await query.value(items, 'array') : frame.input.value;
    if (found instanceof Failure) return failState(turn, frame, found);
    if (Array.isArray(found)) {
      const stored = items ? Payload.of(found) : frame.input;
      await withPauses(stored.printInPieces(), turn.world.giveWay);
      return begin(turn, frame, { items: stored, length: found.length }, concurrency);
    }
    // In AWS's words (recorded).
    const text = `Map state input must be an array but was: ${frame.input.text}`;
    failState(turn, frame, Failure.evaluation(frame, text, undefined));
  },
};

interface Items {
  items: Payload;
  length: number;
}

function begin(turn: Turn, frame: Frame, { items, length }: Items, concurrency: number): void {
  const startedEventId = turn.emit(frame, 'MapStateStarted', { length });
  frame.waiting = {
    on: 'iterations',
    startedEventId,
    items,
    length,
    concurrency: Math.min(concurrency || CONCURRENCY_MAX, CONCURRENCY_MAX),
    running: 0,
    started: 0,
    nextItemAt: FIRST_ELEMENT,
    freedBy: startedEventId,
    outputs: [],
    outputBytes: 0,
  };
  goOnWithIterations(turn, frame);
}

function evaluatedConcurrency(frame: Frame, value: Json | Failure): number | Failure {
  if (value instanceof Failure) return value;
  const count = wholeNumber(value);
  if (count !== undefined && count >= 0) return count;
  const text =
    count === undefined
      ? `The MaxConcurrency field refers to value "${shown(value)}" which is not a valid integer`
      : 'MaxConcurrency cannot be negative.';
  return Failure.evaluation(frame, text, 'MaxConcurrency');
}

function itemsFrom(turn: Turn, frame: Frame, { itemsPath }: MapState, input: Payload): Items | Failure {
  const items = valueAt(turn, frame, itemsPath, input);
  if (items instanceof Failure) return items;
  if (!Array.isArray(items)) {
    // As AWS writes it, also where the path begins with $$ (recorded).
    const path = itemsPath.ofContext ? itemsPath.text.slice(1) : itemsPath.text;
    return Failure.runtime(frame, `Reference path "${path}" must point to array.`);
  }
  return { items: wholeAt(turn, frame, itemsPath, input) ?? Payload.of(items), length: items.length };
}

function concurrencyFrom(turn: Turn, frame: Frame, { maxConcurrency }: MapState, input: Payload): number | Failure {
  if (typeof maxConcurrency === 'number') return maxConcurrency;
  const found = valueAt(turn, frame, maxConcurrency, input);
  if (found instanceof Failure) return found;
  const count = wholeNumber(found);
  if (count === undefined) {
    const value = `The MaxConcurrencyPath field refers to value "${shown(found)}"`;
    return Failure.runtime(frame, `${value} which is not a valid integer: ${maxConcurrency.text}`);
  }
  return count < 0 ? Failure.runtime(frame, 'MaxConcurrency cannot be negative.') : count;
}

function wholeNumber(value: Json): number | undefined {
  const number = isNumber(value) ? numberOf(value) : Number.NaN;
  return Number.isInteger(number) ? number : undefined;
}
