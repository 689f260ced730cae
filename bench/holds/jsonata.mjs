/** State machines in JSONata that do one thing with `d`, and the documents that they are started with. */

const NUMBERS = ['numbers', 'floats'];
const OBJECTS = ['objects', 'records'];
const LISTS = [...NUMBERS, 'strings', ...OBJECTS, 'deep', 'deepest', 'brackets'];
const TEXTS = ['text', 'words', 'escapes', 'pairs'];
const ALL = [...LISTS, 'keys', ...TEXTS];
const ECHO = 'arn:aws:lambda:us-east-1:123456789012:function:echo';

const QueryLanguage = 'JSONata';
const one = (state) => ({ QueryLanguage, StartAt: 'S', States: { S: state } });
const output = (Output) => one({ Type: 'Pass', Output, End: true });

/** An expression over $d, as the output. */
const bare = (text) => output(`{% ($d := $states.input.d; ${text}) %}`);
/** The same, of which nothing is handed on, so that the work may be more than an output holds. */
const silent = (text) => bare(`$x := ${text}; $type($x)`);

export const JSONATA = {
  'the input': [ALL, output('{% $states.input %}')],
  'the input, made anew': [ALL, output({ x: '{% $states.input.d %}', y: '{% $states.input.d %}' })],
  '20 small expressions': [ALL, output(Array.from({ length: 20 }, () => '{% $type($states.input.d) %}'))],
  context: [ALL, output('{% $states.context.Execution.Input %}')],
  'all of $states': [ALL, bare('$string($states)')],
  sum: [NUMBERS, bare('$sum($d)')],
  'max, min, average': [NUMBERS, bare('[$max($d), $min($d), $average($d)]')],
  count: [LISTS, bare('$count($d)')],
  string: [ALL, bare('$length($string($d))')],
  'string, indented': [ALL, bare('$length($string($d, true))')],
  parse: [ALL, silent('$parse($string($d))')],
  'parse, handed on': [ALL, bare('$parse($string($d))')],
  hash: [TEXTS, bare("$hash($d, 'SHA-512')")],
  'hash of the string': [LISTS, bare("$hash($string($d), 'SHA-512')")],
  sort: [[...NUMBERS, 'strings'], bare('$sort($d)')],
  'sort by a function': [LISTS, silent('$sort($d, function($l, $r) { $string($l) > $string($r) })')],
  'sort by a member': [OBJECTS, bare('$d^(>a)')],
  reverse: [LISTS, bare('$reverse($d)')],
  shuffle: [LISTS, bare('$shuffle($d)')],
  distinct: [LISTS, bare('$distinct($d)')],
  zip: [LISTS, silent('$zip($d, $d, $d)')],
  append: [LISTS, silent('$append($append($d, $d), $d)')],
  partition: [LISTS, silent('$partition($d, 1)')],
  'partition, handed on': [LISTS, bare('$partition($d, 100)')],
  range: [['numbers'], silent('[0..500000]')],
  '$range, summed': [['numbers'], bare('$sum($range(0, 500000, 1))')],
  'range, mapped': [['numbers'], silent('[0..100000].($ * 2)')],
  'range, handed on': [['numbers'], bare('[0..40000]')],
  map: [LISTS, silent('$map($d, function($v, $i) { $i })')],
  'map, handed on': [LISTS, bare('$map($d, function($v) { $v })')],
  filter: [LISTS, silent('$filter($d, function($v) { $exists($v) })')],
  reduce: [NUMBERS, bare('$reduce($d, function($a, $b) { $a + $b })')],
  single: [LISTS, bare('$single($d, function($v) { false })')],
  'each item': [LISTS, silent('$d.($)')],
  'each item, an object': [LISTS, silent('$d.{"v": $}')],
  'each item, a list': [LISTS, silent('$d.[$]')],
  'a member of each': [OBJECTS, bare('$d.a')],
  'members that are not there': [ALL, bare('$count($d.nothing)')],
  wildcard: [ALL, silent('$d.*')],
  descendants: [ALL, silent('$states.input.**')],
  'descendants, filtered': [ALL, bare('$count($states.input.**[$type($) = "number"])')],
  predicate: [OBJECTS, bare('$d[a = 1]')],
  'predicate of numbers': [NUMBERS, bare('$d[$ > 3]')],
  'index binding': [LISTS, silent('$d#$i.{"i": $i}')],
  'context binding': [OBJECTS, silent('$d@$x.{"i": $x.a}')],
  parent: [['records'], silent('$d.c.{"p": %.id}')],
  'group by': [OBJECTS, bare('$d{$string(a): $count($)}')],
  'group by, many': [['records'], bare('$d{$string(id): c.x}')],
  merge: [OBJECTS, bare('$merge($d)')],
  'merge of many': [['records'], bare('$merge($d.{$string(id): a})')],
  spread: [[...OBJECTS, 'keys'], silent('$spread($d)')],
  keys: [[...OBJECTS, 'keys'], bare('$keys($d)')],
  lookup: [[...OBJECTS, 'keys'], bare('$lookup($d, "k1")')],
  each: [['keys'], silent('$each($d, function($v, $k) { $k })')],
  sift: [['keys'], silent('$sift($d, function($v, $k) { true })')],
  transform: [OBJECTS, silent('$d ~> |$|{"z": 1}|')],
  'transform, deleting': [OBJECTS, bare('$d ~> |$|{}, ["a"]|')],
  clone: [ALL, silent('$clone($d)')],
  equal: [ALL, bare('$d = $parse($string($d))')],
  in: [LISTS, bare('"x" in $d')],
  'joined by &': [ALL, bare('$length($d & $d)')],
  boolean: [ALL, bare('[$boolean($d), $not($d)]')],
  join: [['strings'], bare('$length($join($d, ", "))')],
  'join of strings': [LISTS, bare('$length($join($map($d, $string), "-"))')],
  split: [TEXTS, silent('$split($d, "")')],
  'split by a regex': [TEXTS, silent('$split($d, /[ao]/)')],
  match: [TEXTS, silent('$match($d, /[a-z]/)')],
  'match in vain': [TEXTS, bare('$match($d, /(a|aa)+b/)')],
  contains: [TEXTS, bare('$contains($d, /x+y/)')],
  replace: [TEXTS, bare('$length($replace($d, "a", "b"))')],
  'replace by a regex': [TEXTS, bare('$length($replace($d, /[a\\n]/, "b"))')],
  'replace by a function': [TEXTS, bare('$length($replace($d, /[a\\n]/, function($m) { "b" }))')],
  length: [TEXTS, bare('$length($d)')],
  substring: [TEXTS, bare('$substring($d, 5, 100000)')],
  pad: [TEXTS, bare('$length($pad($d, 500000, "ab"))')],
  'trim and cases': [TEXTS, bare('$length($trim($uppercase($lowercase($d))))')],
  substringAfter: [TEXTS, bare('$length($substringAfter($d, "z"))')],
  base64: [TEXTS, bare('$length($base64decode($base64encode($d)))')],
  'encode a URL': [TEXTS, bare('$length($decodeUrlComponent($encodeUrlComponent($d)))')],
  number: [['strings'], silent('$d.$number("1")')],
  formatNumber: [NUMBERS, silent('$d.$formatNumber($, "#,##0.00")')],
  fromMillis: [NUMBERS, silent('$d.$fromMillis($)')],
  power: [NUMBERS, silent('$d.$power($, 2)')],
  uuid: [NUMBERS, silent('$d.$uuid()')],
  recursion: [['numbers'], bare('($f := function($n) { $n = 0 ? 0 : $f($n - 1) }; $f(50000))')],
  'large text in a list': [TEXTS, silent('[1..20].($d & $string($))')],
  'the error of a type': [ALL, output('{% $sum($states.input.d & "") %}')],
  Assign: [
    ALL,
    {
      QueryLanguage,
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Assign: { v: '{% $states.input.d %}' }, Next: 'B' },
        B: { Type: 'Pass', Assign: { w: '{% $v %}' }, Output: '{% $v %}', End: true },
      },
    },
  ],
  Choice: [
    ALL,
    {
      QueryLanguage,
      StartAt: 'S',
      States: {
        S: {
          Type: 'Choice',
          Choices: Array.from({ length: 20 }, (_, n) => ({ Condition: `{% $states.input.d = ${n} %}`, Next: 'E' })),
          Default: 'E',
        },
        E: { Type: 'Pass', End: true },
      },
    },
  ],
  Map: [
    LISTS,
    one({
      Type: 'Map',
      MaxConcurrency: 40,
      Items: '{% $states.input.d %}',
      ItemSelector: { v: '{% $states.context.Map.Item.Value %}' },
      ItemProcessor: { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } },
      Output: '{% $count($states.result) %}',
      End: true,
    }),
  ],
  Parallel: [
    ALL,
    one({
      Type: 'Parallel',
      Branches: ['P', 'Q', 'R'].map((name) => ({ StartAt: name, States: { [name]: { Type: 'Pass', End: true } } })),
      Output: '{% $count($states.result) %}',
      End: true,
    }),
  ],
  Task: [
    ALL,
    one({
      Type: 'Task',
      Resource: ECHO,
      Arguments: { x: '{% $states.input.d %}' },
      Output: '{% $states.result.x %}',
      End: true,
    }),
  ],
};

/** Enough of them where many executions run at once: others take half a second and more of each. */
export const FEW_SHAPES = [
  'the input, made anew',
  'string',
  'parse, handed on',
  'distinct',
  'partition, handed on',
  'predicate',
  'equal',
  'Assign',
  'Task',
];
