import { sourceAt } from '../jackson';
import { isBlank, isObject, type Json, type JsonObject, JsonSyntaxError, parseJson } from '../json';
import { checkAssignments } from './assignments';
import { checkShape } from './checks';
import { type Diagnostic, Place, TooManyProblems } from './diagnostic';
import { checkExpress, type MachineType } from './express';
import { MACHINE_SHAPE, STATE_SHAPES, STATE_TYPES, type StateType } from './fields';
import { isInJsonata } from './jsonata-fields';
import { JSONATA_SHAPES } from './jsonata-shapes';
import { checkLabels } from './label';
import { isDistributed } from './map-fields';
import { checkTransitions } from './transitions';

const NAME_LENGTH_MAX = 80;
const NO_OBJECT = 'Definition must be a valid JSON object';
/** Observed on AWS: it is no JSON either, which nothing says. */
const NO_DEFINITION: Diagnostic = { code: 'SCHEMA_VALIDATION_FAILED', message: NO_OBJECT, path: undefined };

/** The definition as JSON, and every problem in it; with none it can be compiled. Never throws. */
export function validateDefinition(
  text: string,
  type: MachineType = 'STANDARD',
): { definition: Json; diagnostics: Diagnostic[] } {
  if (isBlank(text)) return { definition: null, diagnostics: [NO_DEFINITION] };
  try {
    const definition = parseJson(text).value;
    return { definition, diagnostics: findProblems(definition, type) };
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const message = `${error.message}\n at ${sourceAt(text, error.place)}`;
    return { definition: null, diagnostics: [{ code: 'INVALID_JSON_DESCRIPTION', message, path: [] }] };
  }
}

function findProblems(definition: Json, type: MachineType): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  try {
    checkDefinition(definition, type, Place.root(diagnostics));
  } catch (error) {
    if (!(error instanceof TooManyProblems)) throw error;
  }
  return diagnostics;
}

function checkDefinition(definition: Json, type: MachineType, root: Place): void {
  if (!isObject(definition)) return root.report(NO_OBJECT);
  checkShape(MACHINE_SHAPE, definition, root);
  const scopes: Scope[] = [];
  checkScope(definition, root, scopes, definition.get('QueryLanguage'));
  if (type === 'EXPRESS') for (const scope of scopes) checkExpress(scope);
  checkNames(scopes, root);
  checkLabels(scopes, root);
  checkAssignments(scopes);
  for (const scope of scopes) checkTransitions(scope);
}

/** States that may lead to each other: those of the machine, of one branch, or of an iteration. */
export interface Scope {
  place: Place;
  startAt: Json | undefined;
  states: Map<string, JsonObject>;
  /** The scope of the state whose branch or iteration it is; undefined for the machine's own, and for that of an execution. */
  around: Scope | undefined;
  /** Whether a state is too broken for statements about what leads where. */
  broken: boolean;
}

/** What is inside of a state speaks the machine's language again, whatever the state speaks (reported of AWS). */
function checkScope(
  container: JsonObject,
  place: Place,
  scopes: Scope[],
  language: Json | undefined,
  around?: Scope,
): void {
  const states = container.get('States');
  if (states === undefined) return;
  if (!isObject(states)) return place.at('States').report('Expected value of type Object');
  if (states.size === 0) return place.at('States').report('Value cannot be empty');
  const scope: Scope = { place, startAt: container.get('StartAt'), states: new Map(), around, broken: false };
  scopes.push(scope);
  const inside = place.at('States');
  for (const [name, state] of states) {
    const at = inside.at(name);
    if (name.length === 0) at.report('State name cannot be empty');
    if (name.length > NAME_LENGTH_MAX) {
      const text = `State '${name}' exceeds the ${NAME_LENGTH_MAX}-character limit allowed by the service`;
      // In AWS's words (reported).
      at.report(`Invalid State name: ${text}`, 'INVALID_STATE_NAME');
    }
    if (!isObject(state)) {
      at.report('Expected value of type Object');
      scope.broken = true;
      continue;
    }
    scope.states.set(name, state);
    if (!checkState(state, at, language)) scope.broken = true;
    const within = isDistributed(state) ? undefined : scope;
    for (const inner of innerScopes(state, at)) checkScope(inner.container, inner.place, scopes, language, within);
  }
}

/** The branches of a Parallel state; what a Map state runs for each item. */
function innerScopes(state: JsonObject, place: Place): { container: JsonObject; place: Place }[] {
  const type = state.get('Type');
  const inner: { container: JsonObject; place: Place }[] = [];
  const add = (container: Json | undefined, at: Place) => {
    if (isObject(container)) inner.push({ container, place: at });
  };
  const branches = state.get('Branches');
  if (type === 'Parallel' && Array.isArray(branches)) {
    for (const [index, branch] of branches.entries()) add(branch, place.at('Branches').at(index));
  }
  if (type === 'Map') for (const name of ['ItemProcessor', 'Iterator']) add(state.get(name), place.at(name));
  return inner;
}

/** Whether the state has a type that is known, so that its transitions can be followed. */
function checkState(state: JsonObject, place: Place, machineLanguage: Json | undefined): boolean {
  const type = state.get('Type');
  if (type === undefined) {
    place.report('These fields are required: [Type]');
    return false;
  }
  if (typeof type !== 'string' || !STATE_TYPES.includes(type)) {
    place.at('Type').report(`The field 'Type' should have one of these values: [${STATE_TYPES.join(', ')}]`);
    return false;
  }
  const isDowngraded = state.get('QueryLanguage') === 'JSONPath' && machineLanguage === 'JSONata';
  if (isDowngraded) {
    // Nothing else is said of the fields of such a state (reported of AWS).
    place.report("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine");
    return true;
  }
  const shapes = isInJsonata(state, machineLanguage) ? JSONATA_SHAPES : STATE_SHAPES;
  const shape = shapes[type as StateType];
  checkShape(shape, state, place);
  shape.also?.(state, place);
  return true;
}

/** State names are unique over the whole machine, branches included. */
function checkNames(scopes: Scope[], root: Place): void {
  const seen = new Set<string>();
  for (const scope of scopes) {
    for (const name of scope.states.keys()) {
      if (seen.has(name)) root.report(`Duplicate State name: ${name}`, 'DUPLICATE_STATE_NAME');
      seen.add(name);
    }
  }
}
