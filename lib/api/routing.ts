import type { Machine, Route } from '../ports/registry';
import type { Runtime } from '../runtime';
import type { Limits } from '../runtime/limits';
import type { Published } from '../runtime/publications';
import { arn, integer, required } from './action';
import { ApiError, referenceNotFound } from './errors';
import { machineResourceOf, versionNumberOf } from './names';

/** To which versions an alias leads, and how often. */
export const routingConfiguration = (limits: Limits) =>
  ({
    type: 'list',
    min: 1,
    max: 2,
    itemName: 'RoutingConfigurationListItem',
    of: {
      type: 'structure',
      members: { stateMachineVersionArn: required(arn(limits)), weight: required(integer(0, 100)) },
    },
  }) as const;

interface RouteItem {
  stateMachineVersionArn: string;
  weight: number;
}

/** Of which machine the versions are, and the routes to them. Throws InvalidArn, ValidationException. */
export function readRouting(
  { settings }: Runtime,
  items: readonly RouteItem[],
): { machineName: string | undefined; routing: Route[] } {
  const arns = items.map(({ stateMachineVersionArn }) => stateMachineVersionArn);
  const resources = arns.map((arn) => machineResourceOf(settings.arns, arn));
  const versions = resources.map((resource) => versionNumberOf(resource?.qualifier));
  const refuse = (text: string, received: readonly unknown[]): never => {
    throw new ApiError('ValidationException', `${text}. Received: [${received.join(', ')}]`);
  };
  if (new Set(arns).size < arns.length) {
    refuse('Routing configuration must contain distinct state machine version ARNs', arns);
  }
  if (resources.some((resource, index) => resource && versions[index] === undefined)) {
    refuse('Routing configuration must contain state machine version ARNs', arns);
  }
  const weights = items.map(({ weight }) => weight);
  if (weights.reduce((sum, weight) => sum + weight, 0) !== 100) {
    refuse('Sum of routing configuration weights must equal 100', weights);
  }
  const [machineName, ...others] = resources.map((resource) => resource?.name);
  if (others.some((other) => other !== machineName)) {
    refuse('Routing configuration must contain version ARNs of the same state machine', arns);
  }
  return { machineName, routing: items.map(({ weight }, index) => ({ version: versions[index] ?? 0, weight })) };
}

/** Throws ResourceNotFound unless all versions are there. */
export function checkRoutes(
  { settings }: Runtime,
  machine: Machine,
  { versions }: Published,
  routing: readonly Route[],
): void {
  const numbers = new Set(versions.map(({ version }) => version));
  const missing = routing.find(({ version }) => !numbers.has(version));
  if (missing) throw referenceNotFound(settings.arns.qualified(machine.name, missing.version));
}

export const shownRouting = ({ settings }: Runtime, machine: Machine, routing: readonly Route[]): RouteItem[] =>
  routing.map(({ version, weight }) => ({
    stateMachineVersionArn: settings.arns.qualified(machine.name, version),
    weight,
  }));
