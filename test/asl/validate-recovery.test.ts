import { ACTIVITY, type Fields, ofJsonata, problemsOf, schema } from './problems';

/** Retry and Catch, of Task and of Parallel. The places are given from the field on. */

const branch = { StartAt: 'B', States: { B: { Type: 'Succeed' } } };
const OWNERS: Record<string, Fields> = {
  Task: { Type: 'Task', Resource: ACTIVITY, Next: 'T' },
  Parallel: { Type: 'Parallel', Branches: [branch], Next: 'T' },
};

function check(field: string, value: unknown, problems: string[]): void {
  for (const owner of Object.values(OWNERS)) {
    const definition = { StartAt: 'S', States: { S: { ...owner, [field]: value }, T: { Type: 'Succeed' } } };
    expect(problemsOf(definition)).toEqual(
      problems.map((text) => schema(text.replace(' at ...', ` at /States/S/${field}`))),
    );
  }
}

const retry = (fields: Fields): Fields[] => [{ ErrorEquals: ['E'], ...fields }];
const caught = (fields: Fields): Fields[] => [{ ErrorEquals: ['E'], Next: 'T', ...fields }];

describe('Retry', () => {
  const whole = (name: string, min: number, max: number): [string, unknown, string[]][] => [
    [`${name} ${min}`, retry({ [name]: min }), []],
    [`${name} ${max}`, retry({ [name]: max }), []],
    [`${name} ${min - 1}`, retry({ [name]: min - 1 }), [`Minimum value is ${min} at ...[0]/${name}`]],
    [`${name} ${max + 1}`, retry({ [name]: max + 1 }), [`Maximum value is ${max} at ...[0]/${name}`]],
    [`${name} 1.5`, retry({ [name]: 1.5 }), [`Expected value of type Integer at ...[0]/${name}`]],
    [`${name} "2"`, retry({ [name]: '2' }), [`Expected value of type Integer at ...[0]/${name}`]],
    [`${name} null`, retry({ [name]: null }), [`Expected value of type Integer at ...[0]/${name}`]],
  ];

  test.each<[string, unknown, string[]]>([
    ['an empty list', [], []],
    ['no list', {}, ['Expected value of type Array at ...']],
    ['null', null, ['Expected value of type Array at ...']],
    ['no objects', ['E'], ['Expected value of type Object at ...[0]']],
    ['no ErrorEquals', [{}], ['These fields are required: [ErrorEquals] at ...[0]']],
    ['a Comment', retry({ Comment: 'c' }), []],
    ['an unknown field', retry({ Next: 'T' }), ["Field 'Next' is not supported at ...[0]"]],
    ...whole('IntervalSeconds', 1, 99_999_999),
    ...whole('MaxAttempts', 0, 99_999_999),
    ['BackoffRate 1', retry({ BackoffRate: 1 }), []],
    ['BackoffRate 1.5', retry({ BackoffRate: 1.5 }), []],
    ['BackoffRate 0.9', retry({ BackoffRate: 0.9 }), ['Minimum value is 1.0 at ...[0]/BackoffRate']],
    ['BackoffRate "2"', retry({ BackoffRate: '2' }), ['Expected value of type Number at ...[0]/BackoffRate']],
    ['MaxDelaySeconds 2', retry({ MaxDelaySeconds: 2 }), []],
    ['the longest MaxDelaySeconds', retry({ MaxDelaySeconds: 31_622_399 }), []],
    [
      'a longer MaxDelaySeconds',
      retry({ MaxDelaySeconds: 31_622_400 }),
      ['Maximum value is 31622399 at ...[0]/MaxDelaySeconds'],
    ],
    [
      'MaxDelaySeconds no more than the IntervalSeconds',
      retry({ MaxDelaySeconds: 5, IntervalSeconds: 5 }),
      ["Value must be greater than 'IntervalSeconds' at ...[0]/MaxDelaySeconds"],
    ],
    [
      'MaxDelaySeconds no more than the default interval',
      retry({ MaxDelaySeconds: 1 }),
      ["Value must be greater than 'IntervalSeconds' at ...[0]/MaxDelaySeconds"],
    ],
    ['JitterStrategy FULL', retry({ JitterStrategy: 'FULL' }), []],
    ['JitterStrategy NONE', retry({ JitterStrategy: 'NONE' }), []],
    ['no text', retry({ JitterStrategy: 1 }), ['Expected value of type [STRING] at ...[0]/JitterStrategy']],
    [
      'another JitterStrategy',
      retry({ JitterStrategy: 'full' }),
      ['Value should be one of the following: [NONE, FULL] at ...[0]/JitterStrategy'],
    ],
  ])('%s', (_, value, problems) => check('Retry', value, problems));
});

describe('Catch', () => {
  const notReference = 'Value is not a Reference Path at ...[0]/ResultPath';
  test.each<[string, unknown, string[]]>([
    ['an empty list', [], []],
    ['no list', {}, ['Expected value of type Array at ...']],
    ['no objects', [null], ['Expected value of type Object at ...[0]']],
    ['nothing', [{}], ['These fields are required: [ErrorEquals, Next] at ...[0]']],
    ['no Next', [{ ErrorEquals: ['E'] }], ['These fields are required: [Next] at ...[0]']],
    ['a Next that is no text', caught({ Next: 5 }), ['Expected value of type String at ...[0]/Next']],
    ['ResultPath null', caught({ ResultPath: null }), []],
    ['ResultPath $', caught({ ResultPath: '$' }), []],
    ['ResultPath $.a', caught({ ResultPath: '$.a' }), []],
    ['ResultPath $.a[*]', caught({ ResultPath: '$.a[*]' }), [notReference]],
    ['ResultPath a', caught({ ResultPath: 'a' }), ['Value must be a valid JSONPath. at ...[0]/ResultPath']],
    ['ResultPath 5', caught({ ResultPath: 5 }), ['Expected value of type String at ...[0]/ResultPath']],
    ['a Comment', caught({ Comment: 'c' }), []],
    ['Assign', caught({ Assign: {} }), []],
    ['Output', caught({ Output: {} }), [`${ofJsonata('Output')} at ...[0]`]],
    ['an unknown field', caught({ MaxAttempts: 1 }), ["Field 'MaxAttempts' is not supported at ...[0]"]],
  ])('%s', (_, value, problems) => check('Catch', value, problems));
});

describe.each(['Retry', 'Catch'])('ErrorEquals of %s', (field) => {
  const items = (...lists: unknown[]) =>
    lists.map((ErrorEquals) => ({ ErrorEquals, ...(field === 'Catch' ? { Next: 'T' } : {}) }));
  const alone = 'States.ALL must appear alone and at end of list at';

  test.each<[unknown[], string[]]>([
    [[['E']], []],
    [[['E', 'F', 'States.Timeout']], []],
    [[['States.Unknown', '']], []],
    [[['E'], ['E']], []],
    [[['States.ALL']], []],
    [[['E'], ['States.ALL']], []],
    [[[]], ['Value cannot be empty at ...[0]/ErrorEquals']],
    [['E'], ['Expected value of type Array at ...[0]/ErrorEquals']],
    [[null], ['Expected value of type Array at ...[0]/ErrorEquals']],
    [[['E', 5]], ['Expected value of type String at ...[0]/ErrorEquals[1]']],
    [[['States.ALL', 'E']], [`${alone} ...[0]/ErrorEquals[0]`]],
    [[['E', 'States.ALL']], [`${alone} ...[0]/ErrorEquals[1]`]],
    [[['States.ALL'], ['E']], [`${alone} ...[0]/ErrorEquals[0]`]],
    [[['States.ALL'], ['States.ALL']], [`${alone} ...[0]/ErrorEquals[0]`]],
    [[['States.ALL', 'E'], ['F']], [`${alone} ...[0]/ErrorEquals[0]`]],
  ])('%j', (lists, problems) => check(field, items(...lists), problems));
});
