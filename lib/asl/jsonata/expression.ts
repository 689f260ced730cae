import { bounded } from './bounded';
import { EVALUATION, type Evaluation, evaluationOf, type Marks, Stopped } from './evaluation';
import { STEP_FUNCTIONS } from './functions';
import { type Environment, type FunctionDefinition, type Node, type Options, type Parsed, parseWith } from './library';
import { statesMemberOf } from './references';
import { compileRegex, LinearRegex } from './regex';

/** A JSONata expression, parsed. */
export interface JsonataExpression {
  /** Without `{%` and `%}`. */
  text: string;
  parsed: Parsed;
  marks: Marks;
  /** Names after `$` that are not called: variables, among them those that it binds itself. */
  variables: readonly string[];
  bound: readonly string[];
  /** Members of `$states` that it names. */
  statesRead: readonly string[];
}

/** Whether a string of a state in JSONata is an expression: any other is what it says. */
export const isJsonata = (text: string): boolean => text.length >= 4 && text.startsWith('{%') && text.endsWith('%}');

const inside = (text: string): string => text.slice(2, -2).trim();

/** Characters. More are read in more than a moment; AWS's limit is not known. */
const LENGTH_MAX = 32_000;
/** Longer ones are refused by the evaluation; none can be made before. */
const OPTIONS: Options = { sequence: 900_000 };

/** Regular expressions that count what they take. */
const engineOf = (evaluation: Evaluation): Options['RegexEngine'] =>
  class extends LinearRegex {
    constructor(pattern: RegExp) {
      super(pattern, evaluation);
    }
  };

/** Why there is no expression. */
export class BadExpression {
  constructor(
    readonly message: string,
    /** AWS takes it. */
    readonly isUnbuilt = false,
  ) {}
}

/** `text` as it stands in the definition, with `{%` and `%}`. */
export function parseJsonata(text: string): JsonataExpression | BadExpression {
  const expression = inside(text);
  if (expression.length > LENGTH_MAX) {
    return new BadExpression(`A JSONata expression of more than ${LENGTH_MAX} characters is`, true);
  }
  let parsed: Parsed;
  try {
    parsed = parseWith(OPTIONS, expression);
  } catch (error) {
    // Nested too deeply for the parser: no evaluation would go so deep.
    if (error instanceof RangeError) return new BadExpression('A JSONata expression that is nested so deeply is', true);
    return new BadExpression(String((error as { message?: unknown }).message ?? error));
  }
  const found = marksOf(parsed.ast());
  if (found instanceof BadExpression) return found;
  parsed.assign(Symbol.for('jsonata.__evaluate_entry'), (node: Node, input: unknown, environment: Environment) =>
    evaluationOf(environment).entered(node, input),
  );
  parsed.assign(
    Symbol.for('jsonata.__evaluate_exit'),
    (node: Node, _: unknown, environment: Environment, result: unknown) =>
      evaluationOf(environment).exited(node, result),
  );
  return { text: expression, parsed, ...found };
}

const OPERATORS_OF_WHOLE = ['=', '!=', '&', 'in'];

/** $string, under a name that no expression can write. */
const TEXT_OF = 'the text of';

/**
 * An operand of `&`: the library would print it in one piece, $string does that with pauses. What is a text as it
 * stands, or is short, stays as it is.
 */
function printed(operand: Node, added: Set<Node>): Node {
  const isShort = ['string', 'number', 'value', 'binary'].includes(operand.type) && !operand.group;
  if (isShort) return operand;
  const call = { type: 'function', procedure: { type: 'variable', value: TEXT_OF }, arguments: [operand] };
  added.add(call);
  return call;
}

/** Every node of the tree, and what is to be known of it. The tree is changed where the library would do too much at once. */
function marksOf(root: Node): Omit<JsonataExpression, 'text' | 'parsed'> | BadExpression {
  const parts = new Map<Node, Node>();
  const whole = new Set<Node>();
  const keys = new Set<Node>();
  const terms = new Set<Node>();
  const tuples = new Set<Node>();
  const updates = new Set<Node>();
  const added = new Set<Node>();
  const statesRead = new Set<string>();
  const called = new Set<Node>();
  const bound = new Set<string>();
  const variables: Node[] = [];
  const seen = new Set<object>();
  const stack: object[] = [root];
  for (let at = stack.pop(); at; at = stack.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    if (at instanceof RegExp) {
      const problem = regexProblem(at);
      if (problem) return problem;
      continue;
    }
    for (const value of Object.values(at)) if (typeof value === 'object' && value !== null) stack.push(value);
    const node = at as Node;
    if (node.type === 'unary' && node.value === '[') for (const item of node.expressions ?? []) parts.set(item, node);
    if (node.type === 'unary' && node.value === '{') for (const [, value] of pairsOf(node)) parts.set(value, node);
    if (node.group) {
      for (const [key, value] of pairsOf(node.group)) {
        keys.add(key);
        parts.set(value, node.group);
      }
    }
    const firstTuple = node.steps?.findIndex(({ tuple }) => tuple) ?? -1;
    if (firstTuple >= 0) for (const step of node.steps!.slice(firstTuple)) tuples.add(step);
    const member = statesMemberOf(node);
    if (member !== undefined) statesRead.add(member);
    if (node.type === 'variable') variables.push(node);
    if (node.type === 'function' || node.type === 'partial') called.add(node.procedure!);
    if (node.type === 'bind') bound.add(String((node.lhs as Node).value));
    if (node.type === 'lambda') for (const { value } of node.arguments ?? []) bound.add(String(value));
    if (node.type === 'transform') updates.add(node.update!);
    if (node.type === 'sort') for (const { expression } of node.terms ?? []) terms.add(expression);
    if (node.type === 'binary' && node.value === '&') {
      node.lhs = printed(node.lhs as Node, added);
      node.rhs = printed(node.rhs!, added);
    }
    if (node.type === 'binary' && OPERATORS_OF_WHOLE.includes(String(node.value))) {
      // What $string prints is counted there, once.
      for (const operand of [node.lhs as Node, node.rhs!]) if (!added.has(operand)) whole.add(operand);
    }
  }
  const names = new Set(variables.filter((node) => !called.has(node)).map(({ value }) => String(value)));
  for (const reserved of ['', '$', 'states']) names.delete(reserved);
  // Without a true copy it would change what others see.
  if (updates.size > 0 && bound.has('clone'))
    return new BadExpression('A transform beside a $clone of its own is', true);
  return {
    marks: { parts, whole, keys, terms, tuples, updates, added },
    variables: [...names],
    bound: [...bound],
    statesRead: [...statesRead],
  };
}

const pairsOf = (node: Node): [Node, Node][] => (node.lhs ?? []) as [Node, Node][];

function regexProblem(pattern: RegExp): BadExpression | undefined {
  try {
    compileRegex(pattern);
    return undefined;
  } catch {
    return new BadExpression(`The regular expression /${pattern.source}/, which looks around or back, is`, true);
  }
}

// ---- evaluation

let functions: Promise<Record<string, FunctionDefinition>> | undefined;

const BUILT_IN =
  'sum count max min average string substring substringBefore substringAfter lowercase uppercase length trim pad match ' +
  'contains replace split join formatNumber formatBase formatInteger parseInteger number floor ceil round abs sqrt ' +
  'power boolean not map zip filter single reduce sift keys lookup append exists spread merge reverse each error assert ' +
  'type sort shuffle distinct base64encode base64decode encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl ' +
  'toMillis fromMillis clone';

/** The library's functions and those of Step Functions, bounded. Made when they are first needed. */
async function makeFunctions(): Promise<Record<string, FunctionDefinition>> {
  const definition = async (name: string, parsed = parseWith(OPTIONS, `$${name}`)) =>
    (await parsed.evaluate(undefined, {})) as FunctionDefinition;
  const made: Record<string, FunctionDefinition> = {};
  for (const name of BUILT_IN.split(' ')) made[name] = bounded(name, await definition(name));
  const { implementation } = await definition('fromMillis');
  for (const name of ['now', 'millis']) {
    made[name] = bounded(name, { ...(await definition(name)), implementation });
  }
  for (const [name, [signature, work]] of Object.entries(STEP_FUNCTIONS)) {
    const parsed = parseWith(OPTIONS, `$${name}`);
    parsed.registerFunction(name, work, signature);
    made[name] = bounded(name, await definition(name, parsed));
  }
  made[TEXT_OF] = { ...made.string!, signature: undefined };
  return made;
}

const prepared = new WeakSet<Parsed>();

async function prepare(parsed: Parsed): Promise<void> {
  functions ??= makeFunctions();
  for (const [name, definition] of Object.entries(await functions)) parsed.assign(name, definition);
  // There is none on AWS: text does not become an expression.
  parsed.assign('eval', undefined);
  prepared.add(parsed);
}

/** What an expression fails with: the rest of the sentence that tells of it. */
export class EvaluationError {
  constructor(readonly text: string) {}
}

/**
 * The value, as the library has it. `variables`: by their names, without `$`; a variable hides a function.
 */
export async function evaluateJsonata(
  { parsed, marks }: JsonataExpression,
  evaluation: Evaluation,
  variables: Readonly<Record<string, unknown>>,
): Promise<unknown | EvaluationError> {
  if (!prepared.has(parsed)) await prepare(parsed);
  evaluation.start(marks);
  try {
    // Read as the evaluation begins.
    OPTIONS.RegexEngine = engineOf(evaluation);
    return await parsed.evaluate(undefined, { ...variables, [EVALUATION]: evaluation });
  } catch (error) {
    return new EvaluationError(whyFailed(error));
  }
}

/** In AWS's words (recorded, and reported). */
export function whyFailed(error: unknown): string {
  if (error instanceof Stopped) return `threw an error during evaluation: ${error.message}`;
  const { code, message } = error as { code?: string; message?: string };
  if (code === 'D2015' || code === 'D2014') return `threw an error during evaluation: ${Stopped.tooLarge}`;
  if (error instanceof RangeError) return `threw an error during evaluation: ${rangeText(error)}`;
  if (code !== undefined) return `threw an error during evaluation. ${code}: ${message}`;
  return `threw an error during evaluation: ${message}`;
}

const rangeText = ({ message }: RangeError): string =>
  message.includes('call stack') ? Stopped.tooDeep : Stopped.tooLarge;
