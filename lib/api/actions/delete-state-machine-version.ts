import { changePublications } from '../../runtime/publications';
import { defineAction, longArn, required } from '../action';
import { ApiError } from '../errors';
import { machineResourceOf, versionNumberOf } from '../names';

/** Idempotent. Executions of the version go on; its number is never given again. */
export const deleteStateMachineVersion = defineAction({
  shape: () => ({ stateMachineVersionArn: required(longArn) }),

  async handle(runtime, { stateMachineVersionArn }) {
    const resource = machineResourceOf(runtime.settings.arns, stateMachineVersionArn);
    const number = versionNumberOf(resource?.qualifier);
    if (resource && number === undefined) {
      const text = `Must specify a state machine version ARN. Received: ${stateMachineVersionArn}`;
      throw new ApiError('ValidationException', text);
    }
    const machine = resource && (await runtime.ports.registry.machine(resource.name));
    if (!machine) return {};
    return changePublications(runtime.ports, machine, ({ versions, aliases }) => {
      const users = aliases.filter(({ routing }) => routing.some(({ version }) => version === number));
      if (users.length > 0) {
        const names = users.map(({ name }) => name).join(', ');
        throw new ApiError(
          'ConflictException',
          `Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [${names}]`,
        );
      }
      const left = versions.filter(({ version }) => version !== number);
      return left.length < versions.length ? { after: { versions: left }, result: {} } : { result: {} };
    });
  },
});
