import fc from 'fast-check';
import { Effort } from '../../lib/asl/effort';
import { DEPTH_MAX, type Json, JsonSyntaxError, parseJson, stringifyJson } from '../../lib/asl/json';
import { measure } from '../../lib/asl/measure';
import { knownLength, printJson, rememberParsed, rememberText } from '../../lib/asl/shared-text';

const large = (): Json =>
  parseJson(`[${Array.from({ length: 1_000 }, (_, index) => `{"n":${index}.0}`).join(',')}]`).value;
const object = (...members: [string, Json][]): Json => new Map(members);

const nested = (depth: number, core: Json): Json => {
  let value = core;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
};

test('large members are remembered, small ones and those far down are not', () => {
  const [first, second, third] = [large(), large(), large()];
  const small = parseJson('{"a":1}').value;
  const value = object(
    ['first', first],
    ['in', object(['second', second], ['far', object(['third', third])])],
    ['small', small],
  );
  expect(printJson(value)).toBe(stringifyJson(value));
  const text = stringifyJson(first);
  expect([first, second, third, small].map((part) => knownLength(part as object))).toEqual([
    text.length,
    text.length,
    undefined,
    undefined,
  ]);
});

test('what is remembered is what is printed', () => {
  const value = large();
  rememberText(value, `[${'"known"'.padEnd(3_000)}]`);
  expect(printJson(object(['a', value], ['b', value]))).toBe(
    `{"a":[${'"known"'.padEnd(3_000)}],"b":[${'"known"'.padEnd(3_000)}]}`,
  );
});

test('a document is too deep however often parts of it were printed', () => {
  const deep = nested(DEPTH_MAX - 2, large());
  expect(printJson(deep)).toBe(stringifyJson(deep));
  const deeper = object(['a', deep]);
  expect(() => stringifyJson(deeper)).toThrow(JsonSyntaxError);
  expect(() => printJson(deeper)).toThrow(JsonSyntaxError);
  expect(() => printJson(deeper)).toThrow(JsonSyntaxError);
});

test('the same text as without remembering, for any documents that share parts', () => {
  const part = fc.oneof(
    fc.constant(large()),
    fc.jsonValue({ maxDepth: 4 }).map((value) => parseJson(JSON.stringify(value)).value),
    fc.string({ minLength: 1_990, maxLength: 2_010 }).map((text): Json => [text]),
  );
  const shape = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      { weight: 2, arbitrary: part },
      {
        weight: 3,
        arbitrary: fc
          .dictionary(fc.string(), tie('value'), { maxKeys: 4 })
          .map((members): Json => new Map(Object.entries(members))),
      },
      { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
    ),
  })).value;
  fc.assert(
    fc.property(shape, shape, (one, other) => {
      for (const value of [one, object(['a', one], ['b', other]), object(['c', object(['d', one])]), other]) {
        expect(printJson(value)).toBe(stringifyJson(value));
      }
    }),
  );
});

test('measuring is about right, and stops where it is enough', () => {
  const value = object(['a', large()], ['b', large()]);
  const { length } = stringifyJson(value);
  for (let round = 0; round < 2; round++) {
    const measured = measure(value, 1_000_000, new Effort());
    expect(Math.abs(measured - length) / length).toBeLessThan(0.5);
    printJson(value);
  }
  const effort = new Effort();
  const much = nested(1, Array.from({ length: 100 }, large));
  expect(measure(much, 10_000, effort)).toBeGreaterThan(10_000);
  expect(effort.total).toBeLessThan(5_000);
});

test('large members of a text that is read are known by what they stand as, if that is compact', () => {
  const list = `[${Array.from({ length: 1_000 }, (_, index) => `{"n":${index}.0}`).join(',')}]`;
  const text = `{"a":${list},"b":{"c":${list},"d":{"e":${list}}},"f":[1]}`;
  const known = (given: string) => {
    const parsed = parseJson(given);
    rememberParsed(parsed, given);
    const b = (parsed.value as Map<string, Map<string, Json>>).get('b')!;
    const d = b.get('d') as Map<string, Json>;
    expect(printJson(parsed.value)).toBe(text);
    return [parsed.value, (parsed.value as Map<string, Json>).get('a'), b.get('c'), d, d.get('e')];
  };
  const lengths = (values: (Json | undefined)[]) => values.map((value) => knownLength(value as object));
  const inner = `{"e":${list}}`.length;
  expect(lengths(known(text))).toEqual([text.length, list.length, list.length, inner, undefined]);
  expect(printJson(known(text)[1]!)).toBe(list);
  expect(printJson(known(` ${text}`)[1]!)).toBe(list);
  expect(parseJson(` ${text}`).large).toEqual([]);
});

test('what goes through a list costs as much where it was printed before', () => {
  const value = large();
  const effortOf = () => {
    const effort = new Effort();
    measure(value, 1e6, effort, 10, false);
    return effort.total;
  };
  const before = effortOf();
  printJson(value);
  expect([knownLength(value as object) !== undefined, effortOf()]).toEqual([true, before]);
});
