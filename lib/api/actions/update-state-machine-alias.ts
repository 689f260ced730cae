import type { Alias } from '../../ports/registry';
import { changePublications } from '../../runtime/publications';
import { arn, defineAction, description, required, seconds } from '../action';
import { ApiError, referenceNotFound } from '../errors';
import { aliasIn, checkSize, findMachineOfAlias } from '../published';
import { checkRoutes, readRouting, routingConfiguration } from '../routing';

/** What is not given stays. Idempotent: one that changes nothing answers as the last that did (API page). */
export const updateStateMachineAlias = defineAction({
  shape: (limits) => ({
    stateMachineAliasArn: required(arn(limits)),
    description,
    routingConfiguration: routingConfiguration(limits),
  }),

  async handle(runtime, input) {
    const { stateMachineAliasArn, description } = input;
    const { ports } = runtime;
    const { machine, name } = await findMachineOfAlias(runtime, stateMachineAliasArn);
    if (machine.status === 'DELETING') throw new ApiError('StateMachineDeleting', stateMachineAliasArn);
    const wanted = input.routingConfiguration && readRouting(runtime, input.routingConfiguration);
    if (wanted && wanted.machineName !== machine.name) {
      throw referenceNotFound(input.routingConfiguration![0]!.stateMachineVersionArn);
    }
    const updateMs = ports.clock.nowMs();
    return changePublications(ports, machine, (published) => {
      const alias = aliasIn(published, name, stateMachineAliasArn);
      if (description === undefined && !wanted) {
        const text = 'Either the description or the routing configuration must be specified';
        throw new ApiError('ValidationException', text);
      }
      const routing = wanted?.routing ?? alias.routing;
      checkRoutes(runtime, machine, published, routing);
      const updated = { ...alias, description: description ?? alias.description, routing, updateMs };
      if (isSame(alias, updated)) return { result: { updateDate: seconds(alias.updateMs) } };
      const after = { aliases: published.aliases.map((one) => (one === alias ? updated : one)) };
      checkSize({ ...published, ...after });
      return { after, result: { updateDate: seconds(updateMs) } };
    });
  },
});

/** Also in the order of its routes: clients compare what they gave with what they get. */
const isSame = (alias: Alias, updated: Alias): boolean =>
  alias.description === updated.description && routesOf(alias) === routesOf(updated);

const routesOf = ({ routing }: Alias): string => routing.map(({ version, weight }) => `${version}=${weight}`).join();
