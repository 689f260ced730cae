import { arn, defineAction, required } from '../action';
import { findTagged } from '../tags';

export const listTagsForResource = defineAction({
  shape: (limits) => ({ resourceArn: required(arn(limits)) }),

  async handle(runtime, { resourceArn }) {
    return { tags: (await findTagged(runtime, resourceArn)).tags };
  },
});
