import { arn, defineAction, required, text } from '../action';
import { findTagged } from '../tags';

/** Keys that are not there are ignored. */
export const untagResource = defineAction({
  shape: (limits) => ({
    resourceArn: required(arn(limits)),
    tagKeys: required({ type: 'list', of: text(1, 128) }),
  }),

  async handle(runtime, { resourceArn, tagKeys }) {
    const resource = await findTagged(runtime, resourceArn);
    await resource.change(resource.tags.filter(({ key }) => !tagKeys.includes(key)));
    return {};
  },
});
