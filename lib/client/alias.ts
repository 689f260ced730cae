import type { Caller } from './caller';
import { ApiRefusal } from './refusal';

/** An alias as it is to be: all executions that are started under it go to the newest revision of its machine. */
export interface WantedAlias {
  name: string;
  machineArn: string;
  description: string | undefined;
}

interface Route {
  stateMachineVersionArn: string;
  weight: number;
}

/** Publishes the newest revision and leads the alias there. A revision that is published already keeps its version. */
export async function bringAlias(
  api: Caller,
  { name, machineArn, description }: WantedAlias,
): Promise<'created' | 'updated' | 'unchanged'> {
  const { stateMachineVersionArn } = await api.call<{ stateMachineVersionArn: string }>('PublishStateMachineVersion', {
    stateMachineArn: machineArn,
  });
  const routingConfiguration: Route[] = [{ stateMachineVersionArn, weight: 100 }];
  const stateMachineAliasArn = `${machineArn}:${name}`;
  const there = await routesOf(api, stateMachineAliasArn);
  if (!there) {
    await api.call('CreateStateMachineAlias', { name, description, routingConfiguration });
    return 'created';
  }
  const isSame = there.length === 1 && there[0]!.stateMachineVersionArn === stateMachineVersionArn;
  if (isSame) return 'unchanged';
  await api.call('UpdateStateMachineAlias', { stateMachineAliasArn, routingConfiguration });
  return 'updated';
}

/** Undefined where there is none. */
export async function routesOf(api: Caller, stateMachineAliasArn: string): Promise<Route[] | undefined> {
  try {
    const { routingConfiguration } = await api.call<{ routingConfiguration: Route[] }>('DescribeStateMachineAlias', {
      stateMachineAliasArn,
    });
    return routingConfiguration;
  } catch (error) {
    if (error instanceof ApiRefusal && error.code === 'ResourceNotFound') return undefined;
    throw error;
  }
}
