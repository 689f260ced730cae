import { pointerOf } from '../../lib/asl/definition/diagnostic';
import { findWarnings } from '../../lib/asl/definition/warnings';
import { parseJson } from '../../lib/asl/json';

const warningsOf = (definition: unknown): string[] =>
  findWarnings(parseJson(JSON.stringify(definition)).value).map(({ code, path }) => `${code} ${pointerOf(path)}`);

const machine = (state: object, more: object = {}) => ({ StartAt: 'S', States: { S: state }, ...more });
const choice = (rule: object) => machine({ Type: 'Choice', Choices: [{ Variable: '$.a', Next: 'S', ...rule }] });

describe('warnings', () => {
  test.each<[string, unknown, string[]]>([
    ['a path that is a template value', machine({ Parameters: { a: '$.b' } }), ['NO_DOLLAR /States/S/Parameters/a']],
    ['a path into the context', machine({ Parameters: { a: '$$.Task.Token' } }), ['NO_DOLLAR /States/S/Parameters/a']],
    ['what a variable is to hold', machine({ Assign: { a: '$.b' } }), ['NO_DOLLAR /States/S/Assign/a']],
    ['the whole input', machine({ ItemSelector: { a: '$' } }), ['NO_DOLLAR /States/S/ItemSelector/a']],
    [
      'an intrinsic function, deep in a template',
      machine({ ResultSelector: { a: [{ b: 'States.UUID()' }] } }),
      ['NO_DOLLAR /States/S/ResultSelector/a[0]/b'],
    ],
    ['a template as it is meant', machine({ Parameters: { 'a.$': '$.b', c: '$5', d: 'States of America' } }), []],
    ['a result', machine({ Type: 'Pass', Result: '$.a' }), ['PASS_RESULT_IS_STATIC /States/S/Result']],
    ['a result, deep', machine({ Type: 'Pass', Result: [{ 'a.$': 1 }] }), ['PASS_RESULT_IS_STATIC /States/S/Result']],
    ['a result that costs money', machine({ Type: 'Pass', Result: { price: '$5', none: '$' + 'x' } }), []],
    ['seconds', machine({ Type: 'Wait', Seconds: '$.s' }), ['NO_PATH /States/S/Seconds']],
    ['a cause', machine({ Type: 'Fail', Cause: '$.c', Error: 'E' }), ['NO_PATH /States/S/Cause']],
    ['a comparison', choice({ NumericLessThan: '$.b' }), ['NO_PATH /States/S/Choices[0]/NumericLessThan']],
    [
      'comparisons within others',
      choice({ And: [{ Not: { StringEquals: '$.b' } }, { Or: [{ StringEqualsPath: '$.c' }] }] }),
      ['NO_PATH /States/S/Choices[0]/And[0]/Not/StringEquals'],
    ],
    ['paths where they belong', machine({ InputPath: '$.a', ResultPath: '$.b', Comment: '$.c' }), []],
    [
      'a branch, an iterator',
      machine({
        Branches: [machine({ Seconds: '$.s' })],
        Iterator: machine({ Cause: '$' }),
        ItemProcessor: machine({ Error: '$.e' }),
      }),
      [
        'NO_PATH /States/S/Branches[0]/States/S/Seconds',
        'NO_PATH /States/S/ItemProcessor/States/S/Error',
        'NO_PATH /States/S/Iterator/States/S/Cause',
      ],
    ],
    ['JSONata', machine({ Parameters: { a: '$.b' } }, { QueryLanguage: 'JSONata' }), []],
    ['a state in JSONata', machine({ QueryLanguage: 'JSONata', Parameters: { a: '$.b' } }), []],
    ['no definition', [{ Parameters: { a: '$.b' } }], []],
    ['broken ones', { States: { A: 1, B: { Choices: [1, null], Branches: 3, Parameters: 7 } } }, []],
  ])('%s', (_, definition, warnings) => {
    expect(warningsOf(definition)).toEqual(warnings);
  });

  test('a definition made of them has 10,000 at most', () => {
    const Parameters = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`a${index}`, '$.b']));
    expect(warningsOf(machine({ Parameters }))).toHaveLength(10_000);
  });
});
