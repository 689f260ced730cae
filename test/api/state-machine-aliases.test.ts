import {
  CreateStateMachineAliasCommand,
  type CreateStateMachineAliasCommandInput,
  DeleteStateMachineAliasCommand,
  DeleteStateMachineVersionCommand,
  DescribeStateMachineAliasCommand,
  ListStateMachineAliasesCommand,
  UpdateStateMachineAliasCommand,
  type UpdateStateMachineAliasCommandInput,
} from '@aws-sdk/client-sfn';
import { eventually } from '../contract/eventually';
import { describeArn } from './describe-arn';
import { describePages } from './describe-pages';
import { invalid, refusal, refusalOf, type TestService, uniqueName, useService, violation } from './service';
import { createAlias, createVersions, deleting, routes } from './versions';

const NO_SUCH = refusal('ResourceNotFound', 'Request references a resource that does not exist.');
const PATTERN = 'satisfy regular expression pattern: ^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$';

const create = (service: TestService, input: Partial<CreateStateMachineAliasCommandInput>) =>
  service.client.send(new CreateStateMachineAliasCommand(input as CreateStateMachineAliasCommandInput));
const update = (service: TestService, input: Partial<UpdateStateMachineAliasCommandInput>) =>
  service.client.send(new UpdateStateMachineAliasCommand(input as UpdateStateMachineAliasCommandInput));
const read = async (service: TestService, stateMachineAliasArn: string | undefined) => {
  const { $metadata: _, ...answer } = await service.client.send(
    new DescribeStateMachineAliasCommand({ stateMachineAliasArn }),
  );
  return answer;
};
const remove = (service: TestService, stateMachineAliasArn: string | undefined) =>
  service.client.send(new DeleteStateMachineAliasCommand({ stateMachineAliasArn }));
const list = (service: TestService, stateMachineArn: string | undefined, page: object = {}) =>
  service.client.send(new ListStateMachineAliasesCommand({ stateMachineArn, ...page }));

/** What an action says to ARNs that name no alias. */
function describeAliasArn(service: TestService, send: (arn: string | undefined) => Promise<unknown>): void {
  describeNoAlias(service, send);

  test('one that never was: ResourceNotFound', async () => {
    expect(await refusalOf(send(`${(await createVersions(service, 1)).machineArn}:none`))).toEqual(NO_SUCH);
  });
}

function describeNoAlias(service: TestService, send: (arn: string | undefined) => Promise<unknown>): void {
  describeArn(service, { member: 'stateMachineAliasArn', type: 'stateMachine', send });

  test('one of a machine that never was, a machine, a version: ResourceNotFound', async () => {
    const { machineArn, versionArns } = await createVersions(service, 1);
    const none = service.arn('stateMachine', uniqueName('none'));
    for (const arn of [`${none}:live`, machineArn, versionArns[0]!]) {
      expect(await refusalOf(send(arn))).toEqual(NO_SUCH);
    }
  });
}

describe('CreateStateMachineAlias', () => {
  const service = useService();
  let machineArn: string;
  let one: string;
  let two: string;
  let three: string;
  beforeAll(async () => {
    const made = await createVersions(service, 3);
    machineArn = made.machineArn;
    [one, two, three] = made.versionArns as [string, string, string];
  });

  test('it is described as it was created', async () => {
    const name = 'PROD_1.x-y';
    const routingConfiguration = routes([one, 10], [two, 90]);
    const { $metadata: _, ...answer } = await create(service, { name, description: 'ü', routingConfiguration });
    expect(answer).toEqual({ stateMachineAliasArn: `${machineArn}:${name}`, creationDate: expect.any(Date) });
    expect(await read(service, answer.stateMachineAliasArn)).toEqual({
      stateMachineAliasArn: answer.stateMachineAliasArn,
      name,
      description: 'ü',
      routingConfiguration,
      creationDate: answer.creationDate,
      updateDate: answer.creationDate,
    });
  });

  test('the same again answers the first; another description or routing: ConflictException', async () => {
    const input = { name: 'again', description: 'd', routingConfiguration: routes([one, 100]) };
    const first = await create(service, input);
    expect(await create(service, input)).toMatchObject({
      stateMachineAliasArn: first.stateMachineAliasArn,
      creationDate: first.creationDate,
    });
    const conflict = refusal(
      'ConflictException',
      'Failed to create alias because an alias with the same name and a different routing configuration already exists.',
    );
    expect(await refusalOf(create(service, { ...input, description: 'e' }))).toEqual(conflict);
    expect(await refusalOf(create(service, { ...input, routingConfiguration: routes([two, 100]) }))).toEqual(conflict);
  });

  test('ten at once are all there', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `at-once-${index}`);
    await Promise.all(names.map((name) => createAlias(service, name, routes([one, 100]))));
    const { stateMachineAliases } = await list(service, machineArn);
    const arns = stateMachineAliases!.map(({ stateMachineAliasArn }) => stateMachineAliasArn);
    expect(arns).toEqual(expect.arrayContaining(names.map((name) => `${machineArn}:${name}`)));
  });

  test('names are no numbers, and of letters, digits, dots, dashes and underscores', async () => {
    const routingConfiguration = routes([one, 100]);
    for (const name of ['1', '123', 'a b', 'ü', 'a:b', 'a/b', 'a@', '!a']) {
      expect(await refusalOf(create(service, { name, routingConfiguration }))).toEqual(
        invalid(violation('name', PATTERN, name)),
      );
    }
    const long = 'a'.repeat(81);
    expect(await refusalOf(create(service, { name: long, routingConfiguration }))).toEqual(
      invalid(violation('name', 'have length less than or equal to 80', long)),
    );
  });

  test('routing has one or two items, each whole', async () => {
    const name = 'wrong';
    expect(await refusalOf(create(service, {}))).toEqual(
      invalid(violation('name', 'not be null', null), violation('routingConfiguration', 'not be null', null)),
    );
    expect(await refusalOf(create(service, { name, routingConfiguration: [] }))).toEqual(
      invalid(violation('routingConfiguration', 'have length greater than or equal to 1', '[]')),
    );
    const items = routes([one, 50], [two, 25], [three, 25]);
    const shown = items
      .map(
        (item) =>
          `RoutingConfigurationListItem(stateMachineVersionArn=${item.stateMachineVersionArn}, weight=${item.weight})`,
      )
      .join(', ');
    expect(await refusalOf(create(service, { name, routingConfiguration: items }))).toEqual(
      invalid(violation('routingConfiguration', 'have length less than or equal to 2', `[${shown}]`)),
    );
    expect(
      await refusalOf(
        create(service, { name, routingConfiguration: [{ weight: -1 } as never, ...routes([one, 101])] }),
      ),
    ).toEqual(
      invalid(
        violation('routingConfiguration.1.member.stateMachineVersionArn', 'not be null', null),
        violation('routingConfiguration.1.member.weight', 'have value greater than or equal to 0', -1),
        violation('routingConfiguration.2.member.weight', 'have value less than or equal to 100', 101),
      ),
    );
  });

  test.each<[string, () => [string, number][], () => string]>([
    [
      'the same version twice',
      () => [
        [one, 50],
        [one, 50],
      ],
      () => `Routing configuration must contain distinct state machine version ARNs. Received: [${one}, ${one}]`,
    ],
    [
      'a machine',
      () => [
        [machineArn, 70],
        [two, 30],
      ],
      () => `Routing configuration must contain state machine version ARNs. Received: [${machineArn}, ${two}]`,
    ],
    [
      'an alias',
      () => [[`${machineArn}:live`, 100]],
      () => `Routing configuration must contain state machine version ARNs. Received: [${machineArn}:live]`,
    ],
    [
      'less than all',
      () => [
        [one, 70],
        [two, 29],
      ],
      () => 'Sum of routing configuration weights must equal 100. Received: [70, 29]',
    ],
    ['nothing', () => [[one, 0]], () => 'Sum of routing configuration weights must equal 100. Received: [0]'],
    [
      'versions of two machines',
      () => [
        [one, 50],
        [`${machineArn}x:1`, 50],
      ],
      () =>
        `Routing configuration must contain version ARNs of the same state machine. Received: [${one}, ${machineArn}x:1]`,
    ],
  ])('%s: ValidationException', async (_, pairs, text) => {
    const routingConfiguration = routes(...pairs());
    expect(await refusalOf(create(service, { name: 'wrong', routingConfiguration }))).toEqual(
      refusal('ValidationException', text()),
    );
  });

  test('a version that is not there, of a machine that is there or not: ResourceNotFound', async () => {
    const none = service.arn('stateMachine', uniqueName('none'));
    for (const arn of [`${machineArn}:4`, `${none}:1`, 'arn:aws:states:mars-north-1:123456789012:stateMachine:x:1']) {
      const sent = () => create(service, { name: 'wrong', routingConfiguration: routes([arn, 100]) });
      expect(await refusalOf(sent())).toEqual(NO_SUCH);
      await expect(sent()).rejects.toMatchObject({ resourceName: arn });
    }
  });

  test('the ARN of a version has at most 256 characters', async () => {
    const long = `${machineArn}:1`.padEnd(257, '0');
    expect(await refusalOf(create(service, { name: 'wrong', routingConfiguration: routes([long, 100]) }))).toEqual(
      invalid(
        violation(
          'routingConfiguration.1.member.stateMachineVersionArn',
          'have length less than or equal to 256',
          long,
        ),
      ),
    );
  });

  test('what is no ARN, or of something else: InvalidArn', async () => {
    expect(await refusalOf(create(service, { name: 'wrong', routingConfiguration: routes(['x', 100]) }))).toEqual(
      refusal('InvalidArn', "Invalid Arn: 'Invalid ARN prefix: x'"),
    );
  });

  test('of a machine that is being deleted: StateMachineDeleting', async () => {
    const { versionArn } = await deleting(service);
    const refused = create(service, { name: 'late', routingConfiguration: routes([versionArn, 100]) });
    expect(await refusalOf(refused)).toMatchObject({ name: 'StateMachineDeleting' });
  });
});

describe('DescribeStateMachineAlias', () => {
  const service = useService();
  describeAliasArn(service, (arn) => read(service, arn));
});

describe('UpdateStateMachineAlias', () => {
  const service = useService();

  test('what is not given stays', async () => {
    const { versionArns } = await createVersions(service, 2);
    const [one, two] = versionArns as [string, string];
    const stateMachineAliasArn = await createAlias(service, 'live', routes([one, 100]));
    const before = await read(service, stateMachineAliasArn);
    const { $metadata: _, ...answer } = await update(service, { stateMachineAliasArn, description: 'new' });
    expect(answer).toEqual({ updateDate: expect.any(Date) });
    expect(await read(service, stateMachineAliasArn)).toEqual({ ...before, description: 'new', ...answer });
    const routingConfiguration = routes([one, 1], [two, 99]);
    const moved = await update(service, { stateMachineAliasArn, routingConfiguration });
    expect(await read(service, stateMachineAliasArn)).toEqual({
      ...before,
      description: 'new',
      routingConfiguration,
      updateDate: moved.updateDate,
    });
  });

  test('one that changes nothing answers as the last that did', async () => {
    const { versionArns } = await createVersions(service, 2);
    const [one, two] = versionArns as [string, string];
    const stateMachineAliasArn = await createAlias(service, 'live', routes([one, 100]));
    const input = { stateMachineAliasArn, description: 'new', routingConfiguration: routes([one, 1], [two, 99]) };
    const { updateDate } = await update(service, input);
    await eventually(Date.now, (nowMs) => nowMs > updateDate!.getTime());
    expect(await update(service, input)).toMatchObject({ updateDate });
    const turned = routes([two, 99], [one, 1]);
    await update(service, { stateMachineAliasArn, routingConfiguration: turned });
    const described = await read(service, stateMachineAliasArn);
    expect(described.routingConfiguration).toEqual(turned);
    expect(described.updateDate!.getTime()).toBeGreaterThan(updateDate!.getTime());
  });

  test('a version that it leaves can be deleted; one that is gone cannot be routed to', async () => {
    const { versionArns } = await createVersions(service, 2);
    const [one, two] = versionArns as [string, string];
    const stateMachineAliasArn = await createAlias(service, 'live', routes([one, 100]));
    await update(service, { stateMachineAliasArn, routingConfiguration: routes([two, 100]) });
    await service.client.send(new DeleteStateMachineVersionCommand({ stateMachineVersionArn: one }));
    expect(
      await refusalOf(update(service, { stateMachineAliasArn, routingConfiguration: routes([one, 100]) })),
    ).toEqual(NO_SUCH);
  });

  test('nothing to change, or what cannot be', async () => {
    const { versionArns } = await createVersions(service, 1);
    const [one] = versionArns as [string];
    const stateMachineAliasArn = await createAlias(service, 'live', routes([one, 100]));
    expect(await refusalOf(update(service, { stateMachineAliasArn }))).toEqual(
      refusal('ValidationException', 'Either the description or the routing configuration must be specified'),
    );
    expect(await refusalOf(update(service, { stateMachineAliasArn, routingConfiguration: routes([one, 99]) }))).toEqual(
      refusal('ValidationException', 'Sum of routing configuration weights must equal 100. Received: [99]'),
    );
    const other = (await createVersions(service, 1)).versionArns[0]!;
    expect(
      await refusalOf(update(service, { stateMachineAliasArn, routingConfiguration: routes([other, 100]) })),
    ).toEqual(NO_SUCH);
  });

  test('of a machine that is being deleted: StateMachineDeleting', async () => {
    const { aliasArn } = await deleting(service);
    expect(await refusalOf(update(service, { stateMachineAliasArn: aliasArn, description: 'x' }))).toMatchObject({
      name: 'StateMachineDeleting',
    });
  });

  describeAliasArn(service, (stateMachineAliasArn) => update(service, { stateMachineAliasArn, description: 'x' }));
});

describe('DeleteStateMachineAlias', () => {
  const service = useService();

  test('it is gone, which may be said again, and its name free', async () => {
    const { versionArns } = await createVersions(service, 1);
    const stateMachineAliasArn = await createAlias(service, 'live', routes([versionArns[0]!, 100]));
    const { $metadata, ...answer } = await remove(service, stateMachineAliasArn);
    expect([$metadata.httpStatusCode, answer]).toEqual([200, {}]);
    expect(await refusalOf(read(service, stateMachineAliasArn))).toEqual(NO_SUCH);
    for (const arn of [stateMachineAliasArn, `${stateMachineAliasArn}-that-never-was`]) {
      const { $metadata: _, ...again } = await remove(service, arn);
      expect(again).toEqual({});
    }
    expect(await createAlias(service, 'live', routes([versionArns[0]!, 100]))).toBe(stateMachineAliasArn);
  });

  describeNoAlias(service, (arn) => remove(service, arn));
});

describe('ListStateMachineAliases', () => {
  const service = useService();

  test('by name; of a version those that lead to it', async () => {
    const { machineArn, versionArns } = await createVersions(service, 2);
    const [one, two] = versionArns as [string, string];
    await createAlias(service, 'b', routes([one, 100]));
    await createAlias(service, 'c', routes([two, 100]));
    await createAlias(service, 'a', routes([one, 50], [two, 50]));
    const listed = async (arn: string) =>
      (await list(service, arn)).stateMachineAliases!.map((alias) => {
        expect(Object.keys(alias).sort()).toEqual(['creationDate', 'stateMachineAliasArn']);
        return alias.stateMachineAliasArn!.slice(machineArn.length + 1);
      });
    expect(await listed(machineArn)).toEqual(['a', 'b', 'c']);
    expect(await listed(one)).toEqual(['a', 'b']);
    expect(await listed(two)).toEqual(['a', 'c']);
  });

  test('one that never was, an alias: StateMachineDoesNotExist; one that is being deleted: StateMachineDeleting', async () => {
    const { versionArns } = await createVersions(service, 1);
    const alias = await createAlias(service, 'live', routes([versionArns[0]!, 100]));
    for (const arn of [service.arn('stateMachine', uniqueName('none')), alias]) {
      expect(await refusalOf(list(service, arn))).toEqual(
        refusal('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`),
      );
    }
    const { machineArn } = await deleting(service);
    expect(await refusalOf(list(service, machineArn))).toMatchObject({ name: 'StateMachineDeleting' });
  });

  describeArn(service, { member: 'stateMachineArn', type: 'stateMachine', send: (arn) => list(service, arn) });
  describePages(async () => {
    const { machineArn, versionArns } = await createVersions(service, 1);
    for (const name of ['a', 'b']) await createAlias(service, name, routes([versionArns[0]!, 100]));
    return async (page) => {
      const { stateMachineAliases, nextToken } = await list(service, machineArn, page);
      return { count: stateMachineAliases!.length, nextToken };
    };
  });
});
