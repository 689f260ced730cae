import { baseOf, decodeEvents, decodeSnapshot } from '../../lib/engine/commit/decode';
import { EVENT_SHAPES, EVENT_TYPES } from '../../lib/engine/history-event';
import { Payload } from '../../lib/engine/payload';
import { slotAt } from '../../lib/engine/snapshot';
import type { Scope } from '../../lib/engine/variables';
import { ROLE, START_MS } from './journaled-run';
import { activity, distributed, lambda, machine, parallel, pass, play, stopped, taken, wait } from './scenario';

/** Stores outlive versions: what was written by an earlier one must be read by every later one. */

test('event types keep their numbers and fields: new ones are appended', () => {
  const fieldsOf = (type: keyof typeof EVENT_SHAPES) => EVENT_SHAPES[type].fields.map(([name]) => name).join(' ');
  const listed = EVENT_TYPES.map((type) => `${type}: ${fieldsOf(type)}`.trim());
  const known = [
    'ExecutionStarted: input roleArn stateMachineAliasArn stateMachineVersionArn',
    'ExecutionSucceeded: output',
    'ExecutionFailed: error cause',
    'ExecutionAborted: error cause',
    'ExecutionTimedOut: error cause',
    'PassStateEntered: name input',
    'PassStateExited: name output assignedVariables',
    'TaskStateEntered: name input',
    'TaskStateExited: name output assignedVariables',
    'ChoiceStateEntered: name input',
    'ChoiceStateExited: name output assignedVariables',
    'WaitStateEntered: name input',
    'WaitStateExited: name output assignedVariables',
    'SucceedStateEntered: name input',
    'SucceedStateExited: name output assignedVariables',
    'FailStateEntered: name input',
    'ParallelStateEntered: name input',
    'ParallelStateExited: name output assignedVariables',
    'ParallelStateStarted:',
    'ParallelStateSucceeded:',
    'ParallelStateFailed:',
    'ParallelStateAborted:',
    'TaskStateAborted:',
    'WaitStateAborted:',
    'ActivityScheduled: resource input timeoutInSeconds heartbeatInSeconds',
    'ActivityScheduleFailed: error cause',
    'ActivityStarted: workerName',
    'ActivitySucceeded: output',
    'ActivityFailed: error cause',
    'ActivityTimedOut: error cause',
    'LambdaFunctionScheduled: resource input timeoutInSeconds',
    'LambdaFunctionScheduleFailed: error cause',
    'LambdaFunctionStarted:',
    'LambdaFunctionStartFailed: error cause',
    'LambdaFunctionSucceeded: output',
    'LambdaFunctionFailed: error cause',
    'LambdaFunctionTimedOut: error cause',
  ];
  expect(listed.slice(0, known.length)).toEqual(known);
});

/** As version 0.1 wrote them: a task under way, a sleeping branch, one that has ended, one between attempts. */
const stored = [
  {
    slot: slotAt(1, 0),
    body: JSON.stringify({
      n: 14,
      t: START_MS,
      f: 5,
      a: [START_MS + 5_000, slotAt(1, 0)],
      e: [
        [0, 0, 0, ROLE],
        [16, 0, 'P', 0],
        [18, 2],
        [7, 3, 'A', 0],
        [24, 4, 'arn:a', 0, 60, 7],
        [26, 5, 'me'],
        [11, 3, 'W', 0],
        [5, 3, 'B', 0],
        [6, 8, 'B', 1],
        [7, 3, 'L', 0],
        [30, 10, 'arn:l', 0],
        [32, 11],
        [35, 12, null, 'why'],
      ],
      p: ['{"in":1}', '"out"'],
      c: [
        [0, null, 0, 'P', 2, 9, 0, [], ['branches', 3, 3]],
        [
          1,
          0,
          0,
          'A',
          4,
          6,
          '{"in":1}',
          [1],
          ['activity', 'arn:a', 5, 0, START_MS, slotAt(1, 0), START_MS + 60_000, 7, START_MS + 7_000, 'claim'],
        ],
        [2, 0, 1, 'W', 7, 7, 0, [], ['time', START_MS + 5_000]],
        [3, 0, 2, 'B', 8, 9, 0, [], ['siblings', 1]],
        [4, 0, 3, 'L', 10, 13, 0, [0, 2], ['retry', START_MS + 9_000]],
      ],
      i: ['machine', '01J', 'execution', 3, ROLE, START_MS, 0],
    }),
  },
  {
    slot: slotAt(14, 1),
    body: JSON.stringify({
      n: 15,
      t: START_MS + 5_000,
      f: 6,
      b: slotAt(1, 0),
      e: [[12, 7, 'W', 0]],
      p: ['{"in":1}'],
      c: [[5, 0, 1, 'X', 0, 14, [slotAt(1, 0), 0], [], ['entry', slotAt(14, 1)]]],
      r: [2],
    }),
  },
  {
    slot: slotAt(15, 0),
    body: JSON.stringify({
      n: 16,
      t: START_MS + 6_000,
      f: 6,
      b: slotAt(1, 0),
      e: [[3, 0, 'E']],
      p: [],
      c: [],
      r: [0, 1, 3, 4, 5],
      x: ['ABORTED', START_MS + 6_000, null, 'E', null],
    }),
  },
];

describe('a store of version 0.1', () => {
  test('gives the events', () => {
    const events = stored.flatMap(decodeEvents);
    const shown = events.map(({ id, previousEventId, timestampMs, type, details }) => {
      const texts =
        details && Object.fromEntries(Object.entries(details).map(([n, v]) => [n, v instanceof Payload ? v.text : v]));
      return [`${id}<${previousEventId} ${type}`, (timestampMs - START_MS) / 1000, texts];
    });
    expect(shown).toEqual([
      ['1<0 ExecutionStarted', 0, { input: '{"in":1}', roleArn: ROLE }],
      ['2<0 ParallelStateEntered', 0, { name: 'P', input: '{"in":1}' }],
      ['3<2 ParallelStateStarted', 0, undefined],
      ['4<3 TaskStateEntered', 0, { name: 'A', input: '{"in":1}' }],
      [
        '5<4 ActivityScheduled',
        0,
        { resource: 'arn:a', input: '{"in":1}', timeoutInSeconds: 60, heartbeatInSeconds: 7 },
      ],
      ['6<5 ActivityStarted', 0, { workerName: 'me' }],
      ['7<3 WaitStateEntered', 0, { name: 'W', input: '{"in":1}' }],
      ['8<3 PassStateEntered', 0, { name: 'B', input: '{"in":1}' }],
      ['9<8 PassStateExited', 0, { name: 'B', output: '"out"' }],
      ['10<3 TaskStateEntered', 0, { name: 'L', input: '{"in":1}' }],
      ['11<10 LambdaFunctionScheduled', 0, { resource: 'arn:l', input: '{"in":1}' }],
      ['12<11 LambdaFunctionStarted', 0, undefined],
      ['13<12 LambdaFunctionFailed', 0, { cause: 'why' }],
      ['14<7 WaitStateExited', 5, { name: 'W', output: '{"in":1}' }],
      ['15<0 ExecutionAborted', 6, { error: 'E' }],
    ]);
  });

  test('gives the snapshot at any commit', () => {
    const [first, second, third] = stored.map((_, index) => decodeSnapshot(stored.slice(0, index + 1)).snapshot);
    expect(first).toMatchObject({
      execution: {
        machineName: 'machine',
        machineId: '01J',
        name: 'execution',
        revision: 3,
        roleArn: ROLE,
        startMs: START_MS,
      },
      status: 'RUNNING',
      nextEventId: 14,
      eventlessCommits: 0,
      lastTimestampMs: START_MS,
      nextFrameId: 5,
      alarm: { atMs: START_MS + 5_000, since: slotAt(1, 0) },
    });
    expect(first!.execution.input.text).toBe('{"in":1}');
    expect([...first!.frames.values()].map(({ id, waiting }) => [id, waiting.on])).toEqual([
      [0, 'branches'],
      [1, 'task'],
      [2, 'time'],
      [3, 'siblings'],
      [4, 'retry'],
    ]);
    expect(first!.frames.get(1)).toMatchObject({
      parentId: 0,
      index: 0,
      stateName: 'A',
      enteredEventId: 4,
      lastEventId: 6,
      retries: [1],
      waiting: {
        kind: 'activity',
        resource: 'arn:a',
        eventId: 5,
        scheduledMs: START_MS,
        since: slotAt(1, 0),
        timeoutAtMs: START_MS + 60_000,
        heartbeatSeconds: 7,
        heartbeatAtMs: START_MS + 7_000,
        claim: 'claim',
      },
    });
    expect([...second!.frames.keys()]).toEqual([0, 1, 3, 4, 5]);
    expect(second!.frames.get(5)).toMatchObject({
      stateName: 'X',
      input: { ref: [slotAt(1, 0), 0], isLoaded: true },
      waiting: { on: 'entry', since: slotAt(14, 1) },
    });
    expect(third).toMatchObject({
      status: 'ABORTED',
      end: { stopMs: START_MS + 6_000, output: undefined, error: 'E', cause: undefined },
      alarm: undefined,
    });
    expect(third!.frames.size).toBe(0);
    expect(stored.map(baseOf)).toEqual([slotAt(1, 0), slotAt(1, 0), slotAt(1, 0)]);
  });
});

test('this version writes the same members', async () => {
  const run = await play({
    machine: machine({
      P: parallel([
        { A: activity({ TimeoutSeconds: 60, HeartbeatSeconds: 7 }) },
        { W: wait({ Seconds: 5 }) },
        { L: lambda() },
      ]),
    }),
    input: '{"in":1}',
    steps: [taken('A', 'me')],
  });
  const resource = (kind: string) => expect.stringMatching(new RegExp(`:${kind}:`));
  const [first, second] = run.commits.map(({ body }) => JSON.parse(body));
  expect(first).toEqual({
    n: 9,
    t: START_MS,
    f: 4,
    a: [START_MS + 5_000, slotAt(1, 0)],
    e: [
      [0, 0, 0, ROLE],
      [16, 0, 'P', 0],
      [18, 2],
      [7, 3, 'A', 0],
      [24, 4, resource('activity'), 0, 60, 7],
      [11, 3, 'W', 0],
      [7, 3, 'L', 0],
      [30, 7, resource('function'), 0],
    ],
    p: ['{"in":1}'],
    c: [
      [0, null, 0, 'P', 2, 3, 0, [], ['branches', 3, 3]],
      [
        1,
        0,
        0,
        'A',
        4,
        5,
        0,
        [],
        ['activity', resource('activity'), 5, 0, START_MS, slotAt(1, 0), START_MS + 60_000, 7, null, null],
      ],
      [2, 0, 1, 'W', 6, 6, 0, [], ['time', START_MS + 5_000]],
      [
        3,
        0,
        2,
        'L',
        7,
        8,
        0,
        [],
        ['lambda', resource('function'), 8, 0, START_MS, slotAt(1, 0), null, null, null, null],
      ],
    ],
    i: ['machine', '01J', 'execution', 3, ROLE, START_MS, 0],
  });
  expect(second).toMatchObject({
    n: 10,
    e: [[26, 5, 'me']],
    p: [],
    i: ['machine', '01J', 'execution', 3, ROLE, START_MS, '{"in":1}'],
  });
});

/** As written since there are variables. */
describe('variables in a store', () => {
  const long = `"${'x'.repeat(2_000)}"`;
  const facts = ['machine', '01J', 'execution', 3, ROLE, START_MS, '{}'];
  const waiting = (id: number, parentId: number | null) => [id, parentId, 0, 'W', 2, 2, '{}', [], ['time', START_MS]];
  const commits = [
    {
      slot: slotAt(1, 0),
      body: JSON.stringify({
        ...{ n: 4, t: START_MS, f: 2, i: facts, p: [long, '1'] },
        e: [[6, 0, 'P', 1, ['a', 0, 'b', 1]]],
        c: [waiting(0, null), waiting(1, 0)],
        w: [
          [0, 'a', 0, 2_002],
          [0, 'b', 1, 1],
          [1, 'inner', '[1]'],
        ],
      }),
    },
    {
      slot: slotAt(4, 0),
      body: JSON.stringify({
        n: 5,
        t: START_MS,
        f: 2,
        e: [],
        p: [],
        c: [],
        r: [1],
        b: slotAt(1, 0),
        w: [[0, 'b', '"two"']],
      }),
    },
    {
      slot: slotAt(5, 0),
      body: JSON.stringify({
        ...{ n: 6, t: START_MS, f: 2, i: facts, e: [], p: [], c: [waiting(0, null)] },
        w: [
          [0, 'a', [slotAt(1, 0), 0], 2_002],
          [0, 'b', '"two"'],
        ],
      }),
    },
  ];
  const scopesOf = (read: typeof commits) => {
    const { bytes, count, scopes } = decodeSnapshot(read).snapshot.variables!;
    const shown = [...scopes].map(([id, scope]) => [id, [...scope].map(([name, { bytes }]) => `${name}: ${bytes}`)]);
    return { bytes, count, scopes: shown };
  };

  test('are those of the last commit, by the scopes that are there', () => {
    const of0 = (b: number) => [0, ['a: 2002', `b: ${b}`]];
    expect(scopesOf(commits.slice(0, 1))).toEqual({ bytes: 2_006, count: 3, scopes: [of0(1), [1, ['inner: 3']]] });
    expect(scopesOf(commits.slice(0, 2))).toEqual({ bytes: 2_007, count: 2, scopes: [of0(5)] });
    expect(scopesOf(commits.slice(2))).toEqual({ bytes: 2_007, count: 2, scopes: [of0(5)] });
    const far = decodeSnapshot(commits.slice(2)).snapshot.variables!.scopes.get(0)!.get('a')!;
    expect([far.isLoaded, far.ref]).toEqual([false, [slotAt(1, 0), 0]]);
  });

  test('and an event tells them', () => {
    const { assignedVariables } = decodeEvents(commits[0]!)[0]!.details!;
    expect([...(assignedVariables as Scope)].map(([name, { text }]) => [name, text])).toEqual([
      ['a', long],
      ['b', '1'],
    ]);
  });

  test('this version writes the same', async () => {
    const assign = { a: 'x'.repeat(2_000), b: 1 };
    const run = await play({ machine: machine({ V: pass({ Assign: assign, Next: 'W' }), W: wait({ Seconds: 5 }) }) });
    const { e, p, w } = JSON.parse(run.commits[0]!.body);
    expect(e[2]).toEqual([6, 2, 'V', 0, ['a', 1, 'b', 2]]);
    expect(p).toEqual(['{}', long, '1']);
    expect(w).toEqual([
      [0, 'a', 1, 2_002],
      [0, 'b', 2, 1],
    ]);
  });
});

/** As written since there are distributed Maps. */
test('children in a store: how they are written, and read again', async () => {
  const run = await play({
    machine: machine({ M: distributed({ P: pass() }, { Label: 'each', ToleratedFailureCount: 1 }) }),
    input: '[1]',
    steps: [taken(), stopped()],
  });
  const [first, second, third] = run.commits.map(({ body }) => JSON.parse(body));
  const mapRun = expect.stringMatching(/^each:/);
  expect(first.c).toEqual([
    [0, null, 0, 'M', 2, 4, 0, [], ['children', [mapRun, 1, null, 0, 0], 4, 0, 1, 100, 1, 1, 3, 4, 0]],
    [1, 0, 0, 'M', 2, 4, '1', [], ['child', mapRun, -1, '1', START_MS, slotAt(1, 0), null, null, null, null]],
  ]);
  expect(first.e.slice(3)).toEqual([[57, 3, expect.stringMatching(/:mapRun:machine\/each:/)]]);
  expect(second.c[0][8].slice(9)).toEqual(['claim of -1']);
  expect(third.o).toEqual([[-1, slotAt(5, 1), null, 'claim of -1', mapRun]]);
  const { frames } = decodeSnapshot(run.commits.slice(0, 2)).snapshot;
  expect(frames.get(0)!.waiting).toMatchObject({
    on: 'iterations',
    mapRun: { name: mapRun, toleratedCount: 1, toleratedPercentage: undefined, failed: 0, redrives: 0 },
  });
  expect(frames.get(1)!.waiting).toMatchObject({ on: 'task', kind: 'child', eventId: -1, claim: 'claim of -1' });
});
