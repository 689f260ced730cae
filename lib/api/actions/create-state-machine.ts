import { isDeepStrictEqual } from 'node:util';
import type { Machine } from '../../ports/registry';
import type { Runtime } from '../../runtime';
import { arn, boolean, defineAction, definition, description, name, oneOf, required, seconds, tags } from '../action';
import { configurations, encryptionOf, loggingOf, shownEncryption, tracingOf } from '../configuration';
import { ApiError } from '../errors';
import { checkName, checkRoleArn } from '../names';
import { checkTags } from '../tags';

/** Idempotent for the same name and definition text; another role does not count (api.md section 10). */
export const createStateMachine = defineAction({
  shape: (limits) => ({
    name: required(name(limits)),
    definition: required(definition(limits)),
    roleArn: required(arn(limits)),
    type: oneOf('STANDARD', 'EXPRESS'),
    publish: boolean,
    versionDescription: description,
    tags,
    ...configurations,
  }),

  async handle(runtime, input) {
    const { ports, settings } = runtime;
    const { limits } = settings;
    checkRoleArn(input.roleArn);
    checkName(input.name);
    if (input.versionDescription !== undefined && !input.publish) {
      throw new ApiError('ValidationException', 'Version description can only be set when publish is true');
    }
    const type = (input.type ?? 'STANDARD') as Machine['type'];
    const problems = await settings.checkDefinition(input.definition, type);
    if (problems !== '') throw new ApiError('InvalidDefinition', problems);
    const machine: Machine = {
      name: input.name,
      machineId: ports.ids.ulid(),
      status: 'ACTIVE',
      revision: 1,
      type,
      roleArn: input.roleArn,
      creationMs: ports.clock.nowMs(),
      tags: checkTags(settings.arns.machine(input.name), input.tags, limits),
      loggingConfiguration: loggingOf(input.loggingConfiguration),
      tracingConfiguration: tracingOf(input.tracingConfiguration),
      encryptionConfiguration: encryptionOf(input.encryptionConfiguration),
      publishedVersion: input.publish ? 1 : undefined,
      versionDescription: input.versionDescription,
    };
    const existing = await ports.registry.machine(input.name);
    if (existing) return repeat(runtime, machine, existing, input.definition);
    if ((await ports.registry.countMachines()) >= limits.machines) {
      throw new ApiError('StateMachineLimitExceeded', String(limits.machines));
    }
    const result = await ports.registry.createMachine(machine, input.definition);
    return result === 'created'
      ? answer(runtime, machine)
      : repeat(runtime, machine, result.existing, input.definition);
  },
});

const COMPARED = [
  'type',
  'loggingConfiguration',
  'tracingConfiguration',
  'publishedVersion',
  'versionDescription',
] as const;

async function repeat(runtime: Runtime, wanted: Machine, existing: Machine, definition: string): Promise<object> {
  const { ports, settings } = runtime;
  const machineArn = settings.arns.machine(existing.name);
  if (existing.status === 'DELETING') throw new ApiError('StateMachineDeleting', machineArn);
  const isSame =
    COMPARED.every((key) => isDeepStrictEqual(wanted[key], existing[key])) &&
    isDeepStrictEqual(keyOf(wanted), keyOf(existing)) &&
    (await ports.registry.revision(existing.machineId, existing.revision))?.definition === definition;
  if (!isSame) throw new ApiError('StateMachineAlreadyExists', machineArn);
  return answer(runtime, existing);
}

const keyOf = ({ encryptionConfiguration }: Machine): unknown => shownEncryption(encryptionConfiguration);

function answer({ settings }: Runtime, machine: Machine): object {
  const stateMachineArn = settings.arns.machine(machine.name);
  return {
    stateMachineArn,
    creationDate: seconds(machine.creationMs),
    ...(machine.publishedVersion && {
      stateMachineVersionArn: settings.arns.qualified(machine.name, machine.publishedVersion),
    }),
  };
}
