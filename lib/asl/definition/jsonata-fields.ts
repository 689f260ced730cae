import { isObject, type Json, type JsonObject } from '../json';
import { compileJsonata, expressionsIn, type JsonataTemplate } from '../jsonata/template';
import { Pace, type Pieces } from '../pieces';
import type { Handed, JsonataFields, JsonataRule } from './program';

/** A state speaks the machine's language unless it says otherwise; what is no language counts as JSONata (reported of AWS). */
export function isInJsonata(state: JsonObject, machineLanguage: Json | undefined): boolean {
  const language = state.get('QueryLanguage') ?? machineLanguage ?? 'JSONPath';
  return language !== 'JSONPath';
}

/** Fields that may hold expressions, and what they are called here. */
const QUERIES = {
  Arguments: 'arguments',
  Output: 'output',
  Assign: 'assign',
  Items: 'items',
  ItemSelector: 'itemSelector',
  MaxConcurrency: 'maxConcurrency',
  ToleratedFailureCount: 'toleratedFailureCount',
  ToleratedFailurePercentage: 'toleratedFailurePercentage',
  TimeoutSeconds: 'timeoutSeconds',
  HeartbeatSeconds: 'heartbeatSeconds',
  Seconds: 'seconds',
  Timestamp: 'timestamp',
  Error: 'error',
  Cause: 'cause',
} as const;

/** What is left of a state in JSONata once its queries are apart: it reads as one in JSONPath that passes all on. */
export function withoutQueries(state: JsonObject): JsonObject {
  const left: JsonObject = new Map();
  for (const [name, value] of state) {
    if (name in QUERIES) continue;
    left.set(name, name === 'Choices' ? [] : name === 'Catch' ? catchersOf(value).map(withoutQueries) : value);
  }
  return left;
}

const catchersOf = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? (value as JsonObject[]) : []);

export function* compileQueries(state: JsonObject): Pieces<JsonataFields> {
  const pace = new Pace();
  const queries: { -readonly [K in (typeof QUERIES)[keyof typeof QUERIES]]?: JsonataTemplate } = {};
  for (const [field, name] of Object.entries(QUERIES)) {
    const value = state.get(field);
    if (value !== undefined) queries[name] = yield* compileJsonata(inOrder(field, value), field, pace);
  }
  const choices: JsonataRule[] = [];
  for (const [index, rule] of catchersOf(state.get('Choices')).entries()) {
    const place = `Choices[${index}]`;
    const condition = yield* compileJsonata(rule.get('Condition')!, `${place}/Condition`, pace);
    choices.push({ condition, next: rule.get('Next') as string, ...(yield* handed(rule, place, pace)) });
  }
  const catchers: Handed[] = [];
  for (const [index, catcher] of catchersOf(state.get('Catch')).entries()) {
    catchers.push(yield* handed(catcher, `Catch[${index}]`, pace));
  }
  return { ...queries, choices, catch: catchers };
}

function* handed(fields: JsonObject, place: string, pace: Pace): Pieces<Handed> {
  const [output, assign] = [fields.get('Output'), fields.get('Assign')];
  return {
    output: output === undefined ? undefined : yield* compileJsonata(output, `${place}/Output`, pace),
    assign:
      assign === undefined ? undefined : yield* compileJsonata(inOrder('Assign', assign), `${place}/Assign`, pace),
  };
}

/** Variables come by their names (recorded on AWS). */
function inOrder(field: string, value: Json): Json {
  if (field !== 'Assign' || !isObject(value)) return value;
  return new Map([...value].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The names of variables that it may read, in order; and those among them that are its expressions' own. */
export function variablesIn({ choices, catch: catchers, ...queries }: JsonataFields): {
  variables: string[];
  ownNames: string[];
} {
  const templates: (JsonataTemplate | undefined)[] = Object.values(queries);
  for (const { condition, output, assign } of choices) templates.push(condition, output, assign);
  for (const { output, assign } of catchers) templates.push(output, assign);
  const names = new Set<string>();
  const read = new Set<string>();
  for (const { variables, bound } of templates.flatMap((template) => (template ? [...expressionsIn(template)] : []))) {
    for (const name of variables) {
      names.add(name);
      if (!bound.includes(name)) read.add(name);
    }
  }
  const variables = [...names].sort();
  return { variables, ownNames: variables.filter((name) => !read.has(name)) };
}
