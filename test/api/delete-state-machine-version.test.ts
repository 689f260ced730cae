import {
  DeleteStateMachineAliasCommand,
  DeleteStateMachineVersionCommand,
  DescribeStateMachineCommand,
  ListStateMachineVersionsCommand,
} from '@aws-sdk/client-sfn';
import { invalid, refusal, refusalOf, taskOf, uniqueName, useService, violation } from './service';
import { createAlias, createVersions, publish, routes } from './versions';

describe('DeleteStateMachineVersion', () => {
  const service = useService();
  const send = (stateMachineVersionArn: string | undefined) =>
    service.client.send(new DeleteStateMachineVersionCommand({ stateMachineVersionArn }));

  test('it is gone, the others stay, and deleting again is as good', async () => {
    const { machineArn, versionArns } = await createVersions(service, 3);
    const { $metadata, ...answer } = await send(versionArns[1]);
    expect([$metadata.httpStatusCode, answer]).toEqual([200, {}]);
    await send(versionArns[1]);
    const listed = await service.client.send(new ListStateMachineVersionsCommand({ stateMachineArn: machineArn }));
    expect(listed.stateMachineVersions!.map(({ stateMachineVersionArn }) => stateMachineVersionArn)).toEqual([
      versionArns[2],
      versionArns[0],
    ]);
    const described = service.client.send(new DescribeStateMachineCommand({ stateMachineArn: versionArns[1] }));
    expect(await refusalOf(described)).toEqual(
      refusal('StateMachineDoesNotExist', `State Machine Does Not Exist: '${versionArns[1]}'`),
    );
    expect(await refusalOf(service.startExecution({ stateMachineArn: versionArns[1] }))).toMatchObject({
      name: 'StateMachineDoesNotExist',
    });
  });

  test('an execution of it goes on', async () => {
    const activityArn = await service.createActivity();
    const versionArn = await publish(service, await service.createMachine(taskOf(activityArn, { TimeoutSeconds: 1 })));
    const executionArn = await service.startExecution({ stateMachineArn: versionArn });
    await send(versionArn);
    expect(await service.ended(executionArn)).toMatchObject({
      status: 'FAILED',
      error: 'States.Timeout',
      stateMachineVersionArn: versionArn,
    });
  });

  test('one that aliases lead to: ConflictException, which names them, until they are gone', async () => {
    const { versionArns } = await createVersions(service, 2);
    const [one, two] = versionArns as [string, string];
    const aliases = [
      await createAlias(service, 'both', routes([one, 40], [two, 60])),
      await createAlias(service, 'a-first', routes([one, 100])),
    ];
    expect(await refusalOf(send(one))).toEqual(
      refusal(
        'ConflictException',
        'Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [a-first, both]',
      ),
    );
    for (const stateMachineAliasArn of aliases) {
      await service.client.send(new DeleteStateMachineAliasCommand({ stateMachineAliasArn }));
    }
    await send(one);
  });

  test('of what is not there: nothing', async () => {
    await send(`${service.arn('stateMachine', uniqueName('none'))}:1`);
    const machineArn = await service.createMachine();
    for (const number of [1, 7, 99_999]) await send(`${machineArn}:${number}`);
  });

  test('an ARN that names no version: ValidationException', async () => {
    const machineArn = await service.createMachine();
    for (const arn of [machineArn, `${machineArn}:live`, `${machineArn}:0`]) {
      expect(await refusalOf(send(arn))).toEqual(
        refusal('ValidationException', `Must specify a state machine version ARN. Received: ${arn}`),
      );
    }
  });

  test('stateMachineVersionArn is required, has 1 to 2,000 characters, and is an ARN of a state machine', async () => {
    const member = 'stateMachineVersionArn';
    const long = 'x'.repeat(2_001);
    expect(await refusalOf(send(undefined))).toEqual(invalid(violation(member, 'not be null', null)));
    expect(await refusalOf(send(''))).toEqual(invalid(violation(member, 'have length greater than or equal to 1', '')));
    expect(await refusalOf(send(long))).toEqual(
      invalid(violation(member, 'have length less than or equal to 2000', long)),
    );
    expect(await refusalOf(send('x'))).toEqual(refusal('InvalidArn', "Invalid Arn: 'Invalid ARN prefix: x'"));
    expect(await refusalOf(send(service.arn('activity', 'x')))).toEqual(
      refusal('InvalidArn', "Invalid Arn: 'Resource type not valid in this context: activity'"),
    );
  });
});
