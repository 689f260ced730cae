import { withoutSource } from '../../lib/asl/jackson';
import {
  DEPTH_MAX,
  type Json,
  JsonNumber,
  JsonSyntaxError,
  type MemberOffsets,
  numberOf,
  parseJson,
  positionAt,
  quoteJson,
  stringifyJson,
} from '../../lib/asl/json';

/** JSON as AWS keeps it. Properties over generated texts: json-properties.test.ts. */

describe('printed compactly', () => {
  const check = (text: string, printed: string) => {
    const { value, compact } = parseJson(text);
    expect(stringifyJson(value)).toBe(printed);
    expect(compact).toBe(text === printed);
  };

  test.each([
    ['{"b":1,"a":2}', '{"b":1,"a":2}'],
    ['{"10":1,"9":2,"x":3,"1":4}', '{"10":1,"9":2,"x":3,"1":4}'],
    [' { "b" : [ 1 , 2 ] ,\t"a"\n:\r{ } } ', '{"b":[1,2],"a":{}}'],
    ['{"__proto__":{"x":1},"constructor":2,"toString":3}', '{"__proto__":{"x":1},"constructor":2,"toString":3}'],
    ['{"":{"":[]}}', '{"":{"":[]}}'],
    [' null', 'null'],
    ['true', 'true'],
    ['false ', 'false'],
  ])('members keep their order: %s', check);

  test.each([
    ['{"a":1,"b":2,"a":3}', '{"a":3,"b":2}'],
    ['{"a":1,"a":1}', '{"a":1}'],
    ['{"a":{"x":1},"a":{"y":1}}', '{"a":{"y":1}}'],
    ['{"\\u0061":1,"a":2}', '{"a":2}'],
  ])('of duplicate names the last value wins, in the first place: %s', check);

  test.each([
    ['0'],
    ['-0'],
    ['0.0'],
    ['-0.0'],
    ['1.0'],
    ['1.50'],
    ['1E5'],
    ['1e5'],
    ['1e+5'],
    ['1E-05'],
    ['1e21'],
    ['100000000000000000000'],
    ['12345678901234567890'],
    ['0.1000000000000000055511151231257827'],
    ['1e400'],
    ['-1e400'],
    ['1e-400'],
    ['5e-324'],
    ['9007199254740993'],
  ])('numbers keep their text: %s', (text) => {
    check(text, text);
    check(`[${text}]`, `[${text}]`);
    check(`{"n":${text},"m":${text}}`, `{"n":${text},"m":${text}}`);
  });

  test.each([
    ['"\\u0041"', '"A"'],
    ['"\\/"', '"/"'],
    ['"\\u000a"', '"\\n"'],
    ['"\\u001f"', '"\\u001F"'],
    ['"\\u001F"', '"\\u001F"'],
    ['"\\u000B"', '"\\u000B"'],
    ['"\\b\\f\\n\\r\\t\\"\\\\"', '"\\b\\f\\n\\r\\t\\"\\\\"'],
    ['"\\\\u001f"', '"\\\\u001f"'],
    ['"\\\\\\u001f"', '"\\\\\\u001F"'],
    ['"\\u007f"', '"\u007f"'],
    ['"\u2028\u2029\u00e9\u65e5"', '"\u2028\u2029\u00e9\u65e5"'],
    ['"\\u65e5"', '"\u65e5"'],
    ['"\\ud83d\\ude00"', '"\u{1f600}"'],
    ['"\u{1f600}"', '"\u{1f600}"'],
    ['"\\ud83d"', '"\\ud83d"'],
    ['"\\uD83D"', '"\\ud83d"'],
  ])('strings are escaped no more than needed: %s', check);

  test('control characters are written as AWS writes them, upper case', () => {
    const all = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join('');
    expect(quoteJson(all)).toBe(
      '"\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\b\\t\\n\\u000B\\f\\r\\u000E\\u000F' +
        '\\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017\\u0018\\u0019\\u001A\\u001B\\u001C\\u001D\\u001E\\u001F"',
    );
  });

  test('a lone surrogate that stands in the text as it is was not compact', () => check('"\ud83d"', '"\\ud83d"'));
});

describe('values', () => {
  test.each<[string, Json]>([
    ['5', 5],
    ['-1.5', -1.5],
    ['5.0', new JsonNumber('5.0')],
    ['-0', new JsonNumber('-0')],
    ['1e2', new JsonNumber('1e2')],
    ['[]', []],
    ['{}', new Map()],
    ['{"a":[null,true]}', new Map<string, Json>([['a', [null, true]]])],
  ])('of %s', (text, value) => {
    expect(parseJson(text).value).toStrictEqual(value);
  });

  test.each([
    ...['0', '7', '-7', '10', '1.5', '-1.05', '1e+21', '1e-7', '1.5e+300', '999999999999999', '-999999999999999'],
    ...['9007199254740991', '9007199254740992', '100000000000000000000'],
  ])('a number that JavaScript prints alike is that number: %s', (text) => {
    for (const [around, value] of [
      [text, Number(text)],
      [`[${text},${text}]`, [Number(text), Number(text)]],
      [`{"a":${text} }`, new Map([['a', Number(text)]])],
    ] as [string, Json][]) {
      expect(parseJson(around).value).toStrictEqual(value);
    }
  });

  test.each([
    ...['-0', '0.0', '1.10', '-2.0', '1E5', '1e5', '1E+21', '1e+5', '1e21', '0.0000001', '1.0e-7', '0e0', '-0.0'],
    ...['9007199254740993', '12345678901234567890', '1000000000000000000000', '1e400', '-1e400'],
  ])('any other keeps its text: %s', (text) => {
    const [value] = parseJson(`[${text},1]`).value as Json[];
    expect(value).toStrictEqual(new JsonNumber(text));
    expect(numberOf(value as JsonNumber)).toBe(Number(text));
    expect(stringifyJson(parseJson(`{"a":[ ${text} ]}`).value)).toBe(`{"a":[${text}]}`);
  });

  test.each([
    ['7', 1],
    ['[]', 1],
    ['{"a":[1,{}],"b":null}', 5],
  ])('are counted: %s', (text, count) => {
    expect(parseJson(text).count).toBe(count);
  });
});

describe('text that is not JSON', () => {
  const wanted = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
  const control = (code: number, where = 'string value') =>
    `Illegal unquoted character ((CTRL-CHAR, code ${code})): has to be escaped using backslash to be included in ${where}`;
  const ended = (rest: string) => `Unexpected end-of-input${rest}`;
  const unclosed = (kind: string, source: string, column = 1) =>
    ended(
      `: expected close marker for ${kind} (start marker at [Source: (String)"${source}"; line: 1, column: ${column}])`,
    );
  const unexpected = (character: string, rest: string) => {
    const code = character.charCodeAt(0);
    const hex = code > 255 ? ` / 0x${code.toString(16)}` : '';
    return `Unexpected character ('${character}' (code ${code}${hex}))${rest}`;
  };
  const noValue = (character: string) => unexpected(character, `: expected a valid value ${wanted}`);
  const noDigit = (character: string, rest: string) => unexpected(character, ` in numeric value: ${rest}`);
  const minus = 'expected digit (0-9) to follow minus sign, for valid numeric value';
  const token = (word: string) => `Unrecognized token '${word}': was expecting ${wanted}`;
  const nonStandard = (word: string) =>
    `Non-standard token '${word}': enable JsonParser.Feature.ALLOW_NON_NUMERIC_NUMBERS to allow`;
  const mismatch = (closer: string, other: string, kind: string, source: string, column: number) =>
    `Unexpected close marker '${closer}': expected '${other}' (for ${kind} starting at [Source: (String)"${source}"; line: 1, column: ${column}])`;
  const trailing = (type: string) =>
    `Trailing token (of type ${type}) found after value (bound as \`com.fasterxml.jackson.databind.JsonNode\`): not allowed as per \`DeserializationFeature.FAIL_ON_TRAILING_TOKENS\``;
  const comment =
    ": maybe a (non-standard) comment? (not recognized as one since Feature 'ALLOW_COMMENTS' not enabled for parser)";

  /** Messages and columns are those that jackson-core 2.12.7 gave for these texts. */
  test.each<[text: string, message: string, offset: number, column: number]>([
    ['', ended(''), 0, 1],
    ['  ', ended(''), 2, 3],
    ['{', unclosed('Object', '{'), 1, 2],
    ['[1,', ended(' within/between Array entries'), 3, 4],
    ['[1', unclosed('Array', '[1'), 2, 3],
    ['[[1]', unclosed('Array', '[[1]'), 4, 5],
    ['[ {"a":1', unclosed('Object', '[ {"a":1', 3), 8, 9],
    ['{"a"', ended(' within/between Object entries'), 4, 5],
    ['{"a":', ended(' within/between Object entries'), 5, 6],
    ['{"a":1', unclosed('Object', '{"a":1'), 6, 7],
    ['{"a', ended(' in field name'), 3, 4],
    ['"abc', ended(': was expecting closing quote for a string value'), 4, 5],
    ['hello', token('hello'), 0, 6],
    ['[1, wrong]', token('wrong'), 4, 10],
    ['truee', token('truee'), 0, 6],
    ['tru', token('tru'), 0, 4],
    ['nul', token('nul'), 0, 4],
    ['True', token('True'), 0, 5],
    ['undefined', token('undefined'), 0, 10],
    [`x${'y'.repeat(400)}`, token(`x${'y'.repeat(255)}...`), 0, 257],
    ['NaN', nonStandard('NaN'), 0, 4],
    ['[Infinity]', nonStandard('Infinity'), 1, 10],
    ['-Infinity', nonStandard('-Infinity'), 0, 10],
    ['-INF', nonStandard('-INF'), 0, 5],
    ['Nan', token('Nan'), 0, 4],
    ['[}', mismatch('}', ']', 'Array', '[}', 1), 1, 3],
    ['{"a":1]', mismatch(']', '}', 'Object', '{"a":1]', 1), 6, 8],
    ['{}}', mismatch('}', ']', 'root', '{}}', 0), 2, 4],
    ['[,1]', noValue(','), 1, 3],
    ['[1,]', noValue(']'), 3, 5],
    ['{"a":}', unexpected('}', ': expected a value'), 5, 7],
    ['{} {}', trailing('START_OBJECT'), 3, 5],
    ['1 2.5', trailing('VALUE_NUMBER_FLOAT'), 2, 6],
    ['{} x', token('x'), 3, 5],
    ["'a'", noValue("'"), 0, 2],
    ['/* */1', unexpected('/', comment), 0, 2],
    ['[1/2]', unexpected('/', comment), 2, 4],
    ['\u00a01', noValue('\u00a0'), 0, 2],
    ['\ufeff1', noValue('\ufeff'), 0, 2],
    ['{a:1}', unexpected('a', ': was expecting double-quote to start field name'), 1, 3],
    ['{"a":1,}', unexpected('}', ': was expecting double-quote to start field name'), 7, 9],
    ['{"a" 1}', unexpected('1', ': was expecting a colon to separate field name and value'), 5, 7],
    ['{"a":1 "b":2}', unexpected('"', ': was expecting comma to separate Object entries'), 7, 9],
    ['[1 2]', unexpected('2', ': was expecting comma to separate Array entries'), 3, 5],
    ['[1a]', unexpected('a', ': was expecting comma to separate Array entries'), 2, 4],
    ['01', 'Invalid numeric value: Leading zeroes not allowed', 1, 2],
    ['[-01]', 'Invalid numeric value: Leading zeroes not allowed', 3, 4],
    ['-', ended('No digit following minus sign'), 0, 2],
    ['[-a]', noDigit('a', minus), 1, 4],
    ['-Ia', noDigit('a', minus), 0, 4],
    ['1.', noDigit('.', 'Decimal point not followed by a digit'), 1, 3],
    ['12.x', noDigit('x', 'Decimal point not followed by a digit'), 2, 4],
    ['0.x', noDigit('x', 'Decimal point not followed by a digit'), 1, 4],
    ['1e', ended('expected a digit for number exponent'), 1, 3],
    ['1e+x', noDigit('x', 'Exponent indicator not followed by a digit'), 1, 3],
    ['1a', unexpected('a', ': Expected space separating root-level values'), 1, 3],
    ['1.5.2', unexpected('.', ': Expected space separating root-level values'), 3, 5],
    ['.5', noValue('.'), 0, 2],
    ['+5', noDigit('5', minus), 0, 3],
    ['"\u0001"', control(1), 1, 3],
    ['"a\nb"', control(10), 2, 4],
    ['{"a\tb":1}', control(9, 'name'), 3, 5],
    [
      '[\u0001]',
      'Illegal character ((CTRL-CHAR, code 1)): only regular white space (\\r, \\n, \\t) is allowed between tokens',
      1,
      3,
    ],
    ['"\\x"', "Unrecognized character escape 'x' (code 120)", 2, 4],
    ['"\\u12g4"', unexpected('g', ': expected a hex-digit for character escape sequence'), 2, 7],
    ['"\\u12', ended(' in character escape sequence'), 2, 6],
  ])('%j', (text, message, offset, column) => {
    const error = errorOf(text);
    expect(error.message).toBe(message);
    expect(error.offset).toBe(offset);
    expect(error.place).toEqual({ line: 1, column });
  });

  test.each([
    ['{\n  "a": 1,\r\n  b', 3, 4],
    ['[\r\r1', 3, 2],
    ['["a\u2028",\n]', 2, 2],
  ])('%j: lines end as white space ends them', (text, line, column) => {
    expect(errorOf(text).place).toEqual({ line, column });
  });

  test('a text over 32,768 characters is not shown', () => {
    const shown = `["${'x'.repeat(32_766)}`;
    expect(errorOf(shown.slice(0, 499)).message).not.toContain('[truncated');
    expect(errorOf(`${shown.slice(0, 1_000)}"`).message).toContain(`"[truncated 501 chars]; line: 1, column: 1]`);
    expect(errorOf(`${shown}"`).message).toContain('(start marker at [Source: (StringReader); line: 1, column: 1])');
  });

  test('for somebody who has the text, it is left out', () => {
    expect(withoutSource(errorOf('[{\n"a":[1}').message)).toBe(
      "Unexpected close marker '}': expected ']' (for Array starting at line 2, column 5)",
    );
    expect(withoutSource(token('x'))).toBe(token('x'));
  });

  function errorOf(text: string): JsonSyntaxError {
    try {
      parseJson(text);
    } catch (error) {
      if (error instanceof JsonSyntaxError) return error;
    }
    throw new Error('it is JSON');
  }
});

describe('depth', () => {
  test.each([
    ['arrays', '['.repeat(DEPTH_MAX) + ']'.repeat(DEPTH_MAX)],
    ['objects', `${'{"a":'.repeat(DEPTH_MAX)}1${'}'.repeat(DEPTH_MAX)}`],
  ])('%s may nest as deep as the limit, and no deeper', (_, deepest) => {
    expect(stringifyJson(parseJson(deepest).value)).toBe(deepest);
    expect(() => parseJson(`[${deepest}]`)).toThrow(
      `Document nesting depth (${DEPTH_MAX + 1}) exceeds the maximum allowed (${DEPTH_MAX})`,
    );
  });

  test('a hostile depth is refused before it is followed', () => {
    expect(() => parseJson('['.repeat(1_000_000))).toThrow(JsonSyntaxError);
    expect(() => parseJson('{"a":'.repeat(300_000))).toThrow(JsonSyntaxError);
  });

  test('what has been closed does not count', () => {
    expect(() => parseJson(`[${'[],'.repeat(5_000)}{}]`)).not.toThrow();
  });
});

describe('places', () => {
  test.each([
    ['abc', 0, 1, 1],
    ['abc', 2, 1, 3],
    ['a\nbc', 2, 2, 1],
    ['a\nbc', 3, 2, 2],
    ['a\r\n\nb', 4, 3, 1],
    ['a\n', 2, 2, 1],
  ])('in %j offset %d is line %d, column %d', (text, offset, line, column) => {
    expect(positionAt(text, offset)).toEqual({ line, column });
  });

  test('of members are recorded: names of objects, elements of arrays, of duplicates the last', () => {
    const text = '{"a": [10, {"b":1}], "c":2, "c" : 3}';
    const offsets: MemberOffsets = new Map();
    const root = parseJson(text, offsets).value as Map<string, Json>;
    const list = root.get('a') as Json[];
    expect(offsets.get(root)).toEqual(
      new Map([
        ['a', 1],
        ['c', text.lastIndexOf('"c"')],
      ]),
    );
    expect(offsets.get(list)).toEqual(
      new Map([
        [0, text.indexOf('10')],
        [1, text.indexOf('{"b"')],
      ]),
    );
    expect(offsets.get(list[1] as Map<string, Json>)).toEqual(new Map([['b', text.indexOf('"b"')]]));
  });
});
