import type { Alias } from '../../ports/registry';
import { changePublications } from '../../runtime/publications';
import { defineAction, description, required, seconds } from '../action';
import { ApiError, referenceNotFound } from '../errors';
import { checkSize } from '../published';
import { checkRoutes, readRouting, routingConfiguration } from '../routing';
import { Pattern } from '../shape';

/** Not a number: those are versions. */
const ALIAS_NAME = new Pattern('^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$');

/** Idempotent for the same name, description and routing. */
export const createStateMachineAlias = defineAction({
  shape: (limits) => ({
    description,
    name: required({ type: 'string', min: 1, max: limits.name, pattern: ALIAS_NAME }),
    routingConfiguration: required(routingConfiguration(limits)),
  }),

  async handle(runtime, { name, description, routingConfiguration }) {
    const { ports, settings } = runtime;
    const { machineName, routing } = readRouting(runtime, routingConfiguration);
    const machine = machineName === undefined ? undefined : await ports.registry.machine(machineName);
    if (!machine) throw referenceNotFound(routingConfiguration[0]!.stateMachineVersionArn);
    if (machine.status === 'DELETING') throw new ApiError('StateMachineDeleting', settings.arns.machine(machine.name));
    const nowMs = ports.clock.nowMs();
    const wanted: Alias = { name, description, routing, creationMs: nowMs, updateMs: nowMs };
    const { creationMs } = await changePublications<Alias>(ports, machine, (published) => {
      const { aliases } = published;
      const existing = aliases.find((alias) => alias.name === name);
      if (existing && isSame(existing, wanted)) return { result: existing };
      if (existing) {
        throw new ApiError(
          'ConflictException',
          'Failed to create alias because an alias with the same name and a different routing configuration already exists.',
        );
      }
      checkRoutes(runtime, machine, published, routing);
      if (aliases.length >= settings.limits.aliasesPerMachine) {
        const text = `The maximum number of aliases of a state machine has been reached: ${aliases.length}`;
        throw new ApiError('ServiceQuotaExceededException', text);
      }
      const after = { aliases: [...aliases, wanted].sort((a, b) => (a.name < b.name ? -1 : 1)) };
      checkSize({ ...published, ...after });
      return { after, result: wanted };
    });
    return { stateMachineAliasArn: settings.arns.qualified(machine.name, name), creationDate: seconds(creationMs) };
  },
});

const isSame = (existing: Alias, wanted: Alias): boolean =>
  existing.description === wanted.description && routesOf(existing) === routesOf(wanted);

const routesOf = ({ routing }: Alias): string =>
  routing
    .map(({ version, weight }) => `${version}=${weight}`)
    .sort()
    .join();
