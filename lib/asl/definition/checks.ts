import { isNumber, isObject, type Json, type JsonObject, numberOf } from '../json';
import { isReference, isReferencePath, isVariableName, type Path, parsePath } from '../path/grammar';
import { parseExpression } from '../template/intrinsic-grammar';
import { isDynamic, nameOf } from '../template/template';
import { parseTimestamp } from '../timestamp';
import type { Place } from './diagnostic';

/** Checks one value and reports what is wrong with it at its place. */
export type Check = (value: Json, place: Place) => void;

export const anything: Check = () => {};

export const text: Check = (value, place) => {
  if (typeof value !== 'string') place.report('Expected value of type String');
};

export const boolean: Check = (value, place) => {
  if (typeof value !== 'boolean') place.report('Expected value of type Boolean');
};

export const number: Check = (value, place) => {
  if (!isNumber(value)) place.report('Expected value of type Number');
};

export const integer =
  (min: number, max: number): Check =>
  (value, place) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) place.report('Expected value of type Integer');
    else if (value < min) place.report(`Minimum value is ${min}`);
    else if (value > max) place.report(`Maximum value is ${max}`);
  };

export const atLeast =
  (min: number): Check =>
  (value, place) => {
    if (!isNumber(value)) place.report('Expected value of type Number');
    else if (numberOf(value) < min) place.report(`Minimum value is ${min.toFixed(1)}`);
  };

export const atMost =
  (max: number): Check =>
  (value, place) => {
    if (isNumber(value) && numberOf(value) > max) place.report(`Maximum value is ${max.toFixed(1)}`);
  };

/** In AWS's words (reported). */
export const oneOf =
  (...words: string[]): Check =>
  (value, place) => {
    if (typeof value !== 'string') place.report('Expected value of type [STRING]');
    else if (!words.includes(value)) place.report(`Value should be one of the following: [${words.join(', ')}]`);
  };

export const timestamp: Check = (value, place) => {
  if (typeof value !== 'string' || !parseTimestamp(value)) place.report('String does not match RFC3339 timestamp');
};

/** A path of the JSONPath subset that ASL allows, into the state's data, the context object or a variable. */
const path: Check = (value, place) => {
  if (typeof value !== 'string') place.report('Expected value of type String');
  else if (!parsePath(value)) place.report(NO_PATH);
};

/** A path of a Choice rule; what is none has its own text there (reported of AWS). */
export const pathOfRule: Check = (value, place) => {
  if (typeof value !== 'string' || value.startsWith('$')) path(value, place);
  else place.report("Value is not a Reference Path: Reference path didn't start with '$'");
};

/** A path, or a call of an intrinsic function. */
export const expression: Check = (value, place) => {
  if (typeof value !== 'string') place.report('Expected value of type String');
  else if (!parseExpression(value)) place.report('Value is not a valid JSONPath or intrinsic function call');
};

/** In AWS's words (reported). */
const NO_PATH = 'Value must be a valid JSONPath.';

/** A payload template: an object or a list in which members `x.$` are paths or intrinsic functions. */
export const template: Check = (value, place) => {
  if (isObject(value) || Array.isArray(value)) inTemplate(value, place);
  else place.report('Expected value of type Object');
};

/** Problems stand at the object around the member (recorded on AWS). */
function inTemplate(value: Json, place: Place): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) inTemplate(item, place.at(index));
  }
  if (!isObject(value)) return;
  for (const [name, member] of value) {
    if (!isDynamic(name)) {
      inTemplate(member, place.at(name));
      continue;
    }
    if (value.has(nameOf(name))) place.report(`The fields '${nameOf(name)}' and '${name}' must not both be there`);
    const problem = dynamicProblem(name, member);
    if (problem !== undefined) place.report(problem);
  }
}

/** Values by the names of variables, each as in a payload template. */
export const assignment: Check = (value, place) => {
  if (!isObject(value)) return place.report('Expected value of type Object');
  for (const field of value.keys()) {
    const name = isDynamic(field) ? nameOf(field) : field;
    if (!isVariableName(name)) place.report(`'${name}' is not a valid name for a variable`);
  }
  inTemplate(value, place);
};

/** Why a member `x.$` is none, in AWS's words (recorded, and reported). */
export function dynamicProblem(name: string, member: Json): string | undefined {
  if (typeof member !== 'string') {
    return `The value for the field '${name}' must be a STRING that contains a JSONPath but was ${kindOf(member)}`;
  }
  if (parseExpression(member)) return undefined;
  return `The value for the field '${name}' must be a valid JSONPath or a valid intrinsic function call`;
}

/** As Jackson calls it. */
function kindOf(value: Json): string {
  if (value === null) return 'NULL';
  if (Array.isArray(value)) return 'an ARRAY';
  if (isObject(value)) return 'an OBJECT';
  return isNumber(value) ? 'a NUMBER' : 'a BOOLEAN';
}

export const pathOrNull: Check = (value, place) => {
  if (value !== null) path(value, place);
};

/** A path that names one node of the state's data. */
const referencePath: Check = (value, place) => reference(value, place, isReferencePath);

/** A path that names one node of the state's data or of a variable. */
export const referencePathOrVariable: Check = (value, place) =>
  reference(value, place, (parsed) => !parsed.ofContext && isReference(parsed));

/** A path that names one node of the state's data, of the context object or of a variable. */
export const referencePathOrContext: Check = (value, place) => reference(value, place, isReference);

function reference(value: Json, place: Place, isFine: (path: Path) => boolean): void {
  if (typeof value !== 'string') return place.report('Expected value of type String');
  const parsed = parsePath(value);
  if (!parsed || !isFine(parsed)) place.report(parsed ? 'Value is not a Reference Path' : NO_PATH);
}

export const referencePathOrNull: Check = (value, place) => {
  if (value !== null) referencePath(value, place);
};

/** A list with at least one element. */
export const listOf =
  (item: Check): Check =>
  (value, place) => {
    if (Array.isArray(value) && value.length === 0) place.report('Value cannot be empty');
    else maybeEmptyListOf(item)(value, place);
  };

export const maybeEmptyListOf =
  (item: Check): Check =>
  (value, place) => {
    if (!Array.isArray(value)) return place.report('Expected value of type Array');
    for (const [index, element] of value.entries()) item(element, place.at(index));
  };

export interface Shape {
  fields: Record<string, Check>;
  required?: string[];
  /** Groups of which exactly one member must be there. */
  exactlyOne?: string[][];
  /** Groups of which at most one member may be there. */
  atMostOne?: string[][];
  /** Fields of today's language that are refused by name instead of being called unknown. */
  notYet?: string[];
  /** Whether AWS refuses a field of those too, for its value; reports why. */
  refusedAnyway?: Record<string, (value: Json, place: Place) => boolean>;
  /** Fields that states in the other language alone have: in JSONata, in JSONPath. */
  ofJsonata?: string[];
  ofJsonPath?: string[];
}

export const object =
  (shape: Shape): Check =>
  (value, place) => {
    if (!isObject(value)) return place.report('Expected value of type Object');
    checkShape(shape, value, place);
  };

/** In AWS's words (reported). */
const ofOtherLanguage = (name: string, own: string, other: string): string =>
  `The QueryLanguage is set to '${own}', but field '${name}' is only supported for the '${other}' QueryLanguage`;

export function checkShape(shape: Shape, value: JsonObject, place: Place): void {
  const missing = (shape.required ?? []).filter((name) => !value.has(name));
  if (missing.length > 0) place.report(`These fields are required: [${missing.join(', ')}]`);
  for (const [name, member] of value) {
    if (Object.hasOwn(shape.fields, name)) shape.fields[name]!(member, place.at(name));
    else if (shape.notYet?.includes(name)) {
      if (!shape.refusedAnyway?.[name]?.(member, place.at(name))) place.refuse(`Field '${name}' is`);
    } else if (shape.ofJsonata?.includes(name)) place.report(ofOtherLanguage(name, 'JSONPath', 'JSONata'));
    else if (shape.ofJsonPath?.includes(name)) place.report(ofOtherLanguage(name, 'JSONata', 'JSONPath'));
    else place.report(`Field '${name}' is not supported`);
  }
  for (const group of shape.exactlyOne ?? []) onlyOne(group, value, place, true);
  for (const group of shape.atMostOne ?? []) onlyOne(group, value, place, false);
}

/** In AWS's words (reported): too many and none read differently. */
export function onlyOne(group: readonly string[], value: JsonObject, place: Place, isRequired: boolean): void {
  const count = group.filter((name) => value.has(name)).length;
  const names = `of the following fields: [${group.join(', ')}]`;
  if (count > 1) place.report(`There should only be one ${names}`);
  else if (count === 0 && isRequired) place.report(`This object should have only one ${names}`);
}
