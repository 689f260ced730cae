import type { Caller } from './caller';
import { ApiRefusal } from './refusal';
import { addTags, missingTags, type Tags, tagList } from './tags';

export interface WantedActivity {
  name: string;
  arn: string;
  tags: Tags;
}

export type ActivityChange = { action: 'create' } | { action: 'update'; differences: string[] } | { action: 'none' };

/** Looks at what is there. Changes nothing. */
export async function compareActivity(api: Caller, { arn, tags }: WantedActivity): Promise<ActivityChange> {
  try {
    await api.call('DescribeActivity', { activityArn: arn });
  } catch (error) {
    if (error instanceof ApiRefusal && error.code === 'ActivityDoesNotExist') return { action: 'create' };
    throw error;
  }
  const missing = await missingTags(api, arn, tags);
  return missing.length > 0 ? { action: 'update', differences: ['tags'] } : { action: 'none' };
}

/** Does what `compareActivity` said. */
export async function changeActivity(api: Caller, wanted: WantedActivity, change: ActivityChange): Promise<void> {
  const { name, arn, tags } = wanted;
  if (change.action === 'create') await api.call('CreateActivity', { name, tags: tagList(tags) });
  else if (change.action === 'update') await addTags(api, arn, tags);
}
