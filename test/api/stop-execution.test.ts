import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SendTaskHeartbeatCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { describeAbsentExecution } from './describe-absent-execution';
import { describeArn } from './describe-arn';
import { FAIL, invalid, refusal, refusalOf, SLEEP, taskOf, useService, violation } from './service';

describe('StopExecution', () => {
  const service = useService();
  const send = (executionArn: string | undefined, more: { error?: string; cause?: string } = {}) =>
    service.client.send(new StopExecutionCommand({ executionArn, ...more }));

  test('answers when it stopped; the execution is ABORTED', async () => {
    const executionArn = await service.startExecution({ definition: SLEEP });
    const { $metadata, ...answer } = await send(executionArn);
    expect($metadata.httpStatusCode).toBe(200);
    expect(answer).toEqual({ stopDate: expect.any(Date) });
    const described = await service.client.send(new DescribeExecutionCommand({ executionArn }));
    expect(described).toMatchObject({ status: 'ABORTED', stopDate: answer.stopDate });
    const stateMachineArn = described.stateMachineArn!;
    const listed = await service.client.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'ABORTED' }));
    expect(listed.executions).toMatchObject([{ executionArn, stopDate: answer.stopDate }]);
  });

  test.each([
    [{}, {}],
    [{ error: 'E' }, { error: 'E' }],
    [{ cause: 'because' }, { cause: 'because' }],
    [
      { error: 'Order.Cancelled', cause: 'ü "customer"\n' },
      { error: 'Order.Cancelled', cause: 'ü "customer"\n' },
    ],
    [
      { error: '', cause: '' },
      { error: '', cause: '' },
    ],
  ])('the last event of its history says %j', async (given, details) => {
    const executionArn = await service.startExecution({ definition: SLEEP });
    await service.event(executionArn, 'WaitStateEntered');
    const { stopDate } = await send(executionArn, given);
    const history = await service.history(executionArn);
    expect(history.map(({ type }) => type)).toEqual(['ExecutionStarted', 'WaitStateEntered', 'ExecutionAborted']);
    expect(history[2]).toEqual({
      id: 3,
      previousEventId: 0,
      timestamp: stopDate,
      type: 'ExecutionAborted',
      executionAbortedEventDetails: details,
    });
  });

  test('a task in the hands of a worker is not awaited any more', async () => {
    const { taskToken, executionArn } = await service.takeTask();
    await send(executionArn);
    expect(await refusalOf(service.client.send(new SendTaskHeartbeatCommand({ taskToken })))).toEqual(
      refusal('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'"),
    );
  });

  test('branches end without further events', async () => {
    const branch = { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 100_000, End: true } } };
    const other = { StartAt: 'V', States: { V: { Type: 'Wait', Seconds: 100_000, End: true } } };
    const definition = { StartAt: 'P', States: { P: { Type: 'Parallel', Branches: [branch, other], End: true } } };
    const executionArn = await service.startExecution({ definition });
    await service.event(executionArn, 'WaitStateEntered');
    await send(executionArn);
    const types = (await service.history(executionArn)).map(({ type }) => type);
    expect(types).toEqual([
      'ExecutionStarted',
      'ParallelStateEntered',
      'ParallelStateStarted',
      'WaitStateEntered',
      'WaitStateEntered',
      'ExecutionAborted',
    ]);
  });

  test('an execution that waits for a worker can be stopped', async () => {
    const activityArn = await service.createActivity();
    const executionArn = await service.startExecution({ definition: taskOf(activityArn) });
    await send(executionArn);
    expect((await service.ended(executionArn)).status).toBe('ABORTED');
  });

  test('one that was stopped before: the first stop date, and nothing changes', async () => {
    const executionArn = await service.startExecution({ definition: SLEEP });
    const first = await send(executionArn, { error: 'first' });
    const second = await send(executionArn, { error: 'second', cause: 'more' });
    expect(second.stopDate).toEqual(first.stopDate);
    const described = await service.client.send(new DescribeExecutionCommand({ executionArn }));
    expect(described).toMatchObject({ status: 'ABORTED', error: 'first' });
    expect(described).not.toHaveProperty('cause');
  });

  test.each([
    ['SUCCEEDED', undefined],
    ['FAILED', FAIL],
  ])('one that has %s already: its stop date, and nothing changes', async (status, definition) => {
    const executionArn = await service.startExecution({ definition });
    const { stopDate } = await service.ended(executionArn);
    const history = await service.history(executionArn);
    expect((await send(executionArn, { error: 'late' })).stopDate).toEqual(stopDate);
    expect((await service.ended(executionArn)).status).toBe(status);
    expect(await service.history(executionArn)).toEqual(history);
  });

  test('of many at once all get the same stop date', async () => {
    const executionArn = await service.startExecution({ definition: SLEEP });
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => send(executionArn, { error: `${index}` })),
    );
    expect(new Set(answers.map(({ stopDate }) => stopDate!.getTime())).size).toBe(1);
    const aborted = (await service.history(executionArn)).filter(({ type }) => type === 'ExecutionAborted');
    expect(aborted).toHaveLength(1);
  });

  test('error and cause have limits, and are not shown', async () => {
    const executionArn = await service.startExecution({ definition: SLEEP });
    expect(await refusalOf(send(executionArn, { error: 'x'.repeat(257), cause: 'x'.repeat(32_769) }))).toEqual(
      invalid(
        violation('error', 'have length less than or equal to 256'),
        violation('cause', 'have length less than or equal to 32768'),
      ),
    );
    const longest = { error: 'x'.repeat(256), cause: 'x'.repeat(32_768) };
    await send(executionArn, longest);
    expect(await service.ended(executionArn)).toMatchObject(longest);
  });

  describeAbsentExecution(service, send);

  describeArn(service, { member: 'executionArn', type: 'execution', send });
});
