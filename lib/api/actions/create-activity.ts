import { isDeepStrictEqual } from 'node:util';
import type { Activity } from '../../ports/registry';
import { defineAction, encryptionConfiguration, name, required, seconds, tags } from '../action';
import { encryptionOf, shownEncryption } from '../configuration';
import { ApiError } from '../errors';
import { checkName } from '../names';
import { checkTags } from '../tags';

/** Idempotent by name: a repeat answers the first one, its tags are ignored. */
export const createActivity = defineAction({
  shape: (limits) => ({ name: required(name(limits)), tags, encryptionConfiguration }),

  async handle({ ports, settings, activities }, input) {
    checkName(input.name);
    const { registry } = ports;
    const activity: Activity = {
      name: input.name,
      generation: ports.ids.ulid(),
      creationMs: ports.clock.nowMs(),
      tags: checkTags(settings.arns.activity(input.name), input.tags, settings.limits),
      encryptionConfiguration: encryptionOf(input.encryptionConfiguration),
    };
    const isNew = (await registry.activity(input.name)) === undefined;
    if (isNew && (await registry.countActivities()) >= settings.limits.activities) {
      throw new ApiError('ActivityLimitExceeded', String(settings.limits.activities));
    }
    const result = await registry.createActivity(activity);
    // One that was deleted elsewhere may be believed in here.
    if (result === 'created') activities.forget(settings.arns.activity(activity.name));
    const found = result === 'created' ? activity : result.existing;
    if (!isDeepStrictEqual(keyOf(activity), keyOf(found))) {
      throw new ApiError('ActivityAlreadyExists', settings.arns.activity(found.name));
    }
    await ports.activityQueues.create(found.generation);
    return { activityArn: settings.arns.activity(found.name), creationDate: seconds(found.creationMs) };
  },
});

const keyOf = ({ encryptionConfiguration }: Activity): unknown => shownEncryption(encryptionConfiguration);
