import type { Caller } from './caller';

export type Tags = Record<string, string>;

interface Tag {
  key: string;
  value: string;
}

export const tagList = (tags: Tags): Tag[] => Object.entries(tags).map(([key, value]) => ({ key, value }));

/** The tags that a resource lacks, or has with another value. */
export async function missingTags(api: Caller, resourceArn: string, wanted: Tags): Promise<Tag[]> {
  if (Object.keys(wanted).length === 0) return [];
  const { tags } = await api.call<{ tags: Tag[] }>('ListTagsForResource', { resourceArn });
  const there = new Map(tags.map(({ key, value }) => [key, value]));
  return tagList(wanted).filter(({ key, value }) => there.get(key) !== value);
}

/** Adds tags, or gives them another value. Removes none. */
export async function addTags(api: Caller, resourceArn: string, wanted: Tags): Promise<void> {
  const tags = await missingTags(api, resourceArn, wanted);
  if (tags.length > 0) await api.call('TagResource', { resourceArn, tags });
}
