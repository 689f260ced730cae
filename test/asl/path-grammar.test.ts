import fc from 'fast-check';
import { isReferencePath, type Path, parsePath, type Step } from '../../lib/asl/path/grammar';

/** Which texts are paths, and what they say. What they select: path-selection.test.ts. */

const member = (name: string): Step => ({ kind: 'member', name });
const index = (at: number): Step => ({ kind: 'index', index: at });
const every: Step = { kind: 'every' };
const descend: Step = { kind: 'descend' };

describe('accepted', () => {
  test.each<[string, Step[]]>([
    ['$', []],
    ['$.a', [member('a')]],
    ['$.a.b.c', [member('a'), member('b'), member('c')]],
    ['$.store-name_1', [member('store-name_1')]],
    ['$.été.日本', [member('été'), member('日本')]],
    ['$.1', [member('1')]],
    ['$.a$b', [member('a$b')]],
    ['$.__proto__', [member('__proto__')]],
    ["$['a']", [member('a')]],
    ['$["a"]', [member('a')]],
    ["$['a b']['c.d']", [member('a b'), member('c.d')]],
    ["$['']", [member('')]],
    ["$['it\\'s']", [member("it's")]],
    ["$['a\\\\b']", [member('a\\b')]],
    ["$[ 'a' ]", [member('a')]],
    ["$['a','b']", [{ kind: 'members', names: ['a', 'b'] }]],
    ['$[ "a" , "b" ]', [{ kind: 'members', names: ['a', 'b'] }]],
    ['$[0]', [index(0)]],
    ['$[-1]', [index(-1)]],
    ['$[(@.length-1)]', [{ kind: 'index', index: -1, fromEnd: true }]],
    ['$[ ( @.length - 12 ) ].a', [{ kind: 'index', index: -12, fromEnd: true }, member('a')]],
    ['$.[0]', [index(0)]],
    ["$.a.['b c']", [member('a'), member('b c')]],
    ['$.length()', [member('length()')]],
    ['$.a.min().b', [member('a'), member('min()'), member('b')]],
    ['$.a[12].b', [member('a'), index(12), member('b')]],
    ['$[0][1]', [index(0), index(1)]],
    ['$[0,2]', [{ kind: 'indexes', indexes: [0, 2] }]],
    ['$[ 0 , -2 ]', [{ kind: 'indexes', indexes: [0, -2] }]],
    ['$[1:3]', [{ kind: 'slice', from: 1, to: 3 }]],
    ['$[1:]', [{ kind: 'slice', from: 1, to: undefined }]],
    ['$[:2]', [{ kind: 'slice', from: undefined, to: 2 }]],
    ['$[-2:-1]', [{ kind: 'slice', from: -2, to: -1 }]],
    ['$[*]', [every]],
    ['$.*', [every]],
    ['$.a[*].b', [member('a'), every, member('b')]],
    ['$..a', [descend, member('a')]],
    ['$..*', [descend, every]],
    ["$..['a']", [descend, member('a')]],
    ['$..[0]', [descend, index(0)]],
    ['$.a..b', [member('a'), descend, member('b')]],
  ])('%s', (text, steps) => {
    const path = parsePath(text);
    expect(path).toMatchObject({ text, steps });
    const isDefinite = steps.every(({ kind }) => kind === 'member' || kind === 'index');
    expect(path!.definite).toBe(isDefinite);
  });

  test.each<[string, unknown]>([
    ['$[?(@.a)]', { kind: 'exists', operand: { kind: 'path', from: '@', steps: ['a'] } }],
    ['$[?(@)]', { kind: 'exists', operand: { kind: 'path', from: '@', steps: [] } }],
    ['$[?(@.a == 1)]', { operator: '==', sides: [{ steps: ['a'] }, { kind: 'literal', value: 1 }] }],
    ['$[?(@.a==1)]', { operator: '==' }],
    ['$[ ? ( @.a == 1 ) ]', { operator: '==' }],
    ["$[?(@.a != 'x')]", { operator: '!=', sides: [{}, { value: 'x' }] }],
    ['$[?(@.a < -1.5e3)]', { operator: '<', sides: [{}, { value: -1500 }] }],
    ['$[?(@.a <= true)]', { operator: '<=', sides: [{}, { value: true }] }],
    ['$[?(@.a > null)]', { operator: '>', sides: [{}, { value: null }] }],
    ['$[?(@.a >= $.min)]', { operator: '>=', sides: [{}, { kind: 'path', from: '$', steps: ['min'] }] }],
    ["$[?(1 == @['a b'][0].c)]", { sides: [{ value: 1 }, { steps: ['a b', 0, 'c'] }] }],
    ["$[?(@.a == 'it\\'s')]", { sides: [{}, { value: "it's" }] }],
    ["$[?(@.a == ')]')]", { sides: [{}, { value: ')]' }] }],
    ['$[?(!@.a)]', { kind: 'not', side: { kind: 'exists' } }],
    ['$[?(!(@.a == 1))]', { kind: 'not', side: { operator: '==' } }],
    ['$[?(@.a && @.b || @.c)]', { kind: 'or', sides: [{ kind: 'and' }, { kind: 'exists' }] }],
    ['$[?(@.a && (@.b || @.c))]', { kind: 'and', sides: [{ kind: 'exists' }, { kind: 'or' }] }],
    ['$[?(@.a || @.b && @.c)]', { kind: 'or', sides: [{ kind: 'exists' }, { kind: 'and' }] }],
  ])('the filter of %s', (text, condition) => {
    const path = parsePath(text);
    expect(path!.steps).toMatchObject([{ kind: 'filter', condition }]);
    expect(path!.definite).toBe(false);
  });
});

describe('refused', () => {
  test.each(
    [
      '',
      ' ',
      'a',
      '@.a',
      '.a',
      ' $',
      '$ ',
      '$.a ',
      '$.',
      '$..',
      '$...a',
      '$.a.',
      '$.a..',
      '$1',
      '$.a b',
      '$[',
      '$[]',
      '$[a]',
      '$[a.b]',
      '$["a]',
      "$['a",
      "$['a'",
      "$['a'x]",
      '$[0',
      '$[1.5]',
      '$[1:2:3]',
      '$[::2]',
      '$[,1]',
      '$[0,]',
      "$['a',]",
      "$['a',0]",
      "$[0,'a']",
      '$[99999999999999999999]',
      '$.*a',
      '$.[a]',
      "$...['a']",
      '$(',
      '$.length(1)',
      '$.length()()',
      '$.()',
      '$.a,b',
      '$.a:b',
      '$.a@b',
      '$.a!b',
      '$.a&b',
      '$.a|b',
      '$.a<b',
      '$.a=b',
      '$.a?b',
      "$.a'b",
      '$.a"b',
      '$.a(b)',
      '$^',
      '$.a^',
      '$.a~',
      '$[(@.length)]',
      '$[(@.length+1)]',
      '$[(@.length-1]',
      '$[(@.size-1)]',
      '$[(@.length-1.5)]',
      '$[(@.length-9999999999999999)]',
      '$[?@.a]',
      '$[?()]',
      '$[?(]',
      '$[?(@.a]',
      '$[?(@.a =)]',
      '$[?(@.a = 1)]',
      '$[?(@.a === 1)]',
      '$[?(@.a == )]',
      '$[?(== 1)]',
      '$[?(1)]',
      "$[?('a')]",
      '$[?(@.a =~ /x/)]',
      '$[?(@.a in [1])]',
      '$[?(@.a == [1])]',
      '$[?(@.a == {})]',
      '$[?(@.a == x)]',
      '$[?(@.a == nullx)]',
      '$[?(@.a == 1.)]',
      '$[?(@.a == .5)]',
      '$[?(@.a == +1)]',
      '$[?(@.a + 1 == 2)]',
      '$[?(@.length() == 2)]',
      '$[?(@..a)]',
      '$[?(@[*])]',
      '$[?(@[0:1])]',
      '$[?(@[-1])]',
      '$[?(@.*)]',
      '$[?(@[?(@.a)])]',
      '$[?(@.a && )]',
      '$[?(&& @.a)]',
      '$[?(@.a & @.b)]',
      '$[?(@.a == 1 == 2)]',
      '$[?(process.exit())]',
      '$[?(@.constructor.constructor("x")())]',
      "States.Format('{}', $.a)",
      '$.a\n',
      '$\u0000',
    ].map((text) => [text]),
  )('%j', (text) => {
    // `^` and `~` may stand in names; as operators of other dialects they mean nothing here.
    const path = parsePath(text!);
    if (text === '$.a^' || text === '$.a~') expect(path!.steps).toEqual([member(text!.slice(2))]);
    else expect(path).toBeUndefined();
  });

  test.each([
    ['a path of more than 4,096 characters', `$.${'a'.repeat(4095)}`],
    ['more than 64 steps', `$${'.a'.repeat(65)}`],
    ['more than 64 names', `$[${Array(66).fill("'a'").join(',')}]`],
    ['more than 64 terms in a filter', `$[?(${Array(65).fill('@.a').join('||')})]`],
    [
      'more than 64 terms in all filters',
      Array(33)
        .fill('[?(@.a||@.b)]')
        .reduce((text, filter) => text + filter, '$'),
    ],
    ['a filter nested too deeply', `$[?(${'('.repeat(17)}@.a${')'.repeat(17)})]`],
    ['too many negations', `$[?(${'!'.repeat(17)}@.a)]`],
    ['an operand of more than 64 steps', `$[?(@${'.a'.repeat(65)})]`],
  ])('%s', (_, text) => {
    expect(parsePath(text)).toBeUndefined();
  });

  test.each([
    ['4,096 characters', `$.${'a'.repeat(4094)}`],
    ['64 steps', `$${'.a'.repeat(64)}`],
    ['64 terms', `$[?(${Array(64).fill('@.a').join('||')})]`],
    ['16 levels', `$[?(${'('.repeat(16)}@.a${')'.repeat(16)})]`],
  ])('but not %s', (_, text) => {
    expect(parsePath(text)).toBeDefined();
  });
});

describe('a reference path', () => {
  test.each(['$', '$.a', "$['a b'].c", '$.a[0]', '$[0][12]', '$["a"]'])('%s is one', (text) => {
    expect(isReferencePath(parsePath(text) as Path)).toBe(true);
  });

  test.each(['$[*]', '$.*', '$..a', '$[0:1]', '$[0,1]', "$['a','b']", '$[?(@.a)]', '$[-1]', '$.a[-2].b'])(
    '%s is none',
    (text) => {
      expect(isReferencePath(parsePath(text) as Path)).toBe(false);
    },
  );
});

test('any text at all is a path or is refused', () => {
  const piece = fc.constantFrom(
    '$',
    '@',
    '.',
    '..',
    '[',
    ']',
    '(',
    ')',
    '?',
    '*',
    ':',
    ',',
    "'",
    '"',
    '\\',
    '!',
    '=',
    '==',
    '<',
    '&&',
    '||',
    ' ',
    'a',
    'b1',
    '10',
    '-1',
    '1.5',
    'true',
    'null',
    'é',
    '\u{1f600}',
  );
  const texts = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 20 }).map((all) => `$${all.join('')}`),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const path = parsePath(text);
      if (path) expect(path.text).toBe(text);
    }),
    { seed: Number(process.env.SEED ?? 2017), numRuns: 3000 },
  );
});
