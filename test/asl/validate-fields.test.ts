import {
  ACTIVITY,
  type Fields,
  FUNCTION,
  MINIMAL,
  machineOf,
  ofJsonata,
  problemsOf,
  schema,
  stateWith,
} from './problems';

/** Which fields each state type has (asl.md, sections 1 and 3), and what may stand in them. */

const SAMPLES: Fields = {
  Comment: 'why',
  QueryLanguage: 'JSONPath',
  Next: 'T',
  End: true,
  InputPath: '$.a',
  OutputPath: '$.a',
  ResultPath: '$.a',
  Result: { any: ['thing'] },
  Resource: ACTIVITY,
  TimeoutSeconds: 5,
  TimeoutSecondsPath: '$.t',
  HeartbeatSeconds: 4,
  HeartbeatSecondsPath: '$.h',
  Retry: [{ ErrorEquals: ['States.ALL'] }],
  Catch: [{ ErrorEquals: ['States.ALL'], Next: 'T' }],
  Choices: [{ Variable: '$.b', IsNull: true, Next: 'T' }],
  Default: 'T',
  Seconds: 5,
  SecondsPath: '$.s',
  Timestamp: '2026-01-01T00:00:00Z',
  TimestampPath: '$.t',
  Error: 'E',
  ErrorPath: '$.e',
  Cause: 'c',
  CausePath: '$.c',
  Branches: [{ StartAt: 'B', States: { B: { Type: 'Succeed' } } }],
  Parameters: { 'a.$': '$.a' },
  ResultSelector: { 'a.$': '$.a' },
  Arguments: {},
  Assign: { a: 1 },
  Output: '{% 1 %}',
  Credentials: { RoleArn: 'arn:aws:iam::123456789012:role/r' },
  Condition: '{% true %}',
  Items: [],
  ItemsPath: '$.a',
  ItemSelector: {},
  ItemProcessor: {},
  Iterator: {},
  ItemReader: {},
  ItemBatcher: {},
  ResultWriter: {},
  MaxConcurrency: 1,
  ToleratedFailureCount: 1,
  Label: 'l',
  Version: '1.0',
  StartAt: 'B',
  States: {},
  Variable: '$.a',
  ErrorEquals: ['E'],
  Unknown: 1,
  next: 'T',
  constructor: 1,
  toString: 1,
};

const COMMON = ['Comment', 'QueryLanguage'];
const ROUTES = ['InputPath', 'OutputPath'];
const LEAVES = ['Next', 'End'];
const RECOVERS = ['Retry', 'Catch'];

const SUPPORTED: Record<string, string[]> = {
  Pass: [...ROUTES, ...LEAVES, 'Assign', 'Parameters', 'ResultPath', 'Result'],
  Task: [
    ...ROUTES,
    ...LEAVES,
    ...RECOVERS,
    'Assign',
    'Parameters',
    'ResultSelector',
    'ResultPath',
    'Resource',
    'TimeoutSeconds',
    'TimeoutSecondsPath',
    'HeartbeatSeconds',
    'HeartbeatSecondsPath',
  ],
  Choice: [...ROUTES, 'Assign', 'Choices', 'Default'],
  Wait: [...ROUTES, ...LEAVES, 'Assign', 'Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'],
  Succeed: ROUTES,
  Fail: ['Error', 'ErrorPath', 'Cause', 'CausePath'],
  Parallel: [...ROUTES, ...LEAVES, ...RECOVERS, 'Assign', 'Parameters', 'ResultSelector', 'ResultPath', 'Branches'],
};

/** Fields of today's language: refused by name until they are built. */
const NOT_YET: Record<string, string[]> = {
  Task: ['Credentials'],
};

const OF_JSONATA: Record<string, string[]> = {
  Pass: ['Output'],
  Task: ['Arguments', 'Output'],
  Choice: ['Output'],
  Wait: ['Output'],
  Succeed: ['Output'],
  Fail: [],
  Parallel: ['Arguments', 'Output'],
};

describe.each(Object.keys(MINIMAL))('%s', (type) => {
  test('needs no more than the least', () => {
    expect(problemsOf(machineOf(MINIMAL[type]!))).toEqual([]);
  });

  test('takes its fields, refuses by name what is not built yet, and refuses all others', () => {
    const supported = [...COMMON, ...SUPPORTED[type]!];
    for (const [name, sample] of Object.entries(SAMPLES)) {
      const found = problemsOf(machineOf(stateWith(type, { [name]: sample }))).filter((text) =>
        text.includes(`ield '${name}' is`),
      );
      const expected = supported.includes(name)
        ? []
        : NOT_YET[type]?.includes(name)
          ? [schema(`Field '${name}' is not built into Stepwell yet at /States/S`)]
          : OF_JSONATA[type]!.includes(name)
            ? [schema(`${ofJsonata(name)} at /States/S`)]
            : [schema(`Field '${name}' is not supported at /States/S`)];
      expect(found).toEqual(expected);
    }
  });

  test.each(SUPPORTED[type]!.map((name) => [name]))('with %s it is valid', (name) => {
    const state = stateWith(type, { [name]: SAMPLES[name] });
    if (name.startsWith('Heartbeat')) state.TimeoutSeconds = 10;
    expect(problemsOf(machineOf(state))).toEqual([]);
  });
});

/** A field of a state, set to a value: the problems it brings, their places given from the state on. */
function check(type: string, name: string, value: unknown, problems: string[]): void {
  const found = problemsOf(machineOf(stateWith(type, { [name]: value })));
  expect(found).toEqual(problems.map((problem) => schema(problem.replace(/ at \.\.\./, ' at /States/S'))));
}

const typed = (name: string, word: string, ...values: unknown[]) =>
  values.map((value): [unknown, string[]] => [value, [`Expected value of type ${word} at .../${name}`]]);

describe('paths', () => {
  const notPath = (name: string) => `Value must be a valid JSONPath. at .../${name}`;
  const notReference = (name: string) => `Value is not a Reference Path at .../${name}`;
  const notExpression = (name: string) => `Value is not a valid JSONPath or intrinsic function call at .../${name}`;

  describe.each(['InputPath', 'OutputPath'])('%s', (name) => {
    test.each<[unknown, string[]]>([
      [null, []],
      ['$', []],
      ["$['a'][0]", []],
      ['$.a[*].b', []],
      ['$..a', []],
      ['$.a[?(@.b > 1)]', []],
      ['$.a[0:2]', []],
      ['a', [notPath(name)]],
      ['', [notPath(name)]],
      ['$.a[', [notPath(name)]],
      ["$.a.['b c']", []],
      ['$.length()', []],
      ['$[(@.length-1)]', []],
      ['$[(@.length)]', [notPath(name)]],
      ['$$', []],
      ['$$.Execution.Id', []],
      ['$name', []],
      ['$name[0].b', []],
      ['$1', [notPath(name)]],
      ...typed(name, 'String', 1, true, {}, []),
    ])('%j', (value, problems) => check('Pass', name, value, problems));
  });

  describe.each(['Pass', 'Task', 'Parallel'])('ResultPath of %s', (type) => {
    test.each<[unknown, string[]]>([
      [null, []],
      ['$', []],
      ['$.a.b', []],
      ["$['a b'][3]", []],
      ['$.a[*]', [notReference('ResultPath')]],
      ['$..a', [notReference('ResultPath')]],
      ['$.a[0:1]', [notReference('ResultPath')]],
      ['$.a[0,1]', [notReference('ResultPath')]],
      ["$['a','b']", [notReference('ResultPath')]],
      ['$.a[?(@.b)]', [notReference('ResultPath')]],
      ['$.a[-1]', [notReference('ResultPath')]],
      ['$.a[(@.length-1)]', [notReference('ResultPath')]],
      ['$.a.length()', [notReference('ResultPath')]],
      ['$$.a', [notReference('ResultPath')]],
      ['$a', [notReference('ResultPath')]],
      ['a', [notPath('ResultPath')]],
      ['$.a[', [notPath('ResultPath')]],
      ...typed('ResultPath', 'String', 1, false, {}),
    ])('%j', (value, problems) => check(type, 'ResultPath', value, problems));
  });

  describe.each([
    ['Task', 'TimeoutSecondsPath'],
    ['Task', 'HeartbeatSecondsPath'],
    ['Wait', 'SecondsPath'],
    ['Wait', 'TimestampPath'],
  ])('%s %s', (type, name) => {
    test.each<[unknown, string[]]>([
      ['$.a[0]', []],
      ['$$.Execution.Input.a', []],
      ['$.a[*]', [notReference(name)]],
      ['$$.a[*]', [notReference(name)]],
      ['$name', []],
      ['$name[0].b', []],
      ['$1', [notPath(name)]],
      ['a', [notPath(name)]],
      ...typed(name, 'String', null, 1, {}),
    ])('%j', (value, problems) => check(type, name, value, problems));
  });

  describe.each(['ErrorPath', 'CausePath'])('Fail %s', (name) => {
    test.each<[unknown, string[]]>([
      ['$.a[0]', []],
      ['$.a[*]', []],
      ['a', [notExpression(name)]],
      ['$$.Execution.Id', []],
      ["States.Format('{}', $.a)", []],
      ["States.Form('{}', $.a)", [notExpression(name)]],
      ['$name.a', []],
      ["States.Format('{}', $name)", []],
      ["States.Format('{}', $1)", [notExpression(name)]],
      ...typed(name, 'String', null, 1),
    ])('%j', (value, problems) => check('Fail', name, value, problems));
  });
});

describe('numbers', () => {
  const whole = (name: string, min: number, max: number): [unknown, string[]][] => [
    [min, []],
    [max, []],
    [min - 1, [`Minimum value is ${min} at .../${name}`]],
    [-5, [`Minimum value is ${min} at .../${name}`]],
    [max + 1, [`Maximum value is ${max} at .../${name}`]],
    ...typed(name, 'Integer', 1.5, '5', null, true, [5], {}),
  ];

  test.each(whole('TimeoutSeconds', 1, 99_999_999))('Task TimeoutSeconds %j', (value, problems) =>
    check('Task', 'TimeoutSeconds', value, problems),
  );
  test.each(whole('HeartbeatSeconds', 1, 99_999_999))('Task HeartbeatSeconds %j', (value, problems) =>
    check('Task', 'HeartbeatSeconds', value, problems),
  );
  test.each(whole('Seconds', 0, 99_999_999))('Wait Seconds %j', (value, problems) =>
    check('Wait', 'Seconds', value, problems),
  );

  test('5.0 is no integer', () => {
    const text = '{"StartAt":"S","States":{"S":{"Type":"Wait","Seconds":5.0,"End":true}}}';
    expect(problemsOf(text)).toEqual([schema('Expected value of type Integer at /States/S/Seconds')]);
  });

  test.each([
    [5, 5, false],
    [6, 5, false],
    [4, 5, true],
  ])('HeartbeatSeconds %d with TimeoutSeconds %d', (HeartbeatSeconds, TimeoutSeconds, isValid) => {
    const found = problemsOf(machineOf(stateWith('Task', { HeartbeatSeconds, TimeoutSeconds })));
    const problem = schema("Value must be smaller than 'TimeoutSeconds' at /States/S/HeartbeatSeconds");
    expect(found).toEqual(isValid ? [] : [problem]);
  });
});

describe('texts and lists', () => {
  const notTime = ['String does not match RFC3339 timestamp at .../Timestamp'];
  test.each<[unknown, string[]]>([
    ['2026-01-01T00:00:00Z', []],
    ['2026-01-01T00:00:00.123456789+02:00', []],
    ['2026-13-01T00:00:00Z', notTime],
    ['2026-01-01T25:00:00Z', notTime],
    ['2026-01-01 00:00:00Z', notTime],
    ['2026-01-01T00:00:00', notTime],
    ['', notTime],
    [5, notTime],
    [null, notTime],
  ])('Wait Timestamp %j', (value, problems) => check('Wait', 'Timestamp', value, problems));

  test.each(['Error', 'Cause'])('Fail %s', (name) => {
    check('Fail', name, '', []);
    for (const [value, problems] of typed(name, 'String', 1, null, [], {})) check('Fail', name, value, problems);
  });

  test.each(Object.keys(MINIMAL))('%s Comment', (type) => {
    for (const [value, problems] of typed('Comment', 'String', 1, null, {})) check(type, 'Comment', value, problems);
  });

  test.each<[unknown, string[]]>([
    [true, []],
    [false, ["The field 'End' should have one of these values: [true] at .../End"]],
    ...typed('End', 'Boolean', 'true', 1, null),
  ])('End %j', (value, problems) => check('Pass', 'End', value, problems));

  test.each([[1], [null], [['T']], [{}]])('Next %j', (Next) => {
    const found = problemsOf(machineOf({ Type: 'Pass', Next })).filter((text) => text.startsWith('SCHEMA'));
    expect(found).toEqual([schema('Expected value of type String at /States/S/Next')]);
  });

  test.each<[unknown, string[]]>([
    [[], ['Value cannot be empty at .../Branches']],
    ...typed('Branches', 'Array', {}, 'B', null),
    [[5], ['Expected value of type Object at .../Branches[0]']],
    [[{}], ['These fields are required: [States, StartAt] at .../Branches[0]']],
    [[{ StartAt: 'B' }], ['These fields are required: [States] at .../Branches[0]']],
    [[{ States: { B: { Type: 'Succeed' } } }], ['These fields are required: [StartAt] at .../Branches[0]']],
    [[{ StartAt: 'B', States: {} }], ['Value cannot be empty at .../Branches[0]/States']],
    [[{ StartAt: 'B', States: [] }], ['Expected value of type Object at .../Branches[0]/States']],
    [
      [{ StartAt: 'B', States: { B: { Type: 'Succeed' } }, TimeoutSeconds: 5, Comment: 'c' }],
      ["Field 'TimeoutSeconds' is not supported at .../Branches[0]"],
    ],
    [
      [{ StartAt: 5, States: { B: { Type: 'Succeed' } } }],
      ['Expected value of type String at .../Branches[0]/StartAt'],
    ],
  ])('Branches %j', (value, problems) => check('Parallel', 'Branches', value, problems));
});

describe('Resource', () => {
  const notArn = ['Value is not a valid resource ARN at .../Resource'];
  const notYet = (arn: string) => [`The service integration '${arn}' is not built into Stepwell yet at .../Resource`];
  const unknown = (arn: string) => [
    `The resource provided ${arn} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region. at .../Resource`,
  ];

  const noParameters = (arn: string) => [`Parameters field is required for resource ARN: ${arn} at .../Resource`];

  test.each<[unknown, string[]]>([
    [FUNCTION, []],
    [`${FUNCTION}:$LATEST`, []],
    [`${FUNCTION}:live-1`, []],
    ['arn:aws-cn:lambda:cn-north-1:123456789012:function:f', []],
    [ACTIVITY, []],
    ['arn:aws:states:us-east-1:123456789012:activity:with.dots-and_ümlaut', []],
    ['work', notArn],
    ['', notArn],
    ['arn:aws:lambda', notArn],
    ['arn:aws:lambda:us-east-1:123456789012:', notArn],
    [`arn:aws:lambda:us-east-1:123456789012:function:${'f'.repeat(256)}`, notArn],
    ['arn:aws:sns:us-east-1:123456789012:topic', unknown('arn:aws:sns:us-east-1:123456789012:topic')],
    ['arn:aws:lambda:us-east-1:123456789012:layer:l', unknown('arn:aws:lambda:us-east-1:123456789012:layer:l')],
    ['arn:aws:states:::aws-sdk:dynamodb:putItem', noParameters('arn:aws:states:::aws-sdk:dynamodb:putItem')],
    ['arn:aws:states:::lambda:invoke', noParameters('arn:aws:states:::lambda:invoke')],
    [
      'arn:aws-cn:states:::aws-sdk:s3:getObject.waitForTaskToken',
      noParameters('arn:aws-cn:states:::aws-sdk:s3:getObject.waitForTaskToken'),
    ],
    ['arn:aws:states:::http:invoke', notYet('arn:aws:states:::http:invoke')],
    ['arn:aws:states:::ecs:runTask.sync', notYet('arn:aws:states:::ecs:runTask.sync')],
    ...[
      'arn:aws:states:::lambda:invoke.sync',
      'arn:aws:states:::lambda:listFunctions',
      'arn:aws:states:::sqs:sendMessage.sync:2',
      'arn:aws:states:::dynamodb:scan',
      'arn:aws:states:::dynamodb:putItem.waitForTaskToken',
      'arn:aws:states:::aws-sdk:s3:getObject.sync',
      'arn:aws:states:::carrier-pigeon:release',
    ].map((arn): [string, string[]] => [arn, unknown(arn)]),
    ...typed('Resource', 'String', 5, null, {}),
  ])('%j', (value, problems) => check('Task', 'Resource', value, problems));
});

test.each([[{}], [{ Role: 'arn:aws:iam::123456789012:role/r' }]])('Credentials %j', (value) => {
  check('Task', 'Credentials', value, ["The field 'RoleArn' is required but was missing at .../Credentials"]);
});

test.each([[{ RoleArn: 'r' }], [{ 'RoleArn.$': '$.r' }], ['r']])('Credentials %j', (value) => {
  check('Task', 'Credentials', value, ["Field 'Credentials' is not built into Stepwell yet at ..."]);
});

describe('fields that must be there, or must not be there together', () => {
  test.each<[Fields, string[]]>([
    [{ Type: 'Pass' }, ['This object should have only one of the following fields: [Next, End]']],
    [{ Type: 'Pass', Next: 'T', End: true }, ['There should only be one of the following fields: [Next, End]']],
    [{ Type: 'Task', End: true }, ['These fields are required: [Resource]']],
    [{ Type: 'Task', Resource: FUNCTION }, ['This object should have only one of the following fields: [Next, End]']],
    [
      { Type: 'Task', Resource: FUNCTION, End: true, TimeoutSeconds: 5, TimeoutSecondsPath: '$.t' },
      ['There should only be one of the following fields: [TimeoutSeconds, TimeoutSecondsPath]'],
    ],
    [
      { Type: 'Task', Resource: FUNCTION, End: true, HeartbeatSeconds: 5, HeartbeatSecondsPath: '$.t' },
      ['There should only be one of the following fields: [HeartbeatSeconds, HeartbeatSecondsPath]'],
    ],
    [{ Type: 'Choice' }, ['These fields are required: [Choices]']],
    [
      { Type: 'Wait', End: true },
      ['This object should have only one of the following fields: [SecondsPath, Seconds, TimestampPath, Timestamp]'],
    ],
    [
      { Type: 'Wait', End: true, Seconds: 1, SecondsPath: '$.s' },
      ['There should only be one of the following fields: [SecondsPath, Seconds, TimestampPath, Timestamp]'],
    ],
    [{ Type: 'Wait', Seconds: 1 }, ['This object should have only one of the following fields: [Next, End]']],
    [
      { Type: 'Fail', Error: 'E', ErrorPath: '$.e' },
      ['There should only be one of the following fields: [Error, ErrorPath]'],
    ],
    [
      { Type: 'Fail', Cause: 'c', CausePath: '$.c' },
      ['There should only be one of the following fields: [Cause, CausePath]'],
    ],
    [{ Type: 'Parallel', End: true }, ['These fields are required: [Branches]']],
    [{ End: true }, ['These fields are required: [Type]']],
  ])('%j', (state, problems) => {
    const found = problemsOf(machineOf(state)).filter((text) => text.startsWith('SCHEMA'));
    expect(found).toEqual(problems.map((problem) => schema(`${problem} at /States/S`)));
  });
});
