import {
  CreateActivityCommand,
  GetActivityTaskCommand,
  type GetActivityTaskCommandOutput,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { createService } from '../../lib/index';
import { describeArn } from './describe-arn';
import { invalid, newClient, refusal, refusalOf, taskOf, uniqueName, useService, violation } from './service';

describe('GetActivityTask', () => {
  const service = useService();
  const send = (
    activityArn: string | undefined,
    { workerName, abortSignal }: { workerName?: string; abortSignal?: AbortSignal } = {},
  ): Promise<GetActivityTaskCommandOutput> =>
    service.client.send(new GetActivityTaskCommand({ activityArn, workerName }), { abortSignal });
  const succeed = (taskToken: string | undefined, output = '"done"') =>
    service.client.send(new SendTaskSuccessCommand({ taskToken, output }));
  /** A state machine with one task of that activity. */
  const workOf = (activityArn: string, fields: object = {}) => service.createMachine(taskOf(activityArn, fields));

  test('a task that is there is handed out at once: token and input', async () => {
    const activityArn = await service.createActivity();
    const executionArn = await service.startExecution({ definition: taskOf(activityArn), input: '{"a": [1, 2.0]}' });
    await service.event(executionArn, 'ActivityScheduled');
    const { $metadata, ...task } = await send(activityArn);
    expect($metadata.httpStatusCode).toBe(200);
    expect(task).toEqual({ input: '{"a":[1,2.0]}', taskToken: expect.any(String) });
    expect(task.taskToken!.length).toBeGreaterThan(0);
    expect(task.taskToken!.length).toBeLessThanOrEqual(1_024);
    await succeed(task.taskToken);
    expect((await service.ended(executionArn)).output).toBe('"done"');
  });

  test('one who waits gets the task that comes', async () => {
    const activityArn = await service.createActivity();
    const waiting = send(activityArn);
    const executionArn = await service.startExecution({ definition: taskOf(activityArn), input: '"late"' });
    const task = await waiting;
    expect(task.input).toBe('"late"');
    await succeed(task.taskToken);
    await service.ended(executionArn);
  });

  test('the input is the effective one', async () => {
    const activityArn = await service.createActivity();
    const definition = taskOf(activityArn, { InputPath: '$.order' });
    await service.startExecution({ definition, input: '{"order":{"id":7},"rest":1}' });
    const task = await send(activityArn);
    expect(task.input).toBe('{"id":7}');
    await succeed(task.taskToken);
  });

  test('an input of 256 KB is handed out whole', async () => {
    const activityArn = await service.createActivity();
    const input = JSON.stringify('ä'.repeat(131_071));
    await service.startExecution({ definition: taskOf(activityArn), input });
    const task = await send(activityArn);
    expect(task.input === input).toBe(true);
    await succeed(task.taskToken);
  });

  test.each([
    [undefined, {}],
    ['worker 1/ü', { workerName: 'worker 1/ü' }],
  ])('a worker that calls itself %j stands in the history', async (workerName, details) => {
    const { executionArn, taskToken } = await service.takeTask({}, { workerName });
    const event = await service.event(executionArn, 'ActivityStarted');
    expect(event).toMatchObject({ id: 4, previousEventId: 3 });
    expect(event.activityStartedEventDetails).toEqual(details);
    await succeed(taskToken);
  });

  test('the task is not started before a worker has it', async () => {
    const activityArn = await service.createActivity();
    const executionArn = await service.startExecution({ definition: taskOf(activityArn) });
    await service.event(executionArn, 'ActivityScheduled');
    expect((await service.history(executionArn)).at(-1)!.type).toBe('ActivityScheduled');
    await succeed((await send(activityArn)).taskToken);
  });

  test('tasks are handed out oldest first', async () => {
    const activityArn = await service.createActivity();
    const stateMachineArn = await workOf(activityArn);
    for (let index = 0; index < 8; index++) {
      const executionArn = await service.startExecution({ stateMachineArn, input: String(index) });
      await service.event(executionArn, 'ActivityScheduled');
    }
    for (let index = 0; index < 8; index++) {
      const task = await send(activityArn);
      expect(task.input).toBe(String(index));
      await succeed(task.taskToken);
    }
  });

  test('each task goes to one worker', async () => {
    const activityArn = await service.createActivity();
    const stateMachineArn = await workOf(activityArn);
    const polls = Array.from({ length: 20 }, () => send(activityArn));
    const inputs = Array.from({ length: 20 }, (_, index) => String(index));
    await Promise.all(inputs.map((input) => service.startExecution({ stateMachineArn, input })));
    const tasks = await Promise.all(polls);
    expect(tasks.map(({ input }) => input).sort()).toEqual([...inputs].sort());
    expect(new Set(tasks.map(({ taskToken }) => taskToken)).size).toBe(20);
    await Promise.all(tasks.map(({ taskToken }) => succeed(taskToken)));
  });

  test('activities do not share tasks', async () => {
    const [one, other] = [await service.createActivity(), await service.createActivity()];
    await service.startExecution({ definition: taskOf(one), input: '"one"' });
    await service.startExecution({ definition: taskOf(other), input: '"other"' });
    const tasks = [await send(other), await send(one)];
    expect(tasks.map(({ input }) => input)).toEqual(['"other"', '"one"']);
    for (const { taskToken } of tasks) await succeed(taskToken);
  });

  test('a task that is tried again is handed out again, under another token', async () => {
    const retry = { Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 1 }] };
    const { taskToken, activityArn, executionArn } = await service.takeTask(retry);
    await service.client.send(new SendTaskFailureCommand({ taskToken, error: 'E' }));
    const again = await send(activityArn);
    expect(again.taskToken).not.toBe(taskToken);
    await succeed(again.taskToken);
    expect((await service.ended(executionArn)).status).toBe('SUCCEEDED');
  });

  test('a worker that hung up gets no task: it is there for the next', async () => {
    const activityArn = await service.createActivity();
    const hangUp = new AbortController();
    const waiting = send(activityArn, { abortSignal: hangUp.signal });
    const stateMachineArn = await workOf(activityArn);
    hangUp.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    for (const input of ['1', '2', '3']) await service.startExecution({ stateMachineArn, input });
    const tasks = [await send(activityArn), await send(activityArn), await send(activityArn)];
    expect(tasks.map(({ input }) => input).sort()).toEqual(['1', '2', '3']);
    for (const { taskToken } of tasks) await succeed(taskToken);
  });

  test('a task of an execution that was stopped is not handed out', async () => {
    const activityArn = await service.createActivity();
    const stateMachineArn = await workOf(activityArn);
    const stopped = await service.startExecution({ stateMachineArn, input: '"stopped"' });
    await service.event(stopped, 'ActivityScheduled');
    await service.client.send(new StopExecutionCommand({ executionArn: stopped }));
    await service.startExecution({ stateMachineArn, input: '"alive"' });
    const task = await send(activityArn);
    expect(task.input).toBe('"alive"');
    await succeed(task.taskToken);
  });

  test('a task that timed out before a worker came is not handed out', async () => {
    const activityArn = await service.createActivity();
    const timed = await service.startExecution({ definition: taskOf(activityArn, { TimeoutSeconds: 1 }), input: '1' });
    expect((await service.ended(timed)).status).toBe('FAILED');
    await service.startExecution({ definition: taskOf(activityArn), input: '"alive"' });
    const task = await send(activityArn);
    expect(task.input).toBe('"alive"');
    await succeed(task.taskToken);
  });

  test('nothing in time, here since the service stops: an empty answer', async () => {
    const stopping = await createService({ limits: { pollersPerActivity: 1 } });
    const client = newClient(stopping.endpoint, stopping.region);
    const { activityArn } = await client.send(new CreateActivityCommand({ name: 'idle' }));
    const polls = [1, 2].map(() => client.send(new GetActivityTaskCommand({ activityArn })));
    // One of the two is refused: then the other waits.
    const refused = await Promise.any(
      polls.map((poll) =>
        poll.then(
          () => Promise.reject(),
          (error: Error) => error,
        ),
      ),
    );
    expect(refused.name).toBe('ActivityWorkerLimitExceeded');
    await stopping.stop();
    const answered = (await Promise.allSettled(polls)).find(({ status }) => status === 'fulfilled');
    const { $metadata, ...answer } = (answered as PromiseFulfilledResult<GetActivityTaskCommandOutput>).value;
    expect($metadata.httpStatusCode).toBe(200);
    expect(answer).toEqual({});
    client.destroy();
  });

  describe('workerName', () => {
    test('has 1 to 80 characters', async () => {
      const activityArn = service.arn('activity', uniqueName('none'));
      expect(await refusalOf(send(activityArn, { workerName: '' }))).toEqual(
        invalid(violation('workerName', 'have length greater than or equal to 1', '')),
      );
      expect(await refusalOf(send(activityArn, { workerName: 'x'.repeat(81) }))).toEqual(
        invalid(violation('workerName', 'have length less than or equal to 80', 'x'.repeat(81))),
      );
      const { taskToken } = await service.takeTask({}, { workerName: 'x'.repeat(80) });
      await succeed(taskToken);
    });
  });

  test.each([
    ['one that never was', () => service.arn('activity', uniqueName('none'))],
    ['one of another region', () => 'arn:aws:states:mars-north-1:123456789012:activity:x'],
  ])('%s: ActivityDoesNotExist, at once', async (_, arn) => {
    const activityArn = arn();
    expect(await refusalOf(send(activityArn))).toEqual(
      refusal('ActivityDoesNotExist', `Activity Does Not Exist: '${activityArn}'`),
    );
  });

  describeArn(service, { member: 'activityArn', type: 'activity', send });
});
