import { Payload } from '../../lib/engine/payload';
import type { Trigger, Verdict } from '../../lib/engine/trigger';
import {
  activity,
  endOf,
  lambda,
  machine,
  parallel,
  pass,
  play,
  type Step,
  stopped,
  succeeded,
  taken,
  wait,
} from './scenario';

/** What becomes of triggers: applied, gone, taken or yours. */

const take = (claim: string, taskEventId = 3): Trigger => ({
  type: 'TaskTaken',
  taskEventId,
  claim,
  workerName: undefined,
});
const succeed = (claim: string | undefined, taskEventId = 3): Trigger => ({
  type: 'TaskSucceeded',
  taskEventId,
  claim,
  output: Payload.ofText('"done"'),
});
const failWith = (claim: string | undefined, taskEventId = 3): Trigger => ({
  type: 'TaskFailed',
  taskEventId,
  claim,
  error: 'E',
  cause: undefined,
});
const beat = (taskEventId = 3): Trigger => ({ type: 'HeartbeatSeen', taskEventId, dueAtMs: 4_000_000_000_000 });
const wake: Trigger = { type: 'Woken', missedHeartbeats: [] };
const stop: Trigger = { type: 'StopRequested', error: undefined, cause: undefined };
const offer: Trigger = { type: 'NextFunctionTaken', claim: 'next' };

/** A task whose Scheduled event is 3; then what follows it. */
const task = (state: Record<string, unknown>) => machine({ T: { ...state, End: undefined, Next: 'P' }, P: pass() });

async function check(definition: string, steps: Step[], triggers: Trigger[], expected: Verdict[]): Promise<void> {
  const run = await play({ machine: definition, steps });
  const commits = run.commits.length;
  expect(await run.turn(...triggers)).toEqual(expected);
  // Together they are one commit, or none if they bring nothing.
  const brings = run.last!.isEmpty ? 0 : 1;
  expect(run.commits).toHaveLength(commits + brings);
}

describe('TaskTaken', () => {
  const open = task(lambda());
  test.each<[string, Step[], Trigger[], Verdict[]]>([
    ['the first worker has it', [], [take('a')], ['applied']],
    ['a second one does not get it', [taken()], [take('b')], ['taken']],
    ['the worker that has it is told so', [taken()], [take('claim of 3')], ['yours']],
    [
      'of two that come together the first has it',
      [],
      [take('a'), take('b'), take('a')],
      ['applied', 'taken', 'yours'],
    ],
    ['a task that never was', [], [take('a', 4)], ['gone']],
    ['another event of the history', [], [take('a', 2)], ['gone']],
    ['a task that has ended', [taken(), succeeded('1')], [take('a')], ['gone']],
    ['an execution that was stopped', [stopped()], [take('a')], ['gone']],
  ])('%s', (_, steps, triggers, expected) => check(open, steps, triggers, expected));
});

describe('results of functions', () => {
  const open = task(lambda());
  test.each<[string, Step[], Trigger[], Verdict[]]>([
    ['from the worker that has the task', [taken()], [succeed('claim of 3')], ['applied']],
    ['a failure from it', [taken()], [failWith('claim of 3')], ['applied']],
    ['from another worker', [taken()], [succeed('b')], ['gone']],
    ['a failure from another worker', [taken()], [failWith('b')], ['gone']],
    ['before any worker has the task', [], [succeed('a')], ['gone']],
    ['a second one', [taken(), succeeded('1')], [succeed('claim of 3')], ['gone']],
    ['two that come together', [taken()], [succeed('claim of 3'), failWith('claim of 3')], ['applied', 'gone']],
    ['taken and done in one turn', [], [take('a'), succeed('a')], ['applied', 'applied']],
    ['after the execution was stopped', [taken(), stopped()], [succeed('claim of 3')], ['gone']],
  ])('%s', (_, steps, triggers, expected) => check(open, steps, triggers, expected));
});

describe('results of activities come by token, without a claim', () => {
  const open = task(activity({ HeartbeatSeconds: 60 }));
  test.each<[string, Step[], Trigger[], Verdict[]]>([
    ['of a task that is taken', [taken()], [succeed(undefined)], ['applied']],
    ['a failure', [taken()], [failWith(undefined)], ['applied']],
    ['of a task that nobody took', [], [succeed(undefined)], ['gone']],
    ['a second one', [taken(), succeeded('1')], [succeed(undefined)], ['gone']],
    ['a heartbeat of a task that is taken', [taken()], [beat()], ['applied']],
    ['a heartbeat of a task that nobody took', [], [beat()], ['gone']],
    ['a heartbeat of a task that has ended', [taken(), succeeded('1')], [beat()], ['gone']],
    ['a heartbeat after the result', [taken()], [succeed(undefined), beat()], ['applied', 'gone']],
  ])('%s', (_, steps, triggers, expected) => check(open, steps, triggers, expected));
});

describe('the execution', () => {
  const waiting = machine({ W: wait({ Seconds: 9 }) });
  test.each<[string, Step[], Trigger[], Verdict[]]>([
    ['is stopped', [], [stop], ['applied']],
    ['is stopped once', [], [stop, stop], ['applied', 'gone']],
    ['is stopped: what comes with it is gone', [], [stop, wake, offer], ['applied', 'gone', 'gone']],
    ['that has ended is not stopped', [stopped()], [stop], ['gone']],
    ['that has ended is not woken', [stopped()], [wake], ['gone']],
    ['that has ended takes no offer', [stopped()], [offer], ['gone']],
    ['gets nothing', [], [], []],
  ])('%s', (_, steps, triggers, expected) => check(waiting, steps, triggers, expected));
});

test('a result that comes with the stop, but before it, counts; the stop finds the execution ended or going on', async () => {
  const run = await play({ machine: machine({ T: lambda({ Next: 'W' }), W: wait({ Seconds: 5 }) }), steps: [taken()] });
  expect(await run.turn(succeed('claim of 3'), stop)).toEqual(['applied', 'applied']);
  expect(run.events.slice(4).map(({ type }) => type)).toEqual([
    'LambdaFunctionSucceeded',
    'TaskStateExited',
    'ExecutionAborted',
  ]);
});

test('triggers for several tasks are one turn, in their order', async () => {
  const run = await play({
    machine: machine({ P: parallel([{ A: activity() }, { B: activity() }]) }),
    steps: [taken('A'), taken('B')],
  });
  const [a, b] = run.tasks();
  const commits = run.commits.length;
  expect(await run.turn(succeed(undefined, b!.eventId), succeed(undefined, a!.eventId))).toEqual([
    'applied',
    'applied',
  ]);
  expect(run.commits).toHaveLength(commits + 1);
  expect(endOf(run)).toEqual({ status: 'SUCCEEDED', output: '["done","done"]' });
  expect(
    run.events.filter(({ type }) => type === 'ActivitySucceeded').map(({ previousEventId }) => previousEventId),
  ).toEqual([9, 8]);
});
