import { ListTagsForResourceCommand, type Tag } from '@aws-sdk/client-sfn';
import { invalid, refusal, refusalOf, type TestService, violation } from './service';

const numbered = (count: number): Tag[] =>
  Array.from({ length: count }, (_, index) => ({ key: `key-${index}`, value: `value-${index}` }));

/** What every action that sets tags says to them. `send` answers the ARN of what has the tags then. */
export function describeTags(service: TestService, send: (tags: Partial<Tag>[] | undefined) => Promise<string>): void {
  const tagsOf = async (resourceArn: string): Promise<Tag[]> => {
    const { tags } = await service.client.send(new ListTagsForResourceCommand({ resourceArn }));
    return tags!.sort((a, b) => (a.key! < b.key! ? -1 : 1));
  };

  describe('tags', () => {
    test('are kept', async () => {
      const tags = [
        { key: 'aws-free', value: '' },
        { key: 'k'.repeat(128), value: 'v'.repeat(256) },
        { key: 'ü: /=+-@_.', value: 'ß \u{1f4a1}' },
      ];
      expect(await tagsOf(await send(tags))).toEqual(tags);
    });

    test('may be none', async () => {
      expect(await tagsOf(await send([]))).toEqual([]);
    });

    test('may be 50', async () => {
      expect(await tagsOf(await send(numbered(50)))).toHaveLength(50);
    });

    test('may not be 51: TooManyTags, which names the resource', async () => {
      expect(await refusalOf(send(numbered(51)))).toEqual(
        refusal('TooManyTags', expect.stringContaining('50') as unknown as string),
      );
      await expect(send(numbered(51))).rejects.toMatchObject({ resourceName: expect.stringMatching(/^arn:/) });
    });

    test('a tag without a value has an empty one', async () => {
      expect(await tagsOf(await send([{ key: 'k' }]))).toEqual([{ key: 'k', value: '' }]);
    });

    test.each([
      ['a tag has a key', [{ value: 'v' }], violation('tags.1.member.key', 'not be null', null)],
      [
        'a key is not empty',
        [{ key: '', value: 'v' }],
        violation('tags.1.member.key', 'have length greater than or equal to 1', ''),
      ],
      [
        'a key has at most 128 characters',
        [{ key: 'k'.repeat(129), value: 'v' }],
        violation('tags.1.member.key', 'have length less than or equal to 128', 'k'.repeat(129)),
      ],
      [
        'a value has at most 256 characters',
        [
          { key: 'a', value: 'v' },
          { key: 'b', value: 'v'.repeat(257) },
        ],
        violation('tags.2.member.value', 'have length less than or equal to 256', 'v'.repeat(257)),
      ],
    ])('%s', async (_, tags, found) => {
      expect(await refusalOf(send(tags))).toEqual(invalid(found));
    });
  });
}
