import assert from 'node:assert/strict';
import { toleratesOneMore } from '../../lib/engine/map-run';
import { Payload } from '../../lib/engine/payload';
import type { RunName, TaskWait } from '../../lib/engine/snapshot';
import type { JournaledRun } from './journaled-run';
import {
  distributed,
  type Fields,
  fail,
  historyOf,
  lines,
  machine,
  pass,
  play,
  redriven,
  type Step,
  stopped,
  wound,
} from './scenario';

/** Map in mode DISTRIBUTED: what its execution tells of children, asks for them, and makes of their ends. */

const CHILD = { Do: pass() };

/** The children that are waited for, by the index of their items. */
const children = (run: JournaledRun): Map<number, TaskWait> => {
  const found = new Map<number, TaskWait>();
  for (const { index, waiting } of run.snapshot.frames.values()) {
    if (waiting.on === 'task' && waiting.kind === 'child') found.set(index, waiting);
  }
  return found;
};
const childOf = (run: JournaledRun, index: number): TaskWait => {
  const child = children(run).get(index);
  assert(child, `no child of item ${index}`);
  return child;
};
const nameOf = ({ eventId }: TaskWait): RunName => ({
  machineName: 'machine/label',
  machineId: '01J/label',
  name: `child ${-eventId}`,
  runId: `run ${-eventId}`,
});

const claimed =
  (index: number): Step =>
  async (run) => {
    const { eventId: taskEventId } = childOf(run, index);
    const trigger = { type: 'TaskTaken', taskEventId, claim: `c${taskEventId}`, workerName: undefined } as const;
    expect(await run.turn(trigger)).toEqual(['applied']);
  };
const begun =
  (index: number): Step =>
  async (run) => {
    await claimed(index)(run);
    const child = childOf(run, index);
    const { eventId: taskEventId, claim } = child;
    const output = Payload.ofText('null');
    expect(await run.turn({ type: 'TaskSubmitted', taskEventId, claim, output, child: nameOf(child) })).toEqual([
      'applied',
    ]);
  };
const ended =
  (index: number, output = `${index}`): Step =>
  async (run) => {
    await begun(index)(run);
    const { eventId: taskEventId } = childOf(run, index);
    const trigger = { type: 'TaskSucceeded', taskEventId, claim: undefined, output: Payload.ofText(output) } as const;
    expect(await run.turn(trigger)).toEqual(['applied']);
  };
const broken =
  (index: number): Step =>
  async (run) => {
    await begun(index)(run);
    const { eventId: taskEventId } = childOf(run, index);
    const trigger = { type: 'TaskFailed', taskEventId, claim: undefined, error: 'E', cause: 'c' } as const;
    expect(await run.turn(trigger)).toEqual(['applied']);
  };

const THRESHOLD = 'States.ExceedToleratedFailureThreshold';

const of = (fields: Fields = {}, more: Record<string, Fields> = {}): string =>
  machine({ M: distributed(CHILD, { Label: 'label', ...fields }), ...more });

describe('a run that succeeds', () => {
  test('tells of itself, and of no item; outputs come in the order of the items', async () => {
    const run = await play({ machine: of(), input: '["a","b","c"]', steps: [ended(2), ended(0), ended(1)] });
    expect(historyOf(run)).toBe(
      lines(`
        1<0 ExecutionStarted, 2<0 MapStateEntered, 3<2 MapStateStarted, 4<3 MapRunStarted, 5<4 MapRunSucceeded,
        6<5 MapStateSucceeded, 7<5 MapStateExited, 8<7 ExecutionSucceeded`),
    );
    expect(run.output).toBe('[0,1,2]');
    expect(run.events[3]!.details!.mapRunArn).toMatch(/:mapRun:machine\/label:[0-9a-f-]{36}$/);
  });

  test('without items', async () => {
    const run = await play({ machine: of(), input: '[]' });
    expect(run.output).toBe('[]');
  });

  test('asks for its children, each with its item, and for their ends', async () => {
    const run = await play({
      machine: of({ ItemSelector: { 'v.$': '$$.Map.Item.Value', 'i.$': '$$.Map.Item.Index' } }),
      input: '["a","b"]',
    });
    expect(run.effects.map(({ type }) => type)).toEqual(['RunTask', 'RunTask']);
    expect(childOf(run, 1).input.text).toBe('{"v":"b","i":1}');
    await begun(1)(run);
    expect(run.effects).toMatchObject([{ type: 'LookAtChild', taskEventId: childOf(run, 1).eventId }]);
  });

  test('in JSONata', async () => {
    const fields = {
      Items: '{% $states.input.list %}',
      ItemSelector: { v: '{% $states.context.Map.Item.Value %}' },
      ToleratedFailureCount: '{% 1 %}',
      Output: '{% $count($states.result) %}',
    };
    const run = await play({
      machine: machine({ M: distributed(CHILD, fields) }, { QueryLanguage: 'JSONata' }),
      input: '{"list":["a","b"]}',
    });
    expect(childOf(run, 0).input.text).toBe('{"v":"a"}');
    await broken(0)(run);
    await ended(1)(run);
    expect(run.output).toBe('2');
  });
});

describe('how many are under way', () => {
  test('as many as MaxConcurrency says, the next when one ends', async () => {
    const run = await play({ machine: of({ MaxConcurrency: 2 }), input: '[1,2,3,4]' });
    expect([...children(run).keys()]).toEqual([0, 1]);
    await ended(1)(run);
    expect([...children(run).keys()]).toEqual([0, 2]);
  });

  test('a hundred, where it says nothing, or more', async () => {
    const input = JSON.stringify(Array.from({ length: 150 }, (_, index) => index));
    const run = await play({ machine: of({ MaxConcurrency: 1_000 }), input });
    expect(children(run).size).toBe(100);
  });
});

describe('children that fail', () => {
  test('the first ends the run where nothing is tolerated: the others are stopped', async () => {
    const run = await play({ machine: of(), input: '[1,2,3]', steps: [begun(0), claimed(1), broken(2)] });
    expect(historyOf(run)).toBe(
      lines(`
        1<0 ExecutionStarted, 2<0 MapStateEntered, 3<2 MapStateStarted, 4<3 MapRunStarted, 5<4 MapRunFailed,
        6<5 MapStateFailed, 7<6 ExecutionFailed`),
    );
    expect(run.snapshot.end).toMatchObject({ error: THRESHOLD });
    // One is started; whether the other was is its worker's to find out.
    expect(run.snapshot.outbox).toMatchObject([
      { child: { name: 'child 1' } },
      { child: undefined, claim: 'c-2', mapRun: expect.stringMatching(/^label:/) },
    ]);
    expect(run.effects.filter(({ type }) => type === 'StopChild')).toHaveLength(1);
  });

  test.each<[string, Fields, number]>([
    ['a count', { ToleratedFailureCount: 1 }, 1],
    ['a count of the input', { ToleratedFailureCountPath: '$.n', ItemsPath: '$.items' }, 2],
    ['a percentage', { ToleratedFailurePercentage: 50 }, 2],
    ['a percentage of the input', { ToleratedFailurePercentagePath: '$.n', ItemsPath: '$.items' }, 0],
    ['whichever is less', { ToleratedFailurePercentage: 50, ToleratedFailureCount: 1 }, 1],
  ])('as many as %s says are tolerated', async (_, fields, tolerated) => {
    const input = 'ItemsPath' in fields ? '{"items":[1,2,3,4],"n":2}' : '[1,2,3,4]';
    const steps = [0, 1, 2, 3].slice(0, tolerated).map((index) => broken(index));
    const run = await play({ machine: of(fields), input, steps });
    expect(run.status).toBe('RUNNING');
    await broken(3)(run);
    expect(run.snapshot.end).toMatchObject({ error: THRESHOLD });
  });

  test('a percentage of whole children is all of it, whatever binary fractions make of it', async () => {
    const begun = await play({ machine: of({ ToleratedFailurePercentage: 32.3 }), input: `[${'0,'.repeat(999)}0]` });
    const { waiting } = begun.snapshot.frames.get(0)!;
    assert(waiting.on === 'iterations' && waiting.mapRun);
    expect(toleratesOneMore(waiting, { ...waiting.mapRun, failed: 322 })).toBe(true);
    expect(toleratesOneMore(waiting, { ...waiting.mapRun, failed: 323 })).toBe(false);
  });

  test('over more items than there is room for it fails at once', async () => {
    const M = distributed(CHILD, { QueryLanguage: 'JSONata', Items: '{% [1..250001] %}' });
    const run = await play({ machine: machine({ M }), input: '{}' });
    expect(run.snapshot.end).toMatchObject({ error: 'States.DataLimitExceeded' });
    expect(run.events.map(({ type }) => type)).not.toContain('MapRunStarted');
  });

  test('what is tolerated has its error for an output', async () => {
    const run = await play({ machine: of({ ToleratedFailureCount: 1 }), input: '[1,2]', steps: [broken(0), ended(1)] });
    expect(run.output).toBe('[{"Error":"E","Cause":"c"},1]');
  });

  test('Retry begins another run', async () => {
    const Retry = [{ ErrorEquals: [THRESHOLD], IntervalSeconds: 1 }];
    const run = await play({ machine: of({ Retry }), input: '[1]', steps: [broken(0), wound(1), ended(0)] });
    expect(run.status).toBe('SUCCEEDED');
    const arns = run.events.filter(({ type }) => type === 'MapRunStarted').map(({ details }) => details!.mapRunArn);
    expect(arns).toHaveLength(2);
  });

  test('Catch takes it', async () => {
    const Catch = [{ ErrorEquals: [THRESHOLD], Next: 'Caught' }];
    const run = await play({ machine: of({ Catch }, { Caught: pass() }), input: '[1]', steps: [broken(0)] });
    expect(JSON.parse(run.output!)).toMatchObject({ Error: THRESHOLD });
  });
});

describe('values that are none', () => {
  test.each<[string, Fields, string, string]>([
    ['a count below 0', { ToleratedFailureCountPath: '$.n' }, '-1', 'ToleratedFailureCount cannot be negative.'],
    [
      'a count that is no number',
      { ToleratedFailureCountPath: '$.n' },
      '"x"',
      'The ToleratedFailureCountPath field refers to value "x" which is not a valid integer: $.n',
    ],
    [
      'a percentage over 100',
      { ToleratedFailurePercentagePath: '$.n' },
      '101',
      'ToleratedFailurePercentage must be between 0 and 100.',
    ],
    [
      'a percentage that is no number',
      { ToleratedFailurePercentagePath: '$.n' },
      '{}',
      'The ToleratedFailurePercentagePath field refers to value "{}" which is not a valid float: $.n',
    ],
  ])('%s', async (_, fields, n, cause) => {
    const run = await play({ machine: of({ ItemsPath: '$.items', ...fields }), input: `{"items":[1],"n":${n}}` });
    expect(run.snapshot.end!.cause).toContain(cause);
    expect(run.events.at(-1)).toMatchObject({ previousEventId: 3, type: 'ExecutionFailed' });
  });
});

describe('the end of the execution', () => {
  test('a stop stops the children', async () => {
    const run = await play({ machine: of(), input: '[1,2]', steps: [begun(0), begun(1), stopped()] });
    expect(run.effects.filter(({ type }) => type === 'StopChild')).toHaveLength(2);
  });

  test('a branch that fails beside it aborts the run', async () => {
    const branches = [
      { StartAt: 'M', States: { M: distributed(CHILD, {}) } },
      { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 1, Next: 'F' }, F: fail('X') } },
    ];
    const run = await play({
      machine: machine({ P: { Type: 'Parallel', Branches: branches, End: true } }),
      input: '[1]',
      steps: [begun(0), wound(1)],
    });
    expect(historyOf(run)).toContain('MapRunAborted');
    expect(run.effects.filter(({ type }) => type === 'StopChild')).toHaveLength(1);
  });
});

test('a run that fails in a branch is told of once', async () => {
  const branches = [
    { StartAt: 'M', States: { M: distributed(CHILD, {}) } },
    { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 9, End: true } } },
  ];
  const run = await play({
    machine: machine({ P: { Type: 'Parallel', Branches: branches, End: true } }),
    input: '[1,2]',
    steps: [begun(0), broken(1)],
  });
  const types = run.events.map(({ type }) => type);
  expect(types.filter((type) => type.startsWith('MapRun'))).toEqual(['MapRunStarted', 'MapRunFailed']);
  expect(types.slice(-3)).toEqual(expect.arrayContaining(['ParallelStateFailed', 'ExecutionFailed']));
  expect(run.effects.filter(({ type }) => type === 'StopChild')).toHaveLength(1);
});

describe('a redrive', () => {
  const redrivenRun = () =>
    play({
      machine: of({ MaxConcurrency: 3 }),
      input: '[1,2,3,4]',
      steps: [ended(0), begun(1), broken(2), redriven()],
    });

  test('starts children anew for what had not ended well, under other names', async () => {
    const run = await redrivenRun();
    expect([...children(run).keys()].sort()).toEqual([1, 2, 3]);
    const abandoned = new Set(run.snapshot.outbox.map(({ taskEventId }) => taskEventId));
    for (const { eventId, claim } of children(run).values()) {
      expect(claim).toBeUndefined();
      expect(abandoned.has(eventId)).toBe(false);
    }
    for (const index of [1, 2, 3]) await ended(index)(run);
    expect(run.output).toBe('[0,1,2,3]');
    expect(historyOf(run)).toContain(
      lines('8<7 ExecutionRedriven, 9<4 MapRunRedriven, 10<9 MapRunSucceeded, 11<10 MapStateSucceeded'),
    );
  });

  test('and each of its frames has its own number', async () => {
    const run = await redrivenRun();
    const ids = [...children(run).values()].map(({ eventId }) => eventId);
    expect(new Set(ids).size).toBe(3);
  });
});

test('a step costs the same with ten items and with a thousand', async () => {
  const bytes = async (length: number) => {
    const input = JSON.stringify(Array.from({ length }, (_, index) => index));
    const run = await play({ machine: of({ MaxConcurrency: 5 }), input, checkedOneIn: 50 });
    for (let index = 0; index < length; index++) await ended(index)(run);
    expect(run.status).toBe('SUCCEEDED');
    return run.commits.reduce((sum, { body }) => sum + body.length, 0) / length;
  };
  expect(await bytes(1_000)).toBeLessThan(1.5 * (await bytes(50)));
});
