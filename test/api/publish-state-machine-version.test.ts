import {
  DeleteStateMachineVersionCommand,
  DescribeStateMachineCommand,
  PublishStateMachineVersionCommand,
  type PublishStateMachineVersionCommandInput,
} from '@aws-sdk/client-sfn';
import { describeArn } from './describe-arn';
import { invalid, refusal, refusalOf, uniqueName, useService, violation } from './service';
import { createVersions, deleting, saying, update } from './versions';

describe('PublishStateMachineVersion', () => {
  const service = useService();
  const send = (input: Partial<PublishStateMachineVersionCommandInput>) =>
    service.client.send(new PublishStateMachineVersionCommand(input as PublishStateMachineVersionCommandInput));
  const describe_ = (stateMachineArn: string) =>
    service.client.send(new DescribeStateMachineCommand({ stateMachineArn }));

  test('a version is what the machine was, with its own date and description', async () => {
    const stateMachineArn = await service.createMachine(saying('one'));
    const { $metadata: _, ...answer } = await send({ stateMachineArn, description: 'first "one"' });
    expect(answer).toEqual({ stateMachineVersionArn: `${stateMachineArn}:1`, creationDate: expect.any(Date) });
    await update(service, stateMachineArn, saying('two'));
    expect(await describe_(answer.stateMachineVersionArn!)).toMatchObject({
      stateMachineArn: answer.stateMachineVersionArn,
      definition: saying('one'),
      description: 'first "one"',
      creationDate: answer.creationDate,
      status: 'ACTIVE',
    });
    expect((await describe_(answer.stateMachineVersionArn!)).revisionId).toBeUndefined();
    expect(await describe_(stateMachineArn)).toMatchObject({ definition: saying('two') });
  });

  test('the same revision keeps its version, whatever the description', async () => {
    const stateMachineArn = await service.createMachine();
    const first = await send({ stateMachineArn, description: 'first' });
    const again = await send({ stateMachineArn, description: 'again' });
    expect(again).toMatchObject({
      stateMachineVersionArn: first.stateMachineVersionArn,
      creationDate: first.creationDate,
    });
    expect((await describe_(first.stateMachineVersionArn!)).description).toBe('first');
  });

  test('of twenty at once one publishes, and all get its version', async () => {
    const stateMachineArn = await service.createMachine();
    const answers = await Promise.all(Array.from({ length: 20 }, () => send({ stateMachineArn })));
    const arns = new Set(answers.map(({ stateMachineVersionArn }) => stateMachineVersionArn));
    expect([...arns]).toEqual([`${stateMachineArn}:1`]);
  });

  test('numbers are never given again', async () => {
    const { machineArn: stateMachineArn, versionArns } = await createVersions(service, 2);
    for (const stateMachineVersionArn of versionArns) {
      await service.client.send(new DeleteStateMachineVersionCommand({ stateMachineVersionArn }));
    }
    expect((await send({ stateMachineArn })).stateMachineVersionArn).toBe(`${stateMachineArn}:3`);
  });

  test('of a wanted revision: the one that it is, INITIAL before any update', async () => {
    const stateMachineArn = await service.createMachine();
    expect((await send({ stateMachineArn, revisionId: 'INITIAL' })).stateMachineVersionArn).toBe(
      `${stateMachineArn}:1`,
    );
    const { revisionId } = await update(service, stateMachineArn, saying('x'));
    expect((await send({ stateMachineArn, revisionId })).stateMachineVersionArn).toBe(`${stateMachineArn}:2`);
    expect(await refusalOf(send({ stateMachineArn, revisionId: 'INITIAL' }))).toEqual(
      refusal(
        'ConflictException',
        `Failed to publish the State Machine version for revision INITIAL. The current State Machine revision is ${revisionId}.`,
      ),
    );
  });

  test('a machine that was created with a version goes on from it', async () => {
    const stateMachineArn = await service.createMachine(saying('one'), { publish: true, versionDescription: 'born' });
    expect((await send({ stateMachineArn })).stateMachineVersionArn).toBe(`${stateMachineArn}:1`);
    expect((await describe_(`${stateMachineArn}:1`)).description).toBe('born');
    await update(service, stateMachineArn, saying('two'));
    expect((await send({ stateMachineArn })).stateMachineVersionArn).toBe(`${stateMachineArn}:2`);
  });

  test('descriptions have 256 characters, revisions too', async () => {
    const stateMachineArn = await service.createMachine();
    const long = 'x'.repeat(257);
    expect(await refusalOf(send({ stateMachineArn, revisionId: long, description: long }))).toEqual(
      invalid(
        violation('revisionId', 'have length less than or equal to 256', long),
        violation('description', 'have length less than or equal to 256'),
      ),
    );
  });

  test('one that never was, a version: StateMachineDoesNotExist', async () => {
    const { versionArns } = await createVersions(service, 1);
    for (const stateMachineArn of [service.arn('stateMachine', uniqueName('none')), versionArns[0]!]) {
      expect(await refusalOf(send({ stateMachineArn }))).toEqual(
        refusal('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`),
      );
    }
  });

  test('one that is being deleted: StateMachineDeleting', async () => {
    const { machineArn: stateMachineArn } = await deleting(service);
    expect(await refusalOf(send({ stateMachineArn }))).toMatchObject({ name: 'StateMachineDeleting' });
  });

  describeArn(service, {
    member: 'stateMachineArn',
    type: 'stateMachine',
    send: (stateMachineArn) => send({ stateMachineArn }),
  });
});
