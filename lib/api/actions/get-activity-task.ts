import { arn, defineAction, required, text } from '../action';
import { ApiError } from '../errors';
import { findActivity } from '../lookup';

/** A long poll. No task in time: an empty answer, which SDKs read as "no task". */
export const getActivityTask = defineAction({
  shape: (limits) => ({ activityArn: required(arn(limits)), workerName: text(1, 80) }),

  async handle(runtime, { activityArn, workerName }, { client }) {
    const activity = await findActivity(runtime, activityArn);
    const { pollersPerActivity } = runtime.settings.limits;
    if (runtime.polling.pollersOf(activity) >= pollersPerActivity) {
      throw new ApiError('ActivityWorkerLimitExceeded', String(pollersPerActivity));
    }
    return (await runtime.polling.next(activity, workerName, client)) ?? {};
  },
});
