import {
  DeleteStateMachineAliasCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineAliasCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  ListExecutionsCommand,
  UpdateStateMachineAliasCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { routed } from '../../lib/runtime/publications';
import { eventually } from '../contract/eventually';
import { ROLE_ARN, refusal, refusalOf, useService } from './service';
import { createAlias, createVersions, publish, routes, saying, update } from './versions';

describe('the routes of an alias', () => {
  const versions = [1, 2].map((version) => ({ version, revision: version, creationMs: 0 }));
  const alias = (...weights: number[]) => ({
    name: 'live',
    creationMs: 0,
    updateMs: 0,
    routing: weights.map((weight, index) => ({ version: index + 1, weight })),
  });
  test.each([
    [[100], 0, 1],
    [[100], 0.999_999, 1],
    [[10, 90], 0.099_9, 1],
    [[10, 90], 0.1, 2],
    [[50, 50], 0.499_9, 1],
    [[50, 50], 0.5, 2],
    [[0, 100], 0, 2],
    [[100, 0], 0.999_999, 1],
  ])('weights %p, dice %p: version %i', (weights, random, version) => {
    expect(routed({ lastVersion: 2, versions, aliases: [] }, alias(...weights), random)?.version).toBe(version);
  });
});

describe('executions of versions and aliases', () => {
  const service = useService();
  const describeExecution = (executionArn: string) =>
    service.client.send(new DescribeExecutionCommand({ executionArn }));
  const list = async (stateMachineArn: string, page: object = {}) =>
    (await service.client.send(new ListExecutionsCommand({ stateMachineArn, ...page }))).executions!;

  test('a version runs what it was, and says so everywhere', async () => {
    const { machineArn, versionArns } = await createVersions(service, 2);
    const executionArn = await service.startExecution({ stateMachineArn: versionArns[0] });
    expect(executionArn.startsWith(machineArn.replace(':stateMachine:', ':execution:'))).toBe(true);
    expect(await service.ended(executionArn)).toMatchObject({
      output: '"v1"',
      stateMachineArn: machineArn,
      stateMachineVersionArn: versionArns[0],
    });
    expect((await describeExecution(executionArn)).stateMachineAliasArn).toBeUndefined();
    const [started] = await service.history(executionArn);
    expect(started!.executionStartedEventDetails).toEqual({
      input: '{}',
      inputDetails: { truncated: false },
      roleArn: ROLE_ARN,
      stateMachineVersionArn: versionArns[0],
    });
    expect(await list(versionArns[0]!)).toEqual([
      expect.objectContaining({ executionArn, stateMachineArn: machineArn, stateMachineVersionArn: versionArns[0] }),
    ]);
  });

  test('a version has the role that the machine had', async () => {
    const machineArn = await service.createMachine(saying('x'));
    const versionArn = await publish(service, machineArn);
    const roleArn = 'arn:aws:iam::123456789012:role/other';
    await service.client.send(new UpdateStateMachineCommand({ stateMachineArn: machineArn, roleArn }));
    const executionArn = await service.startExecution({ stateMachineArn: versionArn });
    expect((await service.history(executionArn))[0]!.executionStartedEventDetails?.roleArn).toBe(ROLE_ARN);
    expect((await service.client.send(new DescribeStateMachineCommand({ stateMachineArn: versionArn }))).roleArn).toBe(
      ROLE_ARN,
    );
  });

  test('an alias runs the version that it leads to, and says both', async () => {
    const { machineArn, versionArns } = await createVersions(service, 2);
    const aliasArn = await createAlias(service, 'live', routes([versionArns[0]!, 0], [versionArns[1]!, 100]));
    const executionArn = await service.startExecution({ stateMachineArn: aliasArn });
    expect(await service.ended(executionArn)).toMatchObject({
      output: '"v2"',
      stateMachineArn: machineArn,
      stateMachineVersionArn: versionArns[1],
      stateMachineAliasArn: aliasArn,
    });
    const [started] = await service.history(executionArn);
    expect(started!.executionStartedEventDetails).toMatchObject({
      stateMachineVersionArn: versionArns[1],
      stateMachineAliasArn: aliasArn,
    });
    // It stays so when the alias leads elsewhere, or is gone.
    await service.client.send(
      new UpdateStateMachineAliasCommand({
        stateMachineAliasArn: aliasArn,
        routingConfiguration: routes([versionArns[0]!, 100]),
      }),
    );
    const second = await service.startExecution({ stateMachineArn: aliasArn });
    expect(await service.ended(second)).toMatchObject({ output: '"v1"' });
    await service.client.send(new DeleteStateMachineAliasCommand({ stateMachineAliasArn: aliasArn }));
    expect(await describeExecution(executionArn)).toMatchObject({ stateMachineAliasArn: aliasArn });
    expect(await refusalOf(service.startExecution({ stateMachineArn: aliasArn }))).toEqual(
      refusal('StateMachineDoesNotExist', `State Machine Does Not Exist: '${aliasArn}'`),
    );
  });

  test('an alias of two versions runs both', async () => {
    const { versionArns } = await createVersions(service, 2);
    const aliasArn = await createAlias(service, 'live', routes([versionArns[0]!, 50], [versionArns[1]!, 50]));
    const starts = Array.from({ length: 100 }, () => service.startExecution({ stateMachineArn: aliasArn }));
    const ran = await Promise.all(
      (await Promise.all(starts)).map(async (arn) => (await describeExecution(arn)).stateMachineVersionArn),
    );
    expect(new Set(ran)).toEqual(new Set(versionArns));
  });

  test('the machine itself says neither', async () => {
    const { machineArn } = await createVersions(service, 1);
    const executionArn = await service.startExecution({ stateMachineArn: machineArn });
    const answer = await describeExecution(executionArn);
    expect(answer.stateMachineVersionArn).toBeUndefined();
    expect(answer.stateMachineAliasArn).toBeUndefined();
    const [started] = await service.history(executionArn);
    expect(started!.executionStartedEventDetails?.stateMachineVersionArn).toBeUndefined();
  });

  test('lists of a version and of an alias have their own, of the machine all', async () => {
    const { machineArn, versionArns } = await createVersions(service, 2);
    const aliasArn = await createAlias(service, 'live', routes([versionArns[0]!, 100]));
    const arns: Record<string, string[]> = { machine: [], one: [], two: [], alias: [] };
    for (let round = 0; round < 3; round++) {
      for (const [name, stateMachineArn] of Object.entries({
        machine: machineArn,
        one: versionArns[0]!,
        two: versionArns[1]!,
        alias: aliasArn,
      })) {
        arns[name]!.unshift(await service.startExecution({ stateMachineArn }));
      }
    }
    const listed = async (arn: string) => (await list(arn)).map(({ executionArn }) => executionArn);
    expect(await listed(machineArn)).toHaveLength(12);
    expect(await listed(aliasArn)).toEqual(arns.alias);
    expect(await listed(versionArns[1]!)).toEqual(arns.two);
    expect((await listed(versionArns[0]!)).sort()).toEqual([...arns.one!, ...arns.alias!].sort());
    const pages: (string | undefined)[] = [];
    for (let nextToken: string | undefined; ; ) {
      const page = await service.client.send(
        new ListExecutionsCommand({ stateMachineArn: aliasArn, maxResults: 2, nextToken }),
      );
      pages.push(...page.executions!.map(({ executionArn }) => executionArn));
      nextToken = page.nextToken;
      if (!nextToken) break;
    }
    expect(pages).toEqual(arns.alias);
    // The others that are older are not of this list.
    const whole = await service.client.send(new ListExecutionsCommand({ stateMachineArn: aliasArn, maxResults: 3 }));
    expect(whole.executions).toHaveLength(3);
    expect(whole.nextToken).toBeUndefined();
  });

  test('a token of one list is none of another', async () => {
    const { machineArn, versionArns } = await createVersions(service, 1);
    for (let count = 0; count < 2; count++) await service.startExecution({ stateMachineArn: versionArns[0] });
    const read = (stateMachineArn: string, nextToken?: string) =>
      service.client.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 1, nextToken }));
    const { nextToken } = await read(versionArns[0]!);
    expect(nextToken).toBeDefined();
    expect(await refusalOf(read(machineArn, nextToken))).toMatchObject({ name: 'InvalidToken' });
  });

  test('the machine of an execution is as it was at the start', async () => {
    const { machineArn, versionArns } = await createVersions(service, 2);
    const first = await service.startExecution({ stateMachineArn: versionArns[0] });
    const second = await service.startExecution({ stateMachineArn: machineArn });
    const { revisionId } = await update(service, machineArn, saying('later'));
    const describe_ = async (executionArn: string) => {
      const command = new DescribeStateMachineForExecutionCommand({ executionArn });
      const { $metadata: _, ...answer } = await service.client.send(command);
      return answer;
    };
    const common = {
      stateMachineArn: machineArn,
      name: machineArn.split(':').at(-1),
      roleArn: ROLE_ARN,
      loggingConfiguration: { level: 'OFF', includeExecutionData: false },
      tracingConfiguration: { enabled: false },
      encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
      updateDate: expect.any(Date),
    };
    expect(await describe_(first)).toEqual({ ...common, definition: saying('v1') });
    const then = await describe_(second);
    expect(then).toEqual({ ...common, definition: saying('v2'), revisionId: expect.any(String) });
    expect(then.revisionId).not.toBe(revisionId);
  });

  test('a machine that is deleted takes its versions and aliases with it; one of its name has none', async () => {
    const { machineArn, versionArns } = await createVersions(service, 1);
    const aliasArn = await createAlias(service, 'live', routes([versionArns[0]!, 100]));
    await service.client.send(new DeleteStateMachineCommand({ stateMachineArn: machineArn }));
    const name = machineArn.split(':').at(-1)!;
    const create = () => service.createMachine(saying('reborn'), { name });
    await eventually(
      () => create().catch((error: Error) => error.name),
      (answer) => answer === machineArn,
    );
    for (const stateMachineArn of [versionArns[0]!, aliasArn]) {
      expect(await refusalOf(service.startExecution({ stateMachineArn }))).toMatchObject({
        name: 'StateMachineDoesNotExist',
      });
    }
    const alias = service.client.send(new DescribeStateMachineAliasCommand({ stateMachineAliasArn: aliasArn }));
    expect(await refusalOf(alias)).toMatchObject({ name: 'ResourceNotFound' });
    expect(await publish(service, machineArn)).toBe(`${machineArn}:1`);
  });
});
