import { forbiddenIn } from '../asl/names';
import type { Arns } from '../runtime/arns';
import { ApiError } from './errors';

/** Names of state machines, activities and executions (api.md section 3). Throws InvalidName. */
export function checkName(name: string): void {
  if (forbiddenIn(name) !== undefined) throw new ApiError('InvalidName', name);
}

const ARN = /^arn:[^:]+:states:[^:]*:[^:]*:([A-Za-z]+):(.+)$/s;

const noArn = (text: string): ApiError => new ApiError('InvalidArn', `Invalid ARN prefix: ${text}`);

/** The resource part of an ARN of that type. Throws InvalidArn; undefined when it is of another region or account. */
function resourceOf(arns: Arns, arn: string, type: string): string | undefined {
  const match = ARN.exec(arn);
  if (!match) throw noArn(arn);
  if (match[1] !== type) throw new ApiError('InvalidArn', `Resource type not valid in this context: ${match[1]}`);
  return arns.isForeign(arn) ? undefined : match[2];
}

export const machineNameOf = (arns: Arns, arn: string): string | undefined => resourceOf(arns, arn, 'stateMachine');

/** Throws ValidationException for what names a state within a machine, a distributed Map: no action takes that (API pages). */
export function refuseLabel(name: string | undefined, arn: string): void {
  if (!name?.includes('/')) return;
  throw new ApiError(
    'ValidationException',
    `Must specify a state machine ARN without a Map state's label. Received: ${arn}`,
  );
}

/** A state machine, or what its ARN is qualified by: a version's number or an alias's name. */
export interface MachineResource {
  name: string;
  qualifier: string | undefined;
}

export function machineResourceOf(arns: Arns, arn: string): MachineResource | undefined {
  const resource = resourceOf(arns, arn, 'stateMachine');
  if (resource === undefined) return undefined;
  const colon = resource.indexOf(':');
  if (colon < 0) return { name: resource, qualifier: undefined };
  return { name: resource.slice(0, colon), qualifier: resource.slice(colon + 1) };
}

/** The number that a qualifier is; undefined for the name of an alias, which is never a number. */
export const versionNumberOf = (qualifier: string | undefined): number | undefined =>
  qualifier !== undefined && /^[1-9]\d{0,14}$/.test(qualifier) ? Number(qualifier) : undefined;

export const activityNameOf = (arns: Arns, arn: string): string | undefined => resourceOf(arns, arn, 'activity');

export function executionNamesOf(arns: Arns, arn: string): { machineName: string; name: string } | undefined {
  const resource = resourceOf(arns, arn, 'execution');
  if (resource === undefined) return undefined;
  const [, machineName, name] = /^([^:]+):(.+)$/s.exec(resource) ?? [];
  if (machineName === undefined || name === undefined) throw noArn(arn);
  return { machineName, name };
}

/** Throws InvalidArn for what is not of a map run. */
export const checkMapRunArn = (arns: Arns, arn: string): void => void resourceOf(arns, arn, 'mapRun');

const ROLE_ARN = /^arn:[a-z0-9-]+:iam::\d{12}:role\/[\x21-\x7e]+$/;

/** Roles are stored and reported; only their form is checked. Throws InvalidArn. */
export function checkRoleArn(roleArn: string): void {
  if (!ROLE_ARN.test(roleArn)) throw new ApiError('InvalidRoleArn', roleArn);
}
