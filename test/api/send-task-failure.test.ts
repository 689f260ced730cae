import { SendTaskFailureCommand } from '@aws-sdk/client-sfn';
import { describeToken } from './describe-token';
import { invalid, refusalOf, useService, violation } from './service';

describe('SendTaskFailure', () => {
  const service = useService();
  const send = (taskToken: string | undefined, more: { error?: string; cause?: string } = {}) =>
    service.client.send(new SendTaskFailureCommand({ taskToken, ...more }));

  test('answers nothing; the execution fails with error and cause', async () => {
    const { taskToken, executionArn } = await service.takeTask();
    const { $metadata, ...answer } = await send(taskToken, { error: 'Order.Rejected', cause: 'ü "stock"\n' });
    expect($metadata.httpStatusCode).toBe(200);
    expect(answer).toEqual({});
    expect(await service.ended(executionArn)).toMatchObject({
      status: 'FAILED',
      error: 'Order.Rejected',
      cause: 'ü "stock"\n',
    });
  });

  test.each([
    [{}, {}],
    [{ error: 'E' }, { error: 'E' }],
    [{ cause: 'C' }, { cause: 'C' }],
    [
      { error: 'E', cause: 'C' },
      { error: 'E', cause: 'C' },
    ],
  ])('the history says what was given: %j', async (given, details) => {
    const { taskToken, executionArn } = await service.takeTask();
    await send(taskToken, given);
    expect(await service.event(executionArn, 'ActivityFailed')).toMatchObject({ id: 5, previousEventId: 4 });
    const event = await service.event(executionArn, 'ActivityFailed');
    expect(event.activityFailedEventDetails).toEqual(details);
    const { executionFailedEventDetails } = await service.event(executionArn, 'ExecutionFailed');
    expect(executionFailedEventDetails).toEqual(details);
  });

  const done = { Done: { Type: 'Pass', End: true } };
  const caught = async (errorEquals: string[], given: { error?: string; cause?: string }) => {
    const activityArn = await service.createActivity();
    const Catch = [{ ErrorEquals: errorEquals, Next: 'Done' }];
    const T = { Type: 'Task', Resource: activityArn, Catch, End: true };
    const executionArn = await service.startExecution({ definition: { StartAt: 'T', States: { T, ...done } } });
    await send(await service.poll(activityArn), given);
    return service.ended(executionArn);
  };

  test.each([
    ['its own name', ['Order.Rejected'], { error: 'Order.Rejected', cause: 'C' }],
    ['States.TaskFailed', ['States.TaskFailed'], { error: 'Order.Rejected', cause: 'C' }],
    ['States.ALL', ['States.ALL'], { error: 'Order.Rejected' }],
    ['States.TaskFailed, without a name', ['States.TaskFailed'], {}],
    ['States.ALL, without a name', ['States.ALL'], { cause: 'C' }],
  ])('Catch finds it by %s', async (_, errorEquals, given) => {
    const ended = await caught(errorEquals, given);
    expect(ended.status).toBe('SUCCEEDED');
    expect(JSON.parse(ended.output!)).toEqual({ Error: null, Cause: null, ...rename(given) });
  });

  test.each([
    ['another name', ['Order.Lost'], { error: 'Order.Rejected' }],
    ['States.Timeout', ['States.Timeout'], { error: 'Order.Rejected' }],
    ['a name, where none was given', ['Order.Rejected'], {}],
  ])('Catch does not find it by %s', async (_, errorEquals, given) => {
    expect((await caught(errorEquals, given)).status).toBe('FAILED');
  });

  test('Retry hands the task out again', async () => {
    const Retry = [{ ErrorEquals: ['Order.Busy'], IntervalSeconds: 1, MaxAttempts: 1 }];
    const { taskToken, activityArn, executionArn } = await service.takeTask({ Retry });
    await send(taskToken, { error: 'Order.Busy' });
    await send(await service.poll(activityArn), { error: 'Order.Busy', cause: 'still' });
    expect(await service.ended(executionArn)).toMatchObject({ status: 'FAILED', error: 'Order.Busy', cause: 'still' });
    const types = (await service.history(executionArn)).map(({ type }) => type);
    expect(types.filter((type) => type === 'ActivityScheduled')).toHaveLength(2);
  });

  test('error has at most 256 and cause at most 32,768 characters, and they are not shown', async () => {
    const { taskToken, executionArn } = await service.takeTask();
    expect(await refusalOf(send(taskToken, { error: 'x'.repeat(257), cause: 'x'.repeat(32_769) }))).toEqual(
      invalid(
        violation('error', 'have length less than or equal to 256'),
        violation('cause', 'have length less than or equal to 32768'),
      ),
    );
    const longest = { error: 'ä'.repeat(256), cause: 'ä'.repeat(32_768) };
    await send(taskToken, longest);
    expect(await service.ended(executionArn)).toMatchObject(longest);
  });

  describeToken(service, (taskToken) => send(taskToken, { error: 'late' }));
});

const rename = ({ error, cause }: { error?: string; cause?: string }) => ({
  ...(error !== undefined && { Error: error }),
  ...(cause !== undefined && { Cause: cause }),
});
