import fc from 'fast-check';
import { Effort } from '../../lib/asl/effort';
import { type Json, parseJson, stringifyJson } from '../../lib/asl/json';
import { evaluateExpression } from '../../lib/asl/template/evaluate';
import { parseExpression } from '../../lib/asl/template/intrinsic-grammar';
import { Unresolved } from '../../lib/asl/template/outside';
import { FACTS } from '../engine/facts';

const CONTEXT = parseJson('{"Execution":{"Name":"run"},"StateMachine":{"Id":"arn:m","Name":"m"}}').value;

function evaluate(text: string, input: unknown, dice: () => number = () => 0.5): Json | Unresolved {
  const expression = parseExpression(text);
  if (!expression) throw new Error(`not an expression: ${text}`);
  const json = typeof input === 'string' ? input : JSON.stringify(input);
  return evaluateExpression(expression, 'x.$', {
    input: { value: parseJson(json).value, text: json },
    context: () => CONTEXT,
    variable: () => undefined,
    random: dice,
    hash: FACTS.hash,
    effort: new Effort(),
  });
}

/** The value, as JSON text. */
const made = (text: string, input: unknown, dice?: () => number): string => {
  const value = evaluate(text, input, dice);
  return value instanceof Unresolved ? `${value.error}: ${value.cause}` : stringifyJson(value);
};

/** The reason in the cause of a function that fails. */
const reasonOf = (text: string, input: unknown): string => {
  const value = evaluate(text, input);
  if (!(value instanceof Unresolved)) throw new Error(`${text} made ${stringifyJson(value)}`);
  expect(value.error).toBe('States.Runtime');
  const start = `The function '${text}' had the following error: `;
  expect(value.cause.startsWith(start)).toBe(true);
  return value.cause.slice(start.length);
};

describe('values', () => {
  test.each<[string, unknown, string]>([
    ['States.Array()', {}, '[]'],
    ["States.Array(1, 'a', true, null, -1.5, $.a)", { a: [2] }, '[1,"a",true,null,-1.5,[2]]'],
    ['States.Array($.a, 2.50, 1E5)', '{"a":1.0}', '[1.0,2.50,1E5]'],
    ['States.ArrayPartition($, 2)', [1, 2, 3], '[[1,2],[3]]'],
    ['States.ArrayPartition($, 2.6)', [1, 2, 3], '[[1,2],[3]]'],
    ['States.ArrayPartition($, 9)', [], '[]'],
    ['States.ArrayContains($, 2)', [1, 2], 'true'],
    ['States.ArrayContains($, 2)', [1, [2]], 'false'],
    ["States.ArrayContains($, '2')", [1, 2], 'true'],
    ["States.ArrayContains($, '2.5')", '[2.50]', 'true'],
    ["States.ArrayContains($, '2')", '[2.0]', 'false'],
    ['States.ArrayContains($, false)', ['no', 'false'], 'true'],
    ['States.ArrayContains($, false)', [0, '', null], 'false'],
    ["States.ArrayContains($, '[1]')", [[1]], 'false'],
    ["States.ArrayContains($, 'null')", [null], 'false'],
    ['States.ArrayContains($, null)', [null], 'true'],
    ['States.ArrayContains($, 1)', '[1.0]', 'false'],
    ['States.ArrayContains($.a, $.b)', { a: [{ x: 1, y: [2] }], b: { x: 1, y: [2] } }, 'true'],
    ['States.ArrayContains($.a, $.b)', { a: [{ x: 1, y: [2] }], b: { y: [2], x: 1 } }, 'false'],
    ['States.ArrayContains($.a, $.b)', { a: [{ x: 1, y: [2] }], b: { y: [2] } }, 'false'],
    ['States.ArrayContains($.a, $.b)', { a: [[1, 2]], b: [2, 1] }, 'false'],
    ['States.ArrayContains($.a, $.b)', { a: [['x', 'y']], b: ['x,"1:y'] }, 'false'],
    ['States.ArrayContains($.a, $.b)', { a: [['1']], b: [1] }, 'false'],
    ['States.ArrayContains($.a, $.b)', { a: [['\u001f\n"']], b: ['\u001f\n"'] }, 'true'],
    ['States.ArrayRange(1, 9, 2)', {}, '[1,3,5,7,9]'],
    ['States.ArrayRange(0, 10, 3)', {}, '[0,3,6,9]'],
    ['States.ArrayRange(3, 1, -1)', {}, '[3,2,1]'],
    ['States.ArrayRange(3, 1, 1)', {}, '[]'],
    ['States.ArrayRange(0.9, -1.9, -1.5)', {}, '[0,-1]'],
    ['States.ArrayRange(1.6, 1.4, 1)', {}, '[1]'],
    ['States.ArrayGetItem($, 1.9)', [1, 2, 3], '2'],
    ['States.ArrayGetItem($, 999)', [], 'null'],
    ['States.MathAdd(1.5, -1.5)', {}, '1'],
    ['States.ArrayGetItem($, 1)', [1, null], 'null'],
    ['States.ArrayLength($)', [1, [2, 3]], '2'],
    [
      'States.ArrayUnique($)',
      '[1,1,1.0,1.00,"1",null,null,[],[],{"a":1,"b":2},{"b":2,"a":1},true]',
      '[null,{"a":1,"b":2},1,[],true,1.0,"1"]',
    ],
    // As a HashSet of Java 17 holds them.
    [
      'States.ArrayUnique($)',
      '[101.125,65375592773334,-6587321660187853,-1985161371,7,null,null,null,"a","a",-1998690412,""]',
      '[null,"","a",7,-1985161371,-6587321660187853,-1998690412,65375592773334,101.125]',
    ],
    ['States.ArrayUnique($)', ['plum', 'fig', 'plum', 'pear', 'kiwi'], '["plum","pear","kiwi","fig"]'],
    ['States.ArrayUnique($)', '[40,37,34,31,28,25,22,19,16,13,10,7,4,1]', '[1,34,4,37,7,40,10,13,16,19,22,25,28,31]'],
    ['States.ArrayLength(States.ArrayUnique($))', '[123456789012345678901234567890,2,2]', '2'],
    ['States.Base64Encode($)', '"Grüße"', '"R3LDvMOfZQ=="'],
    ["States.Base64Decode('R3LDvMOfZQ==')", {}, '"Grüße"'],
    ["States.Base64Decode('R3LDvMOfZQ')", {}, '"Grüße"'],
    ["States.Base64Decode('')", {}, '""'],
    ["States.Base64Decode('eHl')", {}, '"xy"'],
    ["States.Base64Decode(' eHl6~~')", {}, '"xyz"'],
    ["States.Base64Decode('eA==eQ')", {}, '"x"'],
    ["States.Hash('input data', 'MD5')", {}, '"812f45842bc6d66ee14572ce20db8e86"'],
    ["States.Hash($, 'SHA-1')", '{"a":1}', '"9f89c740ceb46d7418c924a78ac57941d5e96520"'],
    [
      'States.JsonMerge($.a, $.b, false)',
      { a: { x: { p: 1 }, y: 2 }, b: { z: 3, x: { q: 4 } } },
      '{"x":{"q":4},"y":2,"z":3}',
    ],
    ['States.StringToJson($)', '"{\\"b\\": 1.0, \\"a\\": [2]}"', '{"b":1.0,"a":[2]}'],
    ['States.StringToJson($)', '" "', 'null'],
    ['States.StringToJson($)', '"-0"', '0'],
    ['States.StringToJson($)', '"{\\"a\\":[-0,-0.5,1]}"', '{"a":[0,-0.5,1]}'],
    ['States.StringToJson(\'[1,"a"]\')', {}, '[1,"a"]'],
    ['States.JsonToString($)', '{"b": 1.0, "a": ["x"]}', '"{\\"b\\":1.0,\\"a\\":[\\"x\\"]}"'],
    ["States.JsonToString('a')", {}, '"\\"a\\""'],
    ['States.MathAdd(1.49, 1.5)', {}, '3'],
    ['States.MathAdd(-1.5, -1.51)', {}, '-3'],
    ['States.MathAdd(-0.5, 0)', {}, '0'],
    ['States.MathAdd(2147483646, 1)', {}, '2147483647'],
    ["States.JsonMerge($.a, $.b, 'false')", { a: { p: { q: 1 } }, b: { p: 2 } }, '{"p":2}'],
    ["States.StringSplit('1,2,3', ',')", {}, '["1","2","3"]'],
    ["States.StringSplit(',,a,', ',')", {}, '["a"]'],
    ["States.StringSplit('This.is+a,test=string', '.+,=')", {}, '["This","is","a","test","string"]'],
    ["States.StringSplit('a', '')", {}, '["a"]'],
    ["States.StringSplit('x😀y', '😀')", {}, '["x","y"]'],
    ["States.Format('none')", {}, '"none"'],
    ["States.Format('{}{}-{}', 1, 'a', true)", {}, '"1a-true"'],
    [
      "States.Format('{} {} {}', $.o, $.l, $.n)",
      '{"o":{"a":{"b":"c"},"d":[]},"l":["x",1.0],"n":null}',
      '"{a={b=c}, d=[]} [x, 1.0] null"',
    ],
    ["States.Format('it\\'s \\{{}\\} \\\\ {}', 1, 2)", {}, '"it\'s {1} \\\\ 2"'],
    ['States.Format($.t, $.a)', { t: 'Hello, {}!', a: 'you' }, '"Hello, you!"'],
    ["States.Format('{}', $$.StateMachine)", {}, '"{Id=arn:m, Name=m}"'],
    ["States.Format('{}', $.a[?(@.n == ')')].v)", { a: [{ n: ')', v: 1 }] }, '"[1]"'],
    ["States.Format('{}', $['a,b)'])", { 'a,b)': 1 }, '"1"'],
    ["States.ArrayGetItem(States.StringSplit('a-b', '-'), 1)", {}, '"b"'],
    ['States.ArrayLength($.a[*])', {}, '0'],
    ['States.MathAdd( 1 ,\t-3 )', {}, '-2'],
    ['$.a[*].b', {}, '[]'],
    ['$.a', { a: { b: 1 } }, '{"b":1}'],
    ['$$.Execution.Name', {}, '"run"'],
  ])('%s of %j is %s', (text, input, expected) => {
    expect(made(text, input)).toBe(expected);
  });

  test('dice are thrown by the world alone', () => {
    expect(made('States.MathRandom(1, 11)', {}, () => 0)).toBe('1');
    expect(made('States.MathRandom(1, 11)', {}, () => 0.999)).toBe('10');
    expect(made('States.MathRandom(-5, 5)', {}, () => 0.25)).toBe('-3');
    const throws = [0.1, 0.2, 0.3, 0.4];
    expect(made('States.UUID()', {}, () => throws.shift()!)).toMatch(
      /^"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"$/,
    );
    expect(throws).toEqual([]);
  });

  test('a seed makes the same number again, in the range', () => {
    const of = (seed: number) => made(`States.MathRandom(0, 1000, ${seed})`, {}, () => Number.NaN);
    expect(of(7)).toBe(of(7));
    const numbers = Array.from({ length: 50 }, (_, seed) => Number(of(seed)));
    expect(new Set(numbers).size).toBeGreaterThan(30);
    for (const number of numbers) expect(number >= 0 && number < 1000).toBe(true);
  });
});

describe('arguments that a function does not take', () => {
  test.each<[string, unknown]>([
    ['States.ArrayLength($)', {}],
    ["States.ArrayGetItem($, 'a')", [1]],
    ['States.ArrayGetItem($, 1)', [1]],
    ['States.ArrayGetItem($, -1)', [1]],
    ['States.ArrayPartition($, 0)', [1]],
    ['States.ArrayRange(0, 1, 0)', {}],
    ['States.ArrayRange(0, 1000, 1)', {}],
    ['States.Base64Encode(1)', {}],
    ['States.Base64Encode($)', JSON.stringify('a'.repeat(10_001))],
    ['States.Format()', {}],
    ['States.UUID(1)', {}],
    ['States.ArrayLength()', {}],
    ['States.ArrayLength($, $)', []],
    ['States.MathRandom(1, 2, 3, 4)', {}],
    ['States.Base64Decode(1)', {}],
    ['States.Base64Decode($)', JSON.stringify('a'.repeat(10_001))],
    ["States.Hash('a', 'CRC')", {}],
    ["States.Hash($, 'MD5')", JSON.stringify('a'.repeat(10_001))],
    ['States.JsonMerge($, 1, false)', {}],
    ['States.JsonMerge($, $, true)', {}],
    ["States.JsonMerge($, $, 'true')", {}],
    ['States.JsonMerge($, $, null)', {}],
    ["States.StringToJson('{')", {}],
    ['States.MathAdd(2147483647, 1)', {}],
    ['States.MathRandom(5, 5)', {}],
    ["States.MathRandom(1, 5, 'a')", {}],
    ["States.StringSplit(1, ',')", {}],
    ['States.ArrayGetItem($, 0)', '"x"'],
    ['States.ArrayGetItem($, -1)', []],
    ['States.ArrayPartition($, 0.6)', [1]],
    ['States.ArrayRange(1, 10, 0.9)', {}],
    ['States.MathRandom(1.4, 1.6)', {}],
    ['States.MathAdd(2147483647.5, -1)', {}],
    ["States.MathAdd('1', 1)", {}],
    ['States.StringToJson($)', 1],
  ])('%s of %j', (text, input) => {
    expect(reasonOf(text, input)).toBe(`Invalid arguments in ${text.slice(0, text.indexOf('('))}`);
  });

  const differ = 'Invalid arguments in States.Format: number of arguments do not match the occurrences of {}.';
  const template = (wanted: string, brace: string) =>
    `Invalid template in States.Format: matching '${wanted}' not found for '${brace}'.`;
  test.each<[string, string]>([
    ["States.Format('{} {}', 1)", differ],
    ["States.Format('{}', 1, 2)", differ],
    ["States.Format('Hello {', 1)", template('}', '{')],
    ["States.Format('{{}}', 1)", template('}', '{')],
    ["States.Format('{a}')", template('}', '{')],
    ["States.Format('{}}', 1)", template('{', '}')],
    ["States.Format('}')", template('{', '}')],
  ])('%s', (text, reason) => expect(reasonOf(text, {})).toBe(reason));

  test('the outermost call is named', () => {
    const outer = 'States.Array(States.ArrayLength($))';
    expect(made(outer, {})).toBe(
      `States.Runtime: The function '${outer}' had the following error: Invalid arguments in States.ArrayLength`,
    );
  });
});

test('paths that select nothing: States.Runtime', () => {
  expect(made('$.b', { a: 1 })).toBe(
    `States.Runtime: The JSONPath '$.b' specified for the field 'x.$' could not be found in the input '{"a":1}'`,
  );
});

describe('arguments that select nothing: States.Runtime', () => {
  test.each([
    ["States.Format('{}', $.b)", '$.b'],
    ['States.Array(1,$.a.b)', '$.a.b'],
    ['States.Array( $.l[2] )', '$.l[2]'],
    ['States.Array($.l[2].x)', '$.l[2].x'],
    ['States.Array(States.ArrayLength($.b), 1)', '$.b'],
    ["States.Format('{}', $$.Nothing.Deep)", '$.Nothing.Deep'],
  ])('%s', (text, path) => {
    expect(made(text, { a: 1, l: [1, 2] })).toBe(
      `States.Runtime: The function '${text}' had the following error: The JsonPath argument for the field '${path}' could not be found in the input '{"a":1,"l":[1,2]}'`,
    );
  });

  test('an index into no array says so', () => {
    expect(made('States.Array($.a[0])', { a: { b: 'x' } })).toBe(
      "States.Runtime: The function 'States.Array($.a[0])' had the following error: Filter: [0] can only be applied to arrays. Current context is: {b=x}",
    );
  });
});

test('an index past the end finds null in a template, and nothing elsewhere', () => {
  for (const path of ['$.l[2]', '$.l[-1]', '$.n.l[0]']) expect(made(path, { l: [1, 2], n: { l: [] } })).toBe('null');
  for (const path of ['$.l[2].x', '$.l[-1].x', '$.n[0]', '$.m[0]']) {
    expect(made(path, { l: [1, 2], n: {} })).toContain(`States.Runtime: The JSONPath '${path}'`);
  }
  const path = parseExpression('$.l[2]')!;
  const input = { value: parseJson('{"l":[]}').value, text: '{"l":[]}' };
  const outside = {
    input,
    context: () => CONTEXT,
    variable: () => undefined,
    random: () => 0,
    hash: FACTS.hash,
    effort: new Effort(),
  };
  expect(evaluateExpression(path, 'ErrorPath', outside)).toMatchObject({ error: 'States.Runtime' });
});

test.each([
  'States.Form($)',
  'States.Format',
  'States.Format(',
  "States.Format('a)",
  "States.Format('a') x",
  "x States.Format('a')",
  'States.Format(,)',
  'States.Format($,)',
  'States.Format($ $)',
  'States.Format($.)',
  'States.Format(a)',
  'States.Format("a")',
  'States.Format($1)',
  'States.Array(01)',
  'States.Array(1.)',
  'States.Array(nul)',
  'States.Array(truer)',
  'states.uuid()',
  'UUID()',
  String.raw`States.StringToJson('{"say": "\"hello\""}')`,
  String.raw`States.Format('a\nb')`,
  String.raw`States.Format('a\\\b')`,
  String.raw`States.Format('a\')`,
  '',
  'a',
  `${'States.Array('.repeat(11)}${')'.repeat(11)}`,
  `States.Array('${'a'.repeat(10_000)}')`,
])('%s is no expression', (text) => {
  expect(parseExpression(text)).toBeUndefined();
});

test('calls are nested ten deep', () => {
  expect(made(`${'States.Array('.repeat(10)}${')'.repeat(10)}`, {})).toBe('[[[[[[[[[[]]]]]]]]]]');
});

describe('properties', () => {
  const json = fc.jsonValue().map((value) => stringifyJson(parseJson(JSON.stringify(value)).value));

  test('JsonToString and StringToJson undo each other', () => {
    fc.assert(
      fc.property(json, (text) => {
        const back = made('States.StringToJson(States.JsonToString($[0]))', `[${text}]`);
        expect(back).toBe(text);
      }),
    );
  });

  test('Base64Decode undoes Base64Encode', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        expect(made('States.Base64Decode(States.Base64Encode($))', JSON.stringify(text))).toBe(
          stringifyJson(parseJson(JSON.stringify(text)).value),
        );
      }),
    );
  });

  test('what is in an array is found in it', () => {
    fc.assert(
      fc.property(fc.array(json, { minLength: 1, maxLength: 8 }), fc.nat(), (items, pick) => {
        const input = `{"a":[${items.join(',')}],"b":${items[pick % items.length]}}`;
        expect(made('States.ArrayContains($.a, $.b)', input)).toBe('true');
      }),
    );
  });

  test('no text makes the parser throw', () => {
    const piece = fc.constantFrom(
      'States.',
      'Format',
      'Array',
      'UUID',
      '(',
      ')',
      ',',
      "'",
      '\\',
      '$',
      '.a',
      '[0]',
      '1',
      ' ',
      '{}',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        parseExpression(pieces.join(''));
        parseExpression(`States.Array(${pieces.join('')})`);
      }),
      { numRuns: 2_000 },
    );
  });
});
