import { endOf, historyOf, inState, lines, machine, pass, play } from './scenario';

type Fields = Record<string, unknown>;

describe('Choice', () => {
  const states = { Y: pass({ Result: 'Y' }), Z: pass({ Result: 'Z' }), D: pass({ Result: 'D' }) };
  const rules = [
    { Variable: '$.a', NumericGreaterThan: 5, Next: 'Y' },
    { Variable: '$.a', NumericGreaterThan: 0, Next: 'Z' },
  ];
  const choose = (fields: Fields, input: string) =>
    play({ machine: machine({ C: { Type: 'Choice', Choices: rules, Default: 'D', ...fields }, ...states }), input });

  test.each([
    ['{"a":6}', '"Y"'],
    ['{"a":5}', '"Z"'],
    ['{"a":0}', '"D"'],
    ['{"a":"6"}', '"D"'],
  ])('with %s the first rule that is true wins, else Default', async (input, output) => {
    expect(endOf(await choose({}, input))).toEqual({ status: 'SUCCEEDED', output });
  });

  const broken = async (fields: Fields, input: string, text: string) =>
    expect(endOf(await choose(fields, input))).toEqual({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: inState('C', 2) + text,
    });

  test('a Variable that selects nothing fails the execution, even with a Default', () =>
    broken({}, '{}', "Invalid path '$.a': The choice state's condition path references an invalid value."));

  test('so does an operand path', () =>
    broken(
      { Choices: [{ Variable: '$.a', NumericEqualsPath: '$.b', Next: 'Y' }, ...rules] },
      '{"a":1}',
      "Invalid path '$.b': The choice state's condition path references an invalid value.",
    ));

  test('a rule that comes after the one that holds is not looked at', async () => {
    const late = [{ Variable: '$.missing', NumericEquals: 1, Next: 'Z' }];
    expect(endOf(await choose({ Choices: [...rules, ...late] }, '{"a":6}'))).toMatchObject({ output: '"Y"' });
  });

  test('no rule true and no Default', async () => {
    const C = { Type: 'Choice', Choices: rules };
    const run = await play({ machine: machine({ C, Y: pass(), Z: pass() }), input: '{"a":0}' });
    const text = 'Failed to transition out of the state. The state does not point to a next state.';
    expect(endOf(run)).toEqual({ status: 'FAILED', error: 'States.Runtime', cause: inState('C', 2) + text });
    expect(historyOf(run)).toBe('1<0 ExecutionStarted, 2<0 ChoiceStateEntered, 3<2 ExecutionFailed');
  });

  test('a loop through a Choice', async () => {
    const run = await play({
      machine: machine({
        C: { Type: 'Choice', Choices: [{ Variable: '$.n', IsBoolean: true, Next: 'S' }], Default: 'P' },
        P: pass({ Result: true, ResultPath: '$.n', Next: 'C' }),
        S: { Type: 'Succeed' },
      }),
      input: '{"n":1}',
    });
    expect(historyOf(run)).toBe(
      lines(`1<0 ExecutionStarted, 2<0 ChoiceStateEntered, 3<2 ChoiceStateExited, 4<3 PassStateEntered,
        5<4 PassStateExited, 6<5 ChoiceStateEntered, 7<6 ChoiceStateExited, 8<7 SucceedStateEntered,
        9<8 SucceedStateExited, 10<9 ExecutionSucceeded`),
    );
  });
});

describe('Fail', () => {
  const end = async (fields: Fields, input = '{}') =>
    endOf(await play({ machine: machine({ F: { Type: 'Fail', ...fields } }), input }));

  test.each<[Fields, string, Fields]>([
    [{ Error: 'E', Cause: 'c' }, '{}', { error: 'E', cause: 'c' }],
    [{}, '{}', {}],
    [{ Error: '' }, '{}', { error: '' }],
    [{ ErrorPath: '$.e', CausePath: '$.c' }, '{"e":"E","c":"because"}', { error: 'E', cause: 'because' }],
    [{ Error: 'E', CausePath: '$.a[0].c' }, '{"a":[{"c":"deep"}]}', { error: 'E', cause: 'deep' }],
  ])('%j with %s', async (fields, input, expected) => {
    expect(await end(fields, input)).toEqual({ status: 'FAILED', ...expected });
  });

  test.each([
    ['ErrorPath', { ErrorPath: '$.ErrorX' }, '$.ErrorX'],
    ['CausePath', { Error: 'E', CausePath: '$.c' }, '$.c'],
  ])('%s that selects nothing', async (field, fields, path) => {
    const text = `The JSONPath '${path}' specified for the field '${field}' could not be found in the input '{"a":1}'`;
    expect(await end(fields, '{"a":1}')).toEqual({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: inState('F', 2) + text,
    });
  });
});
