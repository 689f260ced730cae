import { compileDefinition } from '../../lib/asl/definition/compile';
import { isVariableName, parsePath } from '../../lib/asl/path/grammar';
import { type Fields, MINIMAL, machineOf, problemsOf, schema } from './problems';

/** Names of variables, paths into them, and what a definition may assign where. */

const inPass = (fields: Fields) => machineOf({ ...MINIMAL.Pass, ...fields });

describe('names', () => {
  test.each(['a', 'A1', 'a_b', 'été', '日本', 'statesOf', 'x'.repeat(80)])('%s', (name) => {
    expect(isVariableName(name)).toBe(true);
    expect(parsePath(`$${name}.k[0]`)).toMatchObject({ variable: name, ofContext: false, definite: true });
    expect(parsePath(`$${name}`)).toMatchObject({ variable: name, steps: [] });
  });

  test.each(['', '1', '1a', '_a', 'a.b', 'a[2]', 'a b', 'a-b', '$a', 'a$', 'states', 'x'.repeat(81)])(
    'not %j',
    (name) => {
      expect(isVariableName(name)).toBe(false);
      expect(problemsOf(inPass({ Assign: { [name]: 1 } }))).toEqual([
        schema(`'${name}' is not a valid name for a variable at /States/S/Assign`),
      ]);
    },
  );

  test.each(['$a-b', '$a b', '$a(', '$_a', '$a.', '$$a'])('%s is no path', (text) => {
    expect(parsePath(text)).toBeUndefined();
  });
});

describe('Assign', () => {
  test.each<[string, unknown, string[]]>([
    ['nothing', {}, []],
    ['a template', { a: { 'b.$': '$.c' }, 'd.$': "States.Format('{}', $e)" }, []],
    ['a list', [], [schema('Expected value of type Object at /States/S/Assign')]],
    ['a text', 'a', [schema('Expected value of type Object at /States/S/Assign')]],
    [
      'the same in two ways',
      { a: 1, 'a.$': '$' },
      [schema("The fields 'a' and 'a.$' must not both be there at /States/S/Assign")],
    ],
    [
      'a bad path',
      { a: [{ 'b.$': 'c' }] },
      [
        schema(
          "The value for the field 'b.$' must be a valid JSONPath or a valid intrinsic function call at /States/S/Assign/a[0]",
        ),
      ],
    ],
  ])('%s', (_, Assign, problems) => {
    expect(problemsOf(inPass({ Assign }))).toEqual(problems);
  });
});

describe('scopes', () => {
  const pass = (Assign: Fields, fields: Fields = { End: true }): Fields => ({ Type: 'Pass', Assign, ...fields });
  const branch = (...states: Fields[]): Fields => ({
    StartAt: '0',
    States: Object.fromEntries(states.map((state, at) => [`${at}`, state])),
  });
  const outer = (name: string, place: string) =>
    schema(`Variable '${name}' is assigned in an outer scope, too at ${place}`);
  const problemsIn = (states: Record<string, Fields>) =>
    problemsOf({ StartAt: Object.keys(states)[0], States: states }).filter((text) => !text.startsWith('DUPLICATE'));

  test('branches may assign the same, not what is assigned anywhere around them', () => {
    const branches = [branch(pass({ a: 1 })), branch(pass({ a: 1, 'v.$': '$' }))];
    const inside = '/States/P/Branches[1]/States/0/Assign/v.$';
    const parallel = { Type: 'Parallel', Branches: branches, Next: 'V' };
    expect(problemsIn({ P: parallel, V: pass({ v: 1 }) })).toEqual([outer('v', inside)]);
    expect(problemsIn({ P: parallel, V: pass({ w: 1 }) })).toEqual([]);
  });

  test('through more than one level, in rules and catchers', () => {
    const caught = { ErrorEquals: ['E'], Assign: { a: 1 }, Next: '1' };
    const choice = {
      Type: 'Choice',
      Choices: [{ Variable: '$', IsNull: true, Assign: { v: 1 }, Next: '1' }],
      Default: '1',
    };
    const inner = { Type: 'Map', ItemProcessor: branch(choice, { Type: 'Succeed' }), Catch: [caught], Next: '1' };
    const map = { Type: 'Map', ItemProcessor: branch(inner, pass({})), Assign: { a: 1, v: 1 }, End: true };
    expect(problemsIn({ M: map })).toEqual([
      outer('a', '/States/M/ItemProcessor/States/0/Catch[0]/Assign/a'),
      outer('v', '/States/M/ItemProcessor/States/0/ItemProcessor/States/0/Choices[0]/Assign/v'),
    ]);
  });
});

test('a compiled state knows which variables it reads', () => {
  const { states } = compileDefinition(
    JSON.stringify({
      StartAt: 'M',
      States: {
        M: {
          Type: 'Map',
          InputPath: '$b',
          ItemsPath: '$a.k',
          ItemSelector: { 'x.$': 'States.Array($c, States.Array($d))', y: [{ 'z.$': '$e' }], literal: '$no' },
          MaxConcurrencyPath: '$f',
          ResultSelector: { 'x.$': '$b' },
          Assign: { 'g2.$': '$g' },
          Catch: [{ ErrorEquals: ['E'], Assign: { 'x.$': '$h' }, Next: 'C' }],
          ItemProcessor: { StartAt: 'W', States: { W: { Type: 'Wait', SecondsPath: '$w', End: true } } },
          Next: 'T',
        },
        T: {
          Type: 'Task',
          Resource: 'arn:aws:states:us-east-1:123456789012:activity:a',
          HeartbeatSecondsPath: '$t',
          Next: 'C',
        },
        C: {
          Type: 'Choice',
          Choices: [
            {
              Not: {
                Or: [
                  { Variable: '$a', IsNull: true },
                  { Variable: '$b.c', StringEqualsPath: '$c' },
                ],
              },
              Next: 'F',
            },
          ],
          Default: 'N',
        },
        F: { Type: 'Fail', ErrorPath: '$e', CausePath: "States.Format('{}', $c)" },
        N: { Type: 'Pass', Result: { 'x.$': '$no' }, Parameters: { 'y.$': '$$.State.Name' }, End: true },
      },
    }),
  );
  expect([...states.values()].map(({ name, variables }) => [name, variables?.join(' ')])).toEqual([
    ['M', 'a b c d e f g h'],
    ['W', 'w'],
    ['T', 't'],
    ['C', 'a b c'],
    ['F', 'c e'],
    ['N', undefined],
  ]);
});
