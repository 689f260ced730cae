import fc from 'fast-check';
import { builtInName, oddText } from './texts';

/** JSONPaths that cost much, or are none. */

const repeated = (unit: string, most: number) => fc.integer({ min: 1, max: most }).map((count) => unit.repeat(count));
const listed = (item: string, most: number) =>
  fc.integer({ min: 1, max: most }).map((count) => `$.a[${Array(count).fill(item).join(',')}]`);

const FILTERS = [
  '@.a',
  '!@.a',
  '@.a == 1',
  '@.a != null',
  "@.a < 'b'",
  '@.a == $.n',
  '@.a[0].b == true',
  '(@.a || @.b) && !(@.c)',
  '@',
  '@ == @',
  '@.a == @.a',
  '1 == 1',
  '@.length > 1',
  "@['__proto__'] == 1",
  '@.constructor',
];

const filterStep = fc
  .tuple(fc.constantFrom(...FILTERS), fc.integer({ min: 1, max: 70 }), fc.constantFrom(' && ', ' || '))
  .map(([term, count, joint]) => `[?(${Array(count).fill(term).join(joint)})]`);

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('.a', '..a', '.*', '..*', '[*]', '..[*]', '[0]', '[-1]', '[0:]', '[1:-1]', '[:]'),
  },
  { weight: 2, arbitrary: filterStep },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '.length()',
      '[(@.length-1)]',
      ".['a']",
      "['a','b']",
      '["a"]',
      '[0,1,0,1]',
      "['']",
      '..[?(@.a)]',
      '[00]',
      '[9007199254740993]',
    ),
  },
  { weight: 1, arbitrary: fc.oneof(builtInName, oddText).map((name) => `['${name}']`) },
);

/** What is no path of ASL, though other implementations of JSONPath run some of it as a program. */
const NO_PATHS = [
  '',
  '$$',
  '$$.Execution.Id',
  'a',
  '.a',
  '$.',
  '$..',
  '$...a',
  '$[',
  '$[]',
  '$[a]',
  '$[?]',
  '$[?()]',
  '$[?(@)',
  '$.a.length(1)',
  '$[(@.length+1)]',
  '$[?(@.a =~ /(a+)+$/)]',
  "$[?(@.constructor.constructor('return 1')())]",
  '$[?(process.exit())]',
  '$[?(this)]',
  '$[?(@.a = 1)]',
  '$[?(@.a++)]',
  '$[?((()=>{})())]',
  '$[?(@.a == `x`)]',
  '$[?(1 in @)]',
  "$[?(@.a == 'x)]",
  '$[?(@["a"](1))]',
  '$.a b',
  '$.a\n',
  '$ .a',
  '$.a[0 : 1 : 2]',
  '$.a[?(@.b == /x/)]',
  '$^',
  '$.a^',
  '$.a~',
  '$..*@string()',
  '$[?(@property)]',
  '$[?(@root)]',
  '$[?(@parent)]',
  '$.States.Format(1)',
  'States.Format($.a)',
];

/** Paths that most likely are paths. */
export const costlyPath: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.array(step, { maxLength: 8 }).map((steps) => `$${steps.join('')}`) },
  { weight: 1, arbitrary: repeated('..*', 66).map((steps) => `$${steps}`) },
  { weight: 1, arbitrary: repeated('[*]', 66).map((steps) => `$.a${steps}`) },
  { weight: 1, arbitrary: repeated('.a', 66).map((steps) => `$${steps}`) },
  { weight: 1, arbitrary: repeated('[0:]', 66).map((steps) => `$.a${steps}`) },
  {
    weight: 1,
    arbitrary: listed('0', 2000).chain((path) => fc.constantFrom('', '..a', '[*]', '[0:]').map((more) => path + more)),
  },
  { weight: 1, arbitrary: listed("'a'", 66) },
  { weight: 1, arbitrary: fc.constantFrom('$.n', '$.s', '$.t', '$.a', '$', '$.missing', "$.__proto__['x']") },
);

export const anyPath: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: costlyPath },
  { weight: 2, arbitrary: fc.constantFrom(...NO_PATHS) },
  { weight: 1, arbitrary: oddText.map((text) => `$.${text}`) },
  { weight: 1, arbitrary: fc.nat(5000).map((length) => `$.${'a'.repeat(length)}`) },
  { weight: 1, arbitrary: fc.nat(2000).map((length) => `$[?(${'('.repeat(length)}@.a${')'.repeat(length)})]`) },
  { weight: 1, arbitrary: fc.nat(2000).map((length) => `$[?(${'!'.repeat(length)}@.a)]`) },
);
