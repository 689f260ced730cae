import { outstandingEffects } from '../../lib/engine/effect';
import { Payload } from '../../lib/engine/payload';
import { FIRST_SLOT, type RunName } from '../../lib/engine/snapshot';
import type { Trigger } from '../../lib/engine/trigger';
import type { JournaledRun } from './journaled-run';
import {
  detailsOf,
  endOf,
  type Fields,
  fail,
  historyOf,
  inState,
  lines,
  machine,
  parallel,
  pass,
  play,
  taken,
  wait,
  wound,
} from './scenario';

/** Tasks that call services: events, what they ask of the world, and what becomes of what they started. */

const QUEUE = 'arn:aws:states:::sqs:sendMessage';
const NESTED = 'arn:aws:states:::states:startExecution';
const CHILD: RunName = { machineName: 'other', machineId: '02J', name: 'child', runId: '03J' };

const task = (Resource: string, fields: Fields = {}): Fields => ({
  Type: 'Task',
  Resource,
  Parameters: Resource.startsWith(QUEUE) ? { QueueUrl: 'q', 'MessageBody.$': '$' } : { StateMachineArn: 'm' },
  ...('Next' in fields ? {} : { End: true }),
  ...fields,
});

const claimed = (run: JournaledRun, eventId: number): string =>
  run.tasks().find((wait) => wait.eventId === eventId)?.claim ?? `claim of ${eventId}`;
const submitted =
  (child?: RunName, eventId = 3) =>
  (run: JournaledRun) =>
    run.turn({
      type: 'TaskSubmitted',
      taskEventId: eventId,
      claim: claimed(run, eventId),
      output: Payload.ofText('{"at":"once"}'),
      child,
    });
const told =
  (...triggers: Trigger[]) =>
  (run: JournaledRun) =>
    run.turn(...triggers);
const succeeds = (claim?: string): Trigger => ({
  type: 'TaskSucceeded',
  taskEventId: 3,
  claim,
  output: Payload.ofText('"done"'),
});
const effectsOf = ({ snapshot }: JournaledRun): string[] =>
  outstandingEffects(snapshot, FIRST_SLOT).map(({ type }) => type);

const SUBMITTED = '1<0 ExecutionStarted, 2<0 TaskStateEntered, 3<2 TaskScheduled, 4<3 TaskStarted, 5<4 TaskSubmitted';

test('one that is asked once', async () => {
  const run = await play({
    machine: machine({ T: task(QUEUE, { TimeoutSeconds: 60, HeartbeatSeconds: 5 }) }),
    input: '{"a":1.50}',
    steps: [taken(), told(succeeds('claim of 3'))],
  });
  expect(historyOf(run)).toBe(
    lines(`1<0 ExecutionStarted, 2<0 TaskStateEntered, 3<2 TaskScheduled, 4<3 TaskStarted, 5<4 TaskSucceeded,
      6<5 TaskStateExited, 7<6 ExecutionSucceeded`),
  );
  const shown = { resourceType: 'sqs', resource: 'sendMessage' };
  const parameters = '{"QueueUrl":"q","MessageBody":{"a":1.50}}';
  const times = { timeoutInSeconds: 60, heartbeatInSeconds: 5 };
  expect(detailsOf(run, 3)).toEqual({ ...shown, region: 'us-east-1', parameters, ...times });
  expect(detailsOf(run, 4)).toEqual(shown);
  expect(detailsOf(run, 5)).toEqual({ ...shown, output: '"done"' });
});

test('its heartbeats do not count: nobody could send them', async () => {
  const run = await play({
    machine: machine({ T: task(QUEUE, { HeartbeatSeconds: 5 }) }),
    steps: [taken(), wound(60)],
  });
  expect(run.status).toBe('RUNNING');
});

describe('one that waits for its token', () => {
  const definition = machine({ T: task(`${QUEUE}.waitForTaskToken`, { HeartbeatSeconds: 5 }) });

  test('asks nothing of the world once its call is answered', async () => {
    const run = await play({ machine: definition, steps: [taken()] });
    expect(effectsOf(run)).toContain('RunTask');
    await submitted()(run);
    expect(historyOf(run)).toBe(SUBMITTED);
    expect(detailsOf(run, 5)).toMatchObject({ resource: 'sendMessage.waitForTaskToken', output: '{"at":"once"}' });
    expect(effectsOf(run)).toEqual(['Wake']);
    expect(await run.turn(succeeds())).toEqual(['applied']);
    expect(endOf(run)).toEqual({ status: 'SUCCEEDED', output: '"done"' });
  });

  test('is not taken again, and its call is answered once', async () => {
    const run = await play({ machine: definition, steps: [taken(), submitted()] });
    const again: Trigger = { type: 'TaskTaken', taskEventId: 3, claim: 'claim of 3', workerName: undefined };
    expect(await run.turn(again)).toEqual(['gone']);
    expect(await submitted()(run)).toEqual(['gone']);
    expect(await run.turn(succeeds('claim of 3'))).toEqual(['gone']);
    expect(historyOf(run)).toBe(SUBMITTED);
  });

  test('misses its heartbeats', async () => {
    const run = await play({ machine: definition, steps: [taken(), submitted(), wound(5)] });
    expect(historyOf(run)).toBe(`${SUBMITTED}, 6<5 TaskTimedOut, 7<6 ExecutionFailed`);
  });

  test('is answered while its call is under way', async () => {
    const run = await play({ machine: definition, steps: [taken(), told(succeeds())] });
    expect(historyOf(run)).toContain('5<4 TaskSucceeded');
    expect(await submitted()(run)).toEqual(['gone']);
  });

  test('whose call fails is tried again, under another token', async () => {
    const Retry = [{ ErrorEquals: ['SQS.AmazonSQSException'], IntervalSeconds: 1 }];
    const run = await play({
      machine: machine({
        T: task(`${QUEUE}.waitForTaskToken`, {
          Retry,
          Parameters: { QueueUrl: 'q', 'MessageBody.$': '$$.Task.Token' },
        }),
      }),
      steps: [
        taken(),
        told({ type: 'TaskFailed', taskEventId: 3, claim: 'claim of 3', error: 'SQS.AmazonSQSException', cause: 'no' }),
        wound(1),
      ],
    });
    expect(historyOf(run)).toContain('5<4 TaskSubmitFailed, 6<5 TaskScheduled');
    const tokenOf = (id: number) => JSON.parse(String(detailsOf(run, id)!.parameters)).MessageBody;
    expect([tokenOf(3), tokenOf(6)]).toEqual(['token of 3', 'token of 6']);
  });
});

describe('one that started an execution', () => {
  const sync = (fields: Fields = {}) => task(`${NESTED}.sync`, fields);
  const CAUGHT = { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'W' }], TimeoutSeconds: 10, Next: 'W' };
  const stops = (run: JournaledRun) =>
    outstandingEffects(run.snapshot, FIRST_SLOT).filter(({ type }) => type === 'StopChild');

  test('looks at it, until it has ended', async () => {
    const run = await play({ machine: machine({ T: sync() }), steps: [taken(), submitted(CHILD)] });
    expect(effectsOf(run)).toEqual(['LookAtChild']);
    await run.turn(succeeds());
    expect(endOf(run)).toEqual({ status: 'SUCCEEDED', output: '"done"' });
    expect(stops(run)).toEqual([]);
  });

  test('stops it when its time is over, until it is known to have ended', async () => {
    const run = await play({
      machine: machine({ T: sync(CAUGHT), W: wait({ Seconds: 600 }) }),
      steps: [taken(), submitted(CHILD), wound(10)],
    });
    expect(historyOf(run)).toContain('6<5 TaskTimedOut, 7<6 TaskStateExited');
    expect(stops(run)).toMatchObject([{ taskEventId: 3, child: CHILD }]);
    expect(await run.turn({ type: 'AbandonedEnded', taskEventId: 3 })).toEqual(['applied']);
    expect(stops(run)).toEqual([]);
    expect(await run.turn({ type: 'AbandonedEnded', taskEventId: 3 })).toEqual(['gone']);
    expect(run.status).toBe('RUNNING');
  });

  test('stops it when the execution is stopped, though that has ended by then', async () => {
    const stop: Trigger = { type: 'StopRequested', error: undefined, cause: undefined };
    const run = await play({ machine: machine({ T: sync() }), steps: [taken(), submitted(CHILD), told(stop)] });
    expect(run.status).toBe('ABORTED');
    expect(stops(run)).toMatchObject([{ taskEventId: 3, child: CHILD }]);
  });

  test('stops it when a branch beside it fails', async () => {
    const branches: Record<string, Fields>[] = [{ T: sync() }, { W: wait({ Seconds: 5, Next: 'F' }), F: fail('E') }];
    const run = await play({
      machine: machine({ P: parallel(branches) }),
      steps: [taken(), submitted(CHILD, 5), wound(5)],
    });
    expect(endOf(run)).toEqual({ status: 'FAILED', error: 'E' });
    expect(stops(run)).toMatchObject([{ taskEventId: 5, child: CHILD }]);
  });

  test('remembers that a start was under way: whoever makes it stops what comes of it', async () => {
    const run = await play({
      machine: machine({ T: sync(CAUGHT), W: wait({ Seconds: 600 }) }),
      steps: [taken(), wound(10)],
    });
    expect(run.snapshot.outbox).toMatchObject([{ taskEventId: 3, child: undefined, claim: expect.any(String) }]);
    expect(await submitted(CHILD)(run)).toEqual(['gone']);
    expect(stops(run)).toEqual([]);
  });

  test('leaves it alone when its token comes back first', async () => {
    const run = await play({ machine: machine({ T: sync() }), steps: [taken(), submitted(CHILD), told(succeeds())] });
    expect([run.status, run.snapshot.outbox]).toEqual(['SUCCEEDED', []]);
  });
});

test('tasks whose time is over together all say so, before what follows from the first of them', async () => {
  const branch = (name: string) => ({ [name]: task(QUEUE, { TimeoutSeconds: 5 }) });
  const run = await play({
    machine: machine({ P: parallel([branch('A'), branch('B')]) }),
    steps: [taken('A'), taken('B'), wound(5)],
  });
  expect(historyOf(run)).toContain('10<8 TaskTimedOut, 11<9 TaskTimedOut, 12<10 TaskStateAborted');
  expect(endOf(run)).toEqual({ status: 'FAILED', error: 'States.Timeout' });
});

describe('Parameters that cannot be used end the execution before the task is scheduled', () => {
  const invoke = { FunctionName: 'f', 'Payload.$': '$.p' };
  const notText = (name: string) => `The value for the field '${name}' must be a STRING`;
  const notDynamic = "The value for the field 'x.$' must be a valid JSONPath or a valid intrinsic function call";
  const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'C' }];

  test.each<[string, unknown, string, string, string]>([
    ['aws-sdk:s3:listBuckets', [1], '{}', '[1]', 'Expected a JSON object'],
    ['lambda:invoke', invoke, '{"p":1}', '{"FunctionName":"f","Payload":1}', notText('Payload')],
    ['lambda:invoke', invoke, '{"p":true}', '{"FunctionName":"f","Payload":true}', notText('Payload')],
    ['lambda:invoke', invoke, '{"p":{"x.$":"t"}}', '{"FunctionName":"f","Payload":{"x.$":"t"}}', notDynamic],
    ['lambda:invoke', invoke, '{"p":[[{"x.$":"t"}]]}', '{"FunctionName":"f","Payload":[[{"x.$":"t"}]]}', notDynamic],
    [
      'states:startExecution',
      { 'StateMachineArn.$': '$.a', 'Name.$': '$.b' },
      '{"a":{},"b":7}',
      '{"StateMachineArn":{},"Name":7}',
      `${notText('StateMachineArn')}, ${notText('Name')}`,
    ],
  ])('%s with %j of %s', async (name, Parameters, input, made, reason) => {
    const run = await play({
      machine: machine({ T: task(`arn:aws:states:::${name}`, { Parameters, Catch }), C: pass() }),
      input,
    });
    expect(historyOf(run)).toBe('1<0 ExecutionStarted, 2<0 TaskStateEntered, 3<2 ExecutionFailed');
    expect(endOf(run)).toEqual({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: `${inState('T', 2)}The Parameters '${made}' could not be used to start the Task: [${reason}]`,
    });
  });

  test.each(['{"p":"text"}', '{"p":null}', '{"p":[1]}', '{"p":{"x.$":"$.a","y.$":"States.UUID()","z.$":"$v"}}'])(
    'those made of %s can',
    async (input) => {
      const run = await play({
        machine: machine({ T: task('arn:aws:states:::lambda:invoke', { Parameters: invoke }) }),
        input,
      });
      expect(historyOf(run)).toContain('3<2 TaskScheduled');
    },
  );
});

test('an answer that is too long is told by the name of its service', async () => {
  const run = await play({
    machine: machine({ T: task(QUEUE) }),
    limits: { payloadBytes: 60 },
    steps: [
      taken(),
      told({
        type: 'TaskSucceeded',
        taskEventId: 3,
        claim: 'claim of 3',
        output: Payload.ofText(`"${'x'.repeat(60)}"`),
      }),
    ],
  });
  expect(endOf(run)).toMatchObject({ error: 'States.DataLimitExceeded', cause: expect.stringContaining("'sqs'") });
});
