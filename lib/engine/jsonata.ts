import type { Handed, MapState, State } from '../asl/definition/program';
import { isObject, type Json, type JsonObject } from '../asl/json';
import { Evaluation } from '../asl/jsonata/evaluation';
import { BYTES_PER_SCALAR } from '../asl/jsonata/sizes';
import {
  evaluateTemplate,
  type JsonataScope,
  type JsonataTemplate,
  type JsonataType,
  Oversized,
  Unevaluated,
} from '../asl/jsonata/template';
import { Values } from '../asl/jsonata/values';
import { parsePath } from '../asl/path/grammar';
import { contextOf, type MapItem, mapItemOf } from './context';
import { isOversized } from './data-flow';
import { Failure } from './failure';
import { Payload } from './payload';
import type { Frame } from './snapshot';
import type { Turn } from './turn';
import type { Scope } from './variables';

/**
 * How data goes through a state in JSONata: its fields are evaluated before its work, Output and Assign once that is done
 * (asl.md section 9). Evaluating pauses, so it is a stage of its own before and after what the states do in any language.
 */

/** What there is beside the input. */
interface Known {
  result?: Payload;
  errorOutput?: Payload;
  /** Of an iteration that has no frame yet. */
  item?: MapItem;
}

/** What expressions were shown of documents: states and iterations of a turn see the same ones, made plain once. */
const plainValues = new WeakMap<Turn, Values>();

function plainValuesOf(turn: Turn): Values {
  const known = plainValues.get(turn) ?? new Values();
  plainValues.set(turn, known);
  return known;
}

/** A scalar of `Sizes` is two bytes of JSON at least, with what separates it from the next. */
const SIZE_PER_BYTE = BYTES_PER_SCALAR / 2;

/** Evaluates the fields of one state, at one of its stages. */
export class Query {
  private readonly scope: JsonataScope;
  private readonly bytesMax: number;

  constructor(
    turn: Turn,
    private readonly frame: Frame,
    known: Known = {},
  ) {
    const { world, effort, nowMs } = turn;
    this.bytesMax = world.limits.payloadBytes;
    const evaluation = new Evaluation(
      {
        random: world.random,
        hash: world.hash,
        giveWay: world.giveWay,
        effort,
        nowMs,
      },
      plainValuesOf(turn),
    );
    this.scope = {
      evaluation,
      states: statesOf(turn, frame, evaluation, known),
      variable: (name) => turn.variables.read(frame, name)?.value,
      document: (name) => documentOf(turn, frame, known, name),
    };
  }

  /** `bytesMax`: what it may have as text. */
  async value(template: JsonataTemplate, expected?: JsonataType, bytesMax?: number): Promise<Json | Failure> {
    this.scope.sizeMax = bytesMax === undefined ? undefined : bytesMax * SIZE_PER_BYTE;
    const value = await evaluateTemplate(template, this.scope, expected);
    if (value instanceof Oversized) return Failure.dataLimit(this.frame.stateName, 'fatal');
    return value instanceof Unevaluated ? Failure.evaluation(this.frame, value.text, value.field) : value;
  }

  /** The same, or what stands for it where the state has no such field. */
  async payload(template: JsonataTemplate | undefined, otherwise: Payload): Promise<Payload | Failure> {
    if (!template) return otherwise;
    const value = await this.value(template, undefined, this.bytesMax);
    return value instanceof Failure ? value : Payload.of(value);
  }

  /** What its work gets, and no more than that may be. */
  async input(turn: Turn, state: State): Promise<Payload | Failure> {
    const made = await this.payload(state.query?.arguments, this.frame.input);
    if (made instanceof Failure || !isOversized(turn, this.frame, made)) return made;
    return Failure.dataLimit(state.name, 'fatal');
  }

  /** What is handed on and assigned. Both see the variables as they are. */
  async handed({ output, assign }: Handed, otherwise: Payload): Promise<HandedOn | Failure> {
    const made = await this.payload(output, otherwise);
    if (made instanceof Failure || !assign)
      return made instanceof Failure ? made : { output: made, assigned: undefined };
    const values = await this.value(assign, undefined, this.bytesMax);
    if (values instanceof Failure) return values;
    const assigned = new Map<string, Payload>();
    for (const [name, value] of values as JsonObject) assigned.set(name, Payload.of(value));
    return { output: made, assigned: assigned.size > 0 ? assigned : undefined };
  }
}

interface HandedOn {
  output: Payload;
  assigned: Scope | undefined;
}

/** What an iteration gets. */
export async function evaluatedItem(
  turn: Turn,
  frame: Frame,
  state: MapState,
  item: MapItem,
): Promise<Payload | Failure> {
  return new Query(turn, frame, { item }).payload(state.query?.itemSelector, item.payload);
}

/** What evaluating may look into. */
export function lookedIntoByQuery(turn: Turn, frame: Frame, result?: Payload): Payload[] {
  const { executionInput, mapItem } = turn.program.contextReads;
  const payloads = [...turn.variablesOf(frame), frame.input];
  if (result) payloads.push(result);
  if (executionInput) payloads.push(turn.execution.input);
  const item = mapItem ? mapItemOf(turn, frame) : undefined;
  if (item) payloads.push(item.payload);
  return payloads;
}

// ---- $states

/** Each part is made when it is looked at: few expressions look at all of it. */
function statesOf(turn: Turn, frame: Frame, evaluation: Evaluation, { result, errorOutput, item }: Known): object {
  const states = lazy(evaluation, { input: () => evaluation.plain(frame.input.value) });
  if (result) add(states, 'result', () => evaluation.plain(result.value));
  if (errorOutput) add(states, 'errorOutput', () => evaluation.plain(errorOutput.value));
  let context: object | undefined;
  add(states, 'context', () => {
    context ??= contextFor(turn, frame, evaluation, item);
    return context;
  });
  return states;
}

/** What a member of it holds, if that is long. */
function documentOf(turn: Turn, frame: Frame, known: Known, name: string): Json | undefined {
  const payload = payloadOf(turn, frame, known, name);
  return payload?.isLarge ? payload.value : undefined;
}

function payloadOf(turn: Turn, frame: Frame, { result, errorOutput, item }: Known, name: string): Payload | undefined {
  switch (name) {
    case 'input':
      return frame.input;
    case 'result':
      return result;
    case 'errorOutput':
      return errorOutput;
    case 'context':
      return turn.program.contextReads.executionInput ? turn.execution.input : item?.payload;
    default:
      return undefined;
  }
}

const PARTS = ['StateMachine', 'State', 'Task', 'Map'].map((name) => ({ name, path: parsePath(`$$.${name}`)! }));
const EXECUTION = ['Id', 'Input', 'StartTime', 'Name', 'RoleArn', 'RedriveCount', 'RedriveTime'].map((name) => ({
  name,
  path: parsePath(`$$.Execution.${name}`)!,
}));

function contextFor(turn: Turn, frame: Frame, evaluation: Evaluation, item: MapItem | undefined): object {
  const execution = lazy(evaluation, {});
  for (const { name, path } of EXECUTION) {
    const read = () => memberOf(contextOf(turn, frame, path, { item }), 'Execution', name);
    // What no expression reads is not at hand.
    if (name === 'Input') {
      if (turn.program.contextReads.executionInput) add(execution, name, () => evaluation.plain(read()!));
      continue;
    }
    const value = read();
    // Before the first redrive, whoever asks for it is told, and nobody else.
    const isShown = name !== 'RedriveCount' || turn.redrive !== undefined;
    if (value !== undefined) add(execution, name, () => evaluation.plain(value), isShown);
  }
  const context = lazy(evaluation, { Execution: () => execution });
  for (const { name, path } of PARTS) {
    const value = memberOf(contextOf(turn, frame, path, { item }), name);
    if (value !== undefined) add(context, name, () => evaluation.plain(value));
  }
  return context;
}

function memberOf(value: Json, ...names: string[]): Json | undefined {
  let at: Json | undefined = value;
  for (const name of names) at = isObject(at) ? at.get(name) : undefined;
  return at;
}

function lazy({ sizes }: Evaluation, members: Record<string, () => unknown>): object {
  const made = Object.create(null) as object;
  for (const [name, get] of Object.entries(members)) add(made, name, get);
  sizes.markLazy(made);
  return made;
}

function add(object: object, name: string, get: () => unknown, enumerable = true): void {
  Object.defineProperty(object, name, { get, enumerable });
}
