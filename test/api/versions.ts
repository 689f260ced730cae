import {
  CreateStateMachineAliasCommand,
  DeleteStateMachineCommand,
  PublishStateMachineVersionCommand,
  type RoutingConfigurationListItem,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { SLEEP, type TestService } from './service';

/** A definition that answers a word. */
export const saying = (word: string): string =>
  JSON.stringify({ StartAt: 'Say', States: { Say: { Type: 'Pass', Result: word, End: true } } });

/** A machine with so many versions: version 1 says "v1", and so on. The machine is as the last of them. */
export async function createVersions(
  service: TestService,
  count: number,
): Promise<{ machineArn: string; versionArns: string[] }> {
  const machineArn = await service.createMachine(saying('v1'));
  const versionArns: string[] = [];
  for (let version = 1; version <= count; version++) {
    if (version > 1) await update(service, machineArn, saying(`v${version}`));
    versionArns.push(await publish(service, machineArn));
  }
  return { machineArn, versionArns };
}

export const update = (service: TestService, stateMachineArn: string, definition: string) =>
  service.client.send(new UpdateStateMachineCommand({ stateMachineArn, definition }));

export async function publish(service: TestService, stateMachineArn: string): Promise<string> {
  const answer = await service.client.send(new PublishStateMachineVersionCommand({ stateMachineArn }));
  return answer.stateMachineVersionArn!;
}

/** Routes to versions by weights. */
export const routes = (...pairs: [versionArn: string, weight: number][]): RoutingConfigurationListItem[] =>
  pairs.map(([stateMachineVersionArn, weight]) => ({ stateMachineVersionArn, weight }));

export async function createAlias(
  service: TestService,
  name: string,
  routingConfiguration: RoutingConfigurationListItem[],
): Promise<string> {
  const answer = await service.client.send(new CreateStateMachineAliasCommand({ name, routingConfiguration }));
  return answer.stateMachineAliasArn!;
}

/** A machine that is about to be gone. */
export async function deleting(
  service: TestService,
): Promise<{ machineArn: string; versionArn: string; aliasArn: string }> {
  const machineArn = await service.createMachine(SLEEP);
  const versionArn = await publish(service, machineArn);
  const aliasArn = await createAlias(service, 'going', routes([versionArn, 100]));
  await service.startExecution({ stateMachineArn: machineArn });
  await service.client.send(new DeleteStateMachineCommand({ stateMachineArn: machineArn }));
  return { machineArn, versionArn, aliasArn };
}
