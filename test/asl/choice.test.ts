import { type ChoiceTest, COMPARISONS, evaluateChoice, TYPE_TESTS } from '../../lib/asl/choice';
import { compileDefinition } from '../../lib/asl/definition/compile';
import { describeDiagnostics } from '../../lib/asl/definition/diagnostic';
import type { ChoiceState } from '../../lib/asl/definition/program';
import { validateDefinition } from '../../lib/asl/definition/validate';
import { parseJson } from '../../lib/asl/json';
import { selectPath } from '../../lib/asl/path/select';

/** The text of a rule, so that numbers keep theirs, without its Next. */
function testOf(rule: string): ChoiceTest {
  const definition = `{"StartAt":"C","States":{"C":{"Type":"Choice","Choices":[${rule.slice(0, -1)},"Next":"S"}]},"S":{"Type":"Succeed"}}}`;
  expect(describeDiagnostics(validateDefinition(definition).diagnostics)).toBe('');
  return (compileDefinition(definition).states.get('C') as ChoiceState).choices[0]!.test;
}

/** Whether the rule holds for the input, or which path selects nothing. */
function evaluate(rule: string, input: string): boolean | string {
  const root = parseJson(input).value;
  const result = evaluateChoice(testOf(rule), {
    read(path) {
      const selection = selectPath(path, root);
      return selection.found ? selection.value : undefined;
    },
    mayCompare: () => true,
  });
  return typeof result === 'boolean' ? result : result.text;
}

const NUMBERS = ['-1', '0', '-0', '0.0', '0e5', '1', '1.0', '1.5', '1e2', '100', '12345678901234567890'];
const STRINGS = [
  '""',
  '" "',
  '"A"',
  '"a"',
  '"a "',
  '"aa"',
  '"b"',
  '"1"',
  '"true"',
  '"null"',
  '"\\uffff"',
  '"\\ud83d\\ude00"',
];
const TIMES = [
  '"2016-08-18T17:33:00Z"',
  '"2016-08-18T17:33:00.000Z"',
  '"2016-08-18T19:33:00+02:00"',
  '"2016-08-18T17:33:00.000000001Z"',
  '"2016-08-18T17:32:59.999Z"',
  '"2017-01-01T00:00:00Z"',
];
const NO_TIMES = ['"2016-08-18"', '"2016-08-18T17:33:00"', '"2016-08-18t17:33:00Z"'];
const OTHERS = ['true', 'false', 'null', '[]', '[1]', '["a"]', '{}', '{"a":1}'];
const GRID = [...NUMBERS, ...STRINGS, ...TIMES, ...NO_TIMES, ...OTHERS];

/** The operator holds for these values of the grid and for no others, its operand written out or read from a path. */
function check(operator: string, operand: string, holding: string[]): void {
  const read = (rule: string, inputOf: (value: string) => string) =>
    GRID.filter((value) => evaluate(rule, inputOf(value)) === true);
  expect(read(`{"Variable":"$.v","${operator}":${operand}}`, (value) => `{"v":${value}}`)).toEqual(holding);
  if (!COMPARISONS.has(operator) || operator === 'StringMatches') return;
  const byPath = read(`{"Variable":"$.v","${operator}Path":"$.o"}`, (value) => `{"v":${value},"o":${operand}}`);
  expect(byPath).toEqual(holding);
}

const below = (list: string[], from: number, to: number) => list.slice(from, to);

describe('over a grid of values', () => {
  test.each<[string, string, string[]]>([
    ['BooleanEquals', 'true', ['true']],
    ['BooleanEquals', 'false', ['false']],

    ['NumericEquals', '0', ['0', '-0', '0.0', '0e5']],
    ['NumericEquals', '1.0', ['1', '1.0']],
    ['NumericEquals', '1E2', ['1e2', '100']],
    ['NumericEquals', '7', []],
    ['NumericLessThan', '1', below(NUMBERS, 0, 5)],
    ['NumericLessThanEquals', '1', below(NUMBERS, 0, 7)],
    ['NumericGreaterThan', '1', below(NUMBERS, 7, 11)],
    ['NumericGreaterThanEquals', '1', below(NUMBERS, 5, 11)],

    ['StringEquals', '"a"', ['"a"']],
    ['StringEquals', '""', ['""']],
    ['StringEquals', '"1"', ['"1"']],
    ['StringEquals', '"true"', ['"true"']],
    ['StringEquals', '"null"', ['"null"']],
    ['StringLessThan', '"A"', ['""', '" "', '"1"', ...TIMES, ...NO_TIMES]],
    ['StringLessThanEquals', '"A"', ['""', '" "', '"A"', '"1"', ...TIMES, ...NO_TIMES]],
    ['StringGreaterThan', '"a"', ['"a "', '"aa"', '"b"', '"true"', '"null"', '"\\uffff"', '"\\ud83d\\ude00"']],
    [
      'StringGreaterThanEquals',
      '"a"',
      ['"a"', '"a "', '"aa"', '"b"', '"true"', '"null"', '"\\uffff"', '"\\ud83d\\ude00"'],
    ],
    ['StringGreaterThan', '"\\uffff"', ['"\\ud83d\\ude00"']],
    ['StringLessThan', '""', []],

    ['TimestampEquals', '"2016-08-18T17:33:00Z"', below(TIMES, 0, 3)],
    ['TimestampEquals', '"2016-08-18T12:33:00.0-05:00"', below(TIMES, 0, 3)],
    ['TimestampLessThan', '"2016-08-18T17:33:00Z"', [TIMES[4]!]],
    ['TimestampLessThanEquals', '"2016-08-18T17:33:00Z"', [...below(TIMES, 0, 3), TIMES[4]!]],
    ['TimestampGreaterThan', '"2016-08-18T17:33:00Z"', [TIMES[3]!, TIMES[5]!]],
    ['TimestampGreaterThanEquals', '"2016-08-18T17:33:00Z"', [...below(TIMES, 0, 4), TIMES[5]!]],

    ['StringMatches', '"*"', [...STRINGS, ...TIMES, ...NO_TIMES]],
    ['StringMatches', '"a*"', ['"a"', '"a "', '"aa"']],
    ['StringMatches', '"2016-*Z"', [...below(TIMES, 0, 2), ...below(TIMES, 3, 5), NO_TIMES[2]!]],

    ['IsNull', 'true', ['null']],
    ['IsNull', 'false', GRID.filter((value) => value !== 'null')],
    ['IsPresent', 'true', GRID],
    ['IsPresent', 'false', []],
    ['IsNumeric', 'true', NUMBERS],
    ['IsNumeric', 'false', GRID.filter((value) => !NUMBERS.includes(value))],
    ['IsString', 'true', [...STRINGS, ...TIMES, ...NO_TIMES]],
    ['IsString', 'false', [...NUMBERS, ...OTHERS]],
    ['IsBoolean', 'true', ['true', 'false']],
    ['IsBoolean', 'false', GRID.filter((value) => value !== 'true' && value !== 'false')],
    ['IsTimestamp', 'true', TIMES],
    ['IsTimestamp', 'false', GRID.filter((value) => !TIMES.includes(value))],
  ])('%s %s', check);

  test('every operator has been tried', () => {
    const names = ['BooleanEquals', 'StringMatches'];
    for (const family of ['Numeric', 'String', 'Timestamp']) {
      for (const order of ['Equals', 'LessThan', 'GreaterThan', 'LessThanEquals', 'GreaterThanEquals'])
        names.push(family + order);
    }
    expect([...COMPARISONS.keys()].sort()).toEqual(names.sort());
    expect([...TYPE_TESTS.keys()].sort()).toEqual([
      'IsBoolean',
      'IsNull',
      'IsNumeric',
      'IsPresent',
      'IsString',
      'IsTimestamp',
    ]);
  });
});

describe('an operand that is read', () => {
  test.each([
    ['NumericEqualsPath', '1', '"1"'],
    ['NumericLessThanPath', '1', 'null'],
    ['StringEqualsPath', '"1"', '1'],
    ['StringGreaterThanPath', '"b"', '["a"]'],
    ['BooleanEqualsPath', 'true', '"true"'],
    ['TimestampEqualsPath', '"2016-08-18T17:33:00Z"', '"2016-08-18"'],
    ['TimestampLessThanPath', '"2016-08-18T17:33:00Z"', '1500000000'],
  ])('of another type makes %s false', (operator, value, operand) => {
    expect(evaluate(`{"Variable":"$.v","${operator}":"$.o"}`, `{"v":${value},"o":${operand}}`)).toBe(false);
  });

  test('objects and arrays equal nothing', () => {
    for (const value of ['{}', '[]', 'null']) {
      expect(evaluate('{"Variable":"$.v","StringEqualsPath":"$.v"}', `{"v":${value}}`)).toBe(false);
    }
  });
});

describe('a path that selects nothing', () => {
  const yes = '{"Variable":"$.yes","BooleanEquals":true}';
  const no = '{"Variable":"$.yes","BooleanEquals":false}';
  const missing = '{"Variable":"$.gone","BooleanEquals":true}';

  test.each<[string, boolean | string]>([
    [missing, '$.gone'],
    ['{"Variable":"$.yes","BooleanEqualsPath":"$.gone.x"}', '$.gone.x'],
    ['{"Variable":"$.gone","BooleanEqualsPath":"$.gone2"}', '$.gone'],
    ['{"Variable":"$.gone","IsPresent":true}', false],
    ['{"Variable":"$.gone","IsPresent":false}', true],
    ['{"Variable":"$.gone.deep[3]","IsPresent":false}', true],
    ['{"Variable":"$.gone","IsNull":true}', '$.gone'],
    ['{"Variable":"$.gone","IsNull":false}', '$.gone'],
    ['{"Variable":"$.gone","IsNumeric":false}', '$.gone'],
    ['{"Variable":"$.gone","IsString":false}', '$.gone'],
    ['{"Variable":"$.gone","IsBoolean":false}', '$.gone'],
    ['{"Variable":"$.gone","IsTimestamp":false}', '$.gone'],
    [`{"Not":${missing}}`, '$.gone'],
    [`{"And":[${missing},${no}]}`, '$.gone'],
    [`{"And":[${no},${missing}]}`, false],
    [`{"And":[${yes},${missing}]}`, '$.gone'],
    [`{"Or":[${missing},${yes}]}`, '$.gone'],
    [`{"Or":[${yes},${missing}]}`, true],
    [`{"Or":[${no},${missing}]}`, '$.gone'],
    [`{"And":[{"Variable":"$.gone","IsPresent":true},${missing}]}`, false],
    [`{"Or":[{"Variable":"$.gone","IsPresent":false},${missing}]}`, true],
    // A list that is empty is there.
    ['{"Variable":"$.gone[*]","IsPresent":true}', false],
    ['{"Variable":"$..gone","IsPresent":true}', true],
  ])('%s', (rule, expected) => {
    expect(evaluate(rule, '{"yes":true}')).toBe(expected);
  });
});

describe('And, Or and Not', () => {
  const T = '{"Variable":"$.t","BooleanEquals":true}';
  const F = '{"Variable":"$.t","BooleanEquals":false}';

  test.each<[string, boolean]>([
    [`{"And":[${T}]}`, true],
    [`{"And":[${F}]}`, false],
    [`{"And":[${T},${T},${T}]}`, true],
    [`{"And":[${T},${F},${T}]}`, false],
    [`{"Or":[${F}]}`, false],
    [`{"Or":[${F},${F},${T}]}`, true],
    [`{"Or":[${F},${F}]}`, false],
    [`{"Not":${T}}`, false],
    [`{"Not":${F}}`, true],
    [`{"Not":{"Not":${T}}}`, true],
    [`{"And":[{"Or":[${F},${T}]},{"Not":${F}}]}`, true],
    [`{"Or":[{"And":[${T},${F}]},{"Not":{"And":[${T},${T}]}}]}`, false],
  ])('%s', (rule, expected) => {
    expect(evaluate(rule, '{"t":true}')).toBe(expected);
  });
});

describe('StringMatches', () => {
  /** Both as they are, not as they are written in JSON. */
  const matches = (text: string, pattern: string) =>
    evaluate(`{"Variable":"$","StringMatches":${JSON.stringify(pattern)}}`, JSON.stringify(text));

  test.each([
    ['log-2021.txt', 'log-*.txt', true],
    ['log-.txt', 'log-*.txt', true],
    ['log-2021.txt.bak', 'log-*.txt', false],
    ['xlog-1.txt', 'log-*.txt', false],
    ['', '', true],
    ['a', '', false],
    ['', '*', true],
    ['', '**', true],
    ['', 'a', false],
    ['abc', 'abc', true],
    ['abc', 'ab', false],
    ['abc', '*', true],
    ['abc', 'a*c', true],
    ['abc', '*b*', true],
    ['abc', '*c*', true],
    ['abc', '*abc*', true],
    ['abc', '*d*', false],
    ['ab', 'ab*b', false],
    ['aa', 'aa*a', false],
    ['abab', 'ab*ab', true],
    ['aXbXc', 'a*b*c', true],
    ['acb', 'a*b*c', false],
    ['abcabc', '*abc', true],
    ['abcab', '*abc', false],
    ['a.b', 'a?b', false],
    ['a.b', 'a.b', true],
    ['axb', 'a.b', false],
    ['a*b', 'a\\*b', true],
    ['axb', 'a\\*b', false],
    ['a*xb', 'a\\**b', true],
    ['a\\b', 'a\\\\b', true],
    ['a\\xb', 'a\\\\*b', true],
    ['a\\b', 'a\\b', true],
    ['a\\', 'a\\', true],
    ['[a-z]+$', '[a-z]+$', true],
    ['line\nbreak', 'line*break', true],
    ['日本語', '日*語', true],
    ['\u{1f600}x', '*x', true],
  ])('%j against %j: %s', (text, pattern, expected) => {
    expect(matches(text, pattern)).toBe(expected);
  });

  const A = 'a'.repeat(100_000);
  test.each<[string, string, string, boolean]>([
    ['many stars', A, `${'a*'.repeat(5_000)}b`, false],
    ['many stars that fit', A, 'a*'.repeat(5_000), true],
    ['a long part that almost fits everywhere', A, `*${'a'.repeat(50_000)}b*`, false],
    ['a long part that fits at the end', `${A}b`, `*${'a'.repeat(50_000)}b*`, true],
    ['long parts, one after the other', `${A}b${A}b`, `*${'a'.repeat(1_000)}b*${'a'.repeat(1_000)}b*`, true],
    ['a part that overlaps itself', 'ab'.repeat(20_000), `*${'ab'.repeat(100)}a*${'ba'.repeat(100)}*`, true],
    ['a part as long as the text', A, `*${A}*`, true],
    ['a part that is longer', A, `*${A}a*`, false],
  ])('long texts: %s', (_, text, pattern, expected) => {
    expect(matches(text, pattern)).toBe(expected);
  });
});

test('what may not be compared does not hold, and nothing is asked for that is not compared', () => {
  const asked: number[] = [];
  const look = (may: boolean) => ({
    read: () => 'abc',
    mayCompare: (characters: number) => {
      asked.push(characters);
      return may;
    },
  });
  for (const [rule, characters] of [
    ['{"Variable":"$.a","StringMatches":"a*c"}', 6],
    ['{"Variable":"$.a","StringEqualsPath":"$.b"}', 6],
    ['{"Variable":"$.a","StringLessThan":"b"}', 2],
    ['{"Variable":"$.a","IsString":true}', 3],
  ] as const) {
    expect(evaluateChoice(testOf(rule), look(true))).toBe(true);
    expect(evaluateChoice(testOf(rule), look(false))).toBe(false);
    expect(asked.splice(0)).toEqual([characters, characters]);
  }
});

test('a long pattern is found where it is, and nowhere else', () => {
  const part = `${'ab'.repeat(6)}c`;
  for (const [text, holds] of [
    [`${'ab'.repeat(7)}c!`, true],
    [`x${part}`, true],
    [`${'ab'.repeat(6)}!${part.slice(1)}`, false],
  ] as const) {
    expect(evaluate(`{"Variable":"$.a","StringMatches":"*${part}*"}`, JSON.stringify({ a: text }))).toBe(holds);
  }
});
