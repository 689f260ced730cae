import type { MapState } from '../../asl/definition/program';
import { FIRST_ELEMENT } from '../../asl/elements';
import { isNumber, type Json, numberOf } from '../../asl/json';
import type { Path } from '../../asl/path/grammar';
import { withPauses } from '../../asl/pieces';
import { selectedInput, valueAt, wholeAt } from '../data-flow';
import { Failure, shown } from '../failure';
import { failState, goOnWithIterations } from '../flow';
import { Query } from '../jsonata';
import { beginMapRun, type Tolerance } from '../map-run';
import { Payload } from '../payload';
import type { Frame } from '../snapshot';
import type { Turn } from '../turn';
import type { StateHandler } from './handler';

/** An inline Map runs so many iterations at once at most ("Map state concurrency", AWS's developer guide). */
const CONCURRENCY_MAX = 40;
/**
 * And a distributed one so many children. On AWS they may be 10,000, but there each step of the parent need not look at
 * all of them.
 */
const CHILDREN_MAX = 100;
/** Each child is told of in three commits without events, and there is room for a million between two events. */
const CHILDREN_IN_ALL_MAX = 250_000;

/**
 * Map (asl.md sections 6 and 9). How iterations are started, end, fail and are cancelled: flow.ts.
 *   entered --> MapStateStarted, one frame an iteration, 40 at once at most
 *   --(one ends)--> MapIterationSucceeded, and the next is started --(all ended)--> MapStateSucceeded --> exited
 *   --(one fails)--> MapIterationFailed, others aborted --> Retry (MapStateStarted again), or MapStateFailed --> Catch or failure
 * Distributed, whose iterations are executions (map-run.ts, children.ts):
 *   entered --> MapStateStarted, MapRunStarted, one frame a child, 100 at once at most
 *   --(all ended)--> MapRunSucceeded, MapStateSucceeded --> exited
 *   --(more fail than are tolerated)--> MapRunFailed, others stopped --> Retry (from MapStateStarted), or MapStateFailed --> Catch or failure
 */
export const map: StateHandler<MapState> = {
  work(turn, frame, state) {
    const input = selectedInput(turn, frame, state);
    if (input instanceof Failure) return failState(turn, frame, input);
    const concurrency = countFrom(turn, frame, 'MaxConcurrency', state.maxConcurrency, input);
    if (concurrency instanceof Failure) return failState(turn, frame, concurrency);
    const found = itemsFrom(turn, frame, state, input);
    if (found instanceof Failure) return failState(turn, frame, found);
    turn.emit(frame, 'MapStateStarted', { length: found.length });
    // What is tolerated is looked at once the state has started (recorded on AWS).
    const tolerance = toleranceFrom(turn, frame, state, input);
    if (tolerance instanceof Failure) return failState(turn, frame, tolerance);
    begin(turn, frame, state, found, concurrency, tolerance);
  },

  async evaluate(turn, frame, state, { items, maxConcurrency, toleratedFailureCount, toleratedFailurePercentage }) {
    const query = new Query(turn, frame);
    const tolerance: Tolerance = { count: undefined, percentage: undefined };
    for (const [of, template] of [
      ['count', toleratedFailureCount],
      ['percentage', toleratedFailurePercentage],
    ] as const) {
      const value = template && (await query.value(template, 'number'));
      const tolerated = value === undefined ? undefined : evaluatedTolerance(frame, of, value);
      if (tolerated instanceof Failure) return failState(turn, frame, tolerated);
      tolerance[of] = tolerated;
    }
    const concurrency =
      maxConcurrency === undefined
        ? 0
        : evaluatedCount(frame, 'MaxConcurrency', await query.value(maxConcurrency, 'number'));
    if (concurrency instanceof Failure) return failState(turn, frame, concurrency);
    const found = items ? await query.value(items, 'array') : frame.input.value;
    if (found instanceof Failure) return failState(turn, frame, found);
    if (Array.isArray(found)) {
      const stored = items ? Payload.of(found) : frame.input;
      await withPauses(stored.printInPieces(), turn.world.giveWay);
      turn.emit(frame, 'MapStateStarted', { length: found.length });
      return begin(turn, frame, state, { items: stored, length: found.length }, concurrency, tolerance);
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

function begin(
  turn: Turn,
  frame: Frame,
  state: MapState,
  { items, length }: Items,
  concurrency: number,
  tolerance: Tolerance,
): void {
  if (state.label !== undefined && length > CHILDREN_IN_ALL_MAX) {
    return failState(turn, frame, Failure.dataLimit(state.name, 'fatal'));
  }
  const mapRun = beginMapRun(turn, frame, state, tolerance);
  const most = mapRun ? CHILDREN_MAX : CONCURRENCY_MAX;
  const startedEventId = frame.lastEventId;
  frame.waiting = {
    on: 'iterations',
    startedEventId,
    items,
    length,
    concurrency: Math.min(concurrency || most, most),
    running: 0,
    started: 0,
    nextItemAt: FIRST_ELEMENT,
    freedBy: startedEventId,
    outputs: [],
    outputBytes: 0,
    ...(mapRun && { mapRun }),
  };
  goOnWithIterations(turn, frame);
}

function evaluatedTolerance(frame: Frame, of: keyof Tolerance, value: Json | Failure): number | Failure {
  if (of === 'count') return evaluatedCount(frame, 'ToleratedFailureCount', value);
  if (value instanceof Failure) return value;
  const percentage = numberIn(value);
  if (percentage !== undefined && percentage >= 0 && percentage <= 100) return percentage;
  return Failure.evaluation(frame, NO_PERCENTAGE, 'ToleratedFailurePercentage');
}

function evaluatedCount(frame: Frame, field: string, value: Json | Failure): number | Failure {
  if (value instanceof Failure) return value;
  const count = wholeNumber(value);
  if (count !== undefined && count >= 0) return count;
  const text =
    count === undefined
      ? `The ${field} field refers to value "${shown(value)}" which is not a valid integer`
      : `${field} cannot be negative.`;
  return Failure.evaluation(frame, text, field);
}

const NO_PERCENTAGE = 'ToleratedFailurePercentage must be between 0 and 100.';

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

function toleranceFrom(turn: Turn, frame: Frame, state: MapState, input: Payload): Tolerance | Failure {
  const { toleratedFailureCount, toleratedFailurePercentage } = state;
  const count = toleratedFailureCount && countFrom(turn, frame, 'ToleratedFailureCount', toleratedFailureCount, input);
  if (count instanceof Failure) return count;
  const percentage = toleratedFailurePercentage && percentageFrom(turn, frame, toleratedFailurePercentage, input);
  return percentage instanceof Failure ? percentage : { count, percentage };
}

function countFrom(turn: Turn, frame: Frame, field: string, source: number | Path, input: Payload): number | Failure {
  if (typeof source === 'number') return source;
  const found = valueAt(turn, frame, source, input);
  if (found instanceof Failure) return found;
  const count = wholeNumber(found);
  if (count === undefined) return notOfType(frame, field, found, 'integer', source);
  return count < 0 ? Failure.runtime(frame, `${field} cannot be negative.`) : count;
}

function percentageFrom(turn: Turn, frame: Frame, source: number | Path, input: Payload): number | Failure {
  if (typeof source === 'number') return source;
  const found = valueAt(turn, frame, source, input);
  if (found instanceof Failure) return found;
  const percentage = numberIn(found);
  if (percentage === undefined) return notOfType(frame, 'ToleratedFailurePercentage', found, 'float', source);
  return percentage < 0 || percentage > 100 ? Failure.runtime(frame, NO_PERCENTAGE) : percentage;
}

function notOfType(frame: Frame, field: string, found: Json, type: string, { text }: Path): Failure {
  const value = `The ${field}Path field refers to value "${shown(found)}"`;
  return Failure.runtime(frame, `${value} which is not a valid ${type}: ${text}`);
}

const numberIn = (value: Json): number | undefined => (isNumber(value) ? numberOf(value) : undefined);

function wholeNumber(value: Json): number | undefined {
  const number = numberIn(value);
  return Number.isInteger(number) ? number : undefined;
}
