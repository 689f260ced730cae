import { stopExecution as stop } from '../../runtime/stop';
import { arn, defineAction, required, seconds, sensitive, text } from '../action';
import { ApiError } from '../errors';
import { findExecution } from '../lookup';

/** Stopping a closed execution answers when it stopped, and changes nothing. */
export const stopExecution = defineAction({
  shape: (limits) => ({
    executionArn: required(arn(limits)),
    error: sensitive(text(0, limits.error)),
    cause: sensitive(text(0, limits.cause)),
  }),

  async handle(runtime, { executionArn, error, cause }) {
    const { head } = await findExecution(runtime, executionArn);
    const stopMs = await stop(runtime.runs, runtime.discharge, head, { error, cause });
    if (stopMs === undefined) throw new ApiError('ExecutionDoesNotExist', executionArn);
    return { stopDate: seconds(stopMs) };
  },
});
