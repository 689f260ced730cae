import { arn, defineAction, includedData, required, seconds } from '../action';
import { findMachine } from '../lookup';

export const describeStateMachine = defineAction({
  shape: (limits) => ({ stateMachineArn: required(arn(limits)), includedData }),

  async handle(runtime, input) {
    const machine = await findMachine(runtime, input.stateMachineArn);
    const { registry } = runtime.ports;
    return {
      stateMachineArn: input.stateMachineArn,
      name: machine.name,
      status: machine.status,
      type: machine.type,
      roleArn: machine.roleArn,
      creationDate: seconds(machine.creationMs),
      definition:
        input.includedData === 'METADATA_ONLY'
          ? undefined
          : await registry.definition(machine.machineId, machine.revision),
      loggingConfiguration: machine.loggingConfiguration,
      tracingConfiguration: machine.tracingConfiguration,
      encryptionConfiguration: machine.encryptionConfiguration,
    };
  },
});
