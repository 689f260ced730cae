import { changePublications } from '../../runtime/publications';
import { arn, defineAction, required } from '../action';
import { aliasIn, findMachineOfAlias } from '../published';

/** Executions that were started by it go on. */
export const deleteStateMachineAlias = defineAction({
  shape: (limits) => ({ stateMachineAliasArn: required(arn(limits)) }),

  async handle(runtime, { stateMachineAliasArn }) {
    const { machine, name } = await findMachineOfAlias(runtime, stateMachineAliasArn);
    return changePublications(runtime.ports, machine, (published) => {
      const alias = aliasIn(published, name, stateMachineAliasArn);
      return { after: { aliases: published.aliases.filter((one) => one !== alias) }, result: {} };
    });
  },
});
