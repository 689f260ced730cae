import type { Tag } from '../ports/registry';
import type { Runtime } from '../runtime';
import type { Limits } from '../runtime/limits';
import { ApiError } from './errors';
import { activityNameOf, machineNameOf } from './names';

/** Tags of a request for the resource of an ARN, as they are stored. Of equal keys the last counts. Throws TooManyTags. */
export function checkTags(arn: string, tags: { key: string; value?: string }[] | undefined, limits: Limits): Tag[] {
  const byKey = new Map((tags ?? []).map(({ key, value = '' }) => [key, value]));
  const { tagsPerResource: most } = limits;
  if (byKey.size > most) throw new ApiError('TooManyTags', String(most), { resourceName: arn });
  return [...byKey].map(([key, value]) => ({ key, value }));
}

export interface TaggedResource {
  tags: Tag[];
  change(tags: Tag[]): Promise<void>;
}

/** The state machine or activity of an ARN. Throws InvalidArn, ResourceNotFound. */
export async function findTagged(runtime: Runtime, arn: string): Promise<TaggedResource> {
  const { registry } = runtime.ports;
  const { arns } = runtime.settings;
  if (arn.split(':')[5] === 'activity') {
    const name = activityNameOf(arns, arn);
    const activity = name === undefined ? undefined : await registry.activity(name);
    if (activity) {
      const { generation } = activity;
      return { tags: activity.tags, change: (tags) => registry.updateActivity(activity.name, generation, { tags }) };
    }
  } else {
    const name = machineNameOf(arns, arn);
    const machine = name === undefined ? undefined : await registry.machine(name);
    if (machine) {
      const { machineId } = machine;
      return { tags: machine.tags, change: (tags) => registry.updateMachine(machine.name, machineId, { tags }) };
    }
  }
  throw new ApiError('ResourceNotFound', arn, { resourceName: arn });
}
