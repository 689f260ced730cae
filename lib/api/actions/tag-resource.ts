import { arn, defineAction, required, tags } from '../action';
import { checkTags, findTagged } from '../tags';

/** Tags that are there already are overwritten. */
export const tagResource = defineAction({
  shape: (limits) => ({ resourceArn: required(arn(limits)), tags: required(tags) }),

  async handle(runtime, input) {
    const resource = await findTagged(runtime, input.resourceArn);
    await resource.change(checkTags(input.resourceArn, [...resource.tags, ...input.tags], runtime.settings.limits));
    return {};
  },
});
