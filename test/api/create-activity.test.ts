import {
  CreateActivityCommand,
  type CreateActivityCommandInput,
  DeleteActivityCommand,
  DescribeActivityCommand,
  ListActivitiesCommand,
  ListTagsForResourceCommand,
  type Tag,
} from '@aws-sdk/client-sfn';
import { describeName } from './describe-name';
import { describeTags } from './describe-tags';
import { invalid, refusalOf, uniqueName, useService, violation } from './service';

describe('CreateActivity', () => {
  const service = useService();
  const create = (input: Partial<CreateActivityCommandInput>) =>
    service.client.send(new CreateActivityCommand(input as CreateActivityCommandInput));

  test('answers the ARN and when it was created', async () => {
    const name = uniqueName('activity');
    const beforeMs = Date.now();
    const { activityArn, creationDate, $metadata } = await create({ name });
    expect($metadata.httpStatusCode).toBe(200);
    expect(activityArn).toBe(service.arn('activity', name));
    expect(creationDate!.getTime()).toBeGreaterThanOrEqual(beforeMs - 1_000);
    expect(creationDate!.getTime()).toBeLessThanOrEqual(Date.now() + 1_000);
  });

  test('a repeat answers the same ARN and date', async () => {
    const name = uniqueName('activity');
    const { $metadata: _, ...first } = await create({ name });
    const { $metadata: __, ...second } = await create({ name });
    expect(second).toEqual(first);
  });

  test('of many at once one creates, and all get the same answer', async () => {
    const name = uniqueName('activity');
    const answers = await Promise.all(Array.from({ length: 10 }, () => create({ name })));
    expect(new Set(answers.map(({ creationDate }) => creationDate!.getTime())).size).toBe(1);
  });

  test('the tags of a repeat are ignored', async () => {
    const name = uniqueName('activity');
    const { activityArn } = await create({ name, tags: [{ key: 'first', value: '1' }] });
    await create({ name, tags: [{ key: 'second', value: '2' }] });
    const { tags } = await service.client.send(new ListTagsForResourceCommand({ resourceArn: activityArn }));
    expect(tags).toEqual([{ key: 'first', value: '1' }]);
  });

  test('after DeleteActivity the name is free at once', async () => {
    const name = uniqueName('activity');
    const { activityArn } = await create({ name, tags: [{ key: 'old', value: '1' }] });
    await service.client.send(new DeleteActivityCommand({ activityArn }));
    expect((await create({ name })).activityArn).toBe(activityArn);
    const { tags } = await service.client.send(new ListTagsForResourceCommand({ resourceArn: activityArn }));
    expect(tags).toEqual([]);
  });

  test('names are told apart by case', async () => {
    const name = uniqueName('Activity');
    const arns = [await create({ name }), await create({ name: name.toUpperCase() })].map(
      ({ activityArn }) => activityArn,
    );
    expect(new Set(arns).size).toBe(2);
  });

  test('what was created is listed and described', async () => {
    const name = uniqueName('activity');
    const { activityArn, creationDate } = await create({ name });
    const { activities } = await service.client.send(new ListActivitiesCommand({ maxResults: 1_000 }));
    expect(activities).toContainEqual({ activityArn, name, creationDate });
    const described = await service.client.send(new DescribeActivityCommand({ activityArn }));
    expect(described).toMatchObject({ activityArn, name, creationDate });
  });

  describeName((name) => create({ name }), true);
  describeTags(service, async (tags) => {
    const { activityArn } = await create({ name: uniqueName('activity'), tags: tags as Tag[] });
    return activityArn!;
  });

  describe('encryptionConfiguration', () => {
    const createWith = (configuration: object) =>
      create({ name: uniqueName('activity'), encryptionConfiguration: configuration as never });

    test('is kept and described', async () => {
      const { activityArn } = await createWith({ type: 'AWS_OWNED_KEY' });
      const described = await service.client.send(new DescribeActivityCommand({ activityArn }));
      expect(described.encryptionConfiguration).toEqual({ type: 'AWS_OWNED_KEY' });
    });

    test.each([
      [{}, violation('encryptionConfiguration.type', 'not be null', null)],
      [
        { type: 'NONE' },
        violation(
          'encryptionConfiguration.type',
          'satisfy enum value set: [AWS_OWNED_KEY, CUSTOMER_MANAGED_KMS_KEY]',
          'NONE',
        ),
      ],
      [
        { type: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId: 'k', kmsDataKeyReusePeriodSeconds: 59 },
        violation('encryptionConfiguration.kmsDataKeyReusePeriodSeconds', 'have value greater than or equal to 60', 59),
      ],
      [
        { type: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId: 'k', kmsDataKeyReusePeriodSeconds: 901 },
        violation('encryptionConfiguration.kmsDataKeyReusePeriodSeconds', 'have value less than or equal to 900', 901),
      ],
    ])('%j: ValidationException', async (configuration, found) => {
      expect(await refusalOf(createWith(configuration))).toEqual(invalid(found));
    });
  });

  test('all violations are told, in the order of the members', async () => {
    expect(await refusalOf(create({ name: '', tags: [{ key: '', value: 'x'.repeat(257) }] }))).toEqual(
      invalid(
        violation('name', 'have length greater than or equal to 1', ''),
        violation('tags.1.member.key', 'have length greater than or equal to 1', ''),
        violation('tags.1.member.value', 'have length less than or equal to 256', 'x'.repeat(257)),
      ),
    );
  });
});
