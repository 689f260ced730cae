import { createHash } from 'node:crypto';
import { Effort } from '../../lib/asl/effort';
import { parseJson, stringifyJson } from '../../lib/asl/json';
import { Evaluation } from '../../lib/asl/jsonata/evaluation';
import { compileJsonata, evaluateTemplate, Oversized, Unevaluated } from '../../lib/asl/jsonata/template';
import { atOnce } from '../../lib/asl/pieces';

/** What is long is made plain, printed and made JSON in pieces: with the same result as in one. */

async function evaluated(expression: string, input: string): Promise<{ text: string; pauses: number }> {
  let pauses = 0;
  const evaluation = new Evaluation({
    random: () => 0.5,
    hash: (algorithm, text) => createHash(algorithm.replace('-', '')).update(text).digest('hex'),
    effort: new Effort(),
    nowMs: 0,
    giveWay: async () => {
      pauses++;
      await new Promise(setImmediate);
    },
  });
  const document = parseJson(input).value;
  const value = await evaluateTemplate(atOnce(compileJsonata(`{% ${expression} %}`, 'Output')), {
    evaluation,
    states: {
      get input() {
        return evaluation.plain(document);
      },
    },
    variable: () => undefined,
    document: () => document,
  });
  if (value instanceof Oversized) throw new Error('no limit was given');
  return { text: value instanceof Unevaluated ? value.text : stringifyJson(value), pauses };
}

const nested = (levels: number, open: string, close: string) => `${open.repeat(levels)}0${close.repeat(levels)}`;
const many = (count: number, text: (at: number) => string) => Array.from({ length: count }, (_, at) => text(at)).join();

const DOCUMENTS: [string, string][] = [
  ['numbers', `[${many(30_000, String)}]`],
  ['fractions', `[${many(20_000, (at) => `${at}.125`)}]`],
  ['little but brackets', `[${many(100, () => nested(100, '[', ']'))}]`],
  ['one chain', nested(900, '[1,', ']')],
  ['chains of objects', `[${many(50, () => nested(150, '{"a":', '}'))}]`],
  ['many members', `{${many(20_000, (at) => `"k${at}":{}`)}}`],
  ['members in members', `{"a":{"b":{"c":[${many(10_000, (at) => `{"n":${at},"l":[]}`)}],"d":null}},"e":"\\n\\"x"}`],
  ['long parts among short ones', `[1,[${many(9_000, String)}],"x",{"y":[${many(9_000, String)}]},[],{}]`],
  ['texts with line breaks', `{"a":[${many(9_000, () => '"\\n  [\\n"')}],"b":"\\n"}`],
];

test.each(DOCUMENTS)('%s: printed as in one piece', async (_, text) => {
  const value = JSON.parse(text);
  expect(JSON.parse((await evaluated('$string($states.input)', text)).text)).toBe(JSON.stringify(value));
  expect(JSON.parse((await evaluated('$string($states.input, true)', text)).text)).toBe(
    JSON.stringify(value, undefined, 2),
  );
});

test.each(DOCUMENTS)('%s: joined as in one piece', async (_, text) => {
  const value = JSON.parse(text);
  const joined = `x${JSON.stringify(value)}${JSON.stringify(value)}`;
  expect(JSON.parse((await evaluated('"x" & $states.input & $states.input', text)).text)).toBe(joined);
});

test.each(DOCUMENTS)('%s: cloned and handed on as it is', async (_, text) => {
  expect((await evaluated('$clone($states.input)', text)).text).toBe(text);
  const both = '{"a": $states.input, "b": $clone($states.input)}';
  expect((await evaluated(both, text)).text).toBe(`{"a":${text},"b":${text}}`);
});

test('others have their turn while a document is made plain, printed and handed on', async () => {
  const text = `[${many(100, () => nested(500, '[', ']'))}]`;
  expect((await evaluated('$states.input', text)).pauses).toBeGreaterThan(3);
  expect((await evaluated('$string($states.input)', text)).pauses).toBeGreaterThan(10);
  expect((await evaluated('$states.input & "x"', text)).pauses).toBeGreaterThan(10);
  expect((await evaluated('[$clone($states.input)]', text)).pauses).toBeGreaterThan(15);
});

test('numbers keep their texts, and members their order, in what is made plain in pieces', async () => {
  const text = `{"2":[${many(9_000, () => '1234567890123456789')}],"1":{"b":1,"a":[${many(9_000, String)}]}}`;
  expect((await evaluated('$states.input', text)).text).toBe(text);
  expect((await evaluated('$states.input."2"[8999]', text)).text).toBe('1234567890123456800');
});

test('a function in a long list is printed as an empty text', async () => {
  const list = `[${many(6_000, String)},""]`;
  expect(JSON.parse((await evaluated('$string($append([0..5999], $sum))', '{}')).text)).toBe(list);
});

test('what is indented over the limit is refused before all of it is made', async () => {
  const text = `[${many(70, () => nested(900, '[1,', ']'))}]`;
  expect((await evaluated('$string($states.input, true)', text)).text).toContain('memory limit exceeded');
});
