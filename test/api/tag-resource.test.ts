import { ListTagsForResourceCommand, type Tag, TagResourceCommand } from '@aws-sdk/client-sfn';
import { describeTaggedArn } from './describe-tagged-arn';
import { describeTags } from './describe-tags';
import { invalid, PASS, refusalOf, useService, violation } from './service';

describe('TagResource', () => {
  const service = useService();
  const send = (resourceArn: string | undefined, tags: Tag[] | undefined) =>
    service.client.send(new TagResourceCommand({ resourceArn, tags }));
  const tagsOf = async (resourceArn: string) =>
    (await service.client.send(new ListTagsForResourceCommand({ resourceArn }))).tags;

  test('answers nothing; tags are added to those that are there', async () => {
    const resourceArn = await service.createMachine(PASS, { tags: [{ key: 'a', value: '1' }] });
    const { $metadata, ...answer } = await send(resourceArn, [{ key: 'b', value: '2' }]);
    expect($metadata.httpStatusCode).toBe(200);
    expect(answer).toEqual({});
    expect(await tagsOf(resourceArn)).toEqual(
      expect.arrayContaining([
        { key: 'a', value: '1' },
        { key: 'b', value: '2' },
      ]),
    );
  });

  test('a key that is there gets the new value', async () => {
    const resourceArn = await service.createMachine(PASS, { tags: [{ key: 'a', value: '1' }] });
    await send(resourceArn, [{ key: 'a', value: '2' }]);
    expect(await tagsOf(resourceArn)).toEqual([{ key: 'a', value: '2' }]);
  });

  test('keys are told apart by case', async () => {
    const resourceArn = await service.createActivity();
    await send(resourceArn, [
      { key: 'a', value: '1' },
      { key: 'A', value: '2' },
    ]);
    expect(await tagsOf(resourceArn)).toHaveLength(2);
  });

  test('51 tags over several calls: TooManyTags, and the 50 stay', async () => {
    const resourceArn = await service.createActivity();
    const tags = Array.from({ length: 50 }, (_, index) => ({ key: `key-${index}`, value: '' }));
    await send(resourceArn, tags);
    expect(await refusalOf(send(resourceArn, [{ key: 'one-more', value: '' }]))).toMatchObject({ name: 'TooManyTags' });
    await send(resourceArn, [{ key: 'key-7', value: 'new' }]);
    expect(await tagsOf(resourceArn)).toHaveLength(50);
    expect(await tagsOf(resourceArn)).toContainEqual({ key: 'key-7', value: 'new' });
  });

  test('tags are required', async () => {
    expect(await refusalOf(send(await service.createActivity(), undefined))).toEqual(
      invalid(violation('tags', 'not be null', null)),
    );
  });

  describeTags(service, async (tags) => {
    const resourceArn = await service.createActivity();
    await send(resourceArn, tags as Tag[]);
    return resourceArn;
  });
  describeTaggedArn(service, (arn) => send(arn, [{ key: 'a', value: '1' }]));
});
