import { ListTagsForResourceCommand, UntagResourceCommand } from '@aws-sdk/client-sfn';
import { describeTaggedArn } from './describe-tagged-arn';
import { invalid, PASS, refusalOf, useService, violation } from './service';

describe('UntagResource', () => {
  const service = useService();
  const send = (resourceArn: string | undefined, tagKeys: string[] | undefined) =>
    service.client.send(new UntagResourceCommand({ resourceArn, tagKeys }));
  const tagsOf = async (resourceArn: string) =>
    (await service.client.send(new ListTagsForResourceCommand({ resourceArn }))).tags;
  const TAGS = ['a', 'b', 'A'].map((key) => ({ key, value: '1' }));

  test('answers nothing; those tags are gone, and no others', async () => {
    const resourceArn = await service.createMachine(PASS, { tags: TAGS });
    const { $metadata, ...answer } = await send(resourceArn, ['a']);
    expect($metadata.httpStatusCode).toBe(200);
    expect(answer).toEqual({});
    expect(await tagsOf(resourceArn)).toEqual([TAGS[1], TAGS[2]]);
  });

  test('keys that are not there are ignored', async () => {
    const resourceArn = await service.createMachine(PASS, { tags: TAGS });
    await send(resourceArn, ['none', 'b', 'none']);
    await send(resourceArn, []);
    expect(await tagsOf(resourceArn)).toEqual([TAGS[0], TAGS[2]]);
  });

  test('tagKeys are required', async () => {
    expect(await refusalOf(send(await service.createActivity(), undefined))).toEqual(
      invalid(violation('tagKeys', 'not be null', null)),
    );
  });

  test('a key has 1 to 128 characters', async () => {
    const resourceArn = await service.createActivity();
    await send(resourceArn, ['k'.repeat(128)]);
    expect(await refusalOf(send(resourceArn, ['a', '']))).toEqual(
      invalid(violation('tagKeys.2.member', 'have length greater than or equal to 1', '')),
    );
    expect(await refusalOf(send(resourceArn, ['k'.repeat(129)]))).toEqual(
      invalid(violation('tagKeys.1.member', 'have length less than or equal to 128', 'k'.repeat(129))),
    );
  });

  describeTaggedArn(service, (arn) => send(arn, ['a']));
});
