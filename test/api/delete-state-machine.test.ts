import {
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { eventually } from '../contract/eventually';
import { describeArn } from './describe-arn';
import { PASS, refusal, refusalOf, SLEEP, uniqueName, useService } from './service';

describe('DeleteStateMachine', () => {
  const service = useService();
  const remove = (stateMachineArn: string | undefined) =>
    service.client.send(new DeleteStateMachineCommand({ stateMachineArn }));
  const describeMachine = (stateMachineArn: string) =>
    service.client.send(new DescribeStateMachineCommand({ stateMachineArn }));
  const missing = (arn: string) => refusal('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  const gone = (stateMachineArn: string) =>
    eventually(
      () =>
        describeMachine(stateMachineArn).then(
          () => 'there',
          (error: Error) => error.name,
        ),
      (found) => found === 'StateMachineDoesNotExist',
    );

  test('answers nothing; the machine vanishes', async () => {
    const stateMachineArn = await service.createMachine();
    const { $metadata, ...answer } = await remove(stateMachineArn);
    expect($metadata.httpStatusCode).toBe(200);
    expect(answer).toEqual({});
    await gone(stateMachineArn);
    expect(await refusalOf(describeMachine(stateMachineArn))).toEqual(missing(stateMachineArn));
    const { client } = service;
    expect(await refusalOf(client.send(new StartExecutionCommand({ stateMachineArn })))).toEqual(
      missing(stateMachineArn),
    );
    expect(await refusalOf(client.send(new ListExecutionsCommand({ stateMachineArn })))).toEqual(
      missing(stateMachineArn),
    );
  });

  test.each([
    ['one that never was', () => service.arn('stateMachine', uniqueName('none'))],
    ['one of another region', () => 'arn:aws:states:mars-north-1:123456789012:stateMachine:x'],
    ['one of another account', () => `arn:aws:states:${service.region}:999999999999:stateMachine:x`],
  ])('is idempotent: %s', async (_, arn) => {
    expect((await remove(arn())).$metadata.httpStatusCode).toBe(200);
  });

  test('a version or an alias: ValidationException, and the machine stays', async () => {
    const stateMachineArn = await service.createMachine(PASS, { publish: true });
    for (const arn of [`${stateMachineArn}:1`, `${stateMachineArn}:live`]) {
      expect(await refusalOf(remove(arn))).toEqual(
        refusal('ValidationException', `Must specify a state machine ARN without version or alias. Received: ${arn}`),
      );
    }
    expect((await describeMachine(stateMachineArn)).status).toBe('ACTIVE');
  });

  test('a machine of another account is not taken for ours of the same name', async () => {
    const stateMachineArn = await service.createMachine();
    await remove(stateMachineArn.replace(service.account, '999999999999'));
    expect((await describeMachine(stateMachineArn)).status).toBe('ACTIVE');
  });

  test('while executions run: DELETING, not listed, nothing starts, and deleting again is as good', async () => {
    const stateMachineArn = await service.createMachine(SLEEP);
    await service.startExecution({ stateMachineArn });
    await remove(stateMachineArn);
    const { client } = service;
    const [described, listed, started, removed] = await Promise.allSettled([
      describeMachine(stateMachineArn),
      client.send(new ListStateMachinesCommand({ maxResults: 1_000 })),
      client.send(new StartExecutionCommand({ stateMachineArn })),
      remove(stateMachineArn),
    ]);
    expect(described).toMatchObject({ value: { status: 'DELETING', stateMachineArn } });
    expect(listed).toMatchObject({
      value: { stateMachines: expect.not.arrayContaining([expect.objectContaining({ stateMachineArn })]) },
    });
    expect(started).toMatchObject({
      reason: { name: 'StateMachineDeleting', message: `State Machine is being deleted: '${stateMachineArn}'` },
    });
    expect(removed).toMatchObject({ status: 'fulfilled' });
    await gone(stateMachineArn);
  });

  test('running executions are ended: ABORTED while they can be seen, then gone', async () => {
    const stateMachineArn = await service.createMachine(SLEEP);
    const executionArn = await service.startExecution({ stateMachineArn });
    await remove(stateMachineArn);
    const seen = new Set<string>();
    await eventually(
      () =>
        service.client.send(new DescribeExecutionCommand({ executionArn })).then(
          ({ status }) => {
            seen.add(status!);
            return status;
          },
          (error: Error) => error.name,
        ),
      (found) => found === 'ExecutionDoesNotExist',
    );
    for (const status of seen) expect(['RUNNING', 'ABORTED']).toContain(status);
    await gone(stateMachineArn);
  });

  test('a task in the hands of a worker is not awaited any more', async () => {
    const { taskToken, executionArn } = await service.takeTask();
    const stateMachineArn = executionArn.replace(':execution:', ':stateMachine:').split(':').slice(0, 7).join(':');
    await remove(stateMachineArn);
    await gone(stateMachineArn);
    const { name } = await refusalOf(service.client.send(new SendTaskSuccessCommand({ taskToken, output: '1' })));
    expect(['TaskTimedOut', 'TaskDoesNotExist']).toContain(name);
  });

  test('a name that was deleted is free for another machine, which has nothing of the old one', async () => {
    const name = uniqueName('machine');
    const stateMachineArn = await service.createMachine(PASS, { name });
    const old = await service.startExecution({ stateMachineArn, name: 'order-1' });
    await service.ended(old);
    await remove(stateMachineArn);
    await gone(stateMachineArn);
    expect(await service.createMachine(SLEEP, { name })).toBe(stateMachineArn);
    expect((await describeMachine(stateMachineArn)).definition).toBe(JSON.stringify(SLEEP));
    const { executions } = await service.client.send(new ListExecutionsCommand({ stateMachineArn }));
    expect(executions).toEqual([]);
    expect(await refusalOf(service.client.send(new DescribeExecutionCommand({ executionArn: old })))).toEqual(
      refusal('ExecutionDoesNotExist', `Execution Does Not Exist: '${old}'`),
    );
    expect(await service.startExecution({ stateMachineArn, name: 'order-1', input: '"new"' })).toBe(old);
    await remove(stateMachineArn);
  });

  test('many running executions end all the same', async () => {
    const stateMachineArn = await service.createMachine(SLEEP);
    await Promise.all(Array.from({ length: 150 }, () => service.startExecution({ stateMachineArn })));
    await remove(stateMachineArn);
    await gone(stateMachineArn);
  });

  describeArn(service, { member: 'stateMachineArn', type: 'stateMachine', send: remove });
});
