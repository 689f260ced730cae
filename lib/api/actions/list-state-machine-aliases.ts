import { readPublications } from '../../runtime/publications';
import { arn, defineAction, page, required, seconds } from '../action';
import { ApiError } from '../errors';
import { findQualified } from '../lookup';
import { pagePosition, pageSize, pageToken } from '../page-token';

/** By name; of a version: those that lead to it. */
export const listStateMachineAliases = defineAction({
  shape: (limits) => ({ stateMachineArn: required(arn(limits)), ...page }),

  async handle(runtime, { stateMachineArn, maxResults, nextToken }) {
    const { ports, settings } = runtime;
    const { machine, version, alias, published } = await findQualified(runtime, stateMachineArn);
    if (alias) throw new ApiError('StateMachineDoesNotExist', stateMachineArn);
    if (machine.status === 'DELETING') throw new ApiError('StateMachineDeleting', stateMachineArn);
    const bound = [machine.machineId, version?.version];
    const after = pagePosition<string>(runtime, 'ListStateMachineAliases', bound, nextToken) ?? '';
    const { aliases } = published ?? (await readPublications(ports, machine));
    const left = aliases.filter(
      ({ name, routing }) => name > after && (!version || routing.some((route) => route.version === version.version)),
    );
    const shown = left.slice(0, pageSize(maxResults));
    return {
      stateMachineAliases: shown.map(({ name, creationMs }) => ({
        stateMachineAliasArn: settings.arns.qualified(machine.name, name),
        creationDate: seconds(creationMs),
      })),
      nextToken:
        left.length > shown.length
          ? pageToken(runtime, 'ListStateMachineAliases', bound, shown.at(-1)!.name)
          : undefined,
    };
  },
});
