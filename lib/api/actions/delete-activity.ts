import { arn, defineAction, required } from '../action';
import { activityNameOf } from '../names';

/** Idempotent. Tasks that were handed out keep their tokens; the name is free at once. */
export const deleteActivity = defineAction({
  shape: (limits) => ({ activityArn: required(arn(limits)) }),

  async handle({ ports, settings, activities }, { activityArn }) {
    const name = activityNameOf(settings.arns, activityArn);
    // The record first: whoever finds the queue gone reads the record again.
    const removed = name === undefined ? undefined : await ports.registry.removeActivity(name);
    activities.forget(activityArn);
    if (removed) await ports.activityQueues.delete(removed.generation);
    return {};
  },
});
