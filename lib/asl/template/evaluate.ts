import { type Json, JsonSyntaxError } from '../json';
import type { Path } from '../path/grammar';
import { selectPath } from '../path/select';
import type { Argument, Call, Expression } from './expression';
import { IntrinsicError } from './intrinsic';
import { type Outside, Unresolved } from './outside';

/**
 * The value of an expression. `field` is the member that it stands in, for causes (recorded on AWS).
 * A path that is not definite finds a list, empty also where the node that it starts from is missing (recorded on AWS).
 */
export function evaluateExpression(expression: Expression, field: string, outside: Outside): Json | Unresolved {
  if (expression.kind === 'call') return evaluateCall(expression, outside);
  const { path } = expression;
  const value = read(path, outside);
  if (value !== undefined) return value;
  const text = `The JSONPath '${path.text}' specified for the field '${field}' could not be found in the input '${outside.input.text}'`;
  return new Unresolved('States.Runtime', text);
}

function read(path: Path, outside: Outside): Json | Unresolved | undefined {
  const root = path.ofContext ? outside.context(path) : outside.input.value;
  const selection = selectPath(path, root, outside.effort);
  if (selection.found) return selection.value;
  if (selection.tooMuch) return new Unresolved('States.Runtime', `Invalid path '${path.text}' : ${selection.reason}`);
  return path.definite ? undefined : [];
}

function evaluateCall(call: Call, outside: Outside): Json | Unresolved {
  const values: Json[] = [];
  for (const argument of call.arguments) {
    const value = evaluateArgument(argument, call, outside);
    if (value instanceof Unresolved) return value;
    values.push(value);
  }
  const { effort } = outside;
  try {
    effort.spend(CALL_STEPS);
    const value = call.intrinsic.apply(values, outside, rawOf(call));
    return effort.isExhausted ? failed(call, 'It takes too many steps') : value;
  } catch (error) {
    if (error instanceof IntrinsicError || error instanceof JsonSyntaxError) return failed(call, error.message);
    throw error;
  }
}

const CALL_STEPS = 40;

function evaluateArgument(argument: Argument, call: Call, outside: Outside): Json | Unresolved {
  if (argument.kind === 'literal') return argument.value;
  if (argument.kind === 'call') return evaluateCall(argument, outside);
  const value = read(argument.path, outside);
  if (value !== undefined) return value;
  const reason = `The JsonPath argument for the field '${argument.path.text}' could not be found in the input '${outside.input.text}'`;
  return new Unresolved('States.Runtime', describe(call, reason));
}

const failed = (call: Call, reason: string) => new Unresolved('States.IntrinsicFailure', describe(call, reason));

const describe = (call: Call, reason: string): string =>
  `The function '${call.text}' had the following error: ${reason}`;

/** The first argument as it is written, where it is a literal: States.Format tells `\{\}` from `{}`. */
function rawOf(call: Call): string | undefined {
  const [first] = call.arguments;
  return first?.kind === 'literal' ? first.raw : undefined;
}
