import { JSONPath } from 'jsonpath-plus';
import { isNumber, isObject, type Json, numberOf } from '../json';
import type { Condition, Operand } from './grammar';

/**
 * Which of the candidates satisfy the condition, as indexes.
 *
 * jsonpath-plus decides, with its safe evaluator, over rows of operand values that were looked up here. So no name
 * and no text of a definition becomes part of an expression: it is only ever `@[0] === @[1] && ...`.
 */
export function satisfying(condition: Condition, candidates: Json[], root: Json): number[] {
  const operands: Operand[] = [];
  const expression = write(condition, operands);
  const pointers = JSONPath({
    path: `$[?(${expression})]`,
    json: candidates.map((candidate) => operands.map((operand) => operandValue(operand, candidate, root))),
    eval: 'safe',
    resultType: 'pointer',
    wrap: true,
  }) as string[];
  return pointers.map((pointer) => Number(pointer.slice(1)));
}

/** On AWS values of different types are unequal and unordered, where JavaScript would convert: hence the type tests. */
function write(condition: Condition, operands: Operand[]): string {
  const cell = (operand: Operand) => `@[${operands.push(operand) - 1}]`;
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const [left, right] = condition.sides.map((side) => write(side, operands));
      return `(${left} ${condition.kind === 'and' ? '&&' : '||'} ${right})`;
    }
    case 'not':
      return `!(${write(condition.side, operands)})`;
    case 'exists':
      return `(${cell(condition.operand)} !== undefined)`;
    case 'compare': {
      const left = cell(condition.sides[0]);
      const right = cell(condition.sides[1]);
      if (condition.operator === '==') return `(${left} === ${right})`;
      if (condition.operator === '!=') return `(${left} !== ${right})`;
      return `(typeof ${left} === typeof ${right} && ${left} ${condition.operator} ${right})`;
    }
  }
}

type Scalar = string | number | boolean | null | undefined;

function operandValue(operand: Operand, candidate: Json, root: Json): Scalar | object {
  if (operand.kind === 'literal') return operand.value;
  let value: Json | undefined = operand.from === '@' ? candidate : root;
  for (const step of operand.steps) {
    if (typeof step === 'string') value = isObject(value) ? value.get(step) : undefined;
    else value = Array.isArray(value) ? value[step] : undefined;
  }
  if (isNumber(value)) return numberOf(value);
  // Objects and arrays exist, but equal nothing.
  return value !== null && typeof value === 'object' ? {} : value;
}
