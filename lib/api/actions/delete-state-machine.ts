import { arn, defineAction, required } from '../action';
import { ApiError } from '../errors';
import { findMachineIfAny } from '../lookup';
import { machineResourceOf } from '../names';

/** Idempotent and asynchronous: running executions are ended at their next turn, then the machine goes, with versions and aliases. */
export const deleteStateMachine = defineAction({
  shape: (limits) => ({ stateMachineArn: required(arn(limits)) }),

  async handle(runtime, { stateMachineArn }) {
    if (machineResourceOf(runtime.settings.arns, stateMachineArn)?.qualifier !== undefined) {
      const text = `Must specify a state machine ARN without version or alias. Received: ${stateMachineArn}`;
      throw new ApiError('ValidationException', text);
    }
    const machine = await findMachineIfAny(runtime, stateMachineArn);
    if (machine?.status === 'ACTIVE') await runtime.deletion.begin(machine.name, machine.machineId);
    return {};
  },
});
