import fc from 'fast-check';
import { type Json, parseJson, stringifyJson } from '../../lib/asl/json';
import { parsePath } from '../../lib/asl/path/grammar';
import { placeAtPath, selectPath } from '../../lib/asl/path/select';

/** ResultPath: a value is placed in a copy of the input. */

const place = (path: string, root: Json, value: Json): Json | undefined => placeAtPath(parsePath(path)!, root, value);

function check(path: string, json: string, expected: string): void {
  const root = parseJson(json).value;
  const before = stringifyJson(root);
  const placed = place(path, root, ['new']);
  expect(placed === undefined ? 'does not fit' : stringifyJson(placed)).toBe(expected);
  expect(stringifyJson(root)).toBe(before);
}

describe('fits', () => {
  test.each([
    ['$', '{"a":1}', '["new"]'],
    ['$', 'null', '["new"]'],
    ['$.a', '{}', '{"a":["new"]}'],
    ['$.a', '{"z":0,"a":1,"b":2}', '{"z":0,"a":["new"],"b":2}'],
    ['$.c', '{"z":0,"a":1.0}', '{"z":0,"a":1.0,"c":["new"]}'],
    ['$.a.b.c', '{}', '{"a":{"b":{"c":["new"]}}}'],
    ['$.a.b.c', '{"a":{"x":1}}', '{"a":{"x":1,"b":{"c":["new"]}}}'],
    ["$['a b']['']", '{}', '{"a b":{"":["new"]}}'],
    ['$.1', '{"2":0}', '{"2":0,"1":["new"]}'],
    ['$.__proto__.x', '{}', '{"__proto__":{"x":["new"]}}'],
    ['$[0]', '[1,2]', '[["new"],2]'],
    ['$[1]', '[1,2]', '[1,["new"]]'],
    ['$.a[1]', '{"a":[1,2,3]}', '{"a":[1,["new"],3]}'],
    ['$.a[0].b.c', '{"a":[{"x":1}]}', '{"a":[{"x":1,"b":{"c":["new"]}}]}'],
    ['$[0][0]', '[[1]]', '[[["new"]]]'],
  ])('%s into %s', check);
});

describe('does not fit', () => {
  test.each([
    ['$.a', '[1]'],
    ['$.a', '"text"'],
    ['$.a', '1'],
    ['$.a', '1.0'],
    ['$.a', 'true'],
    ['$.a', 'null'],
    ['$.a.b', '{"a":null}'],
    ['$.a.b', '{"a":"text"}'],
    ['$.a.b', '{"a":[]}'],
    ['$.a.b', '{"a":1.0}'],
    ['$[0]', '{}'],
    ['$[0]', '[]'],
    ['$[2]', '[1,2]'],
    ['$.a[0]', '{}'],
    ['$.a[0]', '{"a":{}}'],
    ['$.a[0].b', '{"a":[5]}'],
    ['$[0][1]', '[[1]]'],
  ])('%s into %s', (path, json) => check(path, json, 'does not fit'));
});

test('what was placed is found there, and everything else is as it was', () => {
  const roots = fc
    .object({
      maxDepth: 3,
      key: fc.constantFrom('a', 'b', 'c'),
      values: [fc.integer(), fc.constant(null), fc.string()],
    })
    .map((root) => parseJson(JSON.stringify(root)).value);
  const paths = fc
    .array(fc.constantFrom('.a', '.b', '.c', '[0]', '[1]'), { maxLength: 4 })
    .map((steps) => parsePath(`$${steps.join('')}`)!);
  const seen = new Set<boolean>();
  fc.assert(
    fc.property(roots, paths, (root, path) => {
      const before = stringifyJson(root);
      const placed = placeAtPath(path, root, 'placed');
      seen.add(placed !== undefined);
      expect(stringifyJson(root)).toBe(before);
      if (placed === undefined) return;
      expect(selectPath(path, placed)).toEqual({ found: true, value: 'placed' });
      const old = selectPath(path, root);
      if (old.found) expect(stringifyJson(placeAtPath(path, placed, old.value)!)).toBe(before);
    }),
    { seed: Number(process.env.SEED ?? 2017), numRuns: 500 },
  );
  expect(seen).toEqual(new Set([true, false]));
});
