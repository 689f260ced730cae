import {
  DescribeExecutionCommand,
  type IncludedData,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { describeArn } from './describe-arn';
import { FAIL, invalid, refusal, refusalOf, SLEEP, TIMEOUT, uniqueName, useService, violation } from './service';

const NOT_REDRIVABLE = (status: string) => ({
  redriveStatus: 'NOT_REDRIVABLE',
  redriveStatusReason: `Execution is ${status} and cannot be redriven`,
});

describe('DescribeExecution', () => {
  const service = useService();
  const send = (executionArn: string | undefined, includedData?: IncludedData) =>
    service.client.send(new DescribeExecutionCommand({ executionArn, includedData }));
  const stop = (executionArn: string, more: { error?: string; cause?: string } = {}) =>
    service.client.send(new StopExecutionCommand({ executionArn, ...more }));

  test('a running execution', async () => {
    const stateMachineArn = await service.createMachine(SLEEP);
    const name = uniqueName('order');
    const { executionArn, startDate } = await service.client.send(
      new StartExecutionCommand({ stateMachineArn, name, input: '{"a":1}' }),
    );
    const { $metadata: _, ...answer } = await send(executionArn);
    expect(answer).toEqual({
      executionArn: `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`,
      stateMachineArn,
      name,
      status: 'RUNNING',
      startDate,
      input: '{"a":1}',
      inputDetails: { included: true },
      redriveCount: 0,
      ...NOT_REDRIVABLE('RUNNING'),
    });
    await stop(executionArn!);
  });

  test('one that succeeded: with its output', async () => {
    const executionArn = await service.startExecution({ input: '{"a":1}' });
    const answer = await service.ended(executionArn);
    expect(answer).toMatchObject({
      executionArn,
      status: 'SUCCEEDED',
      output: '{"a":1}',
      outputDetails: { included: true },
      stopDate: expect.any(Date),
      ...NOT_REDRIVABLE('SUCCEEDED'),
    });
    expect(answer).not.toHaveProperty('error');
    expect(answer).not.toHaveProperty('cause');
    expect(answer.stopDate!.getTime()).toBeGreaterThanOrEqual(answer.startDate!.getTime());
  });

  test('one that failed: with error and cause', async () => {
    const answer = await service.ended(await service.startExecution({ definition: FAIL }));
    expect(answer).toMatchObject({
      status: 'FAILED',
      error: 'Order.Rejected',
      cause: 'out of stock',
      stopDate: expect.any(Date),
      redriveStatus: 'REDRIVABLE',
    });
    for (const member of ['output', 'outputDetails', 'redriveStatusReason']) expect(answer).not.toHaveProperty(member);
  });

  test('one that failed without saying why', async () => {
    const definition = { StartAt: 'F', States: { F: { Type: 'Fail' } } };
    const answer = await service.ended(await service.startExecution({ definition }));
    expect(answer.status).toBe('FAILED');
    for (const member of ['error', 'cause']) expect(answer).not.toHaveProperty(member);
  });

  test('one that timed out: neither error nor cause, and it stopped when its time was over', async () => {
    const answer = await service.ended(await service.startExecution({ definition: TIMEOUT }));
    expect(answer).toMatchObject({ status: 'TIMED_OUT', redriveStatus: 'REDRIVABLE' });
    for (const member of ['output', 'error', 'cause']) expect(answer).not.toHaveProperty(member);
    expect(answer.stopDate!.getTime()).toBe(answer.startDate!.getTime() + 1_000);
  });

  test.each([{}, { error: 'E' }, { cause: 'because' }, { error: 'E', cause: 'because' }])(
    'one that was stopped with %j',
    async (given) => {
      const executionArn = await service.startExecution({ definition: SLEEP });
      const { stopDate } = await stop(executionArn, given);
      const answer = await send(executionArn);
      expect(answer).toMatchObject({ status: 'ABORTED', stopDate, redriveStatus: 'REDRIVABLE', ...given });
      expect(answer.error).toBe((given as { error?: string }).error);
      expect(answer.cause).toBe((given as { cause?: string }).cause);
      expect(answer).not.toHaveProperty('output');
    },
  );

  test.each([undefined, '{}', 'null', '7', '"text"', ' [1.0,  2e3]\n', '{"ü":"\u{1f4a1}","b":"\\u0041"}'])(
    'the input is what was given: %j',
    async (input) => {
      const executionArn = await service.startExecution({ input });
      expect((await send(executionArn)).input).toBe(input ?? '{}');
    },
  );

  test('with METADATA_ONLY neither input nor output', async () => {
    const executionArn = await service.startExecution({ input: '{"a":1}' });
    await service.ended(executionArn);
    const answer = await send(executionArn, 'METADATA_ONLY');
    expect(answer).toMatchObject({
      status: 'SUCCEEDED',
      inputDetails: { included: false },
      outputDetails: { included: false },
    });
    for (const member of ['input', 'output']) expect(answer).not.toHaveProperty(member);
  });

  test('with ALL_DATA both', async () => {
    const executionArn = await service.startExecution({ input: '1' });
    await service.ended(executionArn);
    expect(await send(executionArn, 'ALL_DATA')).toMatchObject({ input: '1', output: '1' });
  });

  test('any other includedData: ValidationException', async () => {
    expect(await refusalOf(send(service.arn('execution', 'x:y'), 'NONE' as IncludedData))).toEqual(
      invalid(violation('includedData', 'satisfy enum value set: [ALL_DATA, METADATA_ONLY]', 'NONE')),
    );
  });

  test('the trace header that was given', async () => {
    const traceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1';
    expect((await send(await service.startExecution({ traceHeader }))).traceHeader).toBe(traceHeader);
  });

  test.each([
    ['of a state machine that never was', () => service.arn('execution', `${uniqueName('none')}:x`)],
    ['of another region', () => 'arn:aws:states:mars-north-1:123456789012:execution:x:y'],
    ['of another account', () => `arn:aws:states:${service.region}:999999999999:execution:x:y`],
  ])('an execution %s: ExecutionDoesNotExist', async (_, arn) => {
    const executionArn = arn();
    expect(await refusalOf(send(executionArn))).toEqual(
      refusal('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`),
    );
  });

  test('one that was never started, of a state machine that is there: ExecutionDoesNotExist', async () => {
    const stateMachineArn = await service.createMachine();
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:never`;
    expect(await refusalOf(send(executionArn))).toMatchObject({ name: 'ExecutionDoesNotExist' });
  });

  describeArn(service, { member: 'executionArn', type: 'execution', send });
});
