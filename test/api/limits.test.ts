import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DeleteActivityCommand,
  DeleteStateMachineCommand,
  DeleteStateMachineVersionCommand,
  DescribeActivityCommand,
  GetActivityTaskCommand,
  ListActivitiesCommand,
  RedriveExecutionCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  StopExecutionCommand,
  TagResourceCommand,
} from '@aws-sdk/client-sfn';
import { DEFAULT_LIMITS, LIMITS_2017, type Limits } from '../../lib/runtime/limits';
import { eventually } from '../contract/eventually';
import { sendRaw } from './raw-request';
import {
  invalid,
  PASS,
  ROLE_ARN,
  refusal,
  refusalOf,
  SLEEP,
  taskOf,
  uniqueName,
  useService,
  violation,
} from './service';
import { createAlias, createVersions, publish, routes, saying, update } from './versions';

/** A loop that no limit but that of its history ends. */
const LOOP = {
  StartAt: 'A',
  States: {
    A: { Type: 'Pass', Next: 'B' },
    B: { Type: 'Choice', Choices: [{ Variable: '$.go', BooleanEquals: true, Next: 'A' }], Default: 'C' },
    C: { Type: 'Succeed' },
  },
};
const DATA_LIMIT = (what: string) =>
  `The state/task '${what}' returned a result with a size exceeding the maximum number of bytes service limit.`;

const tested: (keyof Limits)[] = [];
/** The tests of one limit, over a service of its own that has this one lower. */
function describeLimit<Name extends keyof Limits>(
  limit: Name,
  value: Limits[Name],
  tests: (service: ReturnType<typeof useService>) => void,
): void {
  tested.push(limit);
  describe(`${limit}: ${JSON.stringify(value)}`, () => {
    tests(useService({ limits: { [limit]: value }, functions: { long: async () => 'x'.repeat(200) } }));
  });
}

describeLimit('name', 10, (service) => {
  test('names of activities, state machines and executions', async () => {
    const long = 'x'.repeat(11);
    const { client } = service;
    const definition = JSON.stringify(PASS);
    const machine = (name: string) =>
      client.send(new CreateStateMachineCommand({ name, definition, roleArn: ROLE_ARN }));
    const { stateMachineArn } = await machine('m'.repeat(10));
    const found = invalid(violation('name', 'have length less than or equal to 10', long));
    expect(await refusalOf(machine(long))).toEqual(found);
    expect(await refusalOf(client.send(new CreateActivityCommand({ name: long })))).toEqual(found);
    expect(await refusalOf(client.send(new StartExecutionCommand({ stateMachineArn, name: long })))).toEqual(found);
  });
});

describeLimit('arn', 100, (service) => {
  test('ARNs of any kind', async () => {
    const activityArn = service.arn('activity', 'x'.repeat(80)).padEnd(101, 'x');
    expect(await refusalOf(service.client.send(new DescribeActivityCommand({ activityArn })))).toEqual(
      invalid(violation('activityArn', 'have length less than or equal to 100', activityArn)),
    );
  });
});

describeLimit('definition', 200, (service) => {
  test('characters of a definition', async () => {
    await service.createMachine(JSON.stringify(PASS).padEnd(200));
    expect(await refusalOf(service.createMachine(JSON.stringify(PASS).padEnd(201)))).toEqual(
      invalid(violation('definition', 'have length less than or equal to 200')),
    );
  });
});

describeLimit('payloadBytes', 100, (service) => {
  const constraint = 'have size less than or equal to 100 bytes in UTF-8 encoding';
  const sized = (bytes: number) => JSON.stringify('x'.repeat(bytes - 2));

  test('an input', async () => {
    await service.startExecution({ input: sized(100) });
    expect(await refusalOf(service.startExecution({ input: sized(101) }))).toEqual(
      invalid(violation('input', constraint)),
    );
    // Bytes, not characters.
    expect(await refusalOf(service.startExecution({ input: JSON.stringify('ä'.repeat(50)) }))).toEqual(
      invalid(violation('input', constraint)),
    );
  });

  test("a worker's output", async () => {
    const { taskToken, executionArn } = await service.takeTask();
    const send = (output: string) => service.client.send(new SendTaskSuccessCommand({ taskToken, output }));
    expect(await refusalOf(send(sized(101)))).toEqual(invalid(violation('output', constraint)));
    await send(sized(100));
    expect((await service.ended(executionArn)).status).toBe('SUCCEEDED');
  });

  test("a state's output: States.DataLimitExceeded", async () => {
    const P = { Type: 'Pass', Result: 'x'.repeat(100), End: true };
    const ended = await service.ended(await service.startExecution({ definition: { StartAt: 'P', States: { P } } }));
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded', cause: DATA_LIMIT('P') });
  });

  test("a function's result: States.DataLimitExceeded, which States.ALL catches", async () => {
    const resource = service.functionArn('long');
    const Catch = [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'Done' }];
    const T = { Type: 'Task', Resource: resource, Catch, End: true };
    const definition = { StartAt: 'T', States: { T, Done: { Type: 'Succeed' } } };
    const caught = await service.ended(await service.startExecution({ definition }));
    expect(caught.status).toBe('SUCCEEDED');
    const failed = await service.ended(await service.startExecution({ definition: taskOf(resource) }));
    expect(failed).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded', cause: DATA_LIMIT(resource) });
  });
});

describe.each([
  ['error', 10],
  ['cause', 20],
] as const)('%s: %i', (limit, value) => {
  tested.push(limit);
  const service = useService({ limits: { [limit]: value } });
  const found = invalid(violation(limit, `have length less than or equal to ${value}`));
  const [longest, long] = ['x'.repeat(value), 'x'.repeat(value + 1)];

  test('of a task that fails', async () => {
    const { taskToken } = await service.takeTask();
    const send = (text: string) => service.client.send(new SendTaskFailureCommand({ taskToken, [limit]: text }));
    expect(await refusalOf(send(long))).toEqual(found);
    await send(longest);
  });

  test('of an execution that is stopped', async () => {
    const executionArn = await service.startExecution({ definition: SLEEP });
    const send = (text: string) => service.client.send(new StopExecutionCommand({ executionArn, [limit]: text }));
    expect(await refusalOf(send(long))).toEqual(found);
    await send(longest);
  });
});

describeLimit('taskToken', 1_024, (service) => {
  test('characters of a token that are accepted; those that are issued are shorter', async () => {
    const { client } = service;
    const long = 'x'.repeat(1_025);
    const found = invalid(violation('taskToken', 'have length less than or equal to 1024'));
    expect(await refusalOf(client.send(new SendTaskHeartbeatCommand({ taskToken: long })))).toEqual(found);
    expect(await refusalOf(client.send(new SendTaskFailureCommand({ taskToken: long })))).toEqual(found);
    expect(await refusalOf(client.send(new SendTaskSuccessCommand({ taskToken: long, output: '1' })))).toEqual(found);
    const { taskToken } = await service.takeTask();
    await client.send(new SendTaskSuccessCommand({ taskToken, output: '1' }));
  });
});

describeLimit('historyEvents', 50, (service) => {
  test('the last event that there may be fails the execution', async () => {
    const executionArn = await service.startExecution({ definition: LOOP, input: '{"go":true}' });
    const cause = 'The execution reached the maximum number of history events (50).';
    expect(await service.ended(executionArn)).toMatchObject({ status: 'FAILED', error: 'States.Runtime', cause });
    const events = await service.history(executionArn);
    expect(events).toHaveLength(50);
    expect(events.at(-1)).toMatchObject({
      id: 50,
      type: 'ExecutionFailed',
      executionFailedEventDetails: { error: 'States.Runtime', cause },
    });
  });
});

describeLimit('openExecutions', 2, (service) => {
  const exceeded = refusal('ExecutionLimitExceeded', 'The maximum number of running executions has been reached: 2');

  test('executions that run at once', async () => {
    const stateMachineArn = await service.createMachine(SLEEP);
    const start = () => service.startExecution({ stateMachineArn });
    const [first, second] = [await start(), await start()];
    expect(await refusalOf(start())).toEqual(exceeded);
    await service.client.send(new StopExecutionCommand({ executionArn: first }));
    const third = await start();
    expect(await refusalOf(start())).toEqual(exceeded);
    for (const executionArn of [second, third]) await service.client.send(new StopExecutionCommand({ executionArn }));
  });

  test('a name that is taken is told, whatever runs', async () => {
    const stateMachineArn = await service.createMachine(SLEEP);
    const start = (name: string, input = '{}') => service.startExecution({ stateMachineArn, name, input });
    const [first, second] = [await start('first'), await start('second')];
    expect(await start('first')).toBe(first);
    expect(await refusalOf(start('first', '[]'))).toEqual(
      refusal('ExecutionAlreadyExists', `Execution Already Exists: '${first}'`),
    );
    expect(await refusalOf(start('third'))).toEqual(exceeded);
    for (const executionArn of [first, second]) await service.client.send(new StopExecutionCommand({ executionArn }));
  });

  test('one that is redriven counts; what cannot be redriven is told first', async () => {
    const stateMachineArn = await service.createMachine(SLEEP);
    const start = () => service.startExecution({ stateMachineArn });
    const stop = (executionArn: string) => service.client.send(new StopExecutionCommand({ executionArn }));
    const redrive = (executionArn: string) => service.client.send(new RedriveExecutionCommand({ executionArn }));
    const [stopped, running] = [await start(), await start()];
    await stop(stopped);
    const another = await start();
    expect(await refusalOf(redrive(stopped))).toEqual(exceeded);
    expect(await refusalOf(redrive(running))).toMatchObject({ name: 'ExecutionNotRedrivable' });
    await stop(another);
    await redrive(stopped);
    expect(await refusalOf(start())).toEqual(exceeded);
    for (const executionArn of [stopped, running]) await stop(executionArn);
  });

  test('those that have ended do not count', async () => {
    const stateMachineArn = await service.createMachine(PASS);
    for (let count = 0; count < 5; count++) {
      await service.ended(await service.startExecution({ stateMachineArn }));
    }
  });

  test('what is wrong with a request is told first', async () => {
    const stateMachineArn = await service.createMachine(SLEEP);
    const running = [
      await service.startExecution({ stateMachineArn }),
      await service.startExecution({ stateMachineArn }),
    ];
    expect(await refusalOf(service.startExecution({ stateMachineArn, input: 'x' }))).toMatchObject({
      name: 'InvalidExecutionInput',
    });
    for (const executionArn of running) await service.client.send(new StopExecutionCommand({ executionArn }));
  });
});

describeLimit('syncExecutions', 2, (service) => {
  test('executions that are waited for at once', async () => {
    const definition = { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 1, End: true } } };
    const stateMachineArn = await service.createMachine(definition, { type: 'EXPRESS' });
    const send = () => service.client.send(new StartSyncExecutionCommand({ stateMachineArn }));
    const outcomes = await Promise.allSettled([send(), send(), send()]);
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused).toMatchObject([{ reason: { name: 'ThrottlingException', message: 'Rate exceeded' } }]);
    expect(await send()).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('also those that tasks run: a machine that runs itself comes to an end', async () => {
    const name = uniqueName('self');
    const StateMachineArn = service.arn('stateMachine', name);
    const definition = taskOf('arn:aws:states:::aws-sdk:sfn:startSyncExecution', { Parameters: { StateMachineArn } });
    const stateMachineArn = await service.createMachine(definition, { name, type: 'EXPRESS' });
    const { output } = await service.client.send(new StartSyncExecutionCommand({ stateMachineArn }));
    expect(JSON.parse(output!)).toMatchObject({ Status: 'FAILED', Error: 'Sfn.ThrottlingException' });
  });
});

describeLimit('syncSeconds', 1, (service) => {
  test('how long an execution may take that is waited for', async () => {
    const stateMachineArn = await service.createMachine({ ...SLEEP, TimeoutSeconds: 2 }, { type: 'EXPRESS' });
    const answer = await service.client.send(new StartSyncExecutionCommand({ stateMachineArn }));
    expect(answer).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
    expect(answer.stopDate!.getTime() - answer.startDate!.getTime()).toBe(1_000);
  });
});

describeLimit('machines', 2, (service) => {
  test('state machines; a repeat creates none', async () => {
    const names = [uniqueName('m'), uniqueName('m')];
    const arns: string[] = [];
    for (const name of names) arns.push(await service.createMachine(PASS, { name }));
    expect(await refusalOf(service.createMachine())).toEqual(
      refusal('StateMachineLimitExceeded', 'The maximum number of state machines has been reached: 2'),
    );
    expect(await service.createMachine(PASS, { name: names[0] })).toBe(arns[0]);
    expect(await refusalOf(service.createMachine(SLEEP, { name: names[0] }))).toMatchObject({
      name: 'StateMachineAlreadyExists',
    });
    await service.client.send(new DeleteStateMachineCommand({ stateMachineArn: arns[0] }));
    await eventually(
      () =>
        service.createMachine().then(
          () => 'created',
          (error: Error) => error.name,
        ),
      (result) => result === 'created',
    );
  });
});

describeLimit('activities', 2, (service) => {
  test('activities; a repeat creates none', async () => {
    const names = [uniqueName('a'), uniqueName('a')];
    for (const name of names) await service.createActivity(name);
    expect(await refusalOf(service.createActivity())).toEqual(
      refusal('ActivityLimitExceeded', 'The maximum number of activities has been reached: 2'),
    );
    const activityArn = await service.createActivity(names[0]);
    await service.client.send(new DeleteActivityCommand({ activityArn }));
    await service.createActivity();
  });
});

describeLimit('pollersPerActivity', 2, (service) => {
  test('workers that wait for one activity', async () => {
    const [activityArn, other] = [await service.createActivity(), await service.createActivity()];
    const leaving = new AbortController();
    const poll = (activityArn: string, abortSignal?: AbortSignal) =>
      service.client.send(new GetActivityTaskCommand({ activityArn }), { abortSignal });
    // Of three that come together one is too many.
    const polls = [1, 2, 3].map(() => poll(activityArn, leaving.signal));
    const tooMany = await Promise.any(
      polls.map((poll) =>
        poll.then(
          () => Promise.reject(),
          (error: Error) => error,
        ),
      ),
    );
    expect(tooMany).toMatchObject({
      name: 'ActivityWorkerLimitExceeded',
      message: 'The maximum number of workers polling this activity has been reached: 2',
    });
    const elsewhere = poll(other);
    await service.startExecution({ definition: taskOf(other), input: '"elsewhere"' });
    expect((await elsewhere).input).toBe('"elsewhere"');
    leaving.abort();
    await Promise.allSettled(polls);
    // Those who have left make room.
    const again = await eventually(
      async () => {
        await service.startExecution({ definition: taskOf(activityArn), input: '"again"' });
        return poll(activityArn).then(
          ({ input }) => input,
          (error: Error) => error.name,
        );
      },
      (answer) => answer !== 'ActivityWorkerLimitExceeded',
    );
    expect(again).toBe('"again"');
  });
});

describeLimit('versionsPerMachine', 2, (service) => {
  test('versions of a state machine: those that were deleted do not count', async () => {
    const { machineArn, versionArns } = await createVersions(service, 2);
    await update(service, machineArn, saying('three'));
    expect(await refusalOf(publish(service, machineArn))).toEqual(
      refusal(
        'ServiceQuotaExceededException',
        'The maximum number of versions of a state machine has been reached: 2',
        402,
      ),
    );
    await service.client.send(new DeleteStateMachineVersionCommand({ stateMachineVersionArn: versionArns[0] }));
    expect(await publish(service, machineArn)).toBe(`${machineArn}:3`);
  });
});

describeLimit('aliasesPerMachine', 2, (service) => {
  test('aliases of a state machine: one that is there already is no more', async () => {
    const { versionArns } = await createVersions(service, 1);
    const create = (name: string) => createAlias(service, name, routes([versionArns[0]!, 100]));
    for (const name of ['one', 'two', 'two']) await create(name);
    expect(await refusalOf(create('three'))).toEqual(
      refusal(
        'ServiceQuotaExceededException',
        'The maximum number of aliases of a state machine has been reached: 2',
        402,
      ),
    );
  });
});

describeLimit('tagsPerResource', 2, (service) => {
  const tags = (count: number) => Array.from({ length: count }, (_, index) => ({ key: `${index}`, value: '' }));
  const tooMany = refusal('TooManyTags', 'The maximum number of tags for a resource has been exceeded: 2');

  test('tags of a state machine, an activity, and those that are added', async () => {
    const { client } = service;
    const create = (count: number) =>
      client.send(new CreateActivityCommand({ name: uniqueName('a'), tags: tags(count) }));
    expect(await refusalOf(create(3))).toEqual(tooMany);
    expect(await refusalOf(service.createMachine(PASS, { tags: tags(3) }))).toEqual(tooMany);
    const { activityArn: resourceArn } = await create(2);
    const add = (key: string) => client.send(new TagResourceCommand({ resourceArn, tags: [{ key, value: '1' }] }));
    await add('0');
    expect(await refusalOf(add('2'))).toEqual(tooMany);
  });
});

describeLimit('requestBytes', 1_000, (service) => {
  test('bytes of a request: 413', async () => {
    const send = (bytes: number) => sendRaw(service.endpoint, { action: 'ListActivities', body: '{}'.padEnd(bytes) });
    expect((await send(1_000)).status).toBe(200);
    const { status, json } = await send(1_001);
    expect(status).toBe(413);
    expect(json).toEqual({
      __type: 'com.amazon.coral.service#RequestEntityTooLarge',
      message: 'The request is larger than 1000 bytes',
    });
  });
});

describeLimit('requestRates', { ListActivities: { perSecond: 2, burst: 3 } }, (service) => {
  const list = () => service.client.send(new ListActivitiesCommand({}));

  test('calls of an action: those over the burst are throttled, others are not, and it fills up again', async () => {
    const settled = await Promise.allSettled(Array.from({ length: 20 }, list));
    const refused = settled.filter(({ status }) => status === 'rejected');
    expect(settled.length - refused.length).toBeGreaterThanOrEqual(3);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]).toMatchObject({ reason: { name: 'ThrottlingException', message: 'Rate exceeded' } });
    await service.createActivity();
    await eventually(
      () =>
        list().then(
          () => 'answered',
          (error: Error) => error.name,
        ),
      (answer) => answer === 'answered',
    );
  });

  test('in raw: 400 and its own namespace', async () => {
    const throttled = await eventually(
      () => sendRaw(service.endpoint, { action: 'ListActivities' }),
      ({ status }) => status !== 200,
    );
    expect(throttled).toMatchObject({
      status: 400,
      json: { __type: 'com.amazon.coral.availability#ThrottlingException', message: 'Rate exceeded' },
    });
  });
});

describe('the limits of 2017', () => {
  const service = useService({ limits: LIMITS_2017 });

  test('payloads of 32,768 bytes and tokens of 1,024 characters', async () => {
    await service.startExecution({ input: JSON.stringify('x'.repeat(32_766)) });
    expect(await refusalOf(service.startExecution({ input: JSON.stringify('x'.repeat(32_767)) }))).toEqual(
      invalid(violation('input', 'have size less than or equal to 32768 bytes in UTF-8 encoding')),
    );
    const taskToken = 'x'.repeat(1_025);
    expect(await refusalOf(service.client.send(new SendTaskHeartbeatCommand({ taskToken })))).toEqual(
      invalid(violation('taskToken', 'have length less than or equal to 1024')),
    );
  });
});

test('every limit that there is has its test here', () => {
  expect([...tested].sort()).toEqual(Object.keys(DEFAULT_LIMITS).sort());
});
