import { DeleteActivityCommand, DescribeActivityCommand, ListActivitiesCommand } from '@aws-sdk/client-sfn';
import { describePages } from './describe-pages';
import { uniqueName, useService } from './service';

describe('ListActivities', () => {
  const service = useService();
  const send = (page: { maxResults?: number; nextToken?: string } = {}) =>
    service.client.send(new ListActivitiesCommand(page));
  const all = async () => (await send({ maxResults: 1_000 })).activities!;

  test('each with its ARN, name and date, as they are described', async () => {
    const activityArn = await service.createActivity();
    const described = await service.client.send(new DescribeActivityCommand({ activityArn }));
    const { name, creationDate } = described;
    expect(await all()).toContainEqual({ activityArn, name, creationDate });
  });

  test('by name, in byte order', async () => {
    const prefix = uniqueName('order');
    const rests = ['Z', 'a', '_', '-', '10', '2', 'ä', 'z', '\uff21'];
    for (const rest of rests) await service.createActivity(`${prefix}${rest}`);
    const names = (await all()).map(({ name }) => name!).filter((name) => name.startsWith(prefix));
    expect(names).toEqual(['-', '10', '2', 'Z', '_', 'a', 'z', 'ä', '\uff21'].map((rest) => prefix + rest));
  });

  test('without what was deleted', async () => {
    const activityArn = await service.createActivity();
    await service.client.send(new DeleteActivityCommand({ activityArn }));
    expect((await all()).map((activity) => activity.activityArn)).not.toContain(activityArn);
  });

  describePages(async () => {
    await service.createActivity();
    return async (page) => {
      const { activities, nextToken } = await send(page);
      return { count: activities!.length, nextToken };
    };
  });
});
