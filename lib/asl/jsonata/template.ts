import { isObject, type Json, type JsonObject, stringifyJson } from '../json';
import { Pace, type Pieces } from '../pieces';
import { type Evaluation, Stopped } from './evaluation';
import {
  BadExpression,
  EvaluationError,
  evaluateJsonata,
  isJsonata,
  type JsonataExpression,
  parseJsonata,
  whyFailed,
} from './expression';

/**
 * What a field of a state in JSONata holds, compiled: any JSON, in which each string `{% … %}` stands for its value.
 * `field`: where it stands in the state, as AWS names it: `Output/a[0]/b`.
 */
export type JsonataTemplate =
  | { kind: 'literal'; value: Json; field: string }
  | { kind: 'expression'; expression: JsonataExpression; field: string }
  | { kind: 'object'; members: readonly (readonly [name: string, template: JsonataTemplate])[]; field: string }
  | { kind: 'array'; items: readonly JsonataTemplate[]; field: string };

/** To parse an expression takes as long as to read so many characters of JSON and more. */
const PARSED_CHARACTERS = 400;

/** Compiles a value in which `validateDefinition` found no problem. */
export function* compileJsonata(value: Json, field: string, pace = new Pace()): Pieces<JsonataTemplate> {
  if (pace.isOver()) yield;
  if (typeof value === 'string' && isJsonata(value)) {
    if (pace.isOver(PARSED_CHARACTERS + 4 * value.length)) yield;
    const expression = parseJsonata(value);
    if (expression instanceof BadExpression) throw new Error(expression.message);
    return { kind: 'expression', expression, field };
  }
  if (Array.isArray(value)) {
    const items: JsonataTemplate[] = [];
    for (const [index, item] of value.entries()) items.push(yield* compileJsonata(item, `${field}[${index}]`, pace));
    return items.every(isLiteral) ? { kind: 'literal', value, field } : { kind: 'array', items, field };
  }
  if (!isObject(value)) return { kind: 'literal', value, field };
  const members: [string, JsonataTemplate][] = [];
  for (const [name, member] of value) members.push([name, yield* compileJsonata(member, `${field}/${name}`, pace)]);
  const isWhole = members.every(([, template]) => isLiteral(template));
  return isWhole ? { kind: 'literal', value, field } : { kind: 'object', members, field };
}

const isLiteral = ({ kind }: JsonataTemplate): boolean => kind === 'literal';

/** Its expressions. */
export function* expressionsIn(template: JsonataTemplate): Generator<JsonataExpression> {
  if (template.kind === 'expression') yield template.expression;
  else if (template.kind === 'array') for (const item of template.items) yield* expressionsIn(item);
  else if (template.kind === 'object') for (const [, member] of template.members) yield* expressionsIn(member);
}

/** What expressions may read. */
export interface JsonataScope {
  evaluation: Evaluation;
  /** `$states`. */
  states: object;
  /** What all expressions of a template may come to, as `Sizes` counts. */
  sizeMax?: number;
  variable(name: string): Json | undefined;
  /** What a member of `$states` holds, where that is a long document. */
  document?(name: string): Json | undefined;
}

/** Why there is no value, in AWS's words (recorded), and at which field. */
export class Unevaluated {
  constructor(
    readonly text: string,
    readonly field: string | undefined,
  ) {}
}

/** There is more of it than may be handed on, whatever its text would be. */
export class Oversized {}

/** The types that a value may be asked to have, by the names that AWS has for them. */
export type JsonataType = 'array' | 'boolean' | 'number' | 'object' | 'string';

/** The value, of the type if one is expected. */
export async function evaluateTemplate(
  template: JsonataTemplate,
  scope: JsonataScope,
  expected?: JsonataType,
): Promise<Json | Unevaluated | Oversized> {
  switch (template.kind) {
    case 'literal':
      return template.value;
    case 'expression':
      return evaluate(template.expression, template.field, scope, expected);
    case 'array': {
      const items: Json[] = [];
      for (const item of template.items) {
        const value = await evaluateTemplate(item, scope);
        if (value instanceof Unevaluated || value instanceof Oversized) return value;
        items.push(value);
      }
      return items;
    }
    case 'object': {
      const object: JsonObject = new Map();
      for (const [name, member] of template.members) {
        const value = await evaluateTemplate(member, scope);
        if (value instanceof Unevaluated || value instanceof Oversized) return value;
        object.set(name, value);
      }
      return object;
    }
  }
}

async function evaluate(
  expression: JsonataExpression,
  field: string,
  scope: JsonataScope,
  expected: JsonataType | undefined,
): Promise<Json | Unevaluated | Oversized> {
  const { evaluation, states } = scope;
  const failed = (why: string) =>
    new Unevaluated(`The JSONata expression '${expression.text}' specified for the field '${field}' ${why}`, field);
  let variables: Record<string, unknown>;
  try {
    variables = await seen(expression, scope);
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    return failed(whyFailed(error));
  }
  const found = await evaluateJsonata(expression, evaluation, { ...variables, states });
  if (found instanceof EvaluationError) return failed(found.text);
  if (found === undefined) return failed('returned nothing (undefined).');
  const pause = evaluation.rest();
  if (pause) await pause;
  let value: Json | undefined;
  try {
    if (scope.sizeMax !== undefined) {
      scope.sizeMax -= evaluation.sizes.of(found);
      if (scope.sizeMax < 0) return new Oversized();
    }
    value = await evaluation.toJson(found);
  } catch (error) {
    // It contains itself, or goes as deep.
    if (!(error instanceof RangeError)) throw error;
    return failed(whyFailed(error));
  }
  if (value === undefined) return failed('returned an unsupported result type.');
  const type = typeOf(value);
  if (expected === undefined || type === expected) return value;
  return failed(
    `returned an unexpected result type. Expected '${expected}', but was '${type}' for value: ${stringifyJson(value)}`,
  );
}

/** The variables that it reads; long documents in `$states` are made ready. */
async function seen(expression: JsonataExpression, scope: JsonataScope): Promise<Record<string, unknown>> {
  const { evaluation, variable, document } = scope;
  const variables: Record<string, unknown> = {};
  for (const name of expression.variables) {
    const value = variable(name);
    if (value === undefined) continue;
    const preparing = evaluation.prepare(value);
    if (preparing) await preparing;
    variables[name] = evaluation.plain(value);
    const pause = evaluation.rest();
    if (pause) await pause;
  }
  for (const name of document ? expression.statesRead : []) {
    const value = document?.(name);
    const preparing = value === undefined ? undefined : evaluation.prepare(value);
    if (preparing) await preparing;
  }
  return variables;
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (isObject(value)) return 'object';
  return typeof value === 'object' ? 'number' : typeof value;
}
