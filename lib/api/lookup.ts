import type { Head } from '../ports/executions';
import type { Activity, Machine } from '../ports/registry';
import type { Runtime } from '../runtime';
import { ApiError } from './errors';
import { activityNameOf, executionNamesOf, machineNameOf } from './names';

/** The state machine of an ARN. Throws InvalidArn, StateMachineDoesNotExist. */
export async function findMachine(runtime: Runtime, arn: string): Promise<Machine> {
  const machine = await findMachineIfAny(runtime, arn);
  if (!machine) throw new ApiError('StateMachineDoesNotExist', arn);
  return machine;
}

export async function findMachineIfAny(runtime: Runtime, arn: string): Promise<Machine | undefined> {
  const name = machineNameOf(runtime.settings.arns, arn);
  return name === undefined ? undefined : runtime.ports.registry.machine(name);
}

/** The activity of an ARN. Throws InvalidArn, ActivityDoesNotExist. */
export async function findActivity(runtime: Runtime, arn: string): Promise<Activity> {
  const name = activityNameOf(runtime.settings.arns, arn);
  const activity = name === undefined ? undefined : await runtime.ports.registry.activity(name);
  if (!activity) throw new ApiError('ActivityDoesNotExist', arn);
  return activity;
}

/** The head of the execution of an ARN. Throws InvalidArn, ExecutionDoesNotExist. */
export async function findExecution(runtime: Runtime, arn: string): Promise<Head> {
  const { ports, settings } = runtime;
  const names = executionNamesOf(settings.arns, arn);
  const machine = names && (await ports.registry.machine(names.machineName));
  const head = machine && (await ports.executions.get(machine.machineId, names.name, ports.clock.nowMs()));
  if (!head) throw new ApiError('ExecutionDoesNotExist', arn);
  return head;
}
