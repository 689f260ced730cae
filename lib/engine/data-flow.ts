import type { MapState, State } from '../asl/definition/program';
import { isNumber, type Json, type JsonObject, numberOf } from '../asl/json';
import type { Path } from '../asl/path/grammar';
import { type Miss, placeAtPath, selectPath } from '../asl/path/select';
import { readsContext } from '../asl/template/context';
import { evaluateExpression } from '../asl/template/evaluate';
import type { Expression } from '../asl/template/expression';
import { isNullInput, NULL_INPUT, type Outside, Unresolved } from '../asl/template/outside';
import { evaluateTemplate, pathsOf, type Template } from '../asl/template/template';
import { contextOf, type MapItem, mapItemOf } from './context';
import { Failure, shown } from './failure';
import { EMPTY_OBJECT, Payload } from './payload';
import type { Frame } from './snapshot';
import type { Turn } from './turn';
import type { Scope } from './variables';

/**
 * How data goes through a state: raw input -> InputPath -> Parameters -> work -> ResultSelector -> ResultPath, merged
 * into the raw input -> OutputPath (asl.md sections 2 and 9). Beside that, Assign makes variables of the work's result. Each
 * stage answers a payload or a failure; those of another query language go in between.
 */

/** What the state's work sees. */
export function effectiveInput(turn: Turn, frame: Frame, state: State): Payload | Failure {
  const input = selectedInput(turn, frame, state);
  if (input instanceof Failure || !('parameters' in state) || !state.parameters) return input;
  const made = filled(turn, frame, state.parameters, input);
  // A Pass state only hands it on, and what states hand on is counted there.
  if (made instanceof Failure || state.type === 'Pass' || !isOversized(turn, frame, made)) return made;
  return Failure.dataLimit(state.name, 'fatal');
}

/** The raw input through InputPath alone. */
export function selectedInput(turn: Turn, frame: Frame, state: State): Payload | Failure {
  return selected(turn, frame, state.inputPath, frame.input);
}

/** What an iteration of a Map state gets: the item, or what ItemSelector makes of it and of the state's input. */
export function iterationInput(turn: Turn, frame: Frame, state: MapState, item: MapItem): Payload | Failure {
  if (!state.itemSelector) return item.payload;
  const input = selectedInput(turn, frame, state);
  return input instanceof Failure ? input : filled(turn, frame, state.itemSelector, input, item);
}

/** Most states hand on what they get: no list is made for them. */
const NOTHING: readonly Payload[] = [];

/** What the state's work may look into. */
export function lookedIntoAtWork(turn: Turn, frame: Frame, state: State): readonly Payload[] {
  const { executionInput, mapItem } = turn.program.contextReads;
  const isIntoInput = looksIntoInput(state);
  if (!isIntoInput && !executionInput && !mapItem && turn.variables.isEmpty) return NOTHING;
  const payloads = turn.variablesOf(frame);
  if (isIntoInput) payloads.push(frame.input);
  if (executionInput) payloads.push(turn.execution.input);
  const item = mapItem ? mapItemOf(turn, frame) : undefined;
  if (item) payloads.push(item.payload);
  return payloads;
}

function looksIntoInput(state: State): boolean {
  if (goesInto(state.inputPath)) return true;
  switch (state.type) {
    case 'Pass':
    case 'Parallel':
      return state.parameters !== undefined;
    case 'Task':
      return state.parameters !== undefined || isRead(state.timeoutSeconds) || isRead(state.heartbeatSeconds);
    case 'Wait':
      return 'secondsPath' in state.until || 'timestampPath' in state.until;
    case 'Fail':
      return isRead(state.error) || isRead(state.cause);
    case 'Choice':
    case 'Map':
      return true;
    case 'Succeed':
      return false;
  }
}

/** What `effectiveOutput` and `assignedBy` look into. */
export function lookedIntoAtEnd(turn: Turn, frame: Frame, state: State, result: Payload): readonly Payload[] {
  const selector = 'resultSelector' in state ? state.resultSelector : undefined;
  const resultPath = 'resultPath' in state ? state.resultPath : undefined;
  const places = goesInto(resultPath);
  const filters = goesInto(state.outputPath);
  const assign = 'assign' in state ? state.assign : undefined;
  if (!assign && !selector && !places && !filters && turn.variables.isEmpty) return NOTHING;
  const payloads = turn.variablesOf(frame);
  if (assign || selector || places || (filters && resultPath !== null)) payloads.push(result);
  if (places || (filters && resultPath === null)) payloads.push(frame.input);
  return payloads;
}

/** What `iterationInput` looks into. Nothing else: each iteration that begins in a turn of its own reads it anew. */
export function lookedIntoByIteration(turn: Turn, frame: Frame, state: MapState, item: MapItem): Payload[] {
  if (!state.itemSelector) return [];
  const payloads = new Set(turn.variablesOf(frame));
  if (goesInto(state.inputPath)) payloads.add(frame.input);
  for (const path of pathsOf(state.itemSelector)) {
    if (readsContext(path, 'Execution', 'Input')) payloads.add(turn.execution.input);
    if (readsContext(path, 'Map')) payloads.add(item.payload);
    if (!path.ofContext && path.variable === undefined) payloads.add(frame.input);
  }
  return [...payloads];
}

/** What `placeResult` looks into, beside the result. */
export const lookedIntoByPlacing = (frame: Frame, resultPath: Path | null): Payload[] =>
  goesInto(resultPath) ? [frame.input] : [];

const isRead = (source: number | string | object | undefined): boolean => typeof source === 'object';
const goesInto = (path: Path | null | undefined): boolean => path != null && path.steps.length > 0;

/** What the state hands on: its work's result placed in its raw input, then filtered. */
export function effectiveOutput(turn: Turn, frame: Frame, state: State, made: Payload): Payload | Failure {
  const selector = 'resultSelector' in state ? state.resultSelector : undefined;
  const result = selector ? filled(turn, frame, selector, made) : made;
  if (result instanceof Failure) return result;
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
  const whole = wholeAt(turn, frame, path, payload);
  if (whole) return whole;
  const value = valueAt(turn, frame, path, payload);
  return value instanceof Failure ? value : Payload.of(value);
}

/** The payload that the path selects, where it is one as a whole: that is printed and stored already. */
export function wholeAt(turn: Turn, frame: Frame, path: Path, payload: Payload): Payload | undefined {
  if (path.steps.length > 0 || path.ofContext) return undefined;
  return path.variable === undefined ? payload : turn.variables.read(frame, path.variable);
}

const invalidPath: Telling = ({ text }, { reason }) => `Invalid path '${text}' : ${reason}`;

type Telling = (path: Path, miss: Miss) => string;

/** What a path selects from: the payload, the context object (`$$`), or a variable, if that holds anything. */
export function rootOf(turn: Turn, frame: Frame, path: Path, payload: Payload): Json | undefined {
  if (path.variable !== undefined) return turn.variables.read(frame, path.variable)?.value;
  return path.ofContext ? contextOf(turn, frame, path) : payload.value;
}

/** What a path finds in what it selects from. */
export function valueAt(
  turn: Turn,
  frame: Frame,
  path: Path,
  payload: Payload,
  whyMissing = invalidPath,
): Json | Failure {
  const root = rootOf(turn, frame, path, payload);
  if (isNullInput(path, root)) return Failure.runtime(frame, NULL_INPUT);
  const selection = selectPath(path, root, turn.effort);
  return selection.found ? selection.value : Failure.runtime(frame, whyMissing(path, selection));
}

/** What the template makes of the payload. */
function filled(turn: Turn, frame: Frame, template: Template, input: Payload, item?: MapItem): Payload | Failure {
  const value = evaluateTemplate(template, outsideOf(turn, frame, input, item));
  return value instanceof Unresolved ? unresolved(frame, value) : Payload.of(value);
}

/** The text that an expression gives; what is no text is shown as JSON. */
export function textFrom(
  turn: Turn,
  frame: Frame,
  field: string,
  source: string | Expression | undefined,
  input: Payload,
): string | undefined | Failure {
  if (source === undefined || typeof source === 'string') return source;
  const value = evaluateExpression(source, field, outsideOf(turn, frame, input));
  return value instanceof Unresolved ? unresolved(frame, value) : shown(value);
}

const outsideOf = (turn: Turn, frame: Frame, input: Payload, item?: MapItem): Outside => ({
  input,
  context: (path) => contextOf(turn, frame, path, { item, isTemplate: true }),
  variable: (name) => turn.variables.read(frame, name)?.value,
  random: turn.world.random,
  hash: turn.world.hash,
  effort: turn.effort,
});

function unresolved(frame: Frame, { error, cause }: Unresolved): Failure {
  switch (error) {
    case 'States.Runtime':
      return Failure.runtime(frame, cause);
    case 'States.DataLimitExceeded':
      return Failure.dataLimit(frame.stateName, 'fatal');
  }
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
  const seconds = isNumber(found) ? numberOf(found) : Number.NaN;
  if (Number.isInteger(seconds) && seconds > 0) return seconds;
  return Failure.runtime(frame, `The ${field} parameter does not reference a positive integer: ${source.text}`);
}

/** Whether a payload that the state made is over the limit; one that was passed on has been counted before. */
export const isOversized = (turn: Turn, frame: Frame, payload: Payload): boolean =>
  payload !== frame.input && turn.made(payload).bytes > turn.world.limits.payloadBytes;

/**
 * What an Assign makes: values by names, of what the work came to or of the error that is caught. It sees the variables
 * as they are (AWS's page on variables).
 */
export function assignedBy(
  turn: Turn,
  frame: Frame,
  assign: Template | undefined,
  made: Payload,
): Scope | undefined | Failure {
  if (!assign) return undefined;
  const values = evaluateTemplate(assign, outsideOf(turn, frame, made));
  if (values instanceof Unresolved) return unresolved(frame, values);
  const assigned = new Map<string, Payload>();
  for (const [name, value] of values as JsonObject) assigned.set(name, Payload.of(value));
  return assigned.size > 0 ? assigned : undefined;
}

/** What a variable costs until it is written (measured: 2.5 us). */
const ASSIGN_STEPS = 100;

/** Whether one Assign may make so much, and the execution hold it ("Limits", AWS's page on variables). */
export function mayAssign(turn: Turn, frame: Frame, assigned: Scope): boolean {
  turn.effort.spend(assigned.size * ASSIGN_STEPS);
  if (turn.effort.isExhausted) return false;
  let bytes = 0;
  for (const value of assigned.values()) {
    bytes += turn.made(value).bytes;
    if (bytes > turn.world.limits.payloadBytes) return false;
  }
  return turn.variables.mayHold(frame, assigned);
}
