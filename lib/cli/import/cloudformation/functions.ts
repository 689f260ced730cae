import { splitAttribute } from '../short-tags';
import type { Scope } from './scope';
import { isMembers } from './template';
import { MISSING, shown, Unresolved } from './unresolved';

type Work = (scope: Scope, argument: unknown) => unknown;

/** CloudFormation's functions. A new one is a line here and a case in test/cli/import. */
export const FUNCTIONS: Readonly<Record<string, Work>> = {
  'Fn::GetAtt': (scope, argument) => {
    const [name, ...rest] = Array.isArray(argument) ? argument : splitAttribute(String(argument));
    return scope.attribute(String(name), rest.map((part) => scope.text(part)).join('.'));
  },
  'Fn::Sub': substitute,
  'Fn::Join': (scope, argument) => {
    const [delimiter, items] = pair('Fn::Join', argument);
    return listOf(scope, 'Fn::Join', items)
      .map((item) => scope.text(item))
      .join(String(delimiter));
  },
  'Fn::Select': (scope, argument) => {
    const [index, items] = pair('Fn::Select', argument);
    const found = listOf(scope, 'Fn::Select', items)[Number(scope.resolve(index))];
    if (found === undefined) throw malformed('Fn::Select', argument);
    return found;
  },
  'Fn::Split': (scope, argument) => {
    const [delimiter, text] = pair('Fn::Split', argument);
    return scope.text(text).split(String(delimiter));
  },
  'Fn::FindInMap': findInMap,
  'Fn::If': (scope, argument) => {
    if (!Array.isArray(argument) || argument.length !== 3) throw malformed('Fn::If', argument);
    const [condition, then, otherwise] = argument;
    return scope.resolve(scope.holds(String(condition)) ? then : otherwise);
  },
  'Fn::ImportValue': (scope, argument) => scope.exported(scope.text(argument)),
  'Fn::Base64': (scope, argument) => Buffer.from(scope.text(argument)).toString('base64'),
  'Fn::ToJsonString': (scope, argument) => JSON.stringify(scope.resolve(argument)),
  [MISSING]: (_, argument) => {
    const [expression, hint] = argument as [string, string];
    throw new Unresolved(expression, hint);
  },
  'Fn::Length': (scope, argument) => listOf(scope, 'Fn::Length', argument).length,
};

/** `${Name}` and `${Name.Attribute}`; `${!Name}` is the text `${Name}`. */
function substitute(scope: Scope, argument: unknown): string {
  const [text, own] = Array.isArray(argument) ? argument : [argument, {}];
  if (typeof text !== 'string' || !isMembers(own)) throw malformed('Fn::Sub', argument);
  const found = new Map<string, string>();
  // Each name once, also where it stands often.
  for (const [, name] of text.matchAll(/\$\{([^!{}][^{}]*)\}/g)) {
    const wanted = name!.trim();
    if (found.has(wanted)) continue;
    const [resource, attribute] = splitAttribute(wanted);
    const reference = attribute ? { 'Fn::GetAtt': [resource, attribute] } : { Ref: wanted };
    found.set(wanted, scope.text(Object.hasOwn(own, wanted) ? own[wanted] : reference));
  }
  return text.replace(/\$\{([^{}]+)\}/g, (_, name: string) =>
    name.startsWith('!') ? `\${${name.slice(1)}}` : found.get(name.trim())!,
  );
}

function findInMap(scope: Scope, argument: unknown): unknown {
  if (!Array.isArray(argument) || argument.length < 3) throw malformed('Fn::FindInMap', argument);
  const [map, first, second] = argument.slice(0, 3).map((key) => scope.text(key)) as [string, string, string];
  const found = scope.template.mappings[map]?.[first]?.[second];
  if (found !== undefined) return scope.resolve(found);
  const [, , , more] = argument;
  if (isMembers(more) && more.DefaultValue !== undefined) return scope.resolve(more.DefaultValue);
  const isOfRegion = first === scope.settings.identity.region;
  throw new Unresolved(
    `FindInMap ${map}.${first}.${second}`,
    isOfRegion ? `the map has no such entry: the service is in ${first}` : 'the map has no such entry',
  );
}

/** Conditions are written with functions of their own. Throws Unresolved. */
export function testCondition(scope: Scope, condition: unknown): boolean {
  if (!isMembers(condition)) throw malformed('the condition', condition);
  const [name, argument] = Object.entries(condition)[0] ?? [];
  const parts = Array.isArray(argument) ? argument : [argument];
  if (name === 'Condition') return scope.holds(String(argument));
  if (name === 'Fn::Equals') return scope.text(parts[0]) === scope.text(parts[1]);
  if (name === 'Fn::Not') return !testCondition(scope, parts[0]);
  if (name === 'Fn::And') return parts.every((part) => testCondition(scope, part));
  if (name === 'Fn::Or') return parts.some((part) => testCondition(scope, part));
  throw malformed('the condition', condition);
}

const malformed = (name: string, argument: unknown): Unresolved =>
  new Unresolved(`${name} ${shown(argument)}`, 'it is not written as CloudFormation wants it');

function pair(name: string, argument: unknown): [unknown, unknown] {
  if (Array.isArray(argument) && argument.length === 2) return argument as [unknown, unknown];
  throw malformed(name, argument);
}

function listOf(scope: Scope, name: string, value: unknown): unknown[] {
  const found = scope.resolve(value);
  if (Array.isArray(found)) return found;
  throw malformed(name, value);
}
