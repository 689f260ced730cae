import { defineAction, required, sensitive, text } from '../action';
import { refuseToken } from '../task-token';

export const sendTaskFailure = defineAction({
  shape: (limits) => ({
    taskToken: required(sensitive(text(1, limits.taskToken))),
    error: sensitive(text(0, limits.error)),
    cause: sensitive(text(0, limits.cause)),
  }),

  async handle({ completion }, { taskToken, error, cause }) {
    refuseToken(await completion.failure(taskToken, error, cause));
    return {};
  },
});
