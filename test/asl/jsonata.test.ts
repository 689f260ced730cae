import { createHash } from 'node:crypto';
import { Effort } from '../../lib/asl/effort';
import { parseJson, stringifyJson } from '../../lib/asl/json';
import { Evaluation } from '../../lib/asl/jsonata/evaluation';
import { compileJsonata, evaluateTemplate, Oversized, Unevaluated } from '../../lib/asl/jsonata/template';
import { atOnce } from '../../lib/asl/pieces';

/** What expressions come to. Texts of errors, limits and odd cases: recorded on AWS, or reported of it. */

interface Evaluated {
  text: string;
  pauses: number;
  /** The most that was done between two of them, in steps. */
  longest: number;
}

async function evaluated(expression: string, input = '{}', variables: Record<string, string> = {}): Promise<Evaluated> {
  const template = atOnce(compileJsonata(`{% ${expression} %}`, 'Output'));
  const effort = new Effort();
  let [pauses, longest, since] = [0, 0, 0];
  const pause = () => {
    longest = Math.max(longest, effort.total - since);
    since = effort.total;
  };
  const evaluation = new Evaluation({
    random: () => 0.5,
    hash: (algorithm, text) => createHash(algorithm.replace('-', '')).update(text).digest('hex'),
    effort,
    nowMs: Date.UTC(2026, 0, 2),
    giveWay: async () => {
      pauses++;
      pause();
      await new Promise(setImmediate);
    },
  });
  const value = await evaluateTemplate(template, {
    evaluation,
    states: { input: evaluation.values.toPlain(parseJson(input).value) },
    variable: (name) => (name in variables ? parseJson(variables[name]!).value : undefined),
  });
  pause();
  const head = `The JSONata expression '${expression}' specified for the field 'Output' `;
  if (value instanceof Oversized) throw new Error('no limit was given');
  const text = value instanceof Unevaluated ? value.text.replace(head, '') : stringifyJson(value);
  return { text, pauses, longest };
}

const comesTo = async (expression: string, text: string, input?: string) =>
  expect((await evaluated(expression, input)).text).toBe(text);

const threw = (text: string) => `threw an error during evaluation. ${text}`;
const TOO_LARGE =
  'threw an error during evaluation: Expression evaluation memory limit exceeded: Check for excessive memory usage';
const TOO_DEEP =
  'threw an error during evaluation: Stack overflow error: Check for non-terminating recursive function.  Consider rewriting as tail-recursive.';
const TOO_LONG = 'threw an error during evaluation: Expression evaluation timeout: Check for infinite loop';
const NOTHING = 'returned nothing (undefined).';
const UNSUPPORTED = 'returned an unsupported result type.';

test.each([
  ['$states.input.a.b[1]', '2', '{"a":{"b":[1,2]}}'],
  [
    "$states.input.items[status = 'OPEN'].n",
    '[1,3]',
    '{"items":[{"status":"OPEN","n":1},{"n":2},{"status":"OPEN","n":3}]}',
  ],
  ['$states.input.items.n', '1', '{"items":[{"n":1}]}'],
  ['$states.input.items.n[]', '[1]', '{"items":[{"n":1}]}'],
  ['$states.input.items{k: $sum(n)}', '{"x":4,"y":2}', '{"items":[{"k":"x","n":1},{"k":"y","n":2},{"k":"x","n":3}]}'],
  ['$states.input.items^(>n).n', '[3,2,1]', '{"items":[{"n":1},{"n":3},{"n":2}]}'],
  ['$states.input.**.n', '[1,2]', '{"n":1,"a":{"n":2}}'],
  ['$states.input ~> |a|{"b":2}|', '{"a":{"b":2}}', '{"a":{"b":1}}'],
  ['$states.input.missing', NOTHING],
  ['{"a": $states.input.missing, "b": [1, $states.input.missing]}', '{"b":[1]}'],
  ['($x := 2; $x * 3)', '6'],
  ['$map([1..3], function($v, $i) { $v * $i })', '[0,2,6]'],
  ['$reduce([1..4], function($a, $b) { $a + $b })', '10'],
  ['$sort([{"a":2},{"a":1}], function($l, $r) { $l.a > $r.a }).a', '[1,2]'],
  ['$sort(["b","a"])', '["a","b"]'],
  [
    '$sort([1,"a"])',
    threw(
      'D3070: The single argument form of the sort function can only be applied to an array of strings or an array of numbers.  Use the second argument to specify a comparison function',
    ),
  ],
  ['$distinct([1,1,"1",{"a":1,"b":2},{"b":2,"a":1}])', '[1,"1",{"a":1,"b":2}]'],
  ['$spread([{"a":1,"b":2},[{"c":3}],4])', '[{"a":1},{"b":2},{"c":3},4]'],
  ['$spread("a")', '"a"'],
  ['$shuffle([1,2,3])', '[1,3,2]'],
  ['$pad("x", -4, "ab")', '"abax"'],
  ['$pad("x", 3)', '"x  "'],
  ['$join(["a","b"], "-")', '"a-b"'],
  ['$contains("abc", /B/i)', 'true'],
  ['$replace("a1b22", /\\d+/, function($m) { "<" & $m.match & ">" })', '"a<1>b<22>"'],
  ['$split("a1b22c", /\\d+/)', '["a","b","c"]'],
  ['$filter(["ab", "bb", "c"], /b/)', '["ab","bb"]'],
  ['$distinct(["[1]", [1], [1.0], "1", 1])', '["[1]",[1],"1",1]'],
  ['$string([1, [2]], true)', '"[\\n  1,\\n  [\\n    2\\n  ]\\n]"'],
  ['$substring("a😀bc", -3, 2)', '"😀b"'],
  ['$substring("abcd", -9, 2) & $substring("abcd", -2) & $substring("abcd", 1.5, 2)', '"abcdbc"'],
  [
    '$states.input & $states.input.a & nothing & 1.5 & [] & $sum',
    '"{\\"a\\":[1,true]}[1,true]1.5[]"',
    '{"a":[1,true]}',
  ],
  ['($string := function($x) { "mine" }; $states.input.a & "!")', '"{}!"', '{"a":{}}'],
  ['$power(10, 308) * 10 & ""', threw('D3001: Attempting to invoke string function on Infinity or NaN')],
  ['$replace("a.b.c", ".", "$1", 1)', '"a$1b.c"'],
  ['$match("abab", /a(b)|(c)/).groups', '["b",null,"b",null]'],
  ['$now()', '"2026-01-02T00:00:00.000Z"'],
  ['$now("[Y0001]")', '"2026"'],
  ['$millis() = $millis()', 'true'],
  ['$toMillis("2026-01-02T03:04:05", "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01]")', '1767323045000'],
])('the language: %s', (...[expression, text, input]: string[]) => comesTo(expression!, text!, input));

test.each([
  ['$partition([1,2,3,4,5], 2)', '[[1,2],[3,4],[5]]'],
  ['$partition([1], 2)', '[[1]]'],
  ['$partition([], 2)', NOTHING],
  ['$partition([1,2])', '[[1,2]]'],
  ['$partition([1,2], 0.5)', NOTHING],
  ['$partition([1,2], -2)', threw('D3137: Second argument must be zero or greater')],
  ['$partition(1, 2)', threw('T0412: Argument 1 of function "partition" must be an array of undefined')],
  ['$range(0, 6, 2)', '[0,2,4,6]'],
  ['$range(3, 0, -2)', '[3,1]'],
  ['$range(1, 9, 20)', '1'],
  ['$range(0, 6, -2)', NOTHING],
  ['$range(0, 6)', NOTHING],
  ['$range(0, 1e9, 1)', TOO_LARGE],
  ['$hash("input", "SHA-1")', '"140f86aae51ab9e1cda9b4254fe98a74eb54c1a1"'],
  ['$hash("input", "CRC")', threw("D3137: Hash algorithm 'CRC' must be one of SHA-1, SHA-384, SHA-256, SHA-512, MD5")],
  ['$hash(1, "MD5")', threw('T0410: Argument 1 of function "hash" does not match function signature')],
  ['$random(42)', '0.7275636800328681'],
  ['$random()', '0.5'],
  ['$uuid()', '"80000000-8000-4000-8000-000080000000"'],
  ['$parse("{\\"a\\":[1,null]}").a', '[1,null]'],
  ['$exists($parse("null"))', 'true'],
  ['$parse("{")', threw('D3137: Invalid JSON')],
  ['$eval("1+1")', threw('T1006: Attempted to invoke a non-function')],
])('what Step Functions adds: %s', (expression, text) => comesTo(expression, text));

test.each([
  ['$states.input', '{"2":0,"1":0}', '{"2":0,"1":0}'],
  ['$states.input', '{"a":9007199254740993}', '{"a":9007199254740993}'],
  ['$states.input', '{"a":1}', '{"a":1.0}'],
  ['{"a": 1e2, "b": 0.5, "c": 1e20}', '{"a":100,"b":0.5,"c":1.0E20}'],
  ['9223372036854775808', '9.223372036854776E18'],
  ['[0.0001, 12345678.9]', '[1.0E-4,1.23456789E7]'],
  ['[1/0, -1/0]', '["Infinity","-Infinity"]'],
  ['-0', '0'],
  ['$sum', UNSUPPORTED],
  ['$f := function($x) { $x }', UNSUPPORTED],
  ['{"a": [$sum]}', UNSUPPORTED],
  ['$sum(["a"])', threw('T0412: Argument 1 of function "sum" must be an array of "numbers"')],
  ['1 + "a"', threw('T2002: The right side of the "+" operator must evaluate to a number')],
])('how values become JSON: %s', (...[expression, text, input]: string[]) => comesTo(expression!, text!, input));

test('variables stand for themselves, and hide functions', async () => {
  expect((await evaluated('$count + 1', '{}', { count: '2' })).text).toBe('3');
  expect((await evaluated('($count := $count + 1; $count)', '{}', { count: '2' })).text).toBe('3');
  expect((await evaluated('$exists($other)', '{}', { count: '2' })).text).toBe('false');
});

const NUMBERS = JSON.stringify({ n: Array.from({ length: 20_000 }, (_, index) => (index * 7919) % 20_011) });
const INPUTS: Record<string, string> = {
  numbers: NUMBERS,
  text: JSON.stringify({ s: 'ab '.repeat(40_000) }),
  brackets: `{"d":[${Array.from({ length: 1_000 }, () => '['.repeat(90) + ']'.repeat(90)).join()}]}`,
};

/** Steps that may be between two pauses: of about 20 ns each. */
const LONGEST = 2_500_000;

test.each([
  ['a function without end', '($f := function($x) { $f($x + 1) }; $f(1))', TOO_LONG],
  ['depth of 100', `1${'+1'.repeat(99)}`, '100'],
  ['more depth', `1${'+1'.repeat(100)}`, TOO_DEEP],
  ['a function within itself', '($f := function($n) { $n = 0 ? 0 : 1 + $f($n - 1) }; $f(31))', '31'],
  ['and once more', '($f := function($n) { $n = 0 ? 0 : 1 + $f($n - 1) }; $f(32))', TOO_DEEP],
  ['and with texts joined', '($f := function($n) { $n = 0 ? "" : "x" & $f($n - 1) }; $length($f(31)))', '31'],
  ['one text more', '($f := function($n) { $n = 0 ? "" : "x" & $f($n - 1) }; $length($f(32)))', TOO_DEEP],
  ['parts of one list in a row, not within each other', `$count([${'1+1,'.repeat(200)}1])`, '201'],
  [
    'members of one object',
    `$count($keys({${Array.from({ length: 200 }, (_, at) => `"k${at}": 1+1`).join()}}))`,
    '200',
  ],
  ['a list of the largest size', '[1..873782] ~> $count()', '873782'],
  ['one more', '[1..873783] ~> $count()', TOO_LARGE],
  ['a text doubled', '($p := function($s, $n) { $n = 0 ? $s : $p($s & $s, $n - 1) }; $length($p("x", 23)))', TOO_LARGE],
  ['a padded text', '$pad("x", 1e9)', TOO_LARGE],
  ['joined texts', '$length($join($map([1..10000], $string), $pad("", 10000)))', TOO_LARGE],
  [
    'a document in itself',
    '($f := function($v, $n) { $n = 0 ? $v : $f({"a": $v, "b": $v}, $n - 1) }; $string($f({}, 40)))',
    TOO_LARGE,
  ],
  [
    'compared with itself',
    '($f := function($v, $n) { $n = 0 ? $v : $f({"a": $v, "b": $v}, $n - 1) }; $f({}, 18) = $f({}, 18))',
    TOO_LARGE,
  ],
  ['a pattern that backtracks', '$contains($pad("", 30000, "a"), /^(a+)+$/)', 'true'],
  ['one that nearly matches', '$contains($pad("", 30000, "a") & "!", /^(a+)+$/)', 'false'],
  ['every match', '$count($match($states.input.s, /b /))', '40000', 'text'],
  ['matches that look far', '$count($match($states.input.s, /a[^z]*z|a/))', TOO_LONG, 'text'],
  ['one match of all of a text', '$match($states.input.s, /(.*)*/)[0].index', '0', 'text'],
  ['one with many groups', `$contains($states.input.s, /${'(.*)'.repeat(40)}/)`, TOO_LONG, 'text'],
  ['a pattern that is called', '($m := /(a|b| )*x/; $exists($m($states.input.s)))', 'false', 'text'],
  [
    'a pattern that is called, and looks at much',
    '($m := /(a|b| )*/; $exists($m($pad($states.input.s, 1000000, "ab "))))',
    TOO_LONG,
    'text',
  ],
  ['short texts among many', '$count($states.input.n[$contains($string($), /9+/)])', '6875', 'numbers'],
  ['a date that is hard to read', '$toMillis($pad("", 60, "1"), "[f][f][f][f][f][f][f][f][f]x")', TOO_LONG],
  ['distinct items', '$count($distinct($states.input.n))', '20000', 'numbers'],
  ['sorted items', '$sort($states.input.n)[0]', '0', 'numbers'],
  ['one item after the other', '$count($reduce($states.input.n, $append))', TOO_LONG, 'numbers'],
  ['all in one group', '$count($states.input.n{"x": $})', TOO_LONG, 'numbers'],
  ['names for each item', '$count([1..60000]#$i)', '60000'],
  ['names for more', '$count([1..60001]#$i)', TOO_LARGE],
  ['each with each', '($d := [1..1000]; $count($d@$x.$d@$y))', TOO_LARGE],
  ['members that are lists', '$count($merge($states.input.n.{$string($): [1]}).*)', TOO_LONG, 'numbers'],
  ['brackets', '$count($string($states.input.d))', TOO_LARGE, 'brackets'],
  ['cut items', '$count($partition([1..800000], 3))', '266667'],
  ['paired items', '$count($zip([1..300000], [1..300000]))', '300000'],
  ['printed items', '$length($string([1..100000]))', '588896'],
  ['a text cut at places', '$length($replace($states.input.s, "a", "abc"))', '200000', 'text'],
  ['a text for a URL', '$length($encodeUrlComponent($pad("", 300000, "é")))', '1800000'],
  ['spread objects', '$count($spread([1..50000].{"a": $, "b": 1}))', '100000'],
  ['spread items', '$count($spread($states.input.n))', '20000', 'numbers'],
  [
    'a pattern of thousands of instructions',
    `$contains($states.input.s, /${Array.from({ length: 100 }, (_, at) => `${'ab '.repeat(at)}c`).join('|')}/)`,
    TOO_LONG,
    'text',
  ],
  ['copies of a document', '[1..1000].($states.input ~> |$|{"a":1}|)', TOO_LONG, 'numbers'],
  ['what a transform puts into itself', '$states.input ~> |$|{"a":$}|', TOO_DEEP, 'numbers'],
  [
    'what transforms double',
    '($f := |$|{"b":[$.b,$.b]}|; $g := function($v, $n) { $n = 0 ? $v : $g($f($v), $n - 1) }; $g({"b":"12345678901234567890"}, 40))',
    TOO_LARGE,
  ],
  ['filtered items', '$count($states.input.n[$ > 20000])', '10', 'numbers'],
])('%s ends, and others have their turn', async (...[_, expression, text, input]: string[]) => {
  const { text: came, longest } = await evaluated(expression!, INPUTS[input ?? '']);
  expect(came).toBe(text);
  expect(longest).toBeLessThan(LONGEST);
});

test('pauses do not decide: the same expression costs the same', async () => {
  const expression = '$states.input.n ~> $map(function($v) { {"a": $v, "b": [$v, $v * 2]} }) ~> $count()';
  const [one, other] = [await evaluated(expression, NUMBERS), await evaluated(expression, NUMBERS)];
  expect(one.pauses).toBeGreaterThan(10);
  expect(one).toEqual(other);
});
