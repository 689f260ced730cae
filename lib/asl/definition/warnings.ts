import { isObject, type Json, type JsonObject } from '../json';
import { type Diagnostic, Place, TooManyProblems } from './diagnostic';

/**
 * What is allowed and probably not meant: the warnings of ValidateStateMachineDefinition (API page of its diagnostics).
 * Codes are AWS's; it promises no texts.
 */
export type WarningCode = 'NO_DOLLAR' | 'NO_PATH' | 'PASS_RESULT_IS_STATIC';

const PATH = /^\$\$?($|[.[])/;
const INTRINSIC = /^States\.[A-Za-z0-9]+\(/;
/** Fields of states and Choice rules that have a sibling that takes a path. */
const WITH_PATH_SIBLING =
  /^(Seconds|Timestamp|TimeoutSeconds|HeartbeatSeconds|MaxConcurrency|Error|Cause|Items|(String|Numeric|Boolean|Timestamp)(Equals|LessThan|GreaterThan|LessThanEquals|GreaterThanEquals))$/;
const TEMPLATES = ['Parameters', 'ResultSelector', 'ItemSelector', 'Assign'];

/** The warnings of a definition, of JSON at least. */
export function findWarnings(definition: Json): Diagnostic[] {
  const found: Diagnostic[] = [];
  try {
    if (isObject(definition)) checkStates(definition, Place.root(found), queryLanguageOf(definition));
  } catch (error) {
    if (!(error instanceof TooManyProblems)) throw error;
  }
  return found;
}

const itemsOf = (value: Json | undefined): Iterable<[number, Json]> => (Array.isArray(value) ? value.entries() : []);

const queryLanguageOf = (object: JsonObject): Json => object.get('QueryLanguage') ?? 'JSONPath';

function checkStates(container: JsonObject, place: Place, queryLanguage: Json): void {
  const states = container.get('States');
  if (!isObject(states)) return;
  for (const [name, state] of states) {
    if (!isObject(state)) continue;
    const at = place.at('States').at(name);
    const own = state.get('QueryLanguage') ?? queryLanguage;
    if (own === 'JSONPath') checkState(state, at);
    for (const [field, inner] of innerMachines(state, at)) checkStates(inner, field, queryLanguage);
  }
}

function* innerMachines(state: JsonObject, at: Place): Generator<[Place, JsonObject]> {
  for (const [index, branch] of itemsOf(state.get('Branches'))) {
    if (isObject(branch)) yield [at.at('Branches').at(index), branch];
  }
  for (const field of ['ItemProcessor', 'Iterator']) {
    const inner = state.get(field);
    if (isObject(inner)) yield [at.at(field), inner];
  }
}

function checkState(state: JsonObject, at: Place): void {
  checkPaths(state, at);
  for (const [index, rule] of itemsOf(state.get('Choices'))) checkRule(rule, at.at('Choices').at(index));
  for (const field of TEMPLATES) {
    const template = state.get(field);
    if (template !== undefined) checkTemplate(template, at.at(field));
  }
  const result = state.get('Result');
  if (state.get('Type') === 'Pass' && result !== undefined && looksDynamic(result)) {
    at.at('Result').report('Attempt to use a path in the result of a pass state', 'PASS_RESULT_IS_STATIC');
  }
}

function checkPaths(fields: JsonObject, at: Place): void {
  for (const [name, value] of fields) {
    if (typeof value !== 'string' || !PATH.test(value) || !WITH_PATH_SIBLING.test(name)) continue;
    at.at(name).report("Field value looks like a path, but field name does not end with 'Path'", 'NO_PATH');
  }
}

function checkRule(rule: Json, at: Place): void {
  if (!isObject(rule)) return;
  checkPaths(rule, at);
  for (const field of ['And', 'Or']) {
    for (const [index, one] of itemsOf(rule.get(field))) checkRule(one, at.at(field).at(index));
  }
  const not = rule.get('Not');
  if (not !== undefined) checkRule(not, at.at('Not'));
}

function checkTemplate(template: Json, at: Place): void {
  for (const [index, item] of itemsOf(template)) checkTemplate(item, at.at(index));
  if (!isObject(template)) return;
  for (const [name, value] of template) {
    if (typeof value !== 'string') checkTemplate(value, at.at(name));
    else if (!name.endsWith('.$') && (PATH.test(value) || INTRINSIC.test(value))) {
      at.at(name).report("No '.$' on a field that appears to be a JSONPath or Intrinsic Function", 'NO_DOLLAR');
    }
  }
}

function looksDynamic(value: Json): boolean {
  if (typeof value === 'string') return PATH.test(value);
  if (Array.isArray(value)) return value.some(looksDynamic);
  if (!isObject(value)) return false;
  for (const [name, member] of value) if (name.endsWith('.$') || looksDynamic(member)) return true;
  return false;
}
