import { arn, defineAction, includedData, required, seconds } from '../action';
import { shownEncryption } from '../configuration';
import { ApiError } from '../errors';
import { findExecution } from '../lookup';

/** The state machine as it was when the execution was started. */
export const describeStateMachineForExecution = defineAction({
  shape: (limits) => ({ executionArn: required(arn(limits)), includedData }),

  async handle(runtime, { executionArn, includedData }) {
    const { ports, settings } = runtime;
    const head = await findExecution(runtime, executionArn);
    const [machine, revision] = await Promise.all([
      ports.registry.machine(head.machineName),
      ports.registry.revision(head.machineId, head.revision),
    ]);
    if (machine?.machineId !== head.machineId || !revision) throw new ApiError('ExecutionDoesNotExist', executionArn);
    const { revisionId, updateMs, ...then } = revision.settings ?? machine;
    return {
      stateMachineArn: settings.arns.machine(head.machineName),
      name: head.machineName,
      definition: includedData === 'METADATA_ONLY' ? undefined : revision.definition,
      roleArn: head.roleArn,
      updateDate: seconds(updateMs ?? machine.creationMs),
      revisionId,
      loggingConfiguration: then.loggingConfiguration,
      tracingConfiguration: then.tracingConfiguration,
      encryptionConfiguration: shownEncryption(then.encryptionConfiguration),
    };
  },
});
