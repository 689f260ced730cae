import type { MachineSettings, Revision } from '../../ports/registry';
import { variableReferences } from '../../runtime/variable-references';
import { arn, defineAction, includedData, NO_DEFINITION, required, seconds } from '../action';
import { shownEncryption } from '../configuration';
import { ApiError } from '../errors';
import { type FoundMachine, findQualified } from '../lookup';

/** A state machine as it is, or a version of it. */
export const describeStateMachine = defineAction({
  shape: (limits) => ({ stateMachineArn: required(arn(limits)), includedData }),

  async handle(runtime, { stateMachineArn, includedData }) {
    const found = await findQualified(runtime, stateMachineArn);
    // AWS names versions here, and no aliases.
    if (found.alias) throw new ApiError('StateMachineDoesNotExist', stateMachineArn);
    const { machine, version } = found;
    const isWhole = includedData !== 'METADATA_ONLY';
    const { machineId, revision } = version ? { ...machine, ...version } : machine;
    const isCurrent = revision === machine.revision;
    const stored = isWhole || !isCurrent ? await runtime.ports.registry.revision(machineId, revision) : undefined;
    const settings = settingsOf(found, stored);
    const definition = isWhole ? stored?.definition : undefined;
    return {
      stateMachineArn,
      name: machine.name,
      status: machine.status,
      type: machine.type,
      description: version?.description,
      roleArn: settings.roleArn,
      creationDate: seconds((version ?? machine).creationMs),
      revisionId: settings.revisionId,
      definition: isWhole ? definition : NO_DEFINITION,
      loggingConfiguration: settings.loggingConfiguration,
      tracingConfiguration: settings.tracingConfiguration,
      encryptionConfiguration: shownEncryption(settings.encryptionConfiguration),
      variableReferences:
        definition === undefined
          ? undefined
          : await variableReferences(runtime, { machineName: machine.name, machineId, revision }, definition),
    };
  },
});

const settingsOf = ({ machine, version }: FoundMachine, stored: Revision | undefined): MachineSettings =>
  version && version.revision !== machine.revision ? (stored?.settings ?? machine) : machine;
