import fc from 'fast-check';
import { RE2JS } from 're2js';
import { searchRegex } from '../../lib/asl/jsonata/regex-search';
import { atOnce } from '../../lib/asl/pieces';

/** Looking for a match with pauses finds what the library finds in one piece. */

const found = (regex: RE2JS, text: string, from: number) => atOnce(searchRegex(regex, text, from, () => {}));

function foundByLibrary(regex: RE2JS, text: string, from: number): number[] | undefined {
  const matcher = regex.matcher(text);
  if (!matcher.find(from)) return undefined;
  return Array.from({ length: regex.groupCount() + 1 }, (_, at) => [matcher.start(at), matcher.end(at)]).flat();
}

const CHARACTERS = ['a', 'b', 'A', '1', '_', ' ', '\n', 'é', '😀', '\ud800'];
const ATOMS = ['a', 'b', 'A', '.', '[ab]', '[^a]', '\\w', '\\s', '\\b', '\\B', '^', '$', 'é', '😀', 'ab'];
const REPEATS = ['', '', '', '*', '+', '?', '*?', '+?', '??', '{1,3}', '{2}'];

const { pattern } = fc.letrec<{ pattern: string; sequence: string; part: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 4 },
    tie('sequence'),
    fc.tuple(tie('sequence'), tie('pattern')).map((two) => two.join('|')),
  ),
  sequence: fc.array(tie('part'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
  part: fc
    .tuple(
      fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(...ATOMS),
        tie('pattern').map((inner) => `(${inner})`),
        tie('pattern').map((inner) => `(?:${inner})`),
      ),
      fc.constantFrom(...REPEATS),
    )
    .map((two) => two.join('')),
}));

const texts = fc.array(fc.constantFrom(...CHARACTERS), { maxLength: 24 }).map((characters) => characters.join(''));
const flags = fc.constantFrom(0, RE2JS.MULTILINE, RE2JS.CASE_INSENSITIVE);

test('the same matches, groups and places', () => {
  fc.assert(
    fc.property(pattern, flags, texts, (source, flag, text) => {
      const regex = RE2JS.compile(source, flag);
      for (let from = 0; from <= text.length; from++) {
        expect(found(regex, text, from)).toEqual(foundByLibrary(regex, text, from));
      }
    }),
    { numRuns: 1_000, seed: 7 },
  );
});

test.each([
  ['(a|b)*c', 'ab'.repeat(40_000), false],
  ['(.*)*', 'a'.repeat(80_000), true],
  ['(a?){50}b', `${'a'.repeat(20_000)}b`, true],
  ['[a1]*x(\\d)|z', `${'a1'.repeat(40_000)}x7`, true],
  ['(?:y|z)+', `${'a1'.repeat(40_000)}zy`, true],
])('%s in a long text is looked for in pieces', (source, text, isThere) => {
  const regex = RE2JS.compile(source);
  let [longest, pieces] = [0, 1];
  const search = searchRegex(regex, text, 0, (steps) => {
    longest = Math.max(longest, steps);
  });
  let step = search.next();
  for (; !step.done; step = search.next()) pieces++;
  expect(step.value).toEqual(foundByLibrary(regex, text, 0));
  expect(step.value !== undefined).toBe(isThere);
  // Of about 20 ns: a few milliseconds.
  expect(longest).toBeLessThan(250_000);
  if (isThere) expect(pieces).toBeGreaterThan(1);
});
