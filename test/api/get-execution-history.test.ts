import {
  GetExecutionHistoryCommand,
  type GetExecutionHistoryCommandInput,
  type HistoryEvent,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { describeAbsentExecution } from './describe-absent-execution';
import { describeArn } from './describe-arn';
import { describePages } from './describe-pages';
import { FAIL, ROLE_ARN, SLEEP, type TestService, TIMEOUT, taskOf, useService } from './service';

const whole = { truncated: false };
const types = (events: Pick<HistoryEvent, 'type'>[]) => events.map(({ type }) => type);
const withoutTimes = (events: HistoryEvent[]) => events.map(({ timestamp: _, ...event }) => event);
const chain = (length: number) => ({
  StartAt: 'S1',
  States: Object.fromEntries(
    Array.from({ length }, (_, index) => [
      `S${index + 1}`,
      index + 1 < length ? { Type: 'Pass', Next: `S${index + 2}` } : { Type: 'Pass', End: true },
    ]),
  ),
});

/** Starts, waits for the end, answers the history without its times. */
async function runOn(service: TestService, definition: object, input = '{}') {
  const executionArn = await service.startExecution({ definition, input });
  await service.ended(executionArn);
  return withoutTimes(await service.history(executionArn));
}

describe('GetExecutionHistory', () => {
  const service = useService();
  const send = (executionArn: string | undefined, more: Partial<GetExecutionHistoryCommandInput> = {}) =>
    service.client.send(new GetExecutionHistoryCommand({ executionArn, ...more }));
  const run = (definition: object, input?: string) => runOn(service, definition, input);

  test('a Pass, event by event', async () => {
    const input = '{"a": 1}';
    const definition = {
      StartAt: 'P',
      States: { P: { Type: 'Pass', Result: { b: 2 }, ResultPath: '$.r', End: true } },
    };
    const output = '{"a":1,"r":{"b":2}}';
    expect(await run(definition, input)).toEqual([
      {
        id: 1,
        previousEventId: 0,
        type: 'ExecutionStarted',
        executionStartedEventDetails: { input, inputDetails: whole, roleArn: ROLE_ARN },
      },
      {
        id: 2,
        previousEventId: 0,
        type: 'PassStateEntered',
        stateEnteredEventDetails: { name: 'P', input: '{"a":1}', inputDetails: whole },
      },
      {
        id: 3,
        previousEventId: 2,
        type: 'PassStateExited',
        stateExitedEventDetails: { name: 'P', output, outputDetails: whole },
      },
      {
        id: 4,
        previousEventId: 3,
        type: 'ExecutionSucceeded',
        executionSucceededEventDetails: { output, outputDetails: whole },
      },
    ]);
  });

  test('times are dates that never decrease', async () => {
    const beforeMs = Date.now();
    const executionArn = await service.startExecution({ definition: chain(20) });
    const { startDate, stopDate } = await service.ended(executionArn);
    const times = (await service.history(executionArn)).map(({ timestamp }) => timestamp!.getTime());
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(startDate!.getTime());
    expect(times.at(-1)).toBe(stopDate!.getTime());
    expect(times[0]).toBeGreaterThanOrEqual(beforeMs - 1_000);
  });

  test('ids are dense from 1, and each previous one is smaller', async () => {
    const events = await run(chain(30));
    expect(events.map(({ id }) => id)).toEqual(Array.from({ length: 62 }, (_, index) => index + 1));
    for (const { id, previousEventId } of events) expect(previousEventId).toBeLessThan(id!);
  });

  test('states that end an execution or wait', async () => {
    const wait = { Type: 'Wait', Seconds: 0, Next: 'C' };
    const choice = { Type: 'Choice', Choices: [{ Variable: '$.n', NumericEquals: 1, Next: 'S' }] };
    const definition = { StartAt: 'W', States: { W: wait, C: choice, S: { Type: 'Succeed' } } };
    expect(types(await run(definition, '{"n":1}'))).toEqual([
      'ExecutionStarted',
      'WaitStateEntered',
      'WaitStateExited',
      'ChoiceStateEntered',
      'ChoiceStateExited',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ]);
  });

  test('a failure has only what was said of it', async () => {
    expect((await run(FAIL)).at(-1)).toEqual({
      id: 3,
      previousEventId: 2,
      type: 'ExecutionFailed',
      executionFailedEventDetails: { error: 'Order.Rejected', cause: 'out of stock' },
    });
    const silent = { StartAt: 'F', States: { F: { Type: 'Fail' } } };
    expect((await run(silent)).at(-1)!.executionFailedEventDetails).toEqual({});
  });

  test('an execution that timed out', async () => {
    expect((await run(TIMEOUT)).at(-1)).toEqual({
      id: 3,
      previousEventId: 0,
      type: 'ExecutionTimedOut',
      executionTimedOutEventDetails: { error: 'States.Timeout' },
    });
  });

  test('parallel branches', async () => {
    const branch = (name: string) => ({ StartAt: name, States: { [name]: { Type: 'Pass', End: true } } });
    const Branches = [branch('A'), branch('B')];
    const events = await run({ StartAt: 'P', States: { P: { Type: 'Parallel', Branches, End: true } } }, '1');
    const [started, entered, begun, ...rest] = types(events);
    expect([started, entered, begun]).toEqual(['ExecutionStarted', 'ParallelStateEntered', 'ParallelStateStarted']);
    // How the branches interleave is free.
    const [a, b] = ['A', 'B'].map((name) =>
      events.filter((event) => (event.stateEnteredEventDetails ?? event.stateExitedEventDetails)?.name === name),
    );
    for (const branch of [a!, b!]) {
      expect(branch).toMatchObject([
        { type: 'PassStateEntered', previousEventId: 3 },
        { type: 'PassStateExited', previousEventId: branch[0]!.id },
      ]);
    }
    expect(rest.slice(4)).toEqual(['ParallelStateSucceeded', 'ParallelStateExited', 'ExecutionSucceeded']);
    expect(events[7]).toEqual({ id: 8, previousEventId: 7, type: 'ParallelStateSucceeded' });
    expect(events[8]).toMatchObject({ previousEventId: 7, stateExitedEventDetails: { name: 'P', output: '[1,1]' } });
  });

  describe('activities', () => {
    test('a task that succeeded', async () => {
      const fields = { TimeoutSeconds: 100, HeartbeatSeconds: 50 };
      const { taskToken, executionArn, activityArn } = await service.takeTask(fields, { workerName: 'w', input: '1' });
      await service.client.send(new SendTaskSuccessCommand({ taskToken, output: ' {"ok" : true} ' }));
      await service.ended(executionArn);
      expect(withoutTimes(await service.history(executionArn)).slice(2)).toEqual([
        {
          id: 3,
          previousEventId: 2,
          type: 'ActivityScheduled',
          activityScheduledEventDetails: {
            resource: activityArn,
            input: '1',
            inputDetails: whole,
            timeoutInSeconds: 100,
            heartbeatInSeconds: 50,
          },
        },
        { id: 4, previousEventId: 3, type: 'ActivityStarted', activityStartedEventDetails: { workerName: 'w' } },
        {
          id: 5,
          previousEventId: 4,
          type: 'ActivitySucceeded',
          activitySucceededEventDetails: { output: '{"ok":true}', outputDetails: whole },
        },
        {
          id: 6,
          previousEventId: 5,
          type: 'TaskStateExited',
          stateExitedEventDetails: { name: 'T', output: '{"ok":true}', outputDetails: whole },
        },
        {
          id: 7,
          previousEventId: 6,
          type: 'ExecutionSucceeded',
          executionSucceededEventDetails: { output: '{"ok":true}', outputDetails: whole },
        },
      ]);
    });

    test('times that the state does not set are not in the history', async () => {
      const { taskToken, executionArn, activityArn } = await service.takeTask();
      const { activityScheduledEventDetails } = await service.event(executionArn, 'ActivityScheduled');
      expect(activityScheduledEventDetails).toEqual({ resource: activityArn, input: '{}', inputDetails: whole });
      await service.client.send(new SendTaskSuccessCommand({ taskToken, output: '1' }));
    });

    test('a task that failed', async () => {
      const { taskToken, executionArn } = await service.takeTask();
      await service.client.send(new SendTaskFailureCommand({ taskToken, error: 'E', cause: 'C' }));
      await service.ended(executionArn);
      const events = withoutTimes(await service.history(executionArn));
      expect(events.slice(4)).toEqual([
        { id: 5, previousEventId: 4, type: 'ActivityFailed', activityFailedEventDetails: { error: 'E', cause: 'C' } },
        { id: 6, previousEventId: 5, type: 'ExecutionFailed', executionFailedEventDetails: { error: 'E', cause: 'C' } },
      ]);
    });

    test('a task that timed out', async () => {
      const { executionArn } = await service.takeTask({ TimeoutSeconds: 1 });
      await service.ended(executionArn);
      expect(withoutTimes(await service.history(executionArn)).slice(4)).toEqual([
        {
          id: 5,
          previousEventId: 4,
          type: 'ActivityTimedOut',
          activityTimedOutEventDetails: { error: 'States.Timeout' },
        },
        {
          id: 6,
          previousEventId: 5,
          type: 'ExecutionFailed',
          executionFailedEventDetails: { error: 'States.Timeout' },
        },
      ]);
    });
  });

  test('a running execution has what has happened so far', async () => {
    const executionArn = await service.startExecution({ definition: SLEEP });
    await service.event(executionArn, 'WaitStateEntered');
    const { events, nextToken } = await send(executionArn);
    expect(types(events!)).toEqual(['ExecutionStarted', 'WaitStateEntered']);
    expect(nextToken).toBeUndefined();
    await service.client.send(new StopExecutionCommand({ executionArn }));
    expect(types(await service.history(executionArn))).toEqual([
      'ExecutionStarted',
      'WaitStateEntered',
      'ExecutionAborted',
    ]);
  });

  test('an execution has its first event as soon as its start was answered', async () => {
    const executionArn = await service.startExecution({ definition: SLEEP });
    expect((await send(executionArn, { maxResults: 1 })).events).toMatchObject([{ id: 1, type: 'ExecutionStarted' }]);
    await service.client.send(new StopExecutionCommand({ executionArn }));
  });

  test.each([
    [undefined, [1, 2, 3, 4]],
    [false, [1, 2, 3, 4]],
    [true, [4, 3, 2, 1]],
  ])('reverseOrder %p: events %j', async (reverseOrder, ids) => {
    const executionArn = await service.startExecution();
    await service.ended(executionArn);
    const { events } = await send(executionArn, { reverseOrder });
    expect(events!.map(({ id }) => id)).toEqual(ids);
  });

  test('without includeExecutionData inputs and outputs are left out, and nothing else', async () => {
    const executionArn = await service.startExecution({ input: '{"secret":1}' });
    await service.ended(executionArn);
    const { events } = await send(executionArn, { includeExecutionData: false });
    expect(withoutTimes(events!)).toEqual([
      { id: 1, previousEventId: 0, type: 'ExecutionStarted', executionStartedEventDetails: { roleArn: ROLE_ARN } },
      { id: 2, previousEventId: 0, type: 'PassStateEntered', stateEnteredEventDetails: { name: 'P' } },
      { id: 3, previousEventId: 2, type: 'PassStateExited', stateExitedEventDetails: { name: 'P' } },
      { id: 4, previousEventId: 3, type: 'ExecutionSucceeded', executionSucceededEventDetails: {} },
    ]);
    const { events: all } = await send(executionArn, { includeExecutionData: true });
    expect(all).toEqual(await service.history(executionArn));
  });

  test('an execution of 5,000 events is read whole, both ways', async () => {
    const executionArn = await service.startExecution({ definition: chain(2_500) });
    await service.ended(executionArn);
    const events = await service.history(executionArn);
    expect(events.map(({ id }) => id)).toEqual(Array.from({ length: 5_002 }, (_, index) => index + 1));
    const reverse: HistoryEvent[] = [];
    for (let nextToken: string | undefined; ; ) {
      const page = await send(executionArn, { reverseOrder: true, maxResults: 1_000, nextToken });
      reverse.push(...page.events!);
      nextToken = page.nextToken;
      if (!nextToken) break;
    }
    expect(reverse.reverse()).toEqual(events);
  });

  test('a history of large payloads is read whole', async () => {
    const executionArn = await service.startExecution({
      definition: chain(40),
      input: JSON.stringify('x'.repeat(200_000)),
    });
    await service.ended(executionArn);
    const events = await service.history(executionArn);
    expect(events.map(({ id }) => id)).toEqual(Array.from({ length: 82 }, (_, index) => index + 1));
    for (const { stateEnteredEventDetails: details } of events)
      if (details) expect(details.input).toHaveLength(200_002);
  });

  describeAbsentExecution(service, send);

  describeArn(service, { member: 'executionArn', type: 'execution', send });
  describePages(async () => {
    const executionArn = await service.startExecution();
    await service.ended(executionArn);
    return async (page) => {
      const { events, nextToken } = await send(executionArn, page);
      return { count: events!.length, nextToken };
    };
  });
});

describe('GetExecutionHistory of Lambda tasks', () => {
  const service = useService({
    functions: {
      double: async (event) => (event as { n: number }).n * 2,
      reject: async () => {
        throw Object.assign(new Error('no'), { name: 'Rejected' });
      },
      sleep: () => new Promise(() => {}),
    },
  });
  const call = (name: string, fields: object = {}) => taskOf(service.functionArn(name), fields);

  test('a task that succeeded', async () => {
    const events = await runOn(service, call('double', { TimeoutSeconds: 9 }), '{"n":21}');
    expect(events.slice(2, 5)).toEqual([
      {
        id: 3,
        previousEventId: 2,
        type: 'LambdaFunctionScheduled',
        lambdaFunctionScheduledEventDetails: {
          resource: service.functionArn('double'),
          input: '{"n":21}',
          inputDetails: whole,
          timeoutInSeconds: 9,
        },
      },
      { id: 4, previousEventId: 3, type: 'LambdaFunctionStarted' },
      {
        id: 5,
        previousEventId: 4,
        type: 'LambdaFunctionSucceeded',
        lambdaFunctionSucceededEventDetails: { output: '42', outputDetails: whole },
      },
    ]);
    expect(types(events.slice(5))).toEqual(['TaskStateExited', 'ExecutionSucceeded']);
  });

  test('a task that failed', async () => {
    const events = await runOn(service, call('reject'));
    expect(types(events).slice(3)).toEqual(['LambdaFunctionStarted', 'LambdaFunctionFailed', 'ExecutionFailed']);
    const { error, cause } = events[4]!.lambdaFunctionFailedEventDetails!;
    expect(error).toBe('Rejected');
    expect(JSON.parse(cause!)).toMatchObject({ errorType: 'Rejected', errorMessage: 'no' });
    expect(events[5]!.executionFailedEventDetails).toEqual({ error, cause });
  });

  test('a task that timed out', async () => {
    const events = await runOn(service, call('sleep', { TimeoutSeconds: 1 }));
    expect(events.slice(4)).toEqual([
      {
        id: 5,
        previousEventId: 4,
        type: 'LambdaFunctionTimedOut',
        lambdaFunctionTimedOutEventDetails: { error: 'States.Timeout' },
      },
      {
        id: 6,
        previousEventId: 5,
        type: 'ExecutionFailed',
        executionFailedEventDetails: { error: 'States.Timeout' },
      },
    ]);
  });
});
