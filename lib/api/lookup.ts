import type { Head } from '../ports/executions';
import type { Activity, Alias, Machine, Version } from '../ports/registry';
import type { Runtime } from '../runtime';
import { labelIn, machineNameOf as machineOfName, withLabel } from '../runtime/child-names';
import { type Published, readPublications } from '../runtime/publications';
import { ApiError } from './errors';
import {
  activityNameOf,
  executionNamesOf,
  machineNameOf,
  machineResourceOf,
  refuseLabel,
  versionNumberOf,
} from './names';

/** The state machine of an ARN. Throws InvalidArn, ValidationException, StateMachineDoesNotExist. */
export async function findMachine(runtime: Runtime, arn: string): Promise<Machine> {
  const machine = await findMachineIfAny(runtime, arn);
  if (!machine) throw new ApiError('StateMachineDoesNotExist', arn);
  return machine;
}

export async function findMachineIfAny(runtime: Runtime, arn: string): Promise<Machine | undefined> {
  const name = machineNameOf(runtime.settings.arns, arn);
  refuseLabel(name, arn);
  return name === undefined ? undefined : runtime.ports.registry.machine(name);
}

/** A state machine, and the version or alias of it that an ARN names. */
export interface FoundMachine {
  machine: Machine;
  version: Version | undefined;
  alias: Alias | undefined;
  /** Read for a qualified ARN only. */
  published: Published | undefined;
}

/** The state machine, version or alias of an ARN. Throws InvalidArn, ValidationException, StateMachineDoesNotExist. */
export async function findQualified(runtime: Runtime, arn: string): Promise<FoundMachine> {
  const { ports, settings } = runtime;
  const resource = machineResourceOf(settings.arns, arn);
  refuseLabel(resource?.name, arn);
  const machine = resource && (await ports.registry.machine(resource.name));
  if (!machine) throw new ApiError('StateMachineDoesNotExist', arn);
  const { qualifier } = resource;
  if (qualifier === undefined) return { machine, version: undefined, alias: undefined, published: undefined };
  const published = await readPublications(ports, machine);
  const number = versionNumberOf(qualifier);
  const version = published.versions.find((one) => one.version === number);
  const alias = published.aliases.find(({ name }) => name === qualifier);
  if (!version && !alias) throw new ApiError('StateMachineDoesNotExist', arn);
  return { machine, version, alias, published };
}

/** The activity of an ARN. Throws InvalidArn, ActivityDoesNotExist. */
export async function findActivity(runtime: Runtime, arn: string): Promise<Activity> {
  const name = activityNameOf(runtime.settings.arns, arn);
  const activity = name === undefined ? undefined : await runtime.ports.registry.activity(name);
  if (!activity) throw new ApiError('ActivityDoesNotExist', arn);
  return activity;
}

interface FoundExecution {
  machine: Machine;
  head: Head;
}

/** The execution of an ARN, and its state machine. Throws InvalidArn, ExecutionDoesNotExist. */
export async function findExecution(runtime: Runtime, arn: string): Promise<FoundExecution> {
  const { ports, settings } = runtime;
  const names = executionNamesOf(settings.arns, arn);
  const machine = names && (await ports.registry.machine(machineOfName(names.machineName)));
  const list = machine && withLabel(machine.name, machine.machineId, labelIn(names.machineName));
  const head = list && (await ports.executions.get(list.machineId, names.name, ports.clock.nowMs()));
  if (!machine || !head) throw new ApiError('ExecutionDoesNotExist', arn);
  return { machine, head };
}
