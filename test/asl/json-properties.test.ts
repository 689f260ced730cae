import fc from 'fast-check';
import { JsonSyntaxError, type ParsedJson, parseInPieces, parseJson, stringifyJson } from '../../lib/asl/json';
import { atOnce } from '../../lib/asl/pieces';
import { toPlain } from './plain';

/** `SEED=n npx jest test/asl` tries other texts. */
const params = { seed: Number(process.env.SEED ?? 2017), numRuns: 600 };

/** A JSON document as a text, and the compact text that it must be printed as. */
interface Written {
  text: string;
  compact: string;
}

const space = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.constantFrom(' ', '\n', '\t', '\r', ' \r\n ') },
);

const digits = fc.stringMatching(/^\d{1,25}$/);
const number = fc
  .tuple(
    fc.constantFrom('', '', '-'),
    digits.map((text) => text.replace(/^0+(?=\d)/, '')),
    fc.oneof(
      fc.constant(''),
      digits.map((text) => `.${text}`),
    ),
    fc.oneof(
      fc.constant(''),
      fc
        .tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '+', '-'), fc.stringMatching(/^\d{1,3}$/))
        .map((parts) => parts.join('')),
    ),
  )
  .map((parts) => parts.join(''))
  .map((text): Written => ({ text, compact: text }));

/** One character: how it may be written, and how it is printed. */
const hex = (code: number) => code.toString(16).padStart(4, '0');
const SHORT: Record<string, string> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};
const printedAs = (character: string): string =>
  SHORT[character] ?? (character < ' ' ? `\\u${hex(character.charCodeAt(0)).toUpperCase()}` : character);
const character = fc
  .tuple(
    fc.oneof(
      fc.constantFrom('a', '"', '\\', '/', '\b', '\n', '\u001f', '\u007f', 'u', '0', 'é', '日', '\u2028', '😀'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
    fc.constantFrom('plain', 'plain', 'lower', 'upper'),
  )
  .map(([given, style]): Written => {
    const compact = [...given].map(printedAs).join('');
    if (style === 'plain') return { text: compact, compact };
    const units = Array.from({ length: given.length }, (_, i) => hex(given.charCodeAt(i)));
    const text = units.map((unit) => `\\u${style === 'upper' ? unit.toUpperCase() : unit}`).join('');
    return { text, compact };
  });
const string = fc.array(character, { maxLength: 6 }).map(
  (all): Written => ({
    text: `"${all.map(({ text }) => text).join('')}"`,
    compact: `"${all.map(({ compact }) => compact).join('')}"`,
  }),
);
const literal = fc.constantFrom('true', 'false', 'null').map((text): Written => ({ text, compact: text }));

const listed = (open: string, close: string, items: Written[], spaces: string[]): Written => {
  const at = (index: number) => spaces[index % spaces.length] ?? '';
  const text = items.map((item, index) => `${at(index)}${item.text}${at(index + 1)}`).join(',');
  return {
    text: open + (text || at(0)) + close,
    compact: open + items.map(({ compact }) => compact).join(',') + close,
  };
};
const spaces = fc.array(space, { minLength: 1, maxLength: 5 });
const names = fc.oneof(
  string,
  fc.constantFrom('"__proto__"', '"1"', '"0"', '"a"', '"toString"').map((text): Written => ({ text, compact: text })),
);

const { document } = fc.letrec<{ document: Written; array: Written; object: Written }>((tie) => ({
  document: fc.oneof({ maxDepth: 4, depthSize: 'small' }, number, string, literal, tie('array'), tie('object')),
  array: fc
    .tuple(fc.array(tie('document'), { maxLength: 5 }), spaces)
    .map(([items, gaps]) => listed('[', ']', items, gaps)),
  object: fc
    .tuple(
      fc.uniqueArray(fc.tuple(names, tie('document')), { maxLength: 5, selector: ([name]) => name.compact }),
      spaces,
      space,
    )
    .map(([members, gaps, gap]) => {
      const items = members.map(([name, value]) => ({
        text: `${name.text}${gap}:${gap}${value.text}`,
        compact: `${name.compact}:${value.compact}`,
      }));
      return listed('{', '}', items, gaps);
    }),
}));
const written = fc
  .tuple(space, document, space)
  .map(([before, { text, compact }, after]) => ({ text: before + text + after, compact }));

test('a document is printed in its own order and numbers, with no white space and no needless escape', () => {
  fc.assert(
    fc.property(written, ({ text, compact }) => expect(stringifyJson(parseJson(text).value)).toBe(compact)),
    params,
  );
});

test('`compact` is true exactly when that is the very text', () => {
  const seen = new Set<boolean>();
  fc.assert(
    fc.property(written, ({ text }) => {
      const { value, compact } = parseJson(text);
      seen.add(compact);
      expect(compact).toBe(stringifyJson(value) === text);
    }),
    params,
  );
  expect(seen).toEqual(new Set([true, false]));
});

test('what is printed is read again as the same, and is compact', () => {
  fc.assert(
    fc.property(written, ({ text }) => {
      const first = parseJson(text).value;
      const again = parseJson(stringifyJson(first));
      expect(again).toStrictEqual({ value: first, compact: true, large: [], count: expect.any(Number) });
    }),
    { ...params, numRuns: 300 },
  );
});

test('the values are those of JSON.parse', () => {
  fc.assert(
    fc.property(written, ({ text }) => {
      expect(JSON.stringify(toPlain(parseJson(text).value))).toBe(JSON.stringify(JSON.parse(text)));
    }),
    params,
  );
});

test('so are those of what JSON.stringify writes, indented or not', () => {
  fc.assert(
    fc.property(fc.json({ noUnicodeString: false }), fc.constantFrom(0, 1, '\t'), (text, indent) => {
      const given = JSON.stringify(JSON.parse(text), null, indent);
      expect(JSON.stringify(toPlain(parseJson(given).value))).toBe(
        text === given ? given : JSON.stringify(JSON.parse(text)),
      );
    }),
    { ...params, numRuns: 300 },
  );
});

const duplicated = fc
  .array(fc.tuple(fc.constantFrom('a', 'b', '1', '__proto__'), fc.nat(9)), { minLength: 1, maxLength: 8 })
  .map((members) => `{${members.map(([name, value]) => `"${name}":${value}`).join(',')}}`);

test('duplicate names: the values of JSON.parse, and compact only if there are none', () => {
  fc.assert(
    fc.property(duplicated, (text) => {
      const { value, compact } = parseJson(text);
      expect(JSON.stringify(toPlain(value))).toBe(JSON.stringify(JSON.parse(text)));
      expect(compact).toBe(stringifyJson(value) === text);
    }),
    { ...params, numRuns: 300 },
  );
});

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** A document with a character taken out, put in or doubled: mostly not JSON any more. */
const damaged = fc
  .tuple(
    written,
    fc.nat(10_000),
    fc.constantFrom(
      '',
      '"',
      '\\',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '0',
      '-',
      '.',
      'e',
      'n',
      ' ',
      '\u0000',
      '\u00a0',
      '\ud800',
    ),
  )
  .map(([{ text }, where, put]) => {
    const at = where % (text.length + 1);
    return text.slice(0, at) + put + text.slice(put === '' ? at + 1 : at);
  });

test('what JSON.parse refuses is refused, and nothing else; the offset lies in the text', () => {
  const seen = new Set<boolean>();
  fc.assert(
    fc.property(damaged, (text) => {
      const valid = isJson(text);
      seen.add(valid);
      try {
        parseJson(text);
        expect(valid).toBe(true);
      } catch (error) {
        if (!(error instanceof JsonSyntaxError)) throw error;
        expect(valid).toBe(false);
        expect(error.offset).toBeGreaterThanOrEqual(0);
        expect(error.offset).toBeLessThanOrEqual(text.length);
      }
    }),
    { ...params, numRuns: 1500 },
  );
  expect(seen).toEqual(new Set([true, false]));
});

/** What comes of reading it, the error included. */
function outcomeOf(read: () => ParsedJson): unknown {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const { message, offset, place } = error;
    return { message, offset, place };
  }
}

test('a text that is read in pieces, of any length, makes what it makes as a whole', () => {
  const text = fc.oneof(
    written.map((document) => document.text),
    duplicated,
    damaged,
  );
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 9 }), (given, characters) => {
      const inPieces = outcomeOf(() => atOnce(parseInPieces(given, characters)));
      expect(inPieces).toStrictEqual(outcomeOf(() => parseJson(given)));
    }),
    params,
  );
});

test('no piece reads much more than its share, however the text is made', () => {
  for (const unit of ['[[[[1]]]]', '{"a":{"b":{}}}', '1', '"\\u0041"', 'null', ' [ ] ']) {
    const text = `[${Array(20_000).fill(unit).join(',')}]`;
    const work = parseInPieces(text, 1_000);
    let pieces = 1;
    while (!work.next().done) pieces++;
    expect(pieces).toBeGreaterThan(text.length / 1_050);
  }
});
