import { labelIn } from '../../runtime/child-names';
import { variableReferences } from '../../runtime/variable-references';
import { arn, defineAction, includedData, NO_DEFINITION, required, seconds } from '../action';
import { shownEncryption } from '../configuration';
import { ApiError } from '../errors';
import { findExecution } from '../lookup';

/** The state machine as it was when the execution was started. */
export const describeStateMachineForExecution = defineAction({
  shape: (limits) => ({ executionArn: required(arn(limits)), includedData }),

  async handle(runtime, { executionArn, includedData }) {
    const { ports, settings } = runtime;
    const { head, machine } = await findExecution(runtime, executionArn);
    const { machineId } = machine;
    const revision = await ports.registry.revision(machineId, head.revision);
    if (!revision) throw new ApiError('ExecutionDoesNotExist', executionArn);
    const { revisionId, updateMs, ...then } = revision.settings ?? machine;
    const mapRun = head.startedBy?.mapRun;
    const isWhole = includedData !== 'METADATA_ONLY';
    return {
      stateMachineArn: settings.arns.machine(head.machineName),
      mapRunArn: mapRun && settings.arns.mapRun(machine.name, mapRun),
      label: labelIn(head.machineName),
      name: head.machineName,
      definition: isWhole ? revision.definition : NO_DEFINITION,
      roleArn: head.roleArn,
      updateDate: seconds(updateMs ?? machine.creationMs),
      revisionId,
      loggingConfiguration: then.loggingConfiguration,
      tracingConfiguration: then.tracingConfiguration,
      encryptionConfiguration: shownEncryption(then.encryptionConfiguration),
      variableReferences: isWhole ? await variableReferences(runtime, head, revision.definition) : undefined,
    };
  },
});
