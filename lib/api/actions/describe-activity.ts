import { arn, defineAction, required, seconds } from '../action';
import { shownEncryption } from '../configuration';
import { findActivity } from '../lookup';

export const describeActivity = defineAction({
  shape: (limits) => ({ activityArn: required(arn(limits)) }),

  async handle(runtime, { activityArn }) {
    const { name, creationMs, encryptionConfiguration } = await findActivity(runtime, activityArn);
    return {
      activityArn,
      name,
      creationDate: seconds(creationMs),
      encryptionConfiguration: shownEncryption(encryptionConfiguration),
    };
  },
});
