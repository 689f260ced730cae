import {
  DEPTH_MAX,
  type Json,
  JsonNumber,
  JsonSyntaxError,
  type MemberOffsets,
  parseJson,
  positionAt,
  quoteJson,
  stringifyJson,
  toPlain,
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
    ['5.0', new JsonNumber('5.0', 5)],
    ['-0', new JsonNumber('-0', -0)],
    ['1e2', new JsonNumber('1e2', 100)],
    ['[]', []],
    ['{}', new Map()],
    ['{"a":[null,true]}', new Map<string, Json>([['a', [null, true]]])],
  ])('of %s', (text, value) => {
    expect(parseJson(text).value).toStrictEqual(value);
  });

  test('as plain JavaScript they have no prototype to be reached through', () => {
    const plain = toPlain(parseJson('{"__proto__":{"polluted":1},"a":[1.0,{"b":null}]}').value) as Record<
      string,
      unknown
    >;
    expect(Object.getPrototypeOf(plain)).toBeNull();
    expect(Object.keys(plain)).toEqual(['__proto__', 'a']);
    expect(JSON.stringify(plain)).toBe('{"__proto__":{"polluted":1},"a":[1,{"b":null}]}');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('text that is not JSON', () => {
  const wanted = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
  const control = (code: number) =>
    `Illegal unquoted character ((CTRL-CHAR, code ${code})): has to be escaped using backslash to be included in string value`;

  test.each<[string, string, number]>([
    ['', 'Unexpected end-of-input', 0],
    ['  ', 'Unexpected end-of-input', 2],
    ['{', 'Unexpected end-of-input within/between entries', 1],
    ['[1,', 'Unexpected end-of-input within/between entries', 3],
    ['[1', 'Unexpected end-of-input: expected close marker for Array', 2],
    ['{"a"', 'Unexpected end-of-input: expected close marker for Object', 4],
    ['{"a":', 'Unexpected end-of-input within/between entries', 5],
    ['{"a":1', 'Unexpected end-of-input: expected close marker for Object', 6],
    ['"abc', 'Unexpected end-of-input in a String value', 4],
    ['hello', `Unrecognized token 'hello': was expecting ${wanted}`, 0],
    ['[1, wrong]', `Unrecognized token 'wrong': was expecting ${wanted}`, 4],
    ['truee', `Unrecognized token 'truee': was expecting ${wanted}`, 0],
    ['tru', `Unrecognized token 'tru': was expecting ${wanted}`, 0],
    ['nul', `Unrecognized token 'nul': was expecting ${wanted}`, 0],
    ['True', `Unrecognized token 'True': was expecting ${wanted}`, 0],
    ['undefined', `Unrecognized token 'undefined': was expecting ${wanted}`, 0],
    [`x${'y'.repeat(200)}`, `Unrecognized token 'x${'y'.repeat(99)}': was expecting ${wanted}`, 0],
    ['NaN', "Non-standard token 'NaN': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow", 0],
    ['[Infinity]', "Non-standard token 'Infinity': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow", 1],
    ['[}', `Unexpected character ('}' (code 125)): expected a valid value ${wanted}`, 1],
    ['[,1]', `Unexpected character (',' (code 44)): expected a valid value ${wanted}`, 1],
    ['[1,]', `Unexpected character (']' (code 93)): expected a valid value ${wanted}`, 3],
    ['{} {}', `Unexpected character ('{' (code 123)): expected a valid value ${wanted}`, 3],
    ["'a'", `Unexpected character (''' (code 39)): expected a valid value ${wanted}`, 0],
    ['/* */1', `Unexpected character ('/' (code 47)): expected a valid value ${wanted}`, 0],
    ['\u00a01', `Unexpected character ('\u00a0' (code 160)): expected a valid value ${wanted}`, 0],
    ['\ufeff1', `Unexpected character ('\ufeff' (code 65279)): expected a valid value ${wanted}`, 0],
    ['{a:1}', "Unexpected character ('a' (code 97)): was expecting double-quote to start field name", 1],
    ['{"a":1,}', "Unexpected character ('}' (code 125)): was expecting double-quote to start field name", 7],
    ['{"a" 1}', "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value", 5],
    ['{"a":1 "b":2}', "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries", 7],
    ['[1 2]', "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries", 3],
    ['01', 'Invalid numeric value: Leading zeroes not allowed', 1],
    ['[-01]', 'Invalid numeric value: Leading zeroes not allowed', 3],
    ['-', 'Unexpected character in numeric value: No digit following minus sign', 0],
    ['[-a]', 'Unexpected character in numeric value: No digit following minus sign', 1],
    ['1.', "Unexpected character ('.' (code 46)): Expected space separating root-level values", 1],
    ['1a', "Unexpected character ('a' (code 97)): Expected space separating root-level values", 1],
    ['1.5.2', "Unexpected character ('.' (code 46)): Expected space separating root-level values", 3],
    ['.5', `Unexpected character ('.' (code 46)): expected a valid value ${wanted}`, 0],
    ['+5', `Unexpected character ('+' (code 43)): expected a valid value ${wanted}`, 0],
    ['"\u0001"', control(1), 1],
    ['"a\nb"', control(10), 2],
    ['{"a\tb":1}', control(9), 3],
    ['"\\x"', "Unrecognized character escape 'x' (code 120)", 2],
    ['"\\u12g4"', 'expected a hex-digit for character escape sequence', 2],
    ['"\\u12', 'expected a hex-digit for character escape sequence', 2],
  ])('%j', (text, message, offset) => {
    expect.assertions(3);
    try {
      parseJson(text);
    } catch (error) {
      expect(error).toBeInstanceOf(JsonSyntaxError);
      expect((error as JsonSyntaxError).message).toBe(message);
      expect((error as JsonSyntaxError).offset).toBe(offset);
    }
  });
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
