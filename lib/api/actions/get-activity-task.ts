import { arn, defineAction, required, text } from '../action';
import { ApiError } from '../errors';
import { activityNameOf } from '../names';

/** A long poll. No task in time: an empty answer, which SDKs read as "no task". */
export const getActivityTask = defineAction({
  shape: (limits) => ({ activityArn: required(arn(limits)), workerName: text(1, 80) }),

  async handle({ polling, settings }, { activityArn, workerName }, { client }) {
    // Refuses what is no ARN of an activity.
    activityNameOf(settings.arns, activityArn);
    const task = await polling.next(activityArn, workerName, client);
    if (task === 'no-activity') throw new ApiError('ActivityDoesNotExist', activityArn);
    if (task === 'too-many-pollers') {
      throw new ApiError('ActivityWorkerLimitExceeded', String(settings.limits.pollersPerActivity));
    }
    return task ?? {};
  },
});
