/** State machines in JSONPath that do one thing with `$.d`, and the documents that they are started with. */

const LISTS = ['numbers', 'floats', 'strings', 'objects', 'records', 'deep', 'deepest', 'brackets'];
const TEXTS = ['text', 'words', 'escapes', 'pairs'];
const ALL = [...LISTS, 'keys', ...TEXTS];
const FEW = ['numbers', 'records', 'deep', 'keys', 'escapes'];
const ECHO = 'arn:aws:lambda:us-east-1:123456789012:function:echo';

const pass = (fields = {}) => ({ Type: 'Pass', ...fields, End: true });
const one = (state, name = 'S') => ({ StartAt: name, States: { [name]: state } });
/** Names of states are used once in a definition. */
const inside = (n) => one(pass(), `Inside${n}`);

/** States one after the other, each the same. */
function chain(length, fields) {
  const States = {};
  for (let n = 1; n < length; n++) States[`S${n}`] = { Type: 'Pass', ...fields, Next: `S${n + 1}` };
  States[`S${length}`] = pass(fields);
  return { StartAt: 'S1', States };
}

/** A call of an intrinsic function; what comes of it is left out again. */
const call = (text) => one(pass({ Parameters: { 'x.$': text }, OutputPath: null }));

function choice(rules) {
  const Choices = rules.map((rule) => ({ ...rule, Next: 'E' }));
  return { StartAt: 'S', States: { S: { Type: 'Choice', Choices, Default: 'E' }, E: pass() } };
}

const RULES = 50;
const BRANCHES = 20;
const repeated = (count, make) => Array.from({ length: count }, (_, n) => make(n));
const map = (fields) =>
  one({ Type: 'Map', ItemsPath: '$.d', ItemProcessor: inside(1), ResultPath: null, End: true, ...fields });

export const JSONPATH = {
  'Pass chain': [ALL, chain(10)],
  'InputPath $.d': [ALL, chain(1, { InputPath: '$.d' })],
  'OutputPath $..*': [ALL, chain(1, { OutputPath: '$..*' })],
  'OutputPath $.d[*]': [LISTS, chain(1, { OutputPath: '$.d[*]' })],
  'OutputPath slice': [LISTS, chain(1, { OutputPath: '$.d[0:100000]' })],
  'OutputPath $..a': [[...LISTS, 'keys'], chain(1, { OutputPath: '$..a' })],
  'OutputPath filter': [LISTS, chain(1, { OutputPath: '$.d[?(@.a == 1 || @.b)]' })],
  'Parameters, twice': [ALL, one(pass({ Parameters: { 'a.$': '$.d', 'b.$': '$' } }))],
  'Parameters, 50 paths': [
    FEW,
    one(pass({ Parameters: Object.fromEntries(repeated(50, (n) => [`p${n}.$`, `$..k${n}`])) })),
  ],
  'ResultPath chain': [ALL, chain(20, { Result: { x: 1 }, ResultPath: '$.r' })],
  'ResultPath in $.d': [['keys', 'records', 'deep'], chain(10, { Result: [1], ResultPath: '$.d[0].r' })],
  Assign: [ALL, chain(5, { Assign: { 'v.$': '$.d', 'w.$': '$' } })],
  'Assign context': [FEW, chain(5, { Assign: { 'v.$': '$$' } })],
  'Choice of texts': [TEXTS, choice(repeated(RULES, (n) => ({ Variable: '$.d', StringMatches: `*${n}*a*` })))],
  'Choice of texts by path': [TEXTS, choice(repeated(RULES, () => ({ Variable: '$.d', StringLessThanPath: '$.d' })))],
  'Choice $..a': [[...LISTS, 'keys'], choice(repeated(RULES, () => ({ Variable: '$..a', IsPresent: false })))],
  'Choice $.d[*]': [LISTS, choice(repeated(RULES, () => ({ Variable: '$.d[*]', IsNull: true })))],
  ArrayContains: [LISTS, call('States.ArrayContains($.d, $.d[1])')],
  ArrayUnique: [LISTS, call('States.ArrayUnique($.d)')],
  ArrayPartition: [LISTS, call('States.ArrayPartition($.d, 1)')],
  ArrayLength: [LISTS, call('States.ArrayLength($.d)')],
  ArrayGetItem: [LISTS, call('States.ArrayGetItem($.d, 5)')],
  Array: [ALL, call('States.Array($.d, $, $.d)')],
  Hash: [ALL, call("States.Hash($.d, 'SHA-512')")],
  JsonMerge: [['keys', 'numbers'], call('States.JsonMerge($, $, false)')],
  JsonMergeOfKeys: [['keys'], call('States.JsonMerge($.d, $.d, false)')],
  JsonToString: [ALL, call('States.JsonToString($)')],
  'StringToJson of that': [ALL, call('States.StringToJson(States.JsonToString($))')],
  Format: [ALL, call("States.Format('{} and {}', $.d, $)")],
  StringSplit: [TEXTS, call("States.StringSplit($.d, 'aeiou ,')")],
  Base64Encode: [TEXTS, call('States.Base64Encode($.d)')],
  Map: [[...LISTS, 'keys'], map({ MaxConcurrency: 40 })],
  'Map, all at once': [FEW, map({})],
  'Map with ItemSelector': [
    ['numbers', 'records', 'deep'],
    map({ MaxConcurrency: 40, ItemSelector: { 'i.$': '$$.Map.Item.Index', 'v.$': '$$.Map.Item.Value' } }),
  ],
  'Map of whole inputs': [
    ['records', 'deep'],
    map({
      InputPath: '$.d[0:40]',
      ItemsPath: '$',
      MaxConcurrency: 4,
      ItemSelector: { 'v.$': '$$.Execution.Input' },
      ResultPath: '$',
    }),
  ],
  Parallel: [FEW, one({ Type: 'Parallel', Branches: repeated(BRANCHES, inside), End: true })],
  'Parallel, joined': [
    ALL,
    one({
      Type: 'Parallel',
      Branches: repeated(3, inside),
      ResultSelector: { 'x.$': '$[0].d' },
      ResultPath: '$.r',
      OutputPath: '$.r',
      End: true,
    }),
  ],
  'Task with a big result': [ALL, one({ Type: 'Task', Resource: ECHO, ResultPath: '$', End: true })],
  'Task, Parameters and ResultSelector': [
    ALL,
    one({
      Type: 'Task',
      Resource: ECHO,
      Parameters: { 'x.$': '$.d' },
      ResultSelector: { 'y.$': '$.x' },
      ResultPath: '$.d',
      End: true,
    }),
  ],
  'Wait, SecondsPath': [ALL, one({ Type: 'Wait', SecondsPath: '$.d', End: true })],
  'Fail, CausePath': [TEXTS, one({ Type: 'Fail', CausePath: '$.d', ErrorPath: '$.d' })],
  'a path that is not there': [ALL, one(pass({ InputPath: '$.d.nothing' }))],
};
