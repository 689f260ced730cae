import { CreateActivityCommand, DescribeActivityCommand } from '@aws-sdk/client-sfn';
import { describeArn } from './describe-arn';
import { refusal, refusalOf, uniqueName, useService } from './service';

describe('DescribeActivity', () => {
  const service = useService();
  const send = (activityArn: string | undefined) => service.client.send(new DescribeActivityCommand({ activityArn }));

  test('answers what was created', async () => {
    const name = uniqueName('ä-activity');
    const created = await service.client.send(new CreateActivityCommand({ name }));
    const { $metadata: _, ...answer } = await send(created.activityArn);
    expect(answer).toEqual({
      activityArn: created.activityArn,
      name,
      creationDate: created.creationDate,
      encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
    });
  });

  test.each([
    ['one that never was', () => service.arn('activity', uniqueName('none'))],
    ['one of another region', () => 'arn:aws:states:mars-north-1:123456789012:activity:x'],
    ['a name that no activity can have', () => service.arn('activity', 'orders:1')],
  ])('%s: ActivityDoesNotExist', async (_, arn) => {
    const activityArn = arn();
    expect(await refusalOf(send(activityArn))).toEqual(
      refusal('ActivityDoesNotExist', `Activity Does Not Exist: '${activityArn}'`),
    );
  });

  test('an activity of another account is not taken for ours of the same name', async () => {
    const activityArn = await service.createActivity();
    const foreign = activityArn.replace(service.account, '999999999999');
    expect(await refusalOf(send(foreign))).toMatchObject({ name: 'ActivityDoesNotExist' });
  });

  describeArn(service, { member: 'activityArn', type: 'activity', send });
});
