import { ACTIVITY, type Fields, FUNCTION, problemsOf, schema } from './problems';

/** Definitions in JSONata. What is said of expressions, and of fields of the other language: reported of AWS. */

const machine = (state: Fields, more: Fields = {}): Fields => ({
  QueryLanguage: 'JSONata',
  StartAt: 'S',
  States: { S: state, ...more },
});
const invalid = (text: string): string => `INVALID_JSONATA_EXPRESSION: ${text}`;
const unsupported = (text: string): string => `UNSUPPORTED_JSONATA_EXPRESSION: ${text}`;
const pass = (Output: unknown): Fields => machine({ Type: 'Pass', Output, End: true });
const U = { U: { Type: 'Succeed' } };

test.each<[string, string[]]>([
  ['{% $states.input.a[b > 3].c %}', []],
  ['{% $states.context.Execution.Id & $anything %}', []],
  ['{% $map($states.input.a, function($x) { $x.b }) %}', []],
  ['{% $states.input.a ~> |b|{"c": d}| %}', []],
  ['{% $states.input{k: $sum(v)} %}', []],
  [' {% states.input %}', []],
  ['{% states.input', []],
  ['{% 1 + %}', [invalid('Unexpected end of expression')]],
  ['{% a[1,2) %}', [invalid('Expected "]", got ","')]],
  ["{% 'open %}", [invalid('String literal must be terminated by a matching quote')]],
  ['{% {"a":} %}', [invalid('The symbol "}" cannot be used as a unary operator')]],
  ['{% $match("a", /abc %}', [invalid('No terminating / in regular expression')]],
  ['{% %}', [invalid('Unexpected end of expression')]],
  ['{% phone %}', [unsupported("Reference to 'phone' at the top level is not supported.")]],
  [
    '{% [a.b, {c: d}] %}',
    ['a', 'c', 'd'].map((name) => unsupported(`Reference to '${name}' at the top level is not supported.`)),
  ],
  [
    '{% $map($states.input.a, function($x) { b }) %}',
    [unsupported("Reference to 'b' at the top level is not supported.")],
  ],
  ['{% $ %}', [unsupported("Reference to '$' at the top level is not supported.")]],
  ['{% $$ %}', [unsupported("Reference to '$$' is not supported.")]],
  ['{% $states.errorOutput %}', [unsupported("Field '$states.errorOutput' does not exist.")]],
  ['{% $states.result.x %}', [unsupported("Field '$states.result' does not exist.")]],
  [
    '{% $contains($states.input, /(?=a)b/) %}',
    [schema('The regular expression /(?=a)b/, which looks around or back, is not built into Stepwell yet')],
  ],
])('%s', (Output, problems) => {
  expect(problemsOf(pass(Output))).toEqual(problems.map((problem) => `${problem} at /States/S/Output`));
});

test.each([
  ['long', '1+'.repeat(20_000), 'A JSONata expression of more than 32000 characters is'],
  ['deep', '('.repeat(15_000), 'A JSONata expression that is nested so deeply is'],
])('an expression that is too %s', (_, begin, problem) => {
  expect(problemsOf(pass(`{% ${begin}1 %}`))).toEqual([
    schema(`${problem} not built into Stepwell yet at /States/S/Output`),
  ]);
});

test('expressions stand anywhere in a value, and are looked at where they stand', () => {
  expect(problemsOf(pass({ a: [1, { b: '{% c %}' }] }))).toEqual([
    unsupported("Reference to 'c' at the top level is not supported. at /States/S/Output/a[1]/b"),
  ]);
});

test.each<[string, Fields, string[]]>([
  [
    'result and error where there are some',
    {
      Type: 'Task',
      Resource: FUNCTION,
      Arguments: { a: '{% $states.input %}' },
      Output: '{% $states.result %}',
      Assign: { r: '{% $states.result %}' },
      Catch: [
        {
          ErrorEquals: ['States.ALL'],
          Output: '{% $states.errorOutput.Cause %}',
          Assign: { e: '{% $states.errorOutput %}' },
          Next: 'U',
        },
      ],
      End: true,
    },
    [],
  ],
  [
    'a result before the work',
    { Type: 'Task', Resource: ACTIVITY, Arguments: '{% $states.result %}', End: true },
    [unsupported("Field '$states.result' does not exist. at /States/S/Arguments")],
  ],
  [
    'times',
    { Type: 'Task', Resource: ACTIVITY, TimeoutSeconds: '{% 1 + %}', HeartbeatSeconds: 'soon', End: true },
    [
      invalid('Unexpected end of expression at /States/S/TimeoutSeconds'),
      schema('Expected value of type Integer at /States/S/HeartbeatSeconds'),
    ],
  ],
  [
    'fields of JSONPath',
    { Type: 'Task', Resource: ACTIVITY, InputPath: '$', Parameters: {}, ResultPath: null, End: true },
    ['InputPath', 'Parameters', 'ResultPath'].map((name) =>
      schema(
        `The QueryLanguage is set to 'JSONata', but field '${name}' is only supported for the 'JSONPath' QueryLanguage at /States/S`,
      ),
    ),
  ],
  [
    'a field of no language',
    { Type: 'Pass', Foo: 1, End: true },
    [schema("Field 'Foo' is not supported at /States/S")],
  ],
  [
    'Result',
    { Type: 'Pass', Result: 1, End: true },
    [
      schema(
        "The QueryLanguage is set to 'JSONata', but field 'Result' is only supported for the 'JSONPath' QueryLanguage at /States/S",
      ),
    ],
  ],
  [
    'rules',
    { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'U', Output: 1, Assign: { a: 1 } }], Default: 'U' },
    [],
  ],
  [
    'rules of JSONPath',
    { Type: 'Choice', Choices: [{ Variable: '$.a', IsNull: true, Next: 'U' }] },
    [
      schema('These fields are required: [Condition] at /States/S/Choices[0]'),
      schema(
        "The QueryLanguage is set to 'JSONata', but field 'Variable' is only supported for the 'JSONPath' QueryLanguage at /States/S/Choices[0]",
      ),
      schema("Field 'IsNull' is not supported at /States/S/Choices[0]"),
    ],
  ],
  [
    'a condition that is none',
    { Type: 'Choice', Choices: [{ Condition: 'yes', Next: 'U' }] },
    [schema('Expected value of type Boolean at /States/S/Choices[0]/Condition')],
  ],
  [
    'a catcher of JSONPath',
    { Type: 'Task', Resource: ACTIVITY, Catch: [{ ErrorEquals: ['E'], ResultPath: '$', Next: 'U' }], End: true },
    [
      schema(
        "The QueryLanguage is set to 'JSONata', but field 'ResultPath' is only supported for the 'JSONPath' QueryLanguage at /States/S/Catch[0]",
      ),
    ],
  ],
  [
    'items',
    {
      Type: 'Map',
      Items: 5,
      MaxConcurrency: '{% 1 %}',
      ItemProcessor: { StartAt: 'I', States: { I: { Type: 'Succeed' } } },
      End: true,
    },
    [schema('Expected value of type Array at /States/S/Items')],
  ],
  [
    'waiting for nothing',
    { Type: 'Wait', End: true },
    [schema('This object should have only one of the following fields: [Seconds, Timestamp] at /States/S')],
  ],
  [
    'names of variables',
    { Type: 'Pass', Assign: { states: 1, 'a.$': '$.b' }, End: true },
    [
      schema("'states' is not a valid name for a variable at /States/S/Assign"),
      schema("'a.$' is not a valid name for a variable at /States/S/Assign"),
    ],
  ],
  [
    "a service's arguments",
    {
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage',
      Arguments: { QueueUrl: '{% $u %}', Nope: 1 },
      End: true,
    },
    [
      schema("The field 'Nope' is not supported by Step Functions at /States/S/Arguments"),
      schema("The field 'MessageBody' is required but was missing at /States/S/Arguments"),
    ],
  ],
  [
    "a service's arguments in one expression",
    { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage', Arguments: '{% $a %}', End: true },
    [],
  ],
  [
    'a service without arguments',
    { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage', End: true },
    [schema('Arguments field is required for resource ARN: arn:aws:states:::sqs:sendMessage at /States/S/Resource')],
  ],
  [
    'another language than the machine',
    { Type: 'Pass', QueryLanguage: 'JSONPath', Parameters: {}, End: true },
    [schema("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine at /States/S")],
  ],
])('%s', (_, state, problems) => {
  const more = JSON.stringify(state).includes('"U"') ? U : {};
  expect(problemsOf(machine(state, more))).toEqual(problems);
});

test('a branch may assign what a catcher of its state assigns, too', () => {
  const branch = { StartAt: 'B', States: { B: { Type: 'Pass', Assign: { v: 1 }, End: true } } };
  const state = {
    Type: 'Parallel',
    Branches: [branch],
    Catch: [{ ErrorEquals: ['E'], Assign: { v: 2 }, Next: 'U' }],
    End: true,
  };
  expect(problemsOf(machine(state, U))).toEqual([]);
});
