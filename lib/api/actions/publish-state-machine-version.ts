import { arn, defineAction, description, required, seconds, text } from '../action';
import { ApiError } from '../errors';
import { findMachine } from '../lookup';
import { publish } from '../published';

/** Idempotent for each revision. */
export const publishStateMachineVersion = defineAction({
  shape: (limits) => ({ stateMachineArn: required(arn(limits)), revisionId: text(0, 256), description }),

  async handle(runtime, { stateMachineArn, revisionId, description }) {
    const machine = await findMachine(runtime, stateMachineArn);
    if (machine.status === 'DELETING') throw new ApiError('StateMachineDeleting', stateMachineArn);
    const { version, creationMs } = await publish(runtime, machine, { revisionId, description });
    return {
      stateMachineVersionArn: runtime.settings.arns.qualified(machine.name, version),
      creationDate: seconds(creationMs),
    };
  },
});
