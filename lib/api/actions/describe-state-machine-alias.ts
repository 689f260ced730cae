import { readPublications } from '../../runtime/publications';
import { arn, defineAction, required, seconds } from '../action';
import { aliasIn, findMachineOfAlias } from '../published';
import { shownRouting } from '../routing';

export const describeStateMachineAlias = defineAction({
  shape: (limits) => ({ stateMachineAliasArn: required(arn(limits)) }),

  async handle(runtime, { stateMachineAliasArn }) {
    const { machine, name } = await findMachineOfAlias(runtime, stateMachineAliasArn);
    const alias = aliasIn(await readPublications(runtime.ports, machine), name, stateMachineAliasArn);
    return {
      stateMachineAliasArn,
      name,
      description: alias.description,
      routingConfiguration: shownRouting(runtime, machine, alias.routing),
      creationDate: seconds(alias.creationMs),
      updateDate: seconds(alias.updateMs),
    };
  },
});
