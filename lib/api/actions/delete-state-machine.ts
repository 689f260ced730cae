import { arn, defineAction, required } from '../action';
import { findMachineIfAny } from '../lookup';

/** Idempotent and asynchronous: running executions are ended at their next turn, then the machine goes. */
export const deleteStateMachine = defineAction({
  shape: (limits) => ({ stateMachineArn: required(arn(limits)) }),

  async handle(runtime, { stateMachineArn }) {
    const machine = await findMachineIfAny(runtime, stateMachineArn);
    if (machine?.status === 'ACTIVE') await runtime.deletion.begin(machine.name, machine.machineId);
    return {};
  },
});
