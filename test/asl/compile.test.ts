import { compileDefinition } from '../../lib/asl/definition/compile';
import { describeDiagnostics } from '../../lib/asl/definition/diagnostic';
import type { Program, State } from '../../lib/asl/definition/program';
import { States } from '../../lib/asl/definition/states';
import { validateDefinition } from '../../lib/asl/definition/validate';
import { JsonNumber } from '../../lib/asl/json';
import { ACTIVITY, type Fields, FUNCTION, machineOf } from './problems';

/** What a definition becomes: paths parsed, defaults filled in. */

function compile(definition: Fields | string): Program {
  const text = typeof definition === 'string' ? definition : JSON.stringify(definition);
  expect(describeDiagnostics(validateDefinition(text).diagnostics)).toBe('');
  return compileDefinition(text);
}

const state = (fields: Fields): State => compile(machineOf(fields)).states.get('S')!;

const root = { text: '$', steps: [], definite: true };
const path = (text: string) => expect.objectContaining({ text });

describe('defaults', () => {
  test('of the machine', () => {
    const program = compile({ StartAt: 'S', States: { S: { Type: 'Succeed' } } });
    expect(program).toMatchObject({ startAt: 'S', timeoutSeconds: undefined });
    expect(compile({ StartAt: 'S', States: { S: { Type: 'Succeed' } }, TimeoutSeconds: 9 }).timeoutSeconds).toBe(9);
  });

  test.each<[Fields, Fields]>([
    [
      { Type: 'Pass', End: true },
      { type: 'Pass', resultPath: root, next: undefined, result: undefined },
    ],
    [{ Type: 'Pass', Next: 'T' }, { next: 'T' }],
    [
      { Type: 'Task', Resource: FUNCTION, End: true },
      {
        kind: 'lambda',
        resource: FUNCTION,
        resultPath: root,
        retry: [],
        catch: [],
        timeoutSeconds: undefined,
        heartbeatSeconds: undefined,
      },
    ],
    [{ Type: 'Task', Resource: ACTIVITY, End: true }, { kind: 'activity' }],
    [
      { Type: 'Task', Resource: ACTIVITY, End: true, Retry: [], Catch: [] },
      { retry: [], catch: [] },
    ],
    [{ Type: 'Succeed' }, { type: 'Succeed' }],
    [{ Type: 'Choice', Choices: [{ Variable: '$.a', IsNull: true, Next: 'T' }] }, { default: undefined }],
    [
      { Type: 'Wait', Seconds: 0, End: true },
      { until: { seconds: 0 }, next: undefined },
    ],
    [{ Type: 'Fail' }, { error: undefined, cause: undefined }],
    [
      { Type: 'Parallel', Branches: [{ StartAt: 'B', States: { B: { Type: 'Succeed' } } }], End: true },
      { branches: ['B'], resultPath: root, retry: [], catch: [], next: undefined },
    ],
  ])('of %j', (fields, expected) => {
    expect(state(fields)).toMatchObject({ name: 'S', inputPath: root, outputPath: root, ...expected });
  });

  test('of a retrier', () => {
    const Retry = [{ ErrorEquals: ['E'] }];
    expect(state({ Type: 'Task', Resource: FUNCTION, End: true, Retry })).toMatchObject({
      retry: [
        {
          errorEquals: ['E'],
          intervalSeconds: 1,
          maxAttempts: 3,
          backoffRate: 2,
          maxDelaySeconds: undefined,
          jitter: false,
        },
      ],
    });
  });

  test('of a catcher', () => {
    const Catch = [{ ErrorEquals: ['E', 'F'], Next: 'T' }];
    expect(state({ Type: 'Task', Resource: FUNCTION, End: true, Catch })).toMatchObject({
      catch: [{ errorEquals: ['E', 'F'], resultPath: root, next: 'T' }],
    });
  });
});

describe('what is given', () => {
  test.each<[Fields, Fields]>([
    [
      { Type: 'Pass', End: true, InputPath: null, OutputPath: '$..a', ResultPath: null },
      { inputPath: null, outputPath: path('$..a'), resultPath: null },
    ],
    [{ Type: 'Pass', End: true, Result: null }, { result: null }],
    [{ Type: 'Pass', End: true, Result: false }, { result: false }],
    [{ Type: 'Pass', End: true, Result: '$.a' }, { result: '$.a' }],
    [
      { Type: 'Task', Resource: ACTIVITY, End: true, TimeoutSeconds: 9, HeartbeatSeconds: 3 },
      { timeoutSeconds: 9, heartbeatSeconds: 3 },
    ],
    [
      { Type: 'Task', Resource: ACTIVITY, End: true, TimeoutSecondsPath: '$.t', HeartbeatSecondsPath: '$.h' },
      { timeoutSeconds: path('$.t'), heartbeatSeconds: path('$.h') },
    ],
    [{ Type: 'Wait', End: true, SecondsPath: '$.s' }, { until: { secondsPath: path('$.s') } }],
    [
      { Type: 'Wait', End: true, Timestamp: '1970-01-01T00:00:01.5Z' },
      { until: { timestamp: { seconds: 1, nanos: 500_000_000 } } },
    ],
    [{ Type: 'Wait', End: true, TimestampPath: '$.t' }, { until: { timestampPath: path('$.t') } }],
    [
      { Type: 'Fail', Error: '', Cause: 'c' },
      { error: '', cause: 'c' },
    ],
    [
      { Type: 'Fail', ErrorPath: '$.e', CausePath: '$.c' },
      { error: { kind: 'path', path: path('$.e') }, cause: { kind: 'path', path: path('$.c') } },
    ],
  ])('%j', (fields, expected) => {
    expect(state(fields)).toMatchObject(expected);
  });

  test('retriers and catchers, in their order', () => {
    const Retry = [
      {
        ErrorEquals: ['E'],
        IntervalSeconds: 5,
        MaxAttempts: 0,
        BackoffRate: 1.5,
        MaxDelaySeconds: 60,
        JitterStrategy: 'FULL',
      },
      { ErrorEquals: ['States.ALL'], JitterStrategy: 'NONE' },
    ];
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'T', ResultPath: null }];
    expect(state({ Type: 'Task', Resource: FUNCTION, End: true, Retry, Catch })).toMatchObject({
      retry: [
        { errorEquals: ['E'], intervalSeconds: 5, maxAttempts: 0, backoffRate: 1.5, maxDelaySeconds: 60, jitter: true },
        { errorEquals: ['States.ALL'], jitter: false },
      ],
      catch: [{ resultPath: null }],
    });
  });

  test('numbers keep their text in a Result, and are numbers elsewhere', () => {
    const text =
      '{"StartAt":"S","States":{"S":{"Type":"Pass","Result":{"b":1.0,"a":[]},"Next":"T"},' +
      `"T":{"Type":"Task","Resource":"${FUNCTION}","End":true,"Retry":[{"ErrorEquals":["E"],"BackoffRate":2.50}]}}}`;
    const { states } = compile(text);
    const { result } = states.get('S') as { result: Map<string, unknown> };
    expect([...result]).toEqual([
      ['b', new JsonNumber('1.0')],
      ['a', []],
    ]);
    expect(states.get('T')).toMatchObject({ retry: [{ backoffRate: 2.5 }] });
  });
});

describe('Choice rules', () => {
  const rules = (...Choices: Fields[]) =>
    (state({ Type: 'Choice', Choices, Default: 'T' }) as { choices: unknown }).choices;

  test.each<[Fields, unknown]>([
    [
      { Variable: '$.a', NumericEquals: 5 },
      { kind: 'compare', variable: path('$.a'), operator: 'NumericEquals', operand: 5 },
    ],
    [
      { Variable: '$.a', StringEquals: '$.b' },
      { operator: 'StringEquals', operand: '$.b' },
    ],
    [
      { Variable: '$.a', StringEqualsPath: '$.b' },
      { operator: 'StringEquals', operand: path('$.b') },
    ],
    [
      { TimestampLessThanPath: '$.b', Comment: 'c', Variable: '$.a' },
      { operator: 'TimestampLessThan', operand: path('$.b') },
    ],
    [
      { Variable: '$.a', IsPresent: false },
      { kind: 'is', operator: 'IsPresent', operand: false },
    ],
    [{ Not: { Variable: '$.a', IsNull: true } }, { kind: 'not', test: { kind: 'is' } }],
    [
      { And: [{ Variable: '$.a', IsNull: true }, { Or: [{ Variable: '$.b', BooleanEquals: false }] }] },
      { kind: 'and', tests: [{ kind: 'is' }, { kind: 'or', tests: [{ kind: 'compare', operand: false }] }] },
    ],
  ])('%j', (rule, expected) => {
    expect(rules({ ...rule, Next: 'T' })).toMatchObject([{ next: 'T', test: expected }]);
  });
});

/** Each state takes two pieces of work, of which `compiled` tells. */
function statesOfTwoPieces(...names: string[]) {
  const compiled: string[] = [];
  const states = new States(new Map(names.map((name) => [name, new Map([['Type', 'Succeed']])])), function* (name) {
    compiled.push(`${name} begun`);
    yield;
    compiled.push(name);
    return { type: 'Succeed', name, inputPath: null, outputPath: null };
  });
  return { states, compiled };
}

test('a state is compiled when it is asked for, once', () => {
  const { states, compiled } = statesOfTwoPieces('A', 'B', 'C');
  expect([states.size, [...states.keys()], states.get('X')]).toEqual([3, ['A', 'B', 'C'], undefined]);
  expect(states.typeOf('B')).toBe('Succeed');
  expect(compiled).toEqual([]);
  expect(states.get('B')).toBe(states.get('B'));
  expect(states.typeOf('B')).toBe('Succeed');
  expect(compiled).toEqual(['B begun', 'B']);
  expect([...states.values()].map(({ name }) => name)).toEqual(['A', 'B', 'C']);
  expect(compiled).toEqual(['B begun', 'B', 'A begun', 'A', 'C begun', 'C']);
});

test('a state can be compiled a piece at a time, each once, whoever asks for it', () => {
  const { states, compiled } = statesOfTwoPieces('A', 'B');
  expect([states.prepare('X'), states.prepare('A')]).toEqual([true, false]);
  expect(compiled).toEqual(['A begun']);
  expect([states.prepare('A'), states.prepare('A')]).toEqual([true, true]);
  expect(states.prepare('B')).toBe(false);
  expect(states.get('B')).toMatchObject({ name: 'B' });
  expect(compiled).toEqual(['A begun', 'A', 'B begun', 'B']);
});

test('the states of all branches stand in one table', () => {
  const inner = { Type: 'Parallel', End: true, Branches: [{ StartAt: 'C', States: { C: { Type: 'Succeed' } } }] };
  const outer = {
    Type: 'Parallel',
    End: true,
    Branches: [
      { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' }, B: inner } },
      { StartAt: 'D', States: { D: { Type: 'Fail' } } },
    ],
  };
  const { states } = compile({ StartAt: 'P', States: { P: outer } });
  expect([...states.keys()].sort()).toEqual(['A', 'B', 'C', 'D', 'P']);
  expect(states.get('P')).toMatchObject({ branches: ['A', 'D'] });
  expect(states.get('B')).toMatchObject({ branches: ['C'] });
});
