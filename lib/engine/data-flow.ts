import type { MapState, State } from '../asl/definition/program';
import { isNumber, type Json, numberOf } from '../asl/json';
import type { Path } from '../asl/path/grammar';
import { placeAtPath, selectPath } from '../asl/path/select';
import { Failure } from './failure';
import { EMPTY_OBJECT, Payload } from './payload';
import type { Frame } from './snapshot';
import type { Turn } from './turn';

/**
 * How data goes through a state: raw input -> InputPath -> work -> ResultPath, merged into the raw input ->
 * OutputPath (asl.md section 2). Each stage answers a payload or a failure; the stages of later language versions
 * (Parameters, ResultSelector, a query language) go in between.
 */

/** What the state's work sees. */
export function effectiveInput(turn: Turn, frame: Frame, state: State): Payload | Failure {
  return selected(turn, frame, state.inputPath, frame.input);
}

/** What the state hands on: its work's result placed in its raw input, then filtered. */
export function effectiveOutput(turn: Turn, frame: Frame, state: State, result: Payload): Payload | Failure {
  const resultPath = 'resultPath' in state ? state.resultPath : undefined;
  const placed = resultPath === undefined ? result : placeResult(frame, resultPath, result);
  return placed instanceof Failure ? placed : selected(turn, frame, state.outputPath, placed);
}

/** The result, at ResultPath of the raw input. */
export function placeResult(frame: Frame, resultPath: Path | null, result: Payload): Payload | Failure {
  if (resultPath === null) return frame.input;
  if (resultPath.steps.length === 0) return result;
  const placed = placeAtPath(resultPath, frame.input.value, result.value);
  if (placed !== undefined) return Payload.of(placed);
  const cause = `Unable to apply ReferencePath ${resultPath.text} to input ${frame.input.text}`;
  return new Failure('States.ResultPathMatchFailure', cause, 'task');
}

function selected(turn: Turn, frame: Frame, path: Path | null, payload: Payload): Payload | Failure {
  if (path === null) return EMPTY_OBJECT;
  if (path.steps.length === 0) return payload;
  const selection = selectPath(path, payload.value, turn.effort);
  if (selection.found) return Payload.of(selection.value);
  return Failure.runtime(frame, `Invalid path '${path.text}' : ${selection.reason}`);
}

/** What an iteration of a Map state begins with. */
export function itemInput(
  _turn: Turn,
  _frame: Frame,
  _state: MapState,
  { item }: { index: number; item: Payload },
): Payload | Failure {
  return item;
}

/** The value at a path of the effective input; a runtime failure when it selects nothing. */
export function valueAt(turn: Turn, frame: Frame, path: Path, input: Payload): { value: Json } | Failure {
  const selection = selectPath(path, input.value, turn.effort);
  if (selection.found) return { value: selection.value };
  return Failure.runtime(frame, `Invalid path '${path.text}' : ${selection.reason}`);
}

/** A duration that is given as a number or read from the input; it must be a positive integer of seconds. */
export function secondsFrom(
  turn: Turn,
  frame: Frame,
  field: string,
  source: number | Path | undefined,
  input: Payload,
): number | undefined | Failure {
  if (source === undefined || typeof source === 'number') return source;
  const found = valueAt(turn, frame, source, input);
  if (found instanceof Failure) return found;
  const seconds = isNumber(found.value) ? numberOf(found.value) : Number.NaN;
  if (Number.isInteger(seconds) && seconds > 0) return seconds;
  return Failure.runtime(frame, `The ${field} parameter does not reference a positive integer: ${source.text}`);
}

/** Whether a payload that the state made is over the limit; one that was passed on has been counted before. */
export const isOversized = (turn: Turn, frame: Frame, payload: Payload): boolean =>
  payload !== frame.input && turn.made(payload).bytes > turn.world.limits.payloadBytes;
