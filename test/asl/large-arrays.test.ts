import fc from 'fast-check';
import { Effort } from '../../lib/asl/effort';
import { type Json, parseJson, stringifyJson } from '../../lib/asl/json';
import { evaluateExpression } from '../../lib/asl/template/evaluate';
import { parseExpression } from '../../lib/asl/template/intrinsic-grammar';
import { Unresolved } from '../../lib/asl/template/outside';
import { FACTS } from '../engine/facts';
import { nest, repeated } from './large-documents';

/** Every function takes every list that a document of 256 KiB can hold, and what it does with it is counted. */

const LISTS: Record<string, string> = {
  digits: repeated((i) => String(i % 10)),
  numbers: repeated(String),
  decimals: repeated((i) => `${i}.0`),
  'long numbers': repeated((i) => `${i + 1}12345678901234567890`),
  letters: repeated((i) => `"${String.fromCharCode(97 + (i % 26))}"`),
  texts: repeated((i) => `"t${i}"`),
  'escaped texts': repeated(() => '"\\u001F"'),
  'one text with many escapes': `["${'\\n'.repeat(130_000)}"]`,
  'texts of one hash': repeated(
    (i) => `"${Array.from({ length: 15 }, (_, at) => ((i >> at) & 1 ? 'Aa' : 'BB')).join('')}"`,
  ),
  objects: repeated((i) => `{"a":${i}}`),
  'empty objects': repeated(() => '{}'),
  'empty lists': repeated(() => '[]'),
  'lists of one': repeated((i) => `[${i % 10}]`),
  'deep lists': repeated(() => nest(900, '[', '', ']')),
  'deep objects': repeated((i) => nest(400, '{"b":1,"a":', String(i), '}')),
};

function evaluate(text: string, list: string, effort: Effort): Json | Unresolved {
  const json = `{"a":${list},"o":{"a":-1}}`;
  return evaluateExpression(parseExpression(text)!, 'x.$', {
    input: { value: parseJson(json).value, text: json },
    context: () => null,
    variable: () => undefined,
    random: () => 0.5,
    hash: FACTS.hash,
    effort,
  });
}

describe.each(['States.ArrayUnique($.a)', 'States.ArrayContains($.a, $.o)', 'States.ArrayContains($.a, -1)'])(
  '%s',
  (text) => {
    test.each(Object.entries(LISTS))('takes %s', (_, list) => {
      const effort = new Effort();
      const value = evaluate(text, list, effort);
      expect(value instanceof Unresolved ? value.cause : undefined).toBeUndefined();
      expect(effort.total).toBeLessThan(1_000_000);
    });
  },
);

test.each(Object.entries(LISTS))('States.StringToJson takes the text of %s', (_, list) => {
  const value = evaluate('States.StringToJson($.a)', JSON.stringify(list), new Effort());
  expect(value instanceof Unresolved ? value.cause : stringifyJson(value)).toBe(list);
});

test('States.JsonMerge takes many members', () => {
  const members = repeated((i) => `"${i.toString(36)}":1`)
    .replace('[', '{')
    .replace(']', '}');
  const value = evaluate('States.JsonMerge($.a, $.a, false)', members, new Effort());
  expect(value instanceof Unresolved ? value.cause : stringifyJson(value)).toBe(members);
});

test('a thousand ranges of a thousand numbers are given up', () => {
  const effort = new Effort();
  const made = Array.from({ length: 1_001 }, () => evaluate('States.ArrayRange(1, 1000, 1)', '[]', effort));
  expect(made[800]).toHaveLength(1_000);
  expect(made.at(-1)).toMatchObject({ error: 'States.Runtime' });
});

test('different values cost more than the same again and again', () => {
  const stepsOf = (list: string) => {
    const effort = new Effort();
    evaluate('States.ArrayUnique($.a)', list, effort);
    return effort.total;
  };
  const [some, all] = [7, Number.POSITIVE_INFINITY].map((most) =>
    stepsOf(`[${Array.from({ length: 10_000 }, (_, i) => 10_000 + (i % most)).join(',')}]`),
  );
  expect(all! - some!).toBeGreaterThan(50_000);
});

describe('the order of ArrayUnique', () => {
  /** As Java's HashMap does it: buckets that are lists. */
  function likeJava(items: string[]): string[] {
    let size = 16;
    while (size < items.length / 0.75 + 1) size *= 2;
    const buckets = new Map<number, string[]>();
    for (const item of items) {
      const hash = hashOf(item);
      const bucket = (hash ^ (hash >>> 16)) & (size - 1);
      const values = buckets.get(bucket) ?? [];
      buckets.set(bucket, values);
      if (!values.includes(item)) values.push(item);
    }
    return [...buckets].sort(([a], [b]) => a - b).flatMap(([, values]) => values);
  }

  /** Of a whole number, a decimal or a text without escapes, given as JSON. */
  function hashOf(item: string): number {
    if (item.startsWith('"')) {
      return [...item.slice(1, -1)].reduce((hash, char) => (Math.imul(31, hash) + char.charCodeAt(0)) | 0, 0);
    }
    const view = new DataView(new ArrayBuffer(8));
    if (/[.e]/.test(item)) view.setFloat64(0, Number(item));
    else if (BigInt.asIntN(32, BigInt(item)) === BigInt(item)) return Number(item);
    else view.setBigInt64(0, BigInt(item));
    return view.getInt32(0) ^ view.getInt32(4);
  }

  const number = fc.oneof(
    fc.integer({ min: -50, max: 50 }).map(String),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
    fc.integer().map((value) => String(value * 4097)),
    fc
      .double({ min: -1e15, max: 1e15, noNaN: true })
      .filter((value) => value % 1 !== 0)
      .map(String),
    fc.integer().map((value) => `${value}.0`),
  );
  const text = fc.stringMatching(/^[A-Ca-c]{0,4}$/).map((value) => `"${value}"`);

  test('is that of a HashSet', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(number, text), { maxLength: 300, size: 'max' }), (items) => {
        const value = evaluate('States.ArrayUnique($.a)', `[${items.join(',')}]`, new Effort());
        expect((value as Json[]).map((item) => stringifyJson(item))).toEqual(likeJava(items));
      }),
    );
  });

  test('of many values, too', () => {
    const items = Array.from({ length: 30_000 }, (_, i) =>
      i % 3 === 0 ? `"${(i * 7919) % 9001}"` : `${(i * 7919) % 20_011}.5`,
    );
    const value = evaluate('States.ArrayUnique($.a)', `[${items.join(',')}]`, new Effort());
    expect((value as Json[]).map((item) => stringifyJson(item))).toEqual(likeJava(items));
  });
});
