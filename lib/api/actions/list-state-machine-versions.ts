import { readPublications } from '../../runtime/publications';
import { arn, defineAction, page, required, seconds } from '../action';
import { findMachineIfAny } from '../lookup';
import { pagePosition, pageSize, pageToken } from '../page-token';

/** Newest first. A state machine that is not there has none: AWS's model has no other error for it. */
export const listStateMachineVersions = defineAction({
  shape: (limits) => ({ stateMachineArn: required(arn(limits)), ...page }),

  async handle(runtime, { stateMachineArn, maxResults, nextToken }) {
    const { arns } = runtime.settings;
    const machine = await findMachineIfAny(runtime, stateMachineArn);
    const bound = [stateMachineArn, machine?.machineId];
    const before = pagePosition<number>(runtime, 'ListStateMachineVersions', bound, nextToken);
    if (!machine) return { stateMachineVersions: [] };
    const { versions } = await readPublications(runtime.ports, machine);
    const left = versions.filter(({ version }) => before === undefined || version < before).reverse();
    const shown = left.slice(0, pageSize(maxResults));
    return {
      stateMachineVersions: shown.map(({ version, creationMs }) => ({
        stateMachineVersionArn: arns.qualified(machine.name, version),
        creationDate: seconds(creationMs),
      })),
      nextToken:
        left.length > shown.length
          ? pageToken(runtime, 'ListStateMachineVersions', bound, shown.at(-1)!.version)
          : undefined,
    };
  },
});
