import { changePublications } from '../../runtime/publications';
import { arn, defineAction, required } from '../action';
import { findMachineOfAlias } from '../published';

/** Idempotent (observed on AWS). Executions that were started by it go on. */
export const deleteStateMachineAlias = defineAction({
  shape: (limits) => ({ stateMachineAliasArn: required(arn(limits)) }),

  async handle(runtime, { stateMachineAliasArn }) {
    const { machine, name } = await findMachineOfAlias(runtime, stateMachineAliasArn);
    return changePublications(runtime.ports, machine, ({ aliases }) => {
      const left = aliases.filter((one) => one.name !== name);
      return left.length < aliases.length ? { after: { aliases: left }, result: {} } : { result: {} };
    });
  },
});
