import { ListTagsForResourceCommand, TagResourceCommand } from '@aws-sdk/client-sfn';
import { describeTaggedArn } from './describe-tagged-arn';
import { PASS, useService } from './service';

describe('ListTagsForResource', () => {
  const service = useService();
  const send = (resourceArn: string | undefined) =>
    service.client.send(new ListTagsForResourceCommand({ resourceArn }));

  test('a state machine without tags has an empty list', async () => {
    expect((await send(await service.createMachine())).tags).toEqual([]);
  });

  test('the tags of a state machine', async () => {
    const tags = [{ key: 'team', value: 'orders' }];
    expect((await send(await service.createMachine(PASS, { tags }))).tags).toEqual(tags);
  });

  test('the tags of an activity', async () => {
    const resourceArn = await service.createActivity();
    const tags = [{ key: 'team', value: 'orders' }];
    await service.client.send(new TagResourceCommand({ resourceArn, tags }));
    expect((await send(resourceArn)).tags).toEqual(tags);
  });

  describeTaggedArn(service, send);
});
