import { type Json, JsonSyntaxError } from '../json';
import type { Path } from '../path/grammar';
import { type Miss, selectPath } from '../path/select';
import type { Argument, Call, Expression } from './expression';
import { IntrinsicError } from './intrinsic';
import { isNullInput, NULL_INPUT, type Outside, Unresolved } from './outside';

/**
 * The value of an expression. `field` is the member that it stands in, for causes (recorded on AWS).
 * A path that is not definite finds a list, empty also where the node that it starts from is missing (recorded on AWS).
 * In a template, an index past the end of its array finds null (reported of AWS).
 */
export function evaluateExpression(expression: Expression, field: string, outside: Outside): Json | Unresolved {
  if (expression.kind === 'call') return evaluateCall(expression, expression, outside);
  const { path } = expression;
  return read(path, outside, ({ why }) => {
    if (why === 'past the end' && field.endsWith('.$')) return null;
    const text = `The JSONPath '${path.text}' specified for the field '${field}' could not be found in the input '${outside.input.text}'`;
    return new Unresolved('States.Runtime', text);
  });
}

/** What a path finds; what `missed` makes of it where a definite one finds nothing. */
function read(path: Path, outside: Outside, missed: (miss: Miss) => Json | Unresolved): Json | Unresolved {
  const root = rootOf(path, outside);
  if (isNullInput(path, root)) return new Unresolved('States.Runtime', NULL_INPUT);
  const selection = selectPath(path, root, outside.effort);
  if (selection.found) return selection.value;
  if (selection.why === 'too much') {
    return new Unresolved('States.Runtime', `Invalid path '${path.text}' : ${selection.reason}`);
  }
  return path.definite || selection.why === 'no variable' ? missed(selection) : [];
}

function rootOf(path: Path, outside: Outside): Json | undefined {
  if (path.variable !== undefined) return outside.variable(path.variable);
  return path.ofContext ? outside.context(path) : outside.input.value;
}

/** Causes name the outermost call (reported of AWS). */
function evaluateCall(call: Call, outermost: Call, outside: Outside): Json | Unresolved {
  const values: Json[] = [];
  for (const argument of call.arguments) {
    const value = evaluateArgument(argument, outermost, outside);
    if (value instanceof Unresolved) return value;
    values.push(value);
  }
  const { effort } = outside;
  try {
    effort.spend(CALL_STEPS);
    if (!takesAsMany(call)) throw new IntrinsicError();
    const value = call.intrinsic.apply(values, outside, rawOf(call));
    return effort.isExhausted ? failed(outermost, 'It takes too many steps') : value;
  } catch (error) {
    if (!(error instanceof IntrinsicError || error instanceof JsonSyntaxError)) throw error;
    const reason = error instanceof IntrinsicError ? error.reason : undefined;
    return failed(outermost, reason ?? `Invalid arguments in ${call.name}`);
  }
}

const CALL_STEPS = 40;

/** Found only here: AWS takes the definition (reported). */
const takesAsMany = ({ arguments: { length }, intrinsic: { takes } }: Call) => length >= takes[0] && length <= takes[1];

function evaluateArgument(argument: Argument, outermost: Call, outside: Outside): Json | Unresolved {
  if (argument.kind === 'literal') return argument.value;
  if (argument.kind === 'call') return evaluateCall(argument, outermost, outside);
  const { path } = argument;
  return read(
    path,
    outside,
    (miss) => new Unresolved('States.Runtime', describe(outermost, whyNoArgument(path, miss, outside))),
  );
}

/** As AWS writes it (reported), also where the path begins with $$. */
function whyNoArgument(path: Path, { why, reason }: Miss, { input }: Outside): string {
  if (why === 'no array') return reason;
  const text = path.ofContext ? path.text.slice(1) : path.text;
  return `The JsonPath argument for the field '${text}' could not be found in the input '${input.text}'`;
}

/** It is not States.IntrinsicFailure, whatever the documentation says (reported of AWS): nothing catches it. */
const failed = (call: Call, reason: string) => new Unresolved('States.Runtime', describe(call, reason));

const describe = (call: Call, reason: string): string =>
  `The function '${call.text}' had the following error: ${reason}`;

/** The first argument as it is written, where it is a literal: States.Format tells `\{\}` from `{}`. */
function rawOf(call: Call): string | undefined {
  const [first] = call.arguments;
  return first?.kind === 'literal' ? first.raw : undefined;
}
