import { isNumber, type Json, numberOf } from './json';
import type { Path } from './path/grammar';
import type { Template } from './template/template';
import { compareInstants, parseTimestamp } from './timestamp';

/** Choice rules (asl.md section 3), compiled: operands are read once, paths are parsed. */
export type ChoiceTest =
  | { kind: 'and' | 'or'; tests: ChoiceTest[] }
  | { kind: 'not'; test: ChoiceTest }
  | { kind: 'compare'; variable: Path; operator: ComparisonName; operand: Json | Path }
  | { kind: 'is'; variable: Path; operator: TypeTestName; operand: boolean };

export interface ChoiceRule {
  test: ChoiceTest;
  next: string;
  assign: Template | undefined;
}

type OperandType = 'boolean' | 'number' | 'string' | 'timestamp';

interface Comparison {
  /** What a literal operand must be. */
  operandType: OperandType;
  /** It goes through all of both texts, however short one of them is. */
  isOfWhole: boolean;
  /** A value of another type than the operator's makes the rule false (observed on AWS). */
  holds(value: Json, operand: Json): boolean;
}

const ORDERS = {
  Equals: (order: number) => order === 0,
  LessThan: (order: number) => order < 0,
  GreaterThan: (order: number) => order > 0,
  LessThanEquals: (order: number) => order <= 0,
  GreaterThanEquals: (order: number) => order >= 0,
};

type OrderName = keyof typeof ORDERS;
type ComparisonName = 'BooleanEquals' | 'StringMatches' | `${'Numeric' | 'String' | 'Timestamp'}${OrderName}`;
type TypeTestName = 'IsNull' | 'IsPresent' | 'IsNumeric' | 'IsString' | 'IsBoolean' | 'IsTimestamp';

const orderOf: Record<'Numeric' | 'String' | 'Timestamp', (a: Json, b: Json) => number | undefined> = {
  Numeric: (a, b) => (isNumber(a) && isNumber(b) ? numberOf(a) - numberOf(b) : undefined),
  String: (a, b) => (typeof a === 'string' && typeof b === 'string' ? compareCodePoints(a, b) : undefined),
  Timestamp: (a, b) => {
    const left = typeof a === 'string' ? parseTimestamp(a) : undefined;
    const right = typeof b === 'string' ? parseTimestamp(b) : undefined;
    return left && right ? compareInstants(left, right) : undefined;
  },
};

function ordered(family: 'Numeric' | 'String' | 'Timestamp', operandType: OperandType): [ComparisonName, Comparison][] {
  return (Object.keys(ORDERS) as OrderName[]).map((name) => [
    `${family}${name}`,
    {
      operandType,
      isOfWhole: family === 'Timestamp',
      holds: (value, operand) => {
        const order = orderOf[family](value, operand);
        return order !== undefined && ORDERS[name](order);
      },
    },
  ]);
}

/** Every comparison operator. Each also exists as `<operator>Path`, its operand read from the input. */
export const COMPARISONS = new Map<string, Comparison>([
  [
    'BooleanEquals',
    {
      operandType: 'boolean',
      isOfWhole: false,
      holds: (value, operand) => typeof value === 'boolean' && value === operand,
    },
  ],
  ...ordered('Numeric', 'number'),
  ...ordered('String', 'string'),
  ...ordered('Timestamp', 'timestamp'),
  [
    'StringMatches',
    {
      operandType: 'string',
      isOfWhole: true,
      holds: (value, operand) =>
        typeof value === 'string' && typeof operand === 'string' && matchesWildcard(value, operand),
    },
  ],
]);

/** Tests of a value's kind. IsPresent alone may meet a missing value. */
export const TYPE_TESTS = new Map<string, (value: Json | undefined) => boolean>([
  ['IsPresent', (value) => value !== undefined],
  ['IsNull', (value) => value === null],
  ['IsNumeric', isNumber],
  ['IsString', (value) => typeof value === 'string'],
  ['IsBoolean', (value) => typeof value === 'boolean'],
  ['IsTimestamp', (value) => typeof value === 'string' && parseTimestamp(value) !== undefined],
]);

/** What rules look at. */
export interface Look {
  /** Undefined for a path that selects nothing. */
  read(path: Path): Json | undefined;
  /** Whether a comparison may go through so many characters. */
  mayCompare(characters: number): boolean;
}

/** Whether the test holds; a path that selects nothing, where one does. What may not be compared does not hold. */
export function evaluateChoice(test: ChoiceTest, look: Look): boolean | Path {
  switch (test.kind) {
    case 'and':
    case 'or': {
      const decisive = test.kind === 'or';
      for (const inner of test.tests) {
        const result = evaluateChoice(inner, look);
        if (typeof result !== 'boolean' || result === decisive) return result;
      }
      return !decisive;
    }
    case 'not': {
      const result = evaluateChoice(test.test, look);
      return typeof result === 'boolean' ? !result : result;
    }
    case 'is': {
      const value = look.read(test.variable);
      if (value === undefined && test.operator !== 'IsPresent') return test.variable;
      return look.mayCompare(lengthOf(value)) && TYPE_TESTS.get(test.operator)!(value) === test.operand;
    }
    case 'compare': {
      const value = look.read(test.variable);
      if (value === undefined) return test.variable;
      const operand = isOperandPath(test.operand) ? look.read(test.operand) : test.operand;
      if (operand === undefined) return test.operand as Path;
      const { holds, isOfWhole } = COMPARISONS.get(test.operator)!;
      const [one, other] = [lengthOf(value), lengthOf(operand)];
      return look.mayCompare(isOfWhole ? one + other : 2 * Math.min(one, other)) && holds(value, operand);
    }
  }
}

const lengthOf = (value: Json | undefined): number => (typeof value === 'string' ? value.length : 0);

export const isOperandPath = (operand: Json | Path): operand is Path =>
  typeof operand === 'object' && operand !== null && 'steps' in operand;

/** JavaScript compares UTF-16 units, which puts astral characters before U+E000..U+FFFF. */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a.charCodeAt(i) !== b.charCodeAt(i)) return rank(a.charCodeAt(i)) - rank(b.charCodeAt(i));
  }
  return a.length - b.length;
}

const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

/** `*` matches any run of characters, `\*` a star, `\\` a backslash. Linear in the text, without regular expressions. */
function matchesWildcard(text: string, pattern: string): boolean {
  const parts = wildcardParts(pattern);
  const first = parts.shift() ?? '';
  const last = parts.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts) {
    const found = find(text, part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

function wildcardParts(pattern: string): string[] {
  const parts: string[] = [];
  let part = '';
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!;
    if (character === '*') {
      parts.push(part);
      part = '';
    } else if (character === '\\' && (pattern[i + 1] === '*' || pattern[i + 1] === '\\')) {
      part += pattern[++i];
    } else {
      part += character;
    }
  }
  return [...parts, part];
}

/** indexOf, but linear for long needles too (Knuth-Morris-Pratt): the built-in takes seconds on hostile ones. */
function find(text: string, needle: string, from: number): number {
  if (needle.length < 8) return text.indexOf(needle, from);
  const fallback = new Int32Array(needle.length);
  for (let i = 1, matched = 0; i < needle.length; i++) {
    const code = needle.charCodeAt(i);
    while (matched > 0 && code !== needle.charCodeAt(matched)) matched = fallback[matched - 1]!;
    if (code === needle.charCodeAt(matched)) matched++;
    fallback[i] = matched;
  }
  for (let i = from, matched = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    while (matched > 0 && code !== needle.charCodeAt(matched)) matched = fallback[matched - 1]!;
    if (code === needle.charCodeAt(matched)) matched++;
    if (matched === needle.length) return i - matched + 1;
  }
  return -1;
}
