import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  type ListExecutionsCommandInput,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { describePages } from './describe-pages';
import { FAIL, invalid, PASS, refusal, refusalOf, SLEEP, TIMEOUT, uniqueName, useService, violation } from './service';

const STATUSES = '[SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING]';
/** Does what its input says: succeeds, fails, or runs on. */
const CHOICE = {
  StartAt: 'C',
  States: {
    C: {
      Type: 'Choice',
      Choices: ['F', 'W', 'S'].map((Next) => ({ Variable: '$.do', StringEquals: Next, Next })),
    },
    F: FAIL.States.F,
    W: SLEEP.States.W,
    S: { Type: 'Succeed' },
  },
};

describe('ListExecutions', () => {
  const service = useService();
  const send = (input: Partial<ListExecutionsCommandInput>) => service.client.send(new ListExecutionsCommand(input));
  const arns = async (input: Partial<ListExecutionsCommandInput>) =>
    (await send(input)).executions!.map(({ executionArn }) => executionArn);
  const start = (stateMachineArn: string, what: 'F' | 'W' | 'S') =>
    service.startExecution({ stateMachineArn, input: JSON.stringify({ do: what }) });

  test('a running and a closed execution, as they are described', async () => {
    const stateMachineArn = await service.createMachine(CHOICE);
    const closed = await start(stateMachineArn, 'S');
    await service.ended(closed);
    const running = await start(stateMachineArn, 'W');
    const described = await Promise.all(
      [running, closed].map((executionArn) => service.client.send(new DescribeExecutionCommand({ executionArn }))),
    );
    const { executions, nextToken } = await send({ stateMachineArn });
    expect(nextToken).toBeUndefined();
    expect(executions).toEqual(
      described.map(({ executionArn, name, status, startDate, stopDate }) => ({
        executionArn,
        stateMachineArn,
        name,
        status,
        startDate,
        ...(stopDate && { stopDate }),
        redriveCount: 0,
      })),
    );
    await service.client.send(new StopExecutionCommand({ executionArn: running }));
  });

  test('newest first', async () => {
    const stateMachineArn = await service.createMachine(CHOICE);
    const started: string[] = [];
    for (const what of ['S', 'F', 'W', 'S', 'W', 'F'] as const) started.push(await start(stateMachineArn, what));
    expect(await arns({ stateMachineArn })).toEqual(started.reverse());
  });

  test('of no other state machine', async () => {
    const [one, other] = [await service.createMachine(), await service.createMachine()];
    const executionArn = await service.startExecution({ stateMachineArn: one });
    expect(await arns({ stateMachineArn: one })).toEqual([executionArn]);
    expect(await arns({ stateMachineArn: other })).toEqual([]);
  });

  describe('statusFilter', () => {
    test('each status finds its own', async () => {
      const stateMachineArn = await service.createMachine({ ...CHOICE, TimeoutSeconds: 1 });
      const found: Record<string, string[]> = {};
      const note = async (executionArn: string) => {
        const { status } = await service.ended(executionArn);
        found[status!] = [executionArn, ...(found[status!] ?? [])];
      };
      for (const what of ['S', 'F', 'S'] as const) await note(await start(stateMachineArn, what));
      const aborted = await start(stateMachineArn, 'W');
      await service.client.send(new StopExecutionCommand({ executionArn: aborted }));
      await note(aborted);
      await note(await start(stateMachineArn, 'W'));
      expect(Object.keys(found).sort()).toEqual(['ABORTED', 'FAILED', 'SUCCEEDED', 'TIMED_OUT']);
      for (const [status, wanted] of Object.entries(found)) {
        expect(await arns({ stateMachineArn, statusFilter: status as 'ABORTED' })).toEqual(wanted);
      }
      expect(await arns({ stateMachineArn, statusFilter: 'RUNNING' })).toEqual([]);
    });

    test('a running execution leaves RUNNING when it ends', async () => {
      const stateMachineArn = await service.createMachine(SLEEP);
      const executionArn = await service.startExecution({ stateMachineArn });
      expect(await arns({ stateMachineArn, statusFilter: 'RUNNING' })).toEqual([executionArn]);
      await service.client.send(new StopExecutionCommand({ executionArn }));
      expect(await arns({ stateMachineArn, statusFilter: 'RUNNING' })).toEqual([]);
      expect(await arns({ stateMachineArn, statusFilter: 'ABORTED' })).toEqual([executionArn]);
    });

    test.each(['succeeded', '', 'DONE'])('%j is none: ValidationException', async (statusFilter) => {
      const stateMachineArn = await service.createMachine();
      expect(await refusalOf(send({ stateMachineArn, statusFilter: statusFilter as 'FAILED' }))).toEqual(
        invalid(violation('statusFilter', `satisfy enum value set: ${STATUSES}`, statusFilter)),
      );
    });
  });

  describe('map runs', () => {
    const mapRunArn = () => service.arn('mapRun', 'orders/label:1234');

    test('exactly one of stateMachineArn and mapRunArn', async () => {
      const stateMachineArn = await service.createMachine();
      for (const input of [{}, { stateMachineArn, mapRunArn: mapRunArn() }]) {
        expect(await refusalOf(send(input))).toEqual(
          refusal('ValidationException', 'Must specify exactly one of: [stateMachineArn, mapRunArn]'),
        );
      }
    });

    test('a map run that is not there: ResourceNotFound', async () => {
      expect(await refusalOf(send({ mapRunArn: mapRunArn() }))).toEqual(
        refusal('ResourceNotFound', `Resource not found: '${mapRunArn()}'`),
      );
      await expect(send({ mapRunArn: mapRunArn() })).rejects.toMatchObject({ resourceName: mapRunArn() });
    });

    test('what is no ARN of a map run: InvalidArn', async () => {
      expect(await refusalOf(send({ mapRunArn: 'x' }))).toEqual(
        refusal('InvalidArn', "Invalid Arn: 'Invalid ARN prefix: x'"),
      );
      expect(await refusalOf(send({ mapRunArn: service.arn('execution', 'x:y') }))).toEqual(
        refusal('InvalidArn', "Invalid Arn: 'Resource type not valid in this context: execution'"),
      );
    });

    test.each([
      { redriveFilter: 'REDRIVEN' as const },
      { redriveFilter: 'NOT_REDRIVEN' as const },
      { statusFilter: 'PENDING_REDRIVE' as const },
    ])('%j goes with a map run only: ValidationException', async (filter) => {
      const stateMachineArn = await service.createMachine();
      expect(await refusalOf(send({ stateMachineArn, ...filter }))).toMatchObject({ name: 'ValidationException' });
    });

    test('any other redriveFilter: ValidationException', async () => {
      expect(await refusalOf(send({ mapRunArn: mapRunArn(), redriveFilter: 'ALL' as 'REDRIVEN' }))).toEqual(
        invalid(violation('redriveFilter', 'satisfy enum value set: [REDRIVEN, NOT_REDRIVEN]', 'ALL')),
      );
    });
  });

  test('an EXPRESS state machine: StateMachineTypeNotSupported', async () => {
    const stateMachineArn = await service.createMachine(PASS, { type: 'EXPRESS' });
    expect(await refusalOf(send({ stateMachineArn }))).toEqual(
      refusal('StateMachineTypeNotSupported', 'This operation is not supported by this type of state machine'),
    );
  });

  test.each([
    ['one that never was', () => service.arn('stateMachine', uniqueName('none'))],
    ['one of another region', () => 'arn:aws:states:mars-north-1:123456789012:stateMachine:x'],
  ])('a state machine, %s: StateMachineDoesNotExist', async (_, arn) => {
    const stateMachineArn = arn();
    expect(await refusalOf(send({ stateMachineArn }))).toEqual(
      refusal('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`),
    );
  });

  test('the machine is looked for before the token is read', async () => {
    const stateMachineArn = service.arn('stateMachine', uniqueName('none'));
    expect(await refusalOf(send({ stateMachineArn, nextToken: 'x' }))).toMatchObject({
      name: 'StateMachineDoesNotExist',
    });
  });

  test('an execution that timed out is listed with its stop date', async () => {
    const stateMachineArn = await service.createMachine(TIMEOUT);
    const { stopDate } = await service.ended(await service.startExecution({ stateMachineArn }));
    expect((await send({ stateMachineArn })).executions).toMatchObject([{ status: 'TIMED_OUT', stopDate }]);
  });

  describePages(async () => {
    const stateMachineArn = await service.createMachine();
    await service.startExecution({ stateMachineArn });
    return async (page) => {
      const { executions, nextToken } = await send({ stateMachineArn, ...page });
      return { count: executions!.length, nextToken };
    };
  }, 3_096);
});
