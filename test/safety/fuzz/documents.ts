import fc from 'fast-check';

/** JSON documents that are as large, deep or odd as they may be. */

/** So many units that the text has about so many bytes. */
function fill(bytes: number, unit: (index: number) => string, joint = ','): string {
  const parts: string[] = [];
  for (let size = 0, index = 0; ; index++) {
    const part = unit(index);
    size += part.length + joint.length;
    if (size > bytes) return parts.join(joint);
    parts.push(part);
  }
}

const nested = (bytes: number, open: string, core: string, close: string): string => {
  const depth = Math.min(1100, Math.max(1, Math.floor(bytes / (open.length + close.length))));
  return open.repeat(depth) + core + close.repeat(depth);
};

/** A tree of which every inner node has that many children. */
function tree(bytes: number, width: number): string {
  let text = '1';
  while (text.length * width + 10 * width < bytes) text = `[${Array(width).fill(`{"a":${text}}`).join(',')}]`;
  return text;
}

type Make = (bytes: number) => string;

const DOCUMENTS: Record<string, Make> = {
  'many numbers': (bytes) => `[${fill(bytes, () => '1')}]`,
  'many objects': (bytes) => `[${fill(bytes, () => '{"a":1}')}]`,
  'many different objects': (bytes) => `[${fill(bytes, (i) => `{"a":{"b":[${i},"x"]}}`)}]`,
  'many lists': (bytes) => `[${fill(bytes, () => '[[1]]')}]`,
  'many empty lists': (bytes) => `[${fill(bytes, () => '[]')}]`,
  'many texts': (bytes) => `[${fill(bytes, () => '"aaaaaaaaaaaaaaaaaaaa"')}]`,
  'many members': (bytes) => `{${fill(bytes, (i) => `"k${i}":${i}`)}}`,
  'many members of one name': (bytes) => `{${fill(bytes, () => '"a":1')}}`,
  'members with the names of lists': (bytes) => `{${fill(bytes, (i) => `"${i}":0`)}}`,
  'deep lists': (bytes) => nested(bytes, '[', '1', ']'),
  'deep objects': (bytes) => nested(bytes, '{"a":', '1', '}'),
  'deep and wide': (bytes) => nested(bytes / 2, '{"a":[', `${fill(bytes / 2, () => '0')}`, ']}'),
  'a binary tree': (bytes) => tree(bytes, 2),
  'a broad tree': (bytes) => tree(bytes, 20),
  'a long text': (bytes) => `"${'a'.repeat(Math.max(0, bytes - 2))}"`,
  'a long text with an end': (bytes) => `"${'a'.repeat(Math.max(0, bytes - 3))}b"`,
  'a text of stars': (bytes) => `"${'*'.repeat(Math.max(0, bytes - 2))}"`,
  'a text of quotes': (bytes) => `"${'\\"'.repeat(bytes / 2 - 1)}"`,
  'a text of NULs': (bytes) => `"${'\\u0000'.repeat(bytes / 6 - 1)}"`,
  'a text of line separators': (bytes) => `"${'\u2028'.repeat(bytes / 3 - 1)}"`,
  'a text of halves': (bytes) => `"${'\\ud800'.repeat(bytes / 6 - 1)}"`,
  'a text of bare halves': (bytes) => `"${'\ud800'.repeat(bytes / 3 - 1)}"`,
  'a long number': (bytes) => '1'.repeat(bytes),
  'a long fraction': (bytes) => `0.${'1'.repeat(bytes - 2)}`,
  'long numbers': (bytes) => `[${fill(bytes, () => '12345678901234567890.0E-400')}]`,
  'names that every object has': (bytes) =>
    `{"__proto__":{"a":1},"constructor":{"prototype":{"a":1}},"a":[${fill(bytes - 100, () => '{"__proto__":{"a":1}}')}]}`,
  'white space': (bytes) => `[1${' '.repeat(bytes - 4)}]`,
  'white space between': (bytes) => `[${fill(bytes, () => '\n\t1 ')}]`,
};

/** Sizes with as many small ones as large ones. */
export const bytesUpTo = (most: number) =>
  fc.double({ min: Math.log(16), max: Math.log(most), noNaN: true }).map((power) => Math.round(Math.exp(power)));

export const document = (most: number): fc.Arbitrary<{ kind: string; bytes: number; text: string }> =>
  fc
    .record({ kind: fc.constantFrom(...Object.keys(DOCUMENTS)), bytes: bytesUpTo(most) })
    .map(({ kind, bytes }) => ({ kind, bytes, text: DOCUMENTS[kind]!(bytes) }));
