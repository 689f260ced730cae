import { isDeepStrictEqual } from 'node:util';
import type { Machine, MachineSettings } from '../../ports/registry';
import { StoreUnavailable } from '../../ports/store-error';
import type { Runtime } from '../../runtime';
import { arn, boolean, defineAction, definition, description, required, seconds } from '../action';
import { configurations, encryptionOf, loggingOf, shownEncryption, tracingOf } from '../configuration';
import { ApiError } from '../errors';
import { findMachine } from '../lookup';
import { checkRoleArn } from '../names';
import { publish } from '../published';

/** Makes a new revision, unless nothing changes. Executions that were started keep theirs. */
export const updateStateMachine = defineAction({
  shape: (limits) => ({
    stateMachineArn: required(arn(limits)),
    definition: definition(limits),
    roleArn: arn(limits),
    publish: boolean,
    versionDescription: description,
    ...configurations,
  }),

  async handle(runtime, input) {
    const { stateMachineArn, definition, roleArn, versionDescription } = input;
    const { arns, checkDefinition } = runtime.settings;
    const { type } = await findActive(runtime, stateMachineArn);
    const { loggingConfiguration, tracingConfiguration, encryptionConfiguration } = input;
    const given = [definition, roleArn, loggingConfiguration, tracingConfiguration, encryptionConfiguration];
    if (given.every((member) => member === undefined)) {
      const text =
        'Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified';
      throw new ApiError('MissingRequiredParameter', text);
    }
    if (roleArn !== undefined) checkRoleArn(roleArn);
    if (versionDescription !== undefined && !input.publish) {
      throw new ApiError('ValidationException', 'Version description can only be set when publish is true');
    }
    const change: Change = {
      ...(roleArn !== undefined && { roleArn }),
      ...(loggingConfiguration && { loggingConfiguration: loggingOf(loggingConfiguration) }),
      ...(tracingConfiguration && { tracingConfiguration: tracingOf(tracingConfiguration) }),
      ...(encryptionConfiguration && { encryptionConfiguration: encryptionOf(encryptionConfiguration) }),
    };
    const problems = definition === undefined ? '' : await checkDefinition(definition, type);
    if (problems !== '') throw new ApiError('InvalidDefinition', problems);
    const machine = await revise(runtime, stateMachineArn, change, definition);
    const published = input.publish && (await publish(runtime, machine, { description: versionDescription }));
    return {
      updateDate: seconds(machine.updateMs ?? machine.creationMs),
      revisionId: machine.revisionId,
      ...(published && { stateMachineVersionArn: arns.qualified(machine.name, published.version) }),
    };
  },
});

type Change = Partial<
  Pick<MachineSettings, 'roleArn' | 'loggingConfiguration' | 'tracingConfiguration' | 'encryptionConfiguration'>
>;

async function findActive(runtime: Runtime, arn: string): Promise<Machine> {
  const machine = await findMachine(runtime, arn);
  if (machine.status === 'DELETING') throw new ApiError('StateMachineDeleting', arn);
  return machine;
}

/** Of updates that come at once each is done, one after the other. */
const TRIES_MAX = 20;

/** The machine as it is then. */
async function revise(runtime: Runtime, arn: string, change: Change, definition: string | undefined): Promise<Machine> {
  const { registry, ids, clock } = runtime.ports;
  for (let attempt = 1; attempt <= TRIES_MAX; attempt++) {
    const machine = await findActive(runtime, arn);
    const current = await registry.revision(machine.machineId, machine.revision);
    if (!current) throw new StoreUnavailable(`the definition of ${machine.name} is gone`);
    const before = { ...machine, encryptionConfiguration: shownEncryption(machine.encryptionConfiguration) };
    const isChanged = Object.entries(change).some(
      ([name, value]) => !isDeepStrictEqual(value, before[name as keyof Change]),
    );
    const text = definition ?? current.definition;
    if (!isChanged && text === current.definition) return machine;
    const settings: MachineSettings = {
      // A number may belong to an attempt that nobody finished: that of each try is another.
      revision: machine.revision + attempt,
      revisionId: ids.uuid(),
      updateMs: clock.nowMs(),
      roleArn: machine.roleArn,
      loggingConfiguration: machine.loggingConfiguration,
      tracingConfiguration: machine.tracingConfiguration,
      encryptionConfiguration: machine.encryptionConfiguration,
      ...change,
    };
    if ((await registry.reviseMachine(machine, settings, text)) === 'revised') return { ...machine, ...settings };
  }
  throw new StoreUnavailable(`${arn} was updated ${TRIES_MAX} times meanwhile`);
}
