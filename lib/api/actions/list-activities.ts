import { defineAction, page, seconds } from '../action';
import { pagePosition, pageSize, pageToken } from '../page-token';

/** By name. */
export const listActivities = defineAction({
  shape: () => page,

  async handle(runtime, { maxResults, nextToken }) {
    const { arns } = runtime.settings;
    const after = pagePosition<string>(runtime, 'ListActivities', [], nextToken) ?? '';
    const size = pageSize(maxResults);
    const found = await runtime.ports.registry.activities(after, size + 1);
    const shown = found.slice(0, size);
    return {
      activities: shown.map(({ name, creationMs }) => ({
        activityArn: arns.activity(name),
        name,
        creationDate: seconds(creationMs),
      })),
      nextToken: found.length > size ? pageToken(runtime, 'ListActivities', [], shown.at(-1)!.name) : undefined,
    };
  },
});
