import { INNER_SHAPES, MACHINE_SHAPE, STATE_SHAPES, type StateType } from '../../lib/asl/definition/fields';
import { JSONATA_CATCHER, JSONATA_RULE, JSONATA_SHAPES } from '../../lib/asl/definition/jsonata-shapes';
import { ofJsonata, problemsOf } from '../asl/problems';
import { type JournaledRun, START_MS } from './journaled-run';
import {
  ACTIVITY,
  activity,
  detailsOf,
  distributed,
  endOf,
  type Fields,
  fail,
  failed,
  lambda,
  machine,
  map,
  parallel,
  pass,
  play,
  type Step,
  succeeded,
  taken,
  wait,
  wound,
} from './scenario';

/**
 * Every field in the table of the language (lib/asl/definition/fields.ts) is executed, or refused by its name. Executed
 * means: a definition runs otherwise with the field than with another value, or without it.
 */
interface Proof {
  /** The state S; `T` and `U` may be led to. Or a whole machine. */
  state: Fields;
  other: Fields;
  /** What is told of the first and not of the other. */
  shows: string;
  input?: string;
  steps?: Step[];
}

/** What happened, as text: events with their times in seconds and their details, and the end. */
function told(run: JournaledRun): string {
  const events = run.events.map(
    ({ id, type, timestampMs }) =>
      `${(timestampMs - START_MS) / 1000}s ${type} ${JSON.stringify(detailsOf(run, id) ?? {})}`,
  );
  return [...events, JSON.stringify(endOf(run))].join('\n').replaceAll('\\"', "'");
}

const T = pass({ Result: 'at T' });
const U = { Type: 'Succeed' };

function whole(fields: Fields): string {
  if ('StartAt' in fields) return JSON.stringify(fields);
  const leadsTo = (name: string) => JSON.stringify(fields).includes(`"${name}"`);
  return machine({ S: fields, ...(leadsTo('T') ? { T } : {}), ...(leadsTo('U') ? { U } : {}) });
}

async function prove({ state, other, shows, input = '{"a":{"k":1},"n":2}', steps = [] }: Proof): Promise<void> {
  expect(told(await play({ machine: whole(state), input, steps }))).toContain(shows);
  // Without a field that must be there, nothing runs.
  const otherwise = await play({ machine: whole(other), input, steps }).then(told, String);
  expect(otherwise).not.toContain(shows);
}

type Proofs = Record<string, Proof>;

/** Fields that no execution can tell. */
const SILENT = ['Comment', 'QueryLanguage', 'Version'];

const without = (fields: Fields, name: string): Fields => ({ ...fields, [name]: undefined });

/** The field is set in `state`; otherwise it is absent. */
const set = (state: Fields, name: string, value: unknown, shows: string, more: Partial<Proof> = {}): Proofs => ({
  [name]: { state: { ...state, [name]: value }, other: state, shows, ...more },
});

/** The state needs the field. */
const needed = (state: Fields, ...names: string[]): Proofs =>
  Object.fromEntries(names.map((name) => [name, { state, other: without(state, name), shows: 'ExecutionSucceeded' }]));

const leaves = (state: Fields, more: Partial<Proof> = {}): Proofs => ({
  Next: { state: { ...without(state, 'End'), Next: 'T' }, other: state, shows: 'at T', ...more },
  End: { state, other: without(state, 'End'), shows: 'ExecutionSucceeded', ...more },
});

const done = (output = '{"b":{"k":3}}'): Partial<Proof> => ({ steps: [taken(), succeeded(output)] });
const failsWith = (...errors: string[]): Step[] => errors.flatMap((error) => [taken(), failed(error), wound(1)]);

const catches = (state: Fields, error: string, more: Partial<Proof> = {}): Proofs =>
  set(state, 'Catch', [{ ErrorEquals: [error], Next: 'T' }], 'at T', more);

const rule = (fields: Fields): Fields => ({ Type: 'Choice', Choices: [{ ...fields, Next: 'T' }], Default: 'U' });
const choice = rule({ Variable: '$.n', NumericEquals: 2 });
const waits = wait({ Seconds: 5 });
const both = parallel([{ A: pass() }, { B: pass() }]);
const breaks = parallel([{ F: fail('E') }]);
const each = map({ A: pass() });
const apart = distributed({ A: pass() });
const items = { input: '[{"k":1},{"k":1}]' };
const pair = { input: '{"a":[{"k":1}],"n":1,"b":7}' };
const tenth = { ...pair, input: '{"a":[{"k":1},{"k":2}],"n":1}' };

/** One of two children fails. */
const tolerates = (field: string, value: number, path: string): Proofs => {
  const state = { ...apart, ItemsPath: '$.a' };
  const steps = [taken(), failed('E'), taken(), succeeded('7')];
  const more = { input: '{"a":[1,2],"n":50}', steps };
  return {
    ...set(state, field, value, `'Error':'E'`, more),
    ...set(state, `${field}Path`, path, `'Error':'E'`, more),
  };
};

const PROOFS: Record<StateType, Proofs> = {
  Pass: {
    ...needed(pass(), 'Type'),
    ...leaves(pass()),
    ...set(pass(), 'InputPath', '$.a', `"output":"{'k':1}"`),
    ...set(pass(), 'OutputPath', '$.a', `"output":"{'k':1}"`),
    ...set(pass(), 'Parameters', { 'p.$': '$.n' }, `"output":"{'p':2}"`),
    ...set(pass(), 'Result', 'given', 'given'),
    ...set(pass({ Result: 0 }), 'ResultPath', '$.r', `'r':0`),
    ...set(pass(), 'Assign', { 'v.$': '$.n' }, `"assignedVariables":{"v":"2"}`),
  },
  Task: {
    ...needed(activity(), 'Type', 'Resource'),
    Type: { state: activity(), other: pass(), shows: 'ActivityScheduled' },
    Resource: { state: activity(), other: lambda(), shows: ACTIVITY },
    ...leaves(activity(), done()),
    ...set(activity(), 'InputPath', '$.a', `"input":"{'k':1}"}`),
    ...set(activity(), 'OutputPath', '$.b', `"name":"S","output":"{'k':3}"`, done()),
    ...set(activity(), 'Parameters', { 'p.$': '$.n' }, `{'p':2}`),
    ...set(activity(), 'ResultSelector', { 'r.$': '$.b.k' }, `{'r':3}`, done()),
    ...set(activity(), 'ResultPath', '$.r', `'r':{'b'`, done()),
    ...set(activity(), 'Assign', { 'v.$': '$.b.k' }, `"assignedVariables":{"v":"3"}`, done()),
    ...set(activity(), 'TimeoutSeconds', 5, '5s ActivityTimedOut', { steps: [wound(5)] }),
    ...set(activity(), 'TimeoutSecondsPath', '$.n', '2s ActivityTimedOut', { steps: [wound(2)] }),
    ...set(activity(), 'HeartbeatSeconds', 3, '3s ActivityTimedOut', { steps: [taken(), wound(3)] }),
    ...set(activity(), 'HeartbeatSecondsPath', '$.n', '2s ActivityTimedOut', { steps: [taken(), wound(2)] }),
    ...set(activity(), 'Retry', [{ ErrorEquals: ['E'] }], '1s ActivityScheduled', { steps: failsWith('E') }),
    ...catches(activity(), 'E', { steps: [taken(), failed('E')] }),
  },
  Choice: {
    ...needed(choice, 'Type'),
    Choices: { state: choice, other: rule({ Variable: '$.n', NumericEquals: 3 }), shows: 'at T' },
    Default: { state: { ...choice, Default: 'T' }, other: choice, shows: 'at T', input: '{"n":3}' },
    ...set(choice, 'InputPath', '$.o', 'at T', { input: '{"n":1,"o":{"n":2}}' }),
    ...set(choice, 'OutputPath', '$.a', `"name":"S","output":"{'k':1}"`),
    ...set(choice, 'Assign', { 'v.$': '$.n' }, `"assignedVariables":{"v":"3"}`, { input: '{"n":3}' }),
  },
  Wait: {
    ...needed(waits, 'Type'),
    Type: { state: waits, other: pass(), shows: '5s WaitStateExited', steps: [wound(5)] },
    ...leaves(waits, { steps: [wound(5)] }),
    ...set(waits, 'InputPath', '$.a', `"name":"S","output":"{'k':1}"`, { steps: [wound(5)] }),
    ...set(waits, 'OutputPath', '$.a', `"name":"S","output":"{'k':1}"`, { steps: [wound(5)] }),
    ...set(waits, 'Assign', { 'v.$': '$.n' }, `"assignedVariables":{"v":"2"}`, { steps: [wound(5)] }),
    Seconds: { state: waits, other: wait({ Seconds: 6 }), shows: '5s WaitStateExited', steps: [wound(5)] },
    SecondsPath: { state: wait({ SecondsPath: '$.n' }), other: waits, shows: '2s WaitStateExited', steps: [wound(2)] },
    Timestamp: {
      state: wait({ Timestamp: new Date(START_MS + 4_000).toISOString() }),
      other: waits,
      shows: '4s WaitStateExited',
      steps: [wound(4)],
    },
    TimestampPath: {
      state: wait({ TimestampPath: '$.t' }),
      other: waits,
      shows: '4s WaitStateExited',
      steps: [wound(4)],
      input: JSON.stringify({ t: new Date(START_MS + 4_000).toISOString() }),
    },
  },
  Succeed: {
    ...needed(U, 'Type'),
    ...set(U, 'InputPath', '$.a', `"output":"{'k':1}"`),
    ...set(U, 'OutputPath', '$.a', `"output":"{'k':1}"`),
  },
  Fail: {
    Type: { state: { Type: 'Fail' }, other: U, shows: 'FailStateEntered' },
    ...set({ Type: 'Fail' }, 'Error', 'Own', 'ExecutionFailed {"error":"Own"}'),
    ...set({ Type: 'Fail' }, 'ErrorPath', '$.n', 'ExecutionFailed {"error":"2"}'),
    ...set({ Type: 'Fail' }, 'Cause', 'why', 'ExecutionFailed {"cause":"why"}'),
    ...set({ Type: 'Fail' }, 'CausePath', "States.Format('no {}', $.n)", 'ExecutionFailed {"cause":"no 2"}'),
  },
  Parallel: {
    ...needed(both, 'Type'),
    Branches: { state: both, other: parallel([{ A: pass() }]), shows: 'PassStateEntered {"name":"B"' },
    ...leaves(both),
    ...set(both, 'InputPath', '$.a', `"name":"A","input":"{'k':1}"`),
    ...set(both, 'OutputPath', '$[0].a', `"name":"S","output":"{'k':1}"`),
    ...set(both, 'Parameters', { 'p.$': '$.n' }, `"name":"A","input":"{'p':2}"`),
    ...set(both, 'ResultSelector', { 'r.$': '$[1].n' }, `"output":"{'r':2}"`),
    ...set(both, 'ResultPath', '$.r', `'r':[`),
    ...set(both, 'Assign', { 'v.$': '$[1].n' }, `"assignedVariables":{"v":"2"}`),
    ...set(breaks, 'Retry', [{ ErrorEquals: ['E'] }], '1s ParallelStateStarted', { steps: [wound(1)] }),
    ...catches(breaks, 'E'),
  },
  Map: {
    ...Object.fromEntries(Object.entries(needed(each, 'Type')).map(([name, proof]) => [name, { ...proof, ...items }])),
    ItemProcessor: { state: each, other: map({ B: pass() }), shows: 'PassStateEntered {"name":"A"', ...items },
    Iterator: {
      state: { ...without(each, 'ItemProcessor'), Iterator: each.ItemProcessor },
      other: map({ B: pass() }),
      shows: 'PassStateEntered {"name":"A"',
      ...items,
    },
    ...leaves(each, items),
    ...set(each, 'InputPath', '$.a', `"name":"A","input":"{'k':1}"`, pair),
    ...set(each, 'OutputPath', '$[0]', `"name":"S","output":"{'k':1}"`, items),
    ...set(each, 'ItemsPath', '$.a', `"name":"A","input":"{'k':1}"`, pair),
    ...set(
      { ...each, ItemsPath: '$.a' },
      'ItemSelector',
      { 'v.$': '$$.Map.Item.Value.k', 'b.$': '$.b' },
      `{'v':1,'b':7}`,
      pair,
    ),
    ...set({ ...each, ItemsPath: '$.a' }, 'Parameters', { 'i.$': '$$.Map.Item.Index' }, `{'i':0}`, pair),
    ...set(each, 'ResultSelector', { 'r.$': '$[1].k' }, `"output":"{'r':1}"`, items),
    ...set({ ...each, ItemsPath: '$.a' }, 'ResultPath', '$.r', `'r':[`, pair),
    ...set(apart, 'Label', 'here', ':mapRun:machine/here:', items),
    ...tolerates('ToleratedFailureCount', 1, '$.n'),
    ...tolerates('ToleratedFailurePercentage', 50, '$.n'),
    ...set(each, 'Assign', { 'v.$': '$[1].k' }, `"assignedVariables":{"v":"1"}`, items),
    ...set(map({ A: waits }), 'MaxConcurrency', 1, '10s WaitStateExited', { ...items, steps: [wound(5), wound(5)] }),
    ...set(map({ A: waits }, { ItemsPath: '$.a' }), 'MaxConcurrencyPath', '$.n', '10s WaitStateExited', {
      ...tenth,
      steps: [wound(5), wound(5)],
    }),
    ...set(map({ F: fail('E') }), 'Retry', [{ ErrorEquals: ['E'] }], '1s MapStateStarted', {
      ...items,
      steps: [wound(1)],
    }),
    ...catches(map({ F: fail('E') }), 'E', items),
  },
};

const retried = (fields: Fields): Fields => activity({ Retry: [{ ErrorEquals: ['E'], ...fields }] });
const caught = (fields: Fields): Fields => activity({ Catch: [{ ErrorEquals: ['E'], Next: 'T', ...fields }] });
const failing = { steps: [taken(), failed('E')] };
const oneBranch = (fields: Fields): Fields => ({
  ...both,
  Branches: [{ StartAt: 'A', States: { A: pass() }, ...fields }],
});
const processor = (fields: Fields): Fields => ({
  ...each,
  ItemProcessor: { StartAt: 'A', States: { A: pass({ Next: 'B' }), B: pass() }, ...fields },
});

/** By the name of the shape, as the states are by their type. */
const INNER_PROOFS: Record<string, Proofs> = {
  'Choices[]': {
    Assign: {
      state: rule({ Variable: '$.n', NumericEquals: 2, Assign: { 'v.$': '$.n' } }),
      other: choice,
      shows: `"assignedVariables":{"v":"2"}`,
    },
    Next: {
      state: { ...choice, Choices: [{ Variable: '$.n', IsPresent: true, Next: 'T' }] },
      other: { ...choice, Choices: [{ Variable: '$.n', IsPresent: true, Next: 'U' }] },
      shows: 'at T',
    },
    Variable: {
      state: rule({ Variable: '$.n', NumericEquals: 2 }),
      other: rule({ Variable: '$.a', NumericEquals: 2 }),
      shows: 'at T',
    },
    And: {
      state: rule({ And: [{ Variable: '$.n', IsNumeric: true }] }),
      other: rule({
        And: [
          { Variable: '$.n', IsNumeric: true },
          { Variable: '$.n', IsNull: true },
        ],
      }),
      shows: 'at T',
    },
    Or: {
      state: rule({ Or: [{ Variable: '$.n', IsNumeric: true }] }),
      other: rule({ Or: [{ Variable: '$.n', IsNull: true }] }),
      shows: 'at T',
    },
    Not: {
      state: rule({ Not: { Variable: '$.n', IsNull: true } }),
      other: rule({ Not: { Variable: '$.n', IsNumeric: true } }),
      shows: 'at T',
    },
    ...operatorProofs(),
  },
  'Retry[]': {
    ErrorEquals: {
      state: retried({}),
      other: retried({ ErrorEquals: ['F'] }),
      shows: '1s ActivityScheduled',
      steps: failsWith('E'),
    },
    IntervalSeconds: {
      state: retried({ IntervalSeconds: 7 }),
      other: retried({}),
      shows: '7s ActivityScheduled',
      steps: [taken(), failed('E'), wound(7)],
    },
    MaxAttempts: { state: retried({ MaxAttempts: 0 }), other: retried({}), shows: 'ExecutionFailed', ...failing },
    BackoffRate: {
      state: retried({ BackoffRate: 5 }),
      other: retried({}),
      shows: '6s ActivityScheduled',
      steps: [...failsWith('E'), taken(), failed('E'), wound(5)],
    },
    MaxDelaySeconds: {
      state: retried({ IntervalSeconds: 2, BackoffRate: 5, MaxDelaySeconds: 3 }),
      other: retried({ IntervalSeconds: 2, BackoffRate: 5 }),
      shows: '5s ActivityScheduled',
      steps: [taken(), failed('E'), wound(2), taken(), failed('E'), wound(3)],
    },
    // The dice of these runs show a half.
    JitterStrategy: {
      state: retried({ IntervalSeconds: 4, JitterStrategy: 'FULL' }),
      other: retried({ IntervalSeconds: 4 }),
      shows: '2s ActivityScheduled',
      steps: [taken(), failed('E'), wound(2)],
    },
  },
  'Catch[]': {
    ErrorEquals: { state: caught({}), other: caught({ ErrorEquals: ['F'] }), shows: 'at T', ...failing },
    Next: { state: caught({}), other: caught({ Next: 'U' }), shows: 'at T', ...failing },
    ResultPath: { state: caught({ ResultPath: '$.e' }), other: caught({}), shows: `'e':{'Error'`, ...failing },
    Assign: { state: caught({ Assign: { 'v.$': '$.Error' } }), other: caught({}), shows: `{"v":"'E'"}`, ...failing },
  },
  'Branches[]': {
    StartAt: {
      state: oneBranch({ StartAt: 'B', States: { B: pass({ Next: 'A' }), A: pass() } }),
      other: oneBranch({ StartAt: 'A', States: { A: pass({ Next: 'B' }), B: pass() } }),
      shows: `PassStateEntered {"name":"B","input":"{'a':{'k':1},'n':2}"}\n0s PassStateExited {"name":"B","output":"{'a':{'k':1},'n':2}"}\n0s PassStateEntered {"name":"A"`,
    },
    States: { state: oneBranch({ States: { A: pass({ Result: 'inner' }) } }), other: oneBranch({}), shows: 'inner' },
  },
  ItemProcessor: {
    StartAt: {
      state: processor({}),
      other: processor({ StartAt: 'B', States: { B: pass() } }),
      shows: '"name":"A"',
      ...items,
    },
    States: {
      state: processor({ States: { A: pass({ Result: 'inner' }) } }),
      other: processor({ States: { A: pass() } }),
      shows: 'inner',
      ...items,
    },
    ProcessorConfig: {
      state: processor({ ProcessorConfig: { Mode: 'INLINE' } }),
      other: processor({ ProcessorConfig: { Mode: 'DISTRIBUTED' } }),
      shows: 'MapIterationStarted',
      ...items,
    },
  },
  ProcessorConfig: {
    ExecutionType: {
      state: processor({ ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } }),
      // Refused.
      other: processor({ ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' } }),
      shows: 'MapRunStarted',
      ...items,
    },
    Mode: {
      state: processor({ ProcessorConfig: { Mode: 'INLINE' } }),
      other: processor({ ProcessorConfig: { Mode: 'DISTRIBUTED' } }),
      shows: 'MapIterationStarted',
      ...items,
    },
  },
};

/** For each operator an input for which it holds, and one for which it does not. */
function operatorProofs(): Proofs {
  const ordered = {
    Equals: [2, 3],
    LessThan: [3, 2],
    GreaterThan: [1, 2],
    LessThanEquals: [2, 1],
    GreaterThanEquals: [2, 3],
  };
  const of: Record<string, (n: number) => unknown> = {
    Numeric: (n) => n,
    String: (n) => `${n}`,
    Timestamp: (n) => `200${n}-01-01T00:00:00Z`,
  };
  const proofs: Proofs = {};
  for (const [family, value] of Object.entries(of)) {
    const input = JSON.stringify({ v: value(2), yes: value(2) });
    for (const [order, [holds, holdsNot]] of Object.entries(ordered)) {
      const name = `${family}${order}`;
      proofs[name] = {
        state: rule({ Variable: '$.v', [name]: value(holds!) }),
        other: rule({ Variable: '$.v', [name]: value(holdsNot!) }),
        shows: 'at T',
        input,
      };
      proofs[`${name}Path`] = {
        state: rule({ Variable: '$.v', [`${name}Path`]: '$.yes' }),
        other: rule({ Variable: '$.v', [`${name}Path`]: '$.no' }),
        shows: 'at T',
        input: JSON.stringify({ v: value(2), yes: value(holds!), no: value(holdsNot!) }),
      };
    }
  }
  const input = JSON.stringify({ b: true, s: 'abc', t: '2001-01-01T00:00:00Z', n: 1, z: null, no: [] });
  const one = (name: string, variable: string, value: unknown, other: unknown) => {
    proofs[name] = {
      state: rule({ Variable: variable, [name]: value }),
      other: rule({ Variable: variable, [name]: other }),
      shows: 'at T',
      input,
    };
  };
  one('BooleanEquals', '$.b', true, false);
  one('BooleanEqualsPath', '$.b', '$.b', '$.no');
  one('StringMatches', '$.s', 'a*c', 'b*');
  for (const [name, variable] of Object.entries({
    IsPresent: '$.n',
    IsNull: '$.z',
    IsNumeric: '$.n',
    IsString: '$.s',
    IsBoolean: '$.b',
    IsTimestamp: '$.t',
  })) {
    one(name, variable, true, false);
  }
  return proofs;
}

const states = { S: wait({ Seconds: 5 }), T };
const MACHINE_PROOFS: Proofs = {
  StartAt: {
    state: { StartAt: 'S', States: { S: pass({ Next: 'T' }), T } },
    other: { StartAt: 'T', States: { T } },
    shows: '"name":"S"',
  },
  States: { state: { StartAt: 'S', States: { S: T } }, other: { StartAt: 'S', States: { S: pass() } }, shows: 'at T' },
  TimeoutSeconds: {
    state: { StartAt: 'S', States: { S: states.S }, TimeoutSeconds: 3 },
    other: { StartAt: 'S', States: { S: states.S } },
    shows: '3s ExecutionTimedOut',
    steps: [wound(3)],
  },
};

// ---- JSONata

const inJsonata = (state: Fields): Fields => ({ ...state, QueryLanguage: 'JSONata' });
const query = {
  pass: inJsonata(pass()),
  task: inJsonata(activity()),
  both: inJsonata(both),
  each: inJsonata(map({ A: pass() }, { Items: [1] })),
};
const waitsQuery = inJsonata(waits);
const ruleQuery = (fields: Fields, more: Fields = {}): Fields =>
  inJsonata({
    Type: 'Choice',
    Choices: [{ Condition: '{% $states.input.n = 2 %}', Next: 'T', ...fields }],
    Default: 'U',
    ...more,
  });
const choiceQuery = ruleQuery({});
const INPUT = '{% $states.input.n %}';
const RESULT = '{% $states.result %}';
const handsOn = (state: Fields, value: string, shows: string, more: Partial<Proof> = {}): Proofs => ({
  ...set(state, 'Output', { o: value }, `"name":"S","output":"{'o':${shows}}"`, more),
  ...set(state, 'Assign', { v: value }, `"assignedVariables":{"v":"${shows}"}`, more),
});
const retries = (state: Fields, error: string, steps: Step[]): Proofs => ({
  ...set(state, 'Retry', [{ ErrorEquals: [error], MaxAttempts: 1 }], '1s ', { steps: [...steps, wound(1)] }),
  ...catches(state, error, { steps }),
});
const breaksQuery = inJsonata(breaks);
const breaksEach = inJsonata(map({ F: fail('E') }, { Items: [1] }));

const JSONATA_PROOFS: Record<StateType, Proofs> = {
  Pass: { ...needed(query.pass, 'Type'), ...leaves(query.pass), ...handsOn(query.pass, INPUT, '2') },
  Task: {
    ...needed(query.task, 'Type', 'Resource'),
    Type: { state: query.task, other: query.pass, shows: 'ActivityScheduled' },
    Resource: { state: query.task, other: inJsonata(lambda()), shows: ACTIVITY },
    ...leaves(query.task, done()),
    ...handsOn(query.task, RESULT, '7', done('7')),
    ...set(query.task, 'Arguments', { p: INPUT }, `{'p':2}`),
    ...set(query.task, 'TimeoutSeconds', INPUT, '2s ActivityTimedOut', { steps: [wound(2)] }),
    ...set(query.task, 'HeartbeatSeconds', INPUT, '2s ActivityTimedOut', { steps: [taken(), wound(2)] }),
    ...retries(query.task, 'E', [taken(), failed('E')]),
  },
  Choice: {
    ...needed(choiceQuery, 'Type'),
    Choices: { state: choiceQuery, other: ruleQuery({ Condition: false }), shows: 'at T' },
    Default: { state: ruleQuery({}, { Default: 'T' }), other: choiceQuery, shows: 'at T', input: '{"n":3}' },
    ...handsOn(choiceQuery, INPUT, '3', { input: '{"n":3}' }),
  },
  Wait: {
    ...needed(waitsQuery, 'Type'),
    Type: { state: waitsQuery, other: query.pass, shows: '5s WaitStateExited', steps: [wound(5)] },
    ...leaves(waitsQuery, { steps: [wound(5)] }),
    Seconds: {
      state: inJsonata(wait({ Seconds: INPUT })),
      other: waitsQuery,
      shows: '2s WaitStateExited',
      steps: [wound(2)],
    },
    Timestamp: {
      state: inJsonata(wait({ Timestamp: '{% $fromMillis($toMillis($states.context.Execution.StartTime) + 3000) %}' })),
      other: waitsQuery,
      shows: '3s WaitStateExited',
      steps: [wound(3)],
    },
    ...handsOn(waitsQuery, INPUT, '2', { steps: [wound(5)] }),
  },
  Succeed: {
    Type: { state: inJsonata(U), other: query.pass, shows: 'SucceedStateExited' },
    ...set(inJsonata(U), 'Output', INPUT, '"name":"S","output":"2"'),
  },
  Fail: {
    Type: { state: inJsonata({ Type: 'Fail' }), other: query.pass, shows: 'ExecutionFailed' },
    ...set(inJsonata({ Type: 'Fail' }), 'Error', '{% $string($states.input.n) %}', '"error":"2"'),
    ...set(inJsonata({ Type: 'Fail' }), 'Cause', '{% $string($states.input.n) %}', '"cause":"2"'),
  },
  Parallel: {
    ...needed(query.both, 'Type', 'Branches'),
    ...leaves(query.both),
    Branches: { state: query.both, other: inJsonata(parallel([{ A: pass() }])), shows: '"name":"B"' },
    ...set(query.both, 'Arguments', INPUT, '"name":"A","input":"2"'),
    ...handsOn(query.both, '{% $count($states.result) %}', '2'),
    ...retries(breaksQuery, 'E', []),
  },
  Map: {
    ...needed(query.each, 'Type'),
    ...leaves(query.each),
    ItemProcessor: { state: query.each, other: inJsonata(map({ B: pass() }, { Items: [1] })), shows: '"name":"A"' },
    Iterator: {
      state: { ...without(query.each, 'ItemProcessor'), Iterator: query.each.ItemProcessor },
      other: without(query.each, 'ItemProcessor'),
      shows: '"name":"A"',
    },
    Items: { state: { ...query.each, Items: '{% [3, 4] %}' }, other: query.each, shows: '"name":"A","input":"4"' },
    ...set(query.each, 'ItemSelector', { i: '{% $states.context.Map.Item.Index %}', n: INPUT }, `{'i':0,'n':2}`),
    MaxConcurrency: {
      state: { ...query.each, Items: [1, 2], MaxConcurrency: '{% 1 %}' },
      other: { ...query.each, Items: [1, 2] },
      shows: 'MapIterationSucceeded {"name":"S","index":0}\n0s MapIterationStarted',
    },
    ...set(inJsonata({ ...apart, Items: [1] }), 'Label', 'here', ':mapRun:machine/here:'),
    ...set(query.each, 'ToleratedFailureCount', '{% $no %}', 'ToleratedFailureCount'),
    ...set(query.each, 'ToleratedFailurePercentage', '{% $no %}', 'ToleratedFailurePercentage'),
    ...handsOn(query.each, '{% $count($states.result) %}', '1'),
    ...retries(breaksEach, 'E', []),
  },
};

const caughtInJsonata = (fields: Fields): Fields =>
  inJsonata(activity({ Catch: [{ ErrorEquals: ['E'], Next: 'U', ...fields }] }));
const whenCaught = { steps: [taken(), failed('E')] };
const INNER_JSONATA: [string, { fields: object }, Proofs][] = [
  [
    '`Choices[]` in JSONata',
    JSONATA_RULE,
    {
      Condition: { state: choiceQuery, other: ruleQuery({ Condition: '{% $states.input.n = 3 %}' }), shows: 'at T' },
      Next: { state: choiceQuery, other: ruleQuery({ Next: 'U' }), shows: 'at T' },
      Output: { state: ruleQuery({ Output: INPUT }), other: choiceQuery, shows: '"name":"S","output":"2"' },
      Assign: {
        state: ruleQuery({ Assign: { v: INPUT } }),
        other: choiceQuery,
        shows: '"assignedVariables":{"v":"2"}',
      },
    },
  ],
  [
    '`Catch[]` in JSONata',
    JSONATA_CATCHER,
    {
      ErrorEquals: {
        state: caughtInJsonata({}),
        other: caughtInJsonata({ ErrorEquals: ['F'] }),
        shows: '"name":"U"',
        ...whenCaught,
      },
      Next: { state: caughtInJsonata({ Next: 'T' }), other: caughtInJsonata({}), shows: 'at T', ...whenCaught },
      Output: {
        state: caughtInJsonata({ Output: '{% $states.errorOutput.Error %}' }),
        other: caughtInJsonata({}),
        shows: `"output":"'E'"`,
        ...whenCaught,
      },
      Assign: {
        state: caughtInJsonata({ Assign: { v: '{% $states.errorOutput.Error %}' } }),
        other: caughtInJsonata({}),
        shows: `{"v":"'E'"}`,
        ...whenCaught,
      },
    },
  ],
];

const TABLES: [string, { fields: object }, Proofs][] = [
  ['the machine', MACHINE_SHAPE, MACHINE_PROOFS],
  ...Object.entries(STATE_SHAPES).map(([type, shape]): [string, { fields: object }, Proofs] => [
    type,
    shape,
    PROOFS[type as StateType],
  ]),
  ...Object.entries(INNER_SHAPES).map(([name, shape]): [string, { fields: object }, Proofs] => [
    name,
    shape,
    INNER_PROOFS[name]!,
  ]),
  ...Object.entries(JSONATA_SHAPES).map(([type, shape]): [string, { fields: object }, Proofs] => [
    `${type} in JSONata`,
    shape,
    JSONATA_PROOFS[type as StateType],
  ]),
  ...INNER_JSONATA,
];

describe.each(TABLES)('executed: %s', (_, { fields }, proofs) => {
  test('every field that is taken has a proof here', () => {
    const audible = Object.keys(fields).filter((name) => !SILENT.includes(name));
    expect(Object.keys(proofs).sort()).toEqual(audible.sort());
  });

  test.each(Object.entries(proofs))('%s', (__, proof) => prove(proof));
});

test('what an execution cannot tell changes nothing', async () => {
  const silent = { Comment: 'c', QueryLanguage: 'JSONPath' };
  const plain = told(await play({ machine: machine({ S: pass() }) }));
  expect(told(await play({ machine: machine({ S: pass(silent) }, { ...silent, Version: '1.0' }) }))).toBe(plain);
});

describe('refused by name', () => {
  const MINIMAL: Record<StateType, Fields> = {
    Pass: pass(),
    Task: activity(),
    Choice: choice,
    Wait: waits,
    Succeed: U,
    Fail: { Type: 'Fail' },
    Parallel: both,
    Map: each,
  };
  const refused = Object.entries(STATE_SHAPES).flatMap(([type, { notYet = [], ofJsonata: jsonata = [] }]) => [
    ...notYet.map((name) => [type, name, `Field '${name}' is not built into Stepwell yet`]),
    ...jsonata.map((name) => [type, name, ofJsonata(name)]),
  ]) as [StateType, string, string][];

  const VALUES: Fields = { Credentials: { RoleArn: 'arn:aws:iam::123456789012:role/r' } };

  test.each(refused)('%s: %s', (type, name, problem) => {
    expect(problemsOf(whole({ ...MINIMAL[type], [name]: VALUES[name] ?? {} }))).toEqual([
      `SCHEMA_VALIDATION_FAILED: ${problem} at /States/S`,
    ]);
  });

  const ofPath = Object.entries(JSONATA_SHAPES).flatMap(([type, { ofJsonPath = [] }]) =>
    ofJsonPath.map((name) => [type, name]),
  );
  test.each(ofPath)('%s in JSONata: %s', (Type, name) => {
    const only = `The QueryLanguage is set to 'JSONata', but field '${name}' is only supported for the 'JSONPath' QueryLanguage`;
    expect(problemsOf(whole({ Type, [name!]: null, QueryLanguage: 'JSONata' }))).toContain(
      `SCHEMA_VALIDATION_FAILED: ${only} at /States/S`,
    );
  });

  test.each(Object.entries(JSONATA_SHAPES).flatMap(([type, { notYet = [] }]) => notYet.map((name) => [type, name])))(
    '%s in JSONata, not yet: %s',
    (Type, name) => {
      expect(problemsOf(whole({ Type, [name!]: VALUES[name!] ?? {}, QueryLanguage: 'JSONata' }))).toContain(
        `SCHEMA_VALIDATION_FAILED: Field '${name}' is not built into Stepwell yet at /States/S`,
      );
    },
  );
});
