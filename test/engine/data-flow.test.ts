import {
  detailsOf,
  endOf,
  inState,
  lambda,
  machine,
  map,
  parallel,
  pass,
  play,
  succeeded,
  taken,
  wait,
  wound,
} from './scenario';

/** What a state makes of its input (asl.md section 2): input -> InputPath -> work -> ResultPath -> OutputPath. */

type Fields = Record<string, unknown>;

async function check(fields: Fields, input: string, output: string): Promise<void> {
  const run = await play({ machine: machine({ P: pass(fields) }), input });
  expect(endOf(run)).toEqual({ status: 'SUCCEEDED', output });
}

async function checkFailure(fields: Fields, input: string, error: string, cause: string): Promise<void> {
  const run = await play({ machine: machine({ P: pass(fields) }), input });
  expect(endOf(run)).toEqual({ status: 'FAILED', error, cause });
}

describe('a Pass state', () => {
  test.each<[string, Fields, string, string]>([
    ['hands its input on', {}, '{"a":1}', '{"a":1}'],
    ['any JSON is an input', {}, 'null', 'null'],
    ['Result replaces the input', { Result: [1] }, '{"a":1}', '[1]'],
    ['a null Result is a result', { Result: null }, '{"a":1}', 'null'],
    ['paths in a Result are text', { Result: { 'x.$': '$.a', y: '$.a' } }, '{"a":1}', '{"x.$":"$.a","y":"$.a"}'],
    ['InputPath selects', { InputPath: '$.a.b' }, '{"a":{"b":[2]}}', '[2]'],
    ['InputPath may select null', { InputPath: '$.a' }, '{"a":null}', 'null'],
    ['a null InputPath is an empty object', { InputPath: null }, '{"a":1}', '{}'],
    ['an indefinite InputPath gives an array', { InputPath: '$.a[*].b' }, '{"a":[{"b":1},{},{"b":2}]}', '[1,2]'],
    ['also when it finds nothing', { InputPath: '$.a[*].c' }, '{"a":[{"b":1}]}', '[]'],
    ['OutputPath selects', { OutputPath: '$.a' }, '{"a":1,"b":2}', '1'],
    ['a null OutputPath is an empty object', { OutputPath: null }, '{"a":1}', '{}'],
    ['an indefinite OutputPath gives an array', { OutputPath: '$..b' }, '{"a":{"b":1},"b":2}', '[2,1]'],
    ['ResultPath $ replaces the input', { ResultPath: '$', Result: 1 }, '{"a":1}', '1'],
    ['a null ResultPath drops the result', { ResultPath: null, Result: 1 }, '{"a":1}', '{"a":1}'],
    ['ResultPath adds a member at the end', { ResultPath: '$.r', Result: 1 }, '{"z":0,"a":1}', '{"z":0,"a":1,"r":1}'],
    ['ResultPath replaces a member in its place', { ResultPath: '$.z', Result: 1 }, '{"z":0,"a":1}', '{"z":1,"a":1}'],
    ['missing parents are made', { ResultPath: '$.x.y.z', Result: 1 }, '{}', '{"x":{"y":{"z":1}}}'],
    [
      'into an array, at an index that exists',
      { ResultPath: '$.a[1].b', Result: 1 },
      '{"a":[0,{}]}',
      '{"a":[0,{"b":1}]}',
    ],
    ['the input may itself be an array', { ResultPath: '$[0]', Result: 1 }, '[0,2]', '[1,2]'],
    [
      'ResultPath merges into the raw input, not the effective one',
      { InputPath: '$.a', ResultPath: '$.r' },
      '{"a":1,"b":2}',
      '{"a":1,"b":2,"r":1}',
    ],
    [
      'OutputPath sees the result in place',
      { ResultPath: '$.r', Result: { x: 5 }, OutputPath: '$.r.x' },
      '{"a":1}',
      '5',
    ],
    ['a null ResultPath keeps the raw input', { InputPath: null, ResultPath: null }, '{"a":1}', '{"a":1}'],
  ])('%s', (_, fields, input, output) => check(fields, input, output));

  test.each<[Fields, string, string]>([
    [{ InputPath: '$.foo' }, '{}', "Invalid path '$.foo' : No results for path: $['foo']"],
    [{ OutputPath: '$.foo' }, '{}', "Invalid path '$.foo' : No results for path: $['foo']"],
    [{ InputPath: '$.no.such.path' }, '{}', "Invalid path '$.no.such.path' : Missing property in path $['no']"],
    [{ ResultPath: '$.r', OutputPath: '$.q' }, '{}', "Invalid path '$.q' : No results for path: $['q']"],
  ])('%j of %s selects nothing: a runtime error', (fields, input, text) =>
    checkFailure(fields, input, 'States.Runtime', inState('P', 2) + text),
  );

  test.each([
    ['$.r', '[1]'],
    ['$.r', '"text"'],
    ['$.r', '5'],
    ['$.r', 'null'],
    ['$.a.b', '{"a":1}'],
    ['$.a.b', '{"a":null}'],
    ['$.a[0]', '{"a":{}}'],
    ['$.a[0]', '{}'],
    ['$.a[2]', '{"a":[0,1]}'],
    ['$[0]', '{}'],
  ])('ResultPath %s does not fit %s', (ResultPath, input) =>
    checkFailure(
      { ResultPath, Result: 1 },
      input,
      'States.ResultPathMatchFailure',
      `Unable to apply ReferencePath ${ResultPath} to input ${input}`,
    ),
  );
});

describe('other states', () => {
  const routes = { InputPath: '$.a', OutputPath: '$.b' };

  test.each<[string, Fields]>([
    ['Succeed', { Type: 'Succeed', ...routes }],
    ['Wait', { Type: 'Wait', Seconds: 0, End: true, ...routes }],
  ])('%s takes its output from the effective input', async (_, state) => {
    const run = await play({ machine: machine({ S: state }), input: '{"a":{"b":7}}' });
    expect(endOf(run)).toEqual({ status: 'SUCCEEDED', output: '7' });
  });

  test('Choice too, and its rules look at the effective input', async () => {
    const choice = {
      Type: 'Choice',
      ...routes,
      Choices: [{ Variable: '$.b', NumericEquals: 7, Next: 'Q' }],
    };
    const run = await play({ machine: machine({ C: choice, Q: pass() }), input: '{"a":{"b":7}}' });
    expect(endOf(run)).toEqual({ status: 'SUCCEEDED', output: '7' });
  });

  test('a Wait that slept keeps its data', async () => {
    const run = await play({
      machine: machine({ W: wait({ SecondsPath: '$.s', InputPath: '$.in', OutputPath: '$.o' }) }),
      input: '{"in":{"s":5,"o":"out"},"s":1}',
      steps: [wound(4.999)],
    });
    expect(run.status).toBe('RUNNING');
    await run.wind(0.001);
    expect(endOf(run)).toEqual({ status: 'SUCCEEDED', output: '"out"' });
  });

  test('Task: StateEntered shows the raw input, Scheduled the effective one, StateExited the final output', async () => {
    const run = await play({
      machine: machine({ T: lambda({ InputPath: '$.a', ResultPath: '$.r', OutputPath: '$.r.x' }) }),
      input: '{"a":[1]}',
      steps: [taken(), succeeded('{"x":"y"}')],
    });
    expect(detailsOf(run, 2)).toEqual({ name: 'T', input: '{"a":[1]}' });
    expect(detailsOf(run, 3)).toMatchObject({ input: '[1]' });
    expect(detailsOf(run, 5)).toEqual({ output: '{"x":"y"}' });
    expect(detailsOf(run, 6)).toEqual({ name: 'T', output: '"y"' });
  });

  test('Task with null paths: an empty object in, an empty object out', async () => {
    const run = await play({
      machine: machine({ T: lambda({ InputPath: null, ResultPath: null, OutputPath: null }) }),
      input: '{"a":1}',
      steps: [taken(), succeeded('5')],
    });
    expect(detailsOf(run, 3)).toMatchObject({ input: '{}' });
    expect(endOf(run)).toEqual({ status: 'SUCCEEDED', output: '{}' });
  });
});

/** AWS calls it a runtime error to look into nothing, whatever the path (reported). */
describe('where the data is null', () => {
  const refused = {
    status: 'FAILED',
    error: 'States.Runtime',
    cause: `${inState('S', 2)}Unable to apply Path transformation to null or empty input.`,
  };
  const isString = { Variable: '$', IsString: true, Next: 'E' };

  test.each<[Fields]>([
    [pass({ InputPath: '$.a' })],
    [pass({ OutputPath: '$.a' })],
    [pass({ Parameters: { 'a.$': '$' } })],
    [pass({ Parameters: { 'a.$': "States.Format('{}', $.a)" } })],
    [wait({ SecondsPath: '$.s' })],
    [map({ I: pass() })],
    [{ Type: 'Choice', Choices: [isString], Default: 'E' }],
    [{ Type: 'Choice', Choices: [{ Not: { Variable: '$.a', IsPresent: true }, Next: 'E' }], Default: 'E' }],
    [{ Type: 'Fail', ErrorPath: '$.a' }],
    [lambda({ TimeoutSecondsPath: '$.a' })],
  ])('no path is looked at: %j', async (state) => {
    const rest: Record<string, Fields> = state.Type === 'Choice' ? { E: pass() } : {};
    const run = await play({ machine: machine({ S: state, ...rest }), input: 'null' });
    expect(endOf(run)).toEqual(refused);
  });

  test('nor in the null that a task returns', async () => {
    const run = await play({
      machine: machine({ S: lambda({ ResultSelector: { 'a.$': '$.b' } }) }),
      steps: [taken(), succeeded('null')],
    });
    expect(endOf(run)).toEqual(refused);
  });

  test('the context object is, and a rule that is decided before', async () => {
    const run = await play({
      machine: machine({ S: pass({ Parameters: { 'a.$': '$$.State.Name' } }) }),
      input: 'null',
    });
    expect(endOf(run)).toEqual({ status: 'SUCCEEDED', output: '{"a":"S"}' });
    const And = [
      { Variable: '$$.State.Name', IsNull: true },
      { Variable: '$', IsNull: true },
    ];
    const choice = { Type: 'Choice', Choices: [{ And, Next: 'E' }], Default: 'E' };
    const chosen = await play({ machine: machine({ S: choice, E: pass() }), input: 'null' });
    expect(endOf(chosen)).toEqual({ status: 'SUCCEEDED', output: 'null' });
  });
});

describe('texts', () => {
  const odd = ' { "b" : 0.0 , "2" : 1E5, "1":[ ], "b": -0, "__proto__" : {"x":1}, "s":"\\u0041\\u001f\\/" }';
  const compact = '{"b":-0,"2":1E5,"1":[],"__proto__":{"x":1},"s":"A\\u001F/"}';

  test('ExecutionStarted keeps the text that was given; the first state gets it compact', async () => {
    const run = await play({ machine: machine({ P: pass() }), input: odd });
    expect(detailsOf(run, 1)).toMatchObject({ input: odd });
    expect(detailsOf(run, 2)).toEqual({ name: 'P', input: compact });
    expect(detailsOf(run, 3)).toEqual({ name: 'P', output: compact });
    expect(run.output).toBe(compact);
  });

  test('also where the first state is a Parallel', async () => {
    const run = await play({ machine: machine({ P: parallel([{ A: pass() }]) }), input: '[ 1 ]' });
    expect(detailsOf(run, 2)).toEqual({ name: 'P', input: '[1]' });
    expect(run.output).toBe('[[1]]');
  });

  test('numbers of a definition, an input and a result keep their texts and members their order', async () => {
    const definition =
      '{"StartAt":"P","States":{"P":{"Type":"Pass","Result":{"2":1.0,"1":1e2},"ResultPath":"$.p","Next":"T"},' +
      '"T":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f","ResultPath":"$.t","End":true}}}';
    const run = await play({
      machine: definition,
      input: '{"n":12345678901234567890}',
      steps: [taken(), succeeded('0.0')],
    });
    expect(run.output).toBe('{"n":12345678901234567890,"p":{"2":1.0,"1":1e2},"t":0.0}');
  });

  test('a state called __proto__ and members of that name are nothing special', async () => {
    const definition =
      '{"StartAt":"__proto__","States":{"__proto__":{"Type":"Pass","ResultPath":"$.__proto__.a","End":true}}}';
    const run = await play({ machine: definition, input: '{"constructor":1}' });
    expect(run.output).toBe('{"constructor":1,"__proto__":{"a":{"constructor":1}}}');
  });
});
