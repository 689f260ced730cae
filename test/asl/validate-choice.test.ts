import { type Fields, ofJsonata, problemsOf, schema } from './problems';

/** Choice rules. The places are given from the state on. */

const next = { Next: 'T' };
const machineWith = (Choices: unknown): Fields => ({
  StartAt: 'C',
  States: { C: { Type: 'Choice', Choices, Default: 'T' }, T: { Type: 'Succeed' } },
});

function check(Choices: unknown, problems: string[]): void {
  expect(problemsOf(machineWith(Choices))).toEqual(
    problems.map((text) => schema(text.replace(' at ...', ' at /States/C'))),
  );
}

const OPERANDS: Record<string, { good: unknown[]; bad: unknown[]; message: string }> = {
  Boolean: { good: [true, false], bad: ['true', 1, null], message: 'Expected value of type Boolean' },
  Numeric: { good: [0, -1.5, 1e300], bad: ['1', true, null, [1]], message: 'Expected value of type Number' },
  String: { good: ['', 'a', '*'], bad: [1, true, null, {}], message: 'Expected value of type String' },
  Timestamp: {
    good: ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.5-08:00'],
    bad: ['2026-01-01', 'now', '2026-01-01T00:00:00', 1, null],
    message: 'String does not match RFC3339 timestamp',
  },
  Is: { good: [true, false], bad: ['true', 1, null], message: 'Expected value of type Boolean' },
};

const ORDERS = ['Equals', 'LessThan', 'GreaterThan', 'LessThanEquals', 'GreaterThanEquals'];
const OPERATORS = [
  'BooleanEquals',
  'StringMatches',
  ...['Numeric', 'String', 'Timestamp'].flatMap((family) => ORDERS.map((order) => family + order)),
  'IsNull',
  'IsPresent',
  'IsNumeric',
  'IsString',
  'IsBoolean',
  'IsTimestamp',
];

/** Each comparison stands before its form that reads the operand. */
const LISTED = OPERATORS.filter((name) => name !== 'StringMatches' && !name.startsWith('Is'))
  .flatMap((name) => [name, `${name}Path`])
  .concat('StringMatches', 'IsPresent', 'IsNull', 'IsNumeric', 'IsString', 'IsBoolean', 'IsTimestamp');
const ofFields = `of the following fields: [${LISTED.join(', ')}]`;
const none = `This object should have only one ${ofFields}`;
const several = `There should only be one ${ofFields}`;
const oneKind = 'The object must have only one of the following fields, [And, Or, Not, Variable, Condition]';
const notReference = "Value is not a Reference Path: Reference path didn't start with '$'";

describe.each(OPERATORS)('%s', (operator) => {
  const { good, bad, message } = OPERANDS[/^(Boolean|Numeric|String|Timestamp|Is)/.exec(operator)![0]]!;

  test('takes operands of its type', () => {
    for (const operand of good) check([{ Variable: '$.a', [operator]: operand, ...next }], []);
    for (const operand of bad) {
      check([{ Variable: '$.a', [operator]: operand, ...next }], [`${message} at .../Choices[0]/${operator}`]);
    }
  });

  test('has a form that reads its operand, if it compares', () => {
    const name = `${operator}Path`;
    const isComparison = !operator.startsWith('Is') && operator !== 'StringMatches';
    const rule = { Variable: '$.a', [name]: '$.b[*]', ...next };
    if (isComparison) {
      check([rule], []);
      check([{ ...rule, [name]: 'b' }], [`${notReference} at .../Choices[0]/${name}`]);
      check([{ ...rule, [name]: '$.b[' }], [`Value must be a valid JSONPath. at .../Choices[0]/${name}`]);
      check([{ ...rule, [name]: '$$.b' }], []);
      check([{ ...rule, [name]: 1 }], [`Expected value of type String at .../Choices[0]/${name}`]);
    } else {
      check([rule], [`${none} at .../Choices[0]`, `Field '${name}' is not supported at .../Choices[0]`]);
    }
  });
});

describe('rules', () => {
  const rule = { Variable: '$.a', IsNull: true };
  const one = `${oneKind} at .../Choices[0]`;
  const noOperator = `${none} at .../Choices[0]`;

  test.each<[string, unknown, string[]]>([
    ['an empty list', [], ['Value cannot be empty at .../Choices']],
    ['no list', {}, ['Expected value of type Array at .../Choices']],
    [
      'no objects',
      [5, null],
      ['Expected value of type Object at .../Choices[0]', 'Expected value of type Object at .../Choices[1]'],
    ],
    ['no Next', [rule], ['These fields are required: [Next] at .../Choices[0]']],
    ['no Variable', [{ IsNull: true, ...next }], [one]],
    ['nothing', [{}], [one, 'These fields are required: [Next] at .../Choices[0]']],
    ['no operator', [{ Variable: '$.a', ...next }], [noOperator]],
    ['two operators', [{ ...rule, IsString: true, ...next }], [`${several} at .../Choices[0]`]],
    [
      'an operator and its path form',
      [{ Variable: '$.a', NumericEquals: 1, NumericEqualsPath: '$.b', ...next }],
      [`${several} at .../Choices[0]`],
    ],
    [
      'an unknown operator',
      [{ Variable: '$.a', Equals: 1, ...next }],
      [noOperator, "Field 'Equals' is not supported at .../Choices[0]"],
    ],
    [
      'an operator in lower case',
      [{ Variable: '$.a', isNull: true, ...next }],
      [noOperator, "Field 'isNull' is not supported at .../Choices[0]"],
    ],
    ['a Comment', [{ ...rule, ...next, Comment: 'c' }], []],
    [
      'a Comment that is none',
      [{ ...rule, ...next, Comment: 5 }],
      ['Expected value of type String at .../Choices[0]/Comment'],
    ],
    [
      'a Variable that is no path',
      [{ Variable: 'a', IsNull: true, ...next }],
      [`${notReference} at .../Choices[0]/Variable`],
    ],
    ['a Variable that selects many', [{ Variable: '$..a[?(@.b)]', IsNull: true, ...next }], []],
    ['a Variable in the context object', [{ Variable: '$$.State.Name', IsNull: true, ...next }], []],
    ['a Variable that is one of those that Assign makes', [{ Variable: '$name', IsNull: true, ...next }], []],
    ['a Next that is no text', [{ ...rule, Next: 5 }], ['Expected value of type String at .../Choices[0]/Next']],
    ["JSONata's Condition", [{ Condition: '{% true %}', ...next }], [`${ofJsonata('Condition')} at .../Choices[0]`]],
    ['Assign', [{ ...rule, ...next, Assign: { 'a.$': '$.a' } }], []],
    [
      'Assign in a rule within a rule',
      [{ Not: { ...rule, Assign: {} }, ...next }],
      ["Field 'Assign' is not supported at .../Choices[0]/Not"],
    ],
    ['Output', [{ ...rule, ...next, Output: 1 }], [`${ofJsonata('Output')} at .../Choices[0]`]],
  ])('%s', (_, choices, problems) => check(choices, problems));
});

describe('And, Or and Not', () => {
  const rule = { Variable: '$.a', IsNull: true };

  test.each<[string, unknown, string[]]>([
    ['nest', [{ And: [rule, { Or: [rule, { Not: { And: [rule] } }] }], ...next }], []],
    ['need rules', [{ And: [], ...next }], ['Value cannot be empty at .../Choices[0]/And']],
    ['Or too', [{ Or: [], ...next }], ['Value cannot be empty at .../Choices[0]/Or']],
    ['And takes a list', [{ And: rule, ...next }], ['Expected value of type Array at .../Choices[0]/And']],
    ['Not takes one rule', [{ Not: [rule], ...next }], ['Expected value of type Object at .../Choices[0]/Not']],
    [
      'a nested rule has no Next',
      [{ And: [{ ...rule, ...next }], ...next }],
      ["Field 'Next' is not supported at .../Choices[0]/And[0]"],
    ],
    [
      'Not has none either',
      [{ Not: { ...rule, ...next }, ...next }],
      ["Field 'Next' is not supported at .../Choices[0]/Not"],
    ],
    ['a nested rule may have a Comment', [{ And: [{ ...rule, Comment: 'c' }], ...next }], []],
    ['the outer rule has one', [{ And: [rule] }], ['These fields are required: [Next] at .../Choices[0]']],
    ['they exclude each other', [{ And: [rule], Or: [rule], ...next }], [`${oneKind} at .../Choices[0]`]],
    [
      'and operators',
      [{ And: [rule], ...rule, ...next }],
      [
        `${oneKind} at .../Choices[0]`,
        "Field 'Variable' is not supported at .../Choices[0]",
        "Field 'IsNull' is not supported at .../Choices[0]",
      ],
    ],
    [
      'problems deep inside stand where they are',
      [
        { ...rule, ...next },
        { Or: [rule, { Not: { And: [{ Variable: 5, IsNull: true }, rule] } }], ...next },
      ],
      ['Expected value of type String at .../Choices[1]/Or[1]/Not/And[0]/Variable'],
    ],
  ])('%s', (_, choices, problems) => check(choices, problems));
});
