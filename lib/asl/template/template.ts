import { isObject, type Json, type JsonObject } from '../json';
import { measure } from '../measure';
import type { Path } from '../path/grammar';
import { Pace, type Pieces } from '../pieces';
import { evaluateExpression } from './evaluate';
import type { Argument, Expression } from './expression';
import { inHashOrder } from './hash-order';
import { parseExpression } from './intrinsic-grammar';
import { type Outside, Unresolved } from './outside';

/**
 * A payload template (asl.md section 9), compiled: members `x.$` hold expressions, everything else is literal. Parts
 * without an expression are literals as a whole, shared by all that is made of the template.
 */
export type Template =
  | { kind: 'literal'; value: Json }
  | { kind: 'expression'; expression: Expression; field: string }
  | { kind: 'object'; members: readonly Member[] }
  | { kind: 'array'; items: readonly Template[] };

const DYNAMIC = '.$';

export const isDynamic = (name: string): boolean => name.endsWith(DYNAMIC);
/** The member that a field `x.$` makes. */
export const nameOf = (field: string): string => field.slice(0, -DYNAMIC.length);

/** Compiles a template in which `validateDefinition` found no problem. */
export function compileTemplate(value: Json): Pieces<Template> {
  return compileWith(value, new Map(), new Pace());
}

/**
 * The same for an Assign: variables come by their names. AWS makes the objects in it of hash tables, and their members
 * come in that order; those of literals in their own (recorded).
 */
export function* compileAssignment(value: JsonObject): Pieces<Template> {
  const byName = [...value].sort(([a], [b]) => (a < b ? -1 : 1));
  const template = yield* compileWith(new Map(byName), new Map(), new Pace(), inTableOrder);
  if (template.kind !== 'object') return template;
  return { ...template, members: [...template.members].sort(([a], [b]) => (a < b ? -1 : 1)) };
}

type Member = readonly [name: string, template: Template];

/** As a Java HashMap has them. */
function inTableOrder(members: readonly Member[]): Member[] {
  const byName = new Map(members);
  return (inHashOrder([...byName.keys()], byName.size) as string[]).map((name) => [name, byName.get(name)!]);
}

/** The same text is parsed once. */
function* compileWith(
  value: Json,
  parsed: Map<string, Expression>,
  pace: Pace,
  ordered = (members: readonly Member[]) => members,
): Pieces<Template> {
  if (pace.isOver()) yield;
  if (Array.isArray(value)) {
    const items: Template[] = [];
    for (const item of value) items.push(yield* compileWith(item, parsed, pace, ordered));
    return items.every(isLiteral) ? { kind: 'literal', value } : { kind: 'array', items };
  }
  if (!isObject(value)) return { kind: 'literal', value };
  const members: Member[] = [];
  for (const [name, member] of value) {
    if (!isDynamic(name)) {
      members.push([name, yield* compileWith(member, parsed, pace, ordered)]);
      continue;
    }
    const text = member as string;
    const known = parsed.get(text);
    if (pace.isOver(known ? 0 : text.length)) yield;
    const expression = known ?? parseExpression(text)!;
    parsed.set(text, expression);
    members.push([nameOf(name), { kind: 'expression', expression, field: name }]);
  }
  const isWhole = members.every(([, template]) => isLiteral(template));
  return isWhole ? { kind: 'literal', value } : { kind: 'object', members: ordered(members) };
}

const isLiteral = (template: Template): boolean => template.kind === 'literal';

/** What the template makes. Values that it selects are shared with what they are selected from, not copied. */
export function evaluateTemplate(template: Template, outside: Outside): Json | Unresolved {
  const value = build(template, outside);
  if (value instanceof Unresolved || template.kind === 'literal') return value;
  // The same document again and again makes a text that nobody can hold.
  if (measure(value, LENGTH_MAX, outside.effort) > LENGTH_MAX) {
    return new Unresolved('States.DataLimitExceeded', 'The template makes too much');
  }
  return value;
}

/** Characters; more than the limit for payloads, so that it decides about all that comes near. */
const LENGTH_MAX = 1_000_000;
const MEMBER_STEPS = 4;

function build(template: Template, outside: Outside): Json | Unresolved {
  outside.effort.spend(MEMBER_STEPS);
  switch (template.kind) {
    case 'literal':
      return template.value;
    case 'expression':
      return evaluateExpression(template.expression, template.field, outside);
    case 'array': {
      const items: Json[] = [];
      for (const item of template.items) {
        const value = build(item, outside);
        if (value instanceof Unresolved) return value;
        items.push(value);
      }
      return items;
    }
    case 'object': {
      const object: JsonObject = new Map();
      for (const [name, member] of template.members) {
        const value = build(member, outside);
        if (value instanceof Unresolved) return value;
        object.set(name, value);
      }
      return object;
    }
  }
}

/** The paths that are read where it is evaluated. */
export function* pathsOf(node: Template | Argument): Generator<Path> {
  switch (node.kind) {
    case 'literal':
      return;
    case 'path':
      yield node.path;
      return;
    case 'call':
      for (const argument of node.arguments) yield* pathsOf(argument);
      return;
    case 'expression':
      yield* pathsOf(node.expression);
      return;
    case 'array':
      for (const item of node.items) yield* pathsOf(item);
      return;
    case 'object':
      for (const [, member] of node.members) yield* pathsOf(member);
  }
}
