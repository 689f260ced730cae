import { IS_CHILD, IS_DELETING, redriveExecution as redrive } from '../../runtime/redrive';
import { arn, defineAction, required, seconds, text } from '../action';
import { ApiError } from '../errors';
import { findExecution } from '../lookup';
import { isFull, tooManyOpen } from '../open-executions';
import { Pattern } from '../shape';

const CLIENT_TOKEN = { ...text(1, 64), pattern: new Pattern('[!-~]+') };

/** Idempotent for the tokens of the last ten redrives, for a quarter of an hour each (API page). */
export const redriveExecution = defineAction({
  shape: (limits) => ({ executionArn: required(arn(limits)), clientToken: CLIENT_TOKEN }),

  async handle(runtime, { executionArn, clientToken }) {
    const { ports, runs, settings } = runtime;
    const { head, machine } = await findExecution(runtime, executionArn);
    const refuse = (reason: string) => {
      throw new ApiError('ExecutionNotRedrivable', `${executionArn} invalid for redrive as: ${reason}`);
    };
    if (machine.status === 'DELETING') refuse(IS_DELETING);
    if (head.startedBy?.mapRun !== undefined) refuse(IS_CHILD);
    // Limits come last (api.md section 1.2).
    const checkRoom = async () => {
      if (await isFull(runtime)) throw tooManyOpen(runtime);
    };
    const result = await redrive(ports, runs, settings.limits, { run: head, clientToken, checkRoom });
    if (!result) throw new ApiError('ExecutionDoesNotExist', executionArn);
    if ('refused' in result) return refuse(result.refused);
    return { redriveDate: seconds(result.redriveMs) };
  },
});
