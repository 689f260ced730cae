import { parseJson, stringifyJson } from '../../lib/asl/json';
import { parsePath } from '../../lib/asl/path/grammar';
import { selectPath } from '../../lib/asl/path/select';

const select = (path: string, json: string): string => {
  const parsed = parsePath(path);
  if (!parsed) throw new Error(`${path} is not a path`);
  const selection = selectPath(parsed, parseJson(json).value);
  return selection.found ? stringifyJson(selection.value) : `! ${selection.reason}`;
};

const check = (path: string, json: string, expected: string) => expect(select(path, json)).toBe(expected);

describe('a definite path gives its node', () => {
  test.each([
    ['$', '{"a":1}', '{"a":1}'],
    ['$', 'null', 'null'],
    ['$.a', '{"a":{"b":[1]}}', '{"b":[1]}'],
    ['$.a', '{"a":null}', 'null'],
    ['$.a', '{"a":false}', 'false'],
    ['$.a', '{"a":0.0}', '0.0'],
    ['$.a.b', '{"a":{"b":""}}', '""'],
    ["$['a b']['']", '{"a b":{"":7}}', '7'],
    ['$[0]', '[5,6]', '5'],
    ['$[(@.length-1)]', '[5,6]', '6'],
    ['$.a[(@.length - 2)].b', '{"a":[{"b":1},{"b":2}]}', '1'],
    ['$.a.[0]', '{"a":[7]}', '7'],
    ["$.a.['b c']", '{"a":{"b c":7}}', '7'],
    ['$.a[1][0]', '{"a":[0,[9]]}', '9'],
    ['$.1', '{"1":"one"}', '"one"'],
    ['$.__proto__.x', '{"__proto__":{"x":1}}', '1'],
    ['$.length', '{"length":3}', '3'],
  ])('%s of %s', check);
});

describe('a definite path that selects nothing', () => {
  test.each([
    ['$.foo', '{}', "! No results for path: $['foo']"],
    ['$.a.b', '{"a":{}}', "! No results for path: $['a']['b']"],
    ["$['a b']", '{}', "! No results for path: $['a b']"],
    ['$.no.such.path', '{}', "! Missing property in path $['no']"],
    ['$.a.no.b', '{"a":{}}', "! Missing property in path $['a']['no']"],
    ['$.no[0]', '{}', "! Missing property in path $['no']"],
    ['$.a[2]', '{"a":[1]}', "! Index out of bounds when evaluating path $['a'][2]"],
    ['$.a[-1]', '{"a":[1]}', "! Index out of bounds when evaluating path $['a'][-1]"],
    ['$[(@.length-3)]', '[5,6]', '! Index out of bounds when evaluating path $[(@.length-3)]'],
    ['$[(@.length-0)]', '[5,6]', '! Index out of bounds when evaluating path $[(@.length-0)]'],
    ['$[(@.length-1)]', '5', '! Filter: [(@.length-1)] can only be applied to arrays. Current context is: 5'],
    ['$.l.length()', '{"l":[1]}', "! Property ['length()'] not found in path $['l']"],
    ['$.o.length()', '{"o":{}}', "! No results for path: $['o']['length()']"],
    ['$.a[0]', '{"a":[]}', "! Index out of bounds when evaluating path $['a'][0]"],
    ['$[0]', '{}', '! Filter: [0] can only be applied to arrays. Current context is: {}'],
    [
      '$.a[0]',
      '{"a":{"b":["x",1.0]}}',
      '! Filter: [0] can only be applied to arrays. Current context is: {b=[x, 1.0]}',
    ],
    ['$.a[-1].b', '{"a":null}', '! Filter: [-1] can only be applied to arrays. Current context is: null'],
    ['$.a', '[1]', "! Property ['a'] not found in path $"],
    ['$.a.b', '{"a":"text"}', "! Property ['b'] not found in path $['a']"],
    ['$.a.b', '{"a":1.0}', "! Property ['b'] not found in path $['a']"],
    ['$.a.b', '{"a":true}', "! Property ['b'] not found in path $['a']"],
    ['$.a.b', '{"a":null}', "! Property ['b'] not found in path $['a']"],
    ['$.__proto__', '{}', "! No results for path: $['__proto__']"],
    ['$.constructor', '{}', "! No results for path: $['constructor']"],
    ['$.a.length', '{"a":{}}', "! No results for path: $['a']['length']"],
  ])('%s of %s', check);
});

describe('an indefinite path gives a list', () => {
  test.each([
    ['$[*]', '[1,[2],{"a":3}]', '[1,[2],{"a":3}]'],
    ['$[*]', '{"b":1,"a":2,"0":3}', '[1,2,3]'],
    ['$.*', '{"b":1,"a":2}', '[1,2]'],
    ['$[*]', '5', '[]'],
    ['$.a[*]', '{"a":[]}', '[]'],
    ['$.a[*].b', '{"a":[{"b":1},{},{"b":null},5]}', '[1,null]'],
    ['$[*][0]', '[[1,2],[3],[],{"0":9}]', '[1,3]'],
    ["$['b','a','c']", '{"a":1,"b":2}', '[2,1]'],
    ["$['a','b']", '[1]', '[]'],
    ['$[2,0]', '[1,2,3]', '[3,1]'],
    ['$[0,-1,9]', '[1,2,3]', '[1]'],
    ['$[*][(@.length-1)]', '[[1,2],[],{},[3]]', '[2,3]'],
    ['$[0,1]', '{}', '[]'],
    ['$.a[1:3].b', '{"a":[{"b":0},{"b":1},{"b":2},{"b":3}]}', '[1,2]'],
  ])('%s of %s', check);

  test.each([
    ['$[1:3]', '[1,2]'],
    ['$[1:]', '[1,2,3,4]'],
    ['$[:2]', '[0,1]'],
    ['$[-2:]', '[3,4]'],
    ['$[:-3]', '[0,1]'],
    ['$[-3:-1]', '[2,3]'],
    ['$[3:1]', '[]'],
    ['$[2:2]', '[]'],
    ['$[0:99]', '[0,1,2,3,4]'],
    ['$[9:]', '[]'],
  ])('slice %s of [0,1,2,3,4]', (path, expected) => check(path, '[0,1,2,3,4]', expected));

  test.each([
    ['$..a', '{"a":1,"b":{"a":2,"c":[{"a":3}]}}', '[1,2,3]'],
    ['$..a', '{"x":{"a":{"a":1}}}', '[{"a":1},1]'],
    ['$..[0]', '[[1,2],[3]]', '[[1,2],1,3]'],
    ['$..*', '{"a":{"b":1},"c":[2]}', '[{"b":1},[2],1,2]'],
    ['$.b..a', '{"a":1,"b":{"a":2}}', '[2]'],
    ['$..a.b', '{"a":{"b":1},"c":{"a":{"b":2}}}', '[1,2]'],
    ['$..a', '5', '[]'],
    ['$..a..a', '{"a":{"a":{"a":1}}}', '[{"a":1},1,1]'],
  ])('descent %s of %s', check);

  test.each([
    ['$.a[*]', '{}', "! Missing property in path $['a']"],
    ['$.a.b[*]', '{"a":{}}', "! Missing property in path $['a']['b']"],
    ['$.a.b[*]', '{}', "! Missing property in path $['a']"],
    ['$.a[5].b[*]', '{"a":[]}', "! Index out of bounds when evaluating path $['a'][5]"],
  ])('but the way to its open part must exist: %s of %s', check);
});

describe('a filter', () => {
  const numbers = '[{"a":1},{"a":2},{"a":2.0},{"a":"2"},{"a":null},{"a":true},{"a":[2]},{"a":{}},{},2]';
  test.each([
    ['$[?(@.a)]', numbers, '[{"a":1},{"a":2},{"a":2.0},{"a":"2"},{"a":null},{"a":true},{"a":[2]},{"a":{}}]'],
    ['$[?(!@.a)]', numbers, '[{}]'],
    ['$[?(@.a == 2)]', numbers, '[{"a":2},{"a":2.0}]'],
    ["$[?(@.a == '2')]", numbers, '[{"a":"2"}]'],
    ['$[?(@.a == null)]', numbers, '[{"a":null}]'],
    ['$[?(@.a == true)]', numbers, '[{"a":true}]'],
    ['$[?(@.a != 2)]', '[{"a":1},{"a":2},{"a":"2"}]', '[{"a":1},{"a":"2"}]'],
    ['$[?(@.a > 1)]', numbers, '[{"a":2},{"a":2.0}]'],
    ['$[?(@.a >= 1)]', numbers, '[{"a":1},{"a":2},{"a":2.0}]'],
    ['$[?(@.a < 2)]', numbers, '[{"a":1}]'],
    ['$[?(@.a <= 2)]', numbers, '[{"a":1},{"a":2},{"a":2.0}]'],
    ["$[?(@.a < '3')]", numbers, '[{"a":"2"}]'],
    ["$[?(@.a > '10')]", '[{"a":"9"},{"a":"1"},{"a":11}]', '[{"a":"9"}]'],
    ['$[?(@ > 2)]', '[1,2,3,"4",null]', '[]'],
    ['$[?(@)]', '[1,{"a":2},[3]]', '[{"a":2}]'],
    ['$[?(@.a == @.b)]', '[{"a":1,"b":1},{"a":1,"b":2},{"a":"1","b":1}]', '[{"a":1,"b":1}]'],
    ['$.l[?(@.a > $.min)]', '{"min":1,"l":[{"a":1},{"a":2}]}', '[{"a":2}]'],
    ["$[?(@['a b'][1].c == 'x')]", '[{"a b":[0,{"c":"x"}]},{"a b":[]}]', '[{"a b":[0,{"c":"x"}]}]'],
    ['$[?(@.a == 1 && @.b == 2)]', '[{"a":1,"b":2},{"a":1}]', '[{"a":1,"b":2}]'],
    ['$[?(@.a == 1 || @.b == 2)]', '[{"a":1},{"b":2},{"c":3}]', '[{"a":1},{"b":2}]'],
    ['$[?(!(@.a == 1))]', '[{"a":1},{"a":2}]', '[{"a":2}]'],
    ['$[?(@.a == 1 && (@.b || @.c))]', '[{"a":1,"c":0},{"a":1},{"b":1}]', '[{"a":1,"c":0}]'],
    ['$[*][?(@.a > 1)].b', '[[{"a":2,"b":"x"}],[{"a":1,"b":"y"}],[{"a":3}]]', '["x"]'],
    ['$..l[?(@.id == 7)].name', '{"l":[{"id":7,"name":"n"}],"b":{"l":[{"id":8},{"id":7,"name":"m"}]}}', '["n","m"]'],
    ['$[?(@.a)]', '[]', '[]'],
    ['$[?(@.a)]', '"text"', '[]'],
    ['$[?(@.a == 1)]', '{"a":1}', '[{"a":1}]'],
    ['$[?(@.a == 2)]', '{"a":1}', '[]'],
    ['$[?(@.constructor)]', '[{},{"constructor":1}]', '[{"constructor":1}]'],
    ['$[?(@.__proto__.x == 1)]', '[{},{"__proto__":{"x":1}}]', '[{"__proto__":{"x":1}}]'],
    ['$[?(@.length > 0)]', '["text",[1],{"length":1}]', '[{"length":1}]'],
  ])('%s of %s', check);

  test('texts of a definition are never code', () => {
    check(`$[?(@.a == "'] || true || ['")]`, '[{"a":1}]', '[]');
    check(`$[?(@["');process.exit(1);('"] == 1)]`, '[{"a":1}]', '[]');
    check("$[?(@.a == '@[1]')]", '[{"a":1},{"a":"@[1]"}]', '[{"a":"@[1]"}]');
  });
});

describe('work is bounded', () => {
  const tooMuch = '! The path takes too many steps';
  const nested = (width: number, depth: number): string =>
    depth === 0
      ? '1'
      : `[${Array(width)
          .fill(nested(width, depth - 1))
          .join(',')}]`;
  const repeated = (count: number) => `[${Array(count).fill(0).join(',')}]`;

  test.each([
    ['every, again and again', `$${'[*]'.repeat(6)}`, nested(8, 6)],
    ['descent in descent', `$${'..*'.repeat(5)}`, nested(1, 60)],
    ['descent in descent, finding nothing', `$${'..a'.repeat(5)}..b`, `${'{"a":'.repeat(60)}1${'}'.repeat(60)}`],
    ['the same index many times', `$${repeated(600)}${repeated(600)}`, '[[1]]'],
    ['the same name many times', `$${`[${Array(60).fill("'a'").join(',')}]`.repeat(4)}`, '{"a":{"a":{"a":{"a":1}}}}'],
    ['a filter over many', '$..[?(@.a == 1)]', `[${Array(12_000).fill('{}').join(',')}]`],
    ['a filter in a descent', '$..*..[?(@.a == 1)]', nested(6, 5)],
    ['64 steps', `$${'[0,0]'.repeat(64)}`, `${'['.repeat(64)}1${']'.repeat(64)}`],
  ])('%s', (_, path, json) => expect(select(path, json).slice(0, 100)).toBe(tooMuch));

  test.each([
    ['the same node', `$.a${repeated(40)}`, `{"a":[${JSON.stringify('x'.repeat(50_000))}]}`],
    ['nodes and all that is in them', '$..*', `${'{"a":'.repeat(100)}"${'x'.repeat(20_000)}"${'}'.repeat(100)}`],
  ])('%s, again and again: what is selected is bounded too', (_, path, json) => {
    expect(select(path, json).slice(0, 100)).toBe('! The path selects too much');
  });

  test('but large documents are not refused', () => {
    const json = `{"list":[${Array.from({ length: 40_000 }, (_, i) => i).join(',')}]}`;
    expect(parseJson(select('$.list[*]', json)).value).toHaveLength(40_000);
    expect(parseJson(select('$..list[39999:]', json)).value).toEqual([39_999]);
  });
});
