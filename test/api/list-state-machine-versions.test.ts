import { ListStateMachineVersionsCommand } from '@aws-sdk/client-sfn';
import { describeArn } from './describe-arn';
import { describePages } from './describe-pages';
import { uniqueName, useService } from './service';
import { createVersions } from './versions';

describe('ListStateMachineVersions', () => {
  const service = useService();
  const send = (stateMachineArn: string | undefined, page: object = {}) =>
    service.client.send(new ListStateMachineVersionsCommand({ stateMachineArn, ...page }));

  test('newest first, with their dates', async () => {
    const { machineArn, versionArns } = await createVersions(service, 12);
    const { stateMachineVersions } = await send(machineArn);
    expect(stateMachineVersions).toEqual(
      [...versionArns].reverse().map((stateMachineVersionArn) => ({
        stateMachineVersionArn,
        creationDate: expect.any(Date),
      })),
    );
  });

  test('none before one is published, and none of what is not there', async () => {
    expect((await send(await service.createMachine())).stateMachineVersions).toEqual([]);
    expect((await send(service.arn('stateMachine', uniqueName('none')))).stateMachineVersions).toEqual([]);
  });

  describeArn(service, { member: 'stateMachineArn', type: 'stateMachine', send });
  describePages(async () => {
    const { machineArn } = await createVersions(service, 2);
    return async (page) => {
      const { stateMachineVersions, nextToken } = await send(machineArn, page);
      return { count: stateMachineVersions!.length, nextToken };
    };
  });
});
