import { defineAction, required, sensitive, text } from '../action';
import { refuseToken } from '../task-token';

export const sendTaskHeartbeat = defineAction({
  shape: (limits) => ({ taskToken: required(sensitive(text(1, limits.taskToken))) }),

  async handle({ completion }, { taskToken }) {
    refuseToken(await completion.heartbeat(taskToken));
    return {};
  },
});
