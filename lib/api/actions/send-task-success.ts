import { JsonSyntaxError, stringifyJson } from '../../asl/json';
import { readPatiently } from '../../runtime/patiently';
import { defineAction, payload, required, sensitive, text } from '../action';
import { ApiError } from '../errors';
import { refuseToken } from '../task-token';

/** The first answer wins. The token is looked at before the output. */
export const sendTaskSuccess = defineAction({
  shape: (limits) => ({
    taskToken: required(sensitive(text(1, limits.taskToken))),
    output: required(payload(limits)),
  }),

  async handle({ completion, ports }, { taskToken, output }) {
    let compacted: string;
    try {
      const { value, compact } = await readPatiently(ports.clock, output);
      compacted = compact ? output : stringifyJson(value);
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      refuseToken((await completion.problemOf(taskToken)) ?? 'done');
      throw new ApiError('InvalidOutput', error.message);
    }
    refuseToken(await completion.success(taskToken, compacted));
    return {};
  },
});
