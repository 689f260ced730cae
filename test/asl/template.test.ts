import { compileDefinition } from '../../lib/asl/definition/compile';
import { Effort } from '../../lib/asl/effort';
import { parseJson, stringifyJson } from '../../lib/asl/json';
import { atOnce } from '../../lib/asl/pieces';
import { Unresolved } from '../../lib/asl/template/outside';
import { compileTemplate, evaluateTemplate } from '../../lib/asl/template/template';
import { FACTS } from '../engine/facts';
import { problemsOf, schema } from './problems';

const compiled = (template: string) => atOnce(compileTemplate(parseJson(template).value));

function evaluate(template: string, text: string, effort = new Effort()) {
  return evaluateTemplate(compiled(template), {
    input: { value: parseJson(text).value, text },
    context: () => parseJson('{"State":{"Name":"S"}}').value,
    variable: () => undefined,
    random: () => 0.5,
    hash: FACTS.hash,
    effort,
  });
}

const made = (template: string, text: string): string => {
  const value = evaluate(template, text);
  return value instanceof Unresolved ? `${value.error}: ${value.cause}` : stringifyJson(value);
};

describe('what a template makes', () => {
  test.each([
    ['{}', '{"a":1}', '{}'],
    ['{"a":"$.a","b":"States.UUID()"}', '{"a":1}', '{"a":"$.a","b":"States.UUID()"}'],
    ['{"z":1.0,"b.$":"$.a","2":1,"1":2}', '{"a":1.50}', '{"z":1.0,"b":1.50,"2":1,"1":2}'],
    [
      '{"a":{"b":{"c.$":"$.x"}},"l":[1,{"d.$":"$.x"},["e.$"]]}',
      '{"x":[2]}',
      '{"a":{"b":{"c":[2]}},"l":[1,{"d":[2]},["e.$"]]}',
    ],
    ['[{"a.$":"$"},2]', '3', '[{"a":3},2]'],
    ['{"a.$":"$$.State.Name","b.$":"States.Array($$.State.Name)"}', '{}', '{"a":"S","b":["S"]}'],
    ['{"a.$":"$..n"}', '{"n":1,"o":{"n":2}}', '{"a":[1,2]}'],
    ['{".$":"$.a"}', '{"a":1}', '{"":1}'],
    ['{"$":1,"a$":2}', '{}', '{"$":1,"a$":2}'],
  ])('%s of %s', (template, input, expected) => {
    expect(made(template, input)).toBe(expected);
  });

  test('indefinite paths find an empty list where their start is missing', () => {
    for (const path of ['$.a[*]', '$.a.b[1:]', '$.a[?(@.b)]', '$.a..b', '$[*]']) {
      expect(made(`{"x.$":${JSON.stringify(path)}}`, '{}')).toBe('{"x":[]}');
    }
  });

  test('the first member without a value is named in the cause', () => {
    expect(made('{"a":{"b.$":"$.x","c.$":"$.y"}}', '{"x":1}')).toBe(
      `States.Runtime: The JSONPath '$.y' specified for the field 'c.$' could not be found in the input '{"x":1}'`,
    );
  });
});

test('parts without an expression are literals as a whole, and shared', () => {
  const template = '{"a":{"b":[1,2,{"c":3}]},"d.$":"$.x","e":[{"f.$":"$.x"},{"g":1}]}';
  expect(compiled('{"a":{"b":[1]}}').kind).toBe('literal');
  expect(compiled(template)).toMatchObject({
    kind: 'object',
    members: [
      ['a', { kind: 'literal' }],
      ['d', { kind: 'expression', field: 'd.$' }],
      ['e', { kind: 'array', items: [{ kind: 'object' }, { kind: 'literal' }] }],
    ],
  });
});

describe('effort', () => {
  const large = JSON.stringify({ a: Array.from({ length: 20_000 }, (_, index) => `${index}`) });

  test('a template that makes more than anybody can hold is given up', () => {
    const members = Array.from({ length: 1_000 }, (_, index) => [`m${index}.$`, '$']);
    const value = evaluate(JSON.stringify(Object.fromEntries(members)), large);
    expect(value).toMatchObject({ error: 'States.DataLimitExceeded' });
  });

  test.each([
    'States.ArrayUnique($.a)',
    'States.ArrayContains($.a, $.a)',
    'States.ArrayPartition($.a, 1)',
    'States.JsonToString($)',
    'States.StringToJson(States.JsonToString($))',
    "States.Format('{}', $)",
    'States.StringSplit(States.JsonToString($), $.a[0])',
    'States.ArrayContains($.a, 1)',
  ])('%s, a thousand times, is given up early', (call) => {
    const members = Array.from({ length: 1_000 }, (_, index) => [`m${index}.$`, call]);
    const effort = new Effort();
    const value = evaluate(JSON.stringify(Object.fromEntries(members)), large, effort);
    expect(value).toMatchObject({ error: 'States.Runtime' });
    expect(effort.total).toBeLessThan(2_500_000);
  });
});

describe('what is refused', () => {
  const inState = (fields: object) => ({ StartAt: 'S', States: { S: { Type: 'Pass', End: true, ...fields } } });
  const notValid = (name: string, at = '') =>
    schema(
      `The value for the field '${name}' must be a valid JSONPath or a valid intrinsic function call at /States/S/Parameters${at}`,
    );
  const noText = (name: string, kind: string) =>
    schema(
      `The value for the field '${name}' must be a STRING that contains a JSONPath but was ${kind} at /States/S/Parameters`,
    );

  test.each<[unknown, string[]]>([
    [{ a: 1, 'b.$': '$.b', c: [{ 'd.$': '$$.State' }] }, []],
    [[], []],
    [{ 'x.$': 'a' }, [notValid('x.$')]],
    [{ 'x.$': '' }, [notValid('x.$')]],
    [{ 'x.$': 1 }, [noText('x.$', 'a NUMBER')]],
    [{ 'x.$': false }, [noText('x.$', 'a BOOLEAN')]],
    [{ 'x.$': ['$.a'] }, [noText('x.$', 'an ARRAY')]],
    [{ 'x.$': { y: 1 } }, [noText('x.$', 'an OBJECT')]],
    [{ 'x.$': null }, [noText('x.$', 'NULL')]],
    [{ 'x.$': 'States.Nothing()' }, [notValid('x.$')]],
    [{ 'x.$': 'States.MathAdd(1,)' }, [notValid('x.$')]],
    [{ 'x.$': '$.a[' }, [notValid('x.$')]],
    [{ a: { 'x.$': 'a' }, b: [{ 'y.$': 'b' }] }, [notValid('x.$', '/a'), notValid('y.$', '/b[0]')]],
    [{ x: 1, 'x.$': '$.a' }, [schema("The fields 'x' and 'x.$' must not both be there at /States/S/Parameters")]],
    [{ 'x.$': '$name.a' }, []],
    [
      { 'x.$': '$1' },
      [
        schema(
          "The value for the field 'x.$' must be a valid JSONPath or a valid intrinsic function call at /States/S/Parameters",
        ),
      ],
    ],
    ['$', [schema('Expected value of type Object at /States/S/Parameters')]],
    [null, [schema('Expected value of type Object at /States/S/Parameters')]],
  ])('Parameters %j', (Parameters, problems) => {
    expect(problemsOf(inState({ Parameters }))).toEqual(problems);
  });
});

test.each([
  ['{"a.$":"$.b"}', {}],
  ['{"a.$":"$$.Execution.Name","b.$":"$$.State.Name","c.$":"$$.Task.Token"}', {}],
  ['{"a.$":"$$.Execution.Input.x"}', { executionInput: true }],
  ['{"a.$":"$$.Execution"}', { executionInput: true }],
  ['{"a":[{"b.$":"States.Format(\'{}\', $$.State.EnteredTime)"}]}', { enteredTime: true }],
  ['{"a.$":"$$.State"}', { enteredTime: true }],
  ['{"a.$":"$$.Map.Item.Value"}', { mapItem: true }],
  ['{"a.$":"$$"}', { executionInput: true, enteredTime: true, mapItem: true }],
  ['{"a.$":"$$..x"}', { executionInput: true, enteredTime: true, mapItem: true }],
])('a program knows what it reads of the context: %s', (template, reads) => {
  const definition = `{"StartAt":"S","States":{"S":{"Type":"Pass","Parameters":${template},"End":true}}}`;
  const none = { executionInput: false, enteredTime: false, mapItem: false };
  expect(compileDefinition(definition).contextReads).toEqual({ ...none, ...reads });
});
