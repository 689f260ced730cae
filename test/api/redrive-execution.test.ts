import {
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  GetActivityTaskCommand,
  ListExecutionsCommand,
  RedriveExecutionCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { describeAbsentExecution } from './describe-absent-execution';
import { describeArn } from './describe-arn';
import { FAIL, invalid, PASS, refusal, refusalOf, SLEEP, taskOf, useService, violation } from './service';

describe('RedriveExecution', () => {
  const service = useService();
  const send = (executionArn: string | undefined, clientToken?: string) =>
    service.client.send(new RedriveExecutionCommand({ executionArn, clientToken }));
  const describeExecution = async (executionArn: string) => {
    const { $metadata: _, ...described } = await service.client.send(new DescribeExecutionCommand({ executionArn }));
    return described;
  };
  const stop = (executionArn: string) => service.client.send(new StopExecutionCommand({ executionArn }));
  const notRedrivable = (executionArn: string, reason: string) =>
    refusal('ExecutionNotRedrivable', `Execution ${executionArn} invalid for redrive as: ${reason}`);

  test('a task that failed is done again, and the execution succeeds under the same ARN', async () => {
    const { executionArn, taskToken, activityArn } = await service.takeTask({}, { input: '{"order":1}' });
    await service.client.send(new SendTaskFailureCommand({ taskToken, error: 'E', cause: 'c' }));
    const failed = await service.ended(executionArn);
    expect(failed).toMatchObject({ redriveCount: 0, redriveStatus: 'REDRIVABLE', error: 'E' });
    expect(failed).not.toHaveProperty('redriveDate');

    const { $metadata, ...answer } = await send(executionArn);
    expect($metadata.httpStatusCode).toBe(200);
    expect(answer).toEqual({ redriveDate: expect.any(Date) });
    const { redriveDate } = answer;
    const running = await describeExecution(executionArn);
    expect(running).toMatchObject({
      status: 'RUNNING',
      startDate: failed.startDate,
      redriveCount: 1,
      redriveDate,
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'Execution is RUNNING and cannot be redriven',
    });
    for (const member of ['stopDate', 'error', 'cause']) expect(running).not.toHaveProperty(member);
    const { stateMachineArn } = running;
    const listed = await service.client.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' }));
    expect(listed.executions).toMatchObject([{ executionArn, redriveCount: 1, redriveDate }]);

    expect(await refusalOf(service.client.send(new SendTaskHeartbeatCommand({ taskToken })))).toEqual(
      refusal('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'"),
    );
    const again = await service.client.send(new GetActivityTaskCommand({ activityArn }));
    expect(again.input).toBe('{"order":1}');
    await service.client.send(new SendTaskSuccessCommand({ taskToken: again.taskToken, output: '"done"' }));
    const ended = await service.ended(executionArn);
    expect(ended).toMatchObject({
      status: 'SUCCEEDED',
      output: '"done"',
      redriveCount: 1,
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
    });
    const history = await service.history(executionArn);
    expect(history.slice(5, 8)).toMatchObject([
      { id: 6, previousEventId: 5, type: 'ExecutionFailed' },
      {
        id: 7,
        previousEventId: 6,
        type: 'ExecutionRedriven',
        timestamp: redriveDate,
        executionRedrivenEventDetails: { redriveCount: 1 },
      },
      { id: 8, previousEventId: 2, type: 'ActivityScheduled' },
    ]);
    const closed = await service.client.send(new ListExecutionsCommand({ stateMachineArn }));
    expect(closed.executions).toMatchObject([{ status: 'SUCCEEDED', stopDate: ended.stopDate, redriveCount: 1 }]);
  });

  test('of a Map state only what failed is done again', async () => {
    const activityArn = await service.createActivity();
    const ItemProcessor = { StartAt: 'T', States: { T: { Type: 'Task', Resource: activityArn, End: true } } };
    const definition = { StartAt: 'M', States: { M: { Type: 'Map', ItemProcessor, MaxConcurrency: 1, End: true } } };
    const executionArn = await service.startExecution({ definition, input: '[1,2]' });
    const take = async () => (await service.client.send(new GetActivityTaskCommand({ activityArn }))).taskToken!;
    await service.client.send(new SendTaskSuccessCommand({ taskToken: await take(), output: '"one"' }));
    await service.client.send(new SendTaskFailureCommand({ taskToken: await take() }));
    expect((await service.ended(executionArn)).status).toBe('FAILED');
    await send(executionArn);
    await service.client.send(new SendTaskSuccessCommand({ taskToken: await take(), output: '"two"' }));
    expect(await service.ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '["one","two"]' });
    const history = await service.history(executionArn);
    expect(history.find(({ type }) => type === 'MapStateStarted')).toMatchObject({
      mapStateStartedEventDetails: { length: 2 },
    });
    expect(history.find(({ type }) => type === 'MapIterationFailed')).toMatchObject({
      mapIterationFailedEventDetails: { name: 'M', index: 1 },
    });
  });

  test('an execution that was stopped goes on, and can be stopped and redriven again', async () => {
    const executionArn = await service.startExecution({ definition: SLEEP });
    for (const redriveCount of [1, 2]) {
      await stop(executionArn);
      await send(executionArn);
      expect(await describeExecution(executionArn)).toMatchObject({ status: 'RUNNING', redriveCount });
    }
    await stop(executionArn);
    expect(await describeExecution(executionArn)).toMatchObject({ status: 'ABORTED', redriveStatus: 'REDRIVABLE' });
  });

  test('its name stays its own, and a start of the same while it runs is a repeat', async () => {
    const executionArn = await service.startExecution({ definition: SLEEP });
    const { stateMachineArn, name, input, startDate } = await describeExecution(executionArn);
    const start = () => service.client.send(new StartExecutionCommand({ stateMachineArn, name, input }));
    await stop(executionArn);
    expect(await refusalOf(start())).toMatchObject({ name: 'ExecutionAlreadyExists' });
    await send(executionArn);
    expect(await start()).toMatchObject({ executionArn, startDate });
  });

  test('one that fails at once: granted, and failed again', async () => {
    const executionArn = await service.startExecution({ definition: FAIL });
    const first = await service.ended(executionArn);
    const { redriveDate } = await send(executionArn);
    const second = await service.ended(executionArn);
    expect(second).toMatchObject({ status: 'FAILED', error: first.error, redriveCount: 1, redriveDate });
    expect(second.stopDate!.getTime()).toBeGreaterThanOrEqual(redriveDate!.getTime());
    const types = (await service.history(executionArn)).map(({ type }) => type);
    expect(types).toEqual([
      'ExecutionStarted',
      'FailStateEntered',
      'ExecutionFailed',
      'ExecutionRedriven',
      'ExecutionFailed',
    ]);
  });

  test('the same token: the same answer, however the execution stands, and nothing is done', async () => {
    const executionArn = await service.startExecution({ definition: SLEEP });
    await stop(executionArn);
    const { redriveDate } = await send(executionArn, 'first');
    expect((await send(executionArn, 'first')).redriveDate).toEqual(redriveDate);
    expect(await refusalOf(send(executionArn, 'second'))).toEqual(
      notRedrivable(executionArn, 'Execution is RUNNING and cannot be redriven'),
    );
    await stop(executionArn);
    expect((await send(executionArn, 'first')).redriveDate).toEqual(redriveDate);
    expect(await describeExecution(executionArn)).toMatchObject({ status: 'ABORTED', redriveCount: 1 });
    await send(executionArn, 'second');
    expect((await send(executionArn, 'first')).redriveDate).toEqual(redriveDate);
    expect(await describeExecution(executionArn)).toMatchObject({ status: 'RUNNING', redriveCount: 2 });
  });

  test('of many at once one is granted', async () => {
    const executionArn = await service.startExecution({ definition: SLEEP });
    await stop(executionArn);
    const answers = await Promise.allSettled(Array.from({ length: 8 }, (_, at) => send(executionArn, `${at}`)));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await describeExecution(executionArn)).toMatchObject({ redriveCount: 1 });
  });

  test.each([
    ['SUCCEEDED', PASS],
    ['RUNNING', SLEEP],
  ])('one that is %s: ExecutionNotRedrivable', async (status, definition) => {
    const executionArn = await service.startExecution({ definition });
    if (status !== 'RUNNING') await service.ended(executionArn);
    const reason = `Execution is ${status} and cannot be redriven`;
    expect(await refusalOf(send(executionArn))).toEqual(notRedrivable(executionArn, reason));
  });

  test('one whose state machine is being deleted: ExecutionNotRedrivable', async () => {
    const stateMachineArn = await service.createMachine(SLEEP);
    const executionArn = await service.startExecution({ stateMachineArn });
    const sleeper = await service.startExecution({ stateMachineArn });
    await stop(executionArn);
    await service.client.send(new DeleteStateMachineCommand({ stateMachineArn }));
    const redriveStatusReason = 'State machine is in DELETING status';
    expect(await refusalOf(send(executionArn))).toEqual(notRedrivable(executionArn, redriveStatusReason));
    const described = { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason };
    expect(await describeExecution(executionArn)).toMatchObject(described);
    await stop(sleeper);
  });

  test('a token has 1 to 64 characters, of ASCII that can be seen', async () => {
    const executionArn = await service.startExecution({ definition: FAIL });
    await service.ended(executionArn);
    expect(await refusalOf(send(executionArn, 'x'.repeat(65)))).toEqual(
      invalid(violation('clientToken', 'have length less than or equal to 64', 'x'.repeat(65))),
    );
    for (const clientToken of ['a b', 'é']) {
      expect(await refusalOf(send(executionArn, clientToken))).toEqual(
        invalid(violation('clientToken', 'satisfy regular expression pattern: [!-~]+', clientToken)),
      );
    }
    await send(executionArn, 'x'.repeat(64));
  });

  test('a task that timed out, and an execution that did', async () => {
    const activityArn = await service.createActivity();
    const executionArn = await service.startExecution({ definition: taskOf(activityArn, { TimeoutSeconds: 1 }) });
    expect((await service.ended(executionArn)).status).toBe('FAILED');
    await send(executionArn);
    const { taskToken } = await service.client.send(new GetActivityTaskCommand({ activityArn }));
    await service.client.send(new SendTaskSuccessCommand({ taskToken, output: '1' }));
    expect((await service.ended(executionArn)).status).toBe('SUCCEEDED');
  });

  describeAbsentExecution(service, send);
  describeArn(service, { member: 'executionArn', type: 'execution', send });
});
