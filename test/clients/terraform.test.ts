import { FAIL, PASS, ROLE_ARN, SLEEP, uniqueName, useService } from '../api/service';
import { type Attributes, activity, alias, dataSources, Managed, stateMachine } from './terraform';

const LOG_GROUP = 'arn:aws:logs:us-east-1:123456789012:log-group:/aws/vendedlogs/states/orders:*';
const OTHER_ROLE = 'arn:aws:iam::123456789012:role/other';
/** As `jsonencode` and as a heredoc write it. */
const definition = JSON.stringify(PASS);
const spread = JSON.stringify(FAIL, null, 2);

describe('Terraform', () => {
  const service = useService();
  let calls: string[];
  beforeAll(() => {
    calls = [];
    service.client.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          calls.push(String(commandName).replace('Command', ''));
          return next(args);
        },
      { step: 'initialize' },
    );
  });
  /** The calls of some work. */
  const callsOf = async (work: () => Promise<unknown>): Promise<string[]> => {
    calls = [];
    await work();
    return calls;
  };
  const READ = ['DescribeStateMachine', 'ListStateMachineVersions', 'ListTagsForResource'];

  const MINIMAL = (): Attributes => ({ name: uniqueName('tf'), definition, role_arn: ROLE_ARN });
  const FULL = (): Attributes => ({
    ...MINIMAL(),
    type: 'STANDARD',
    tags: { team: 'shop', city: 'Łódź' },
    encryption_configuration: { type: 'AWS_OWNED_KEY' },
    logging_configuration: { level: 'ERROR', include_execution_data: true, log_destination: LOG_GROUP },
    tracing_configuration: { enabled: true },
    publish: true,
  });

  describe('aws_sfn_state_machine', () => {
    test.each([
      ['with the least', MINIMAL],
      ['with all', FULL],
      [
        'that logs nothing',
        () => ({ ...MINIMAL(), logging_configuration: { level: 'OFF', include_execution_data: false } }),
      ],
      [
        'with a key of its own',
        () => ({
          ...MINIMAL(),
          encryption_configuration: {
            type: 'CUSTOMER_MANAGED_KMS_KEY',
            kmsKeyId: 'alias/orders',
            kmsDataKeyReusePeriodSeconds: 900,
          },
        }),
      ],
      ['of type EXPRESS', () => ({ ...MINIMAL(), type: 'EXPRESS' })],
    ])('a machine %s: created, and the plan after it is empty', async (_, configOf) => {
      const config = configOf();
      const managed = new Managed(service.client, stateMachine(service.client));
      expect(await callsOf(() => managed.apply(config))).toEqual([
        'ValidateStateMachineDefinition',
        'CreateStateMachine',
        ...READ,
      ]);
      expect(await callsOf(async () => expect(await managed.plan(config)).toEqual([]))).toEqual(READ);
      await managed.destroy();
    });

    test.each<[string, Attributes]>([
      ['definition', { definition: spread }],
      ['role_arn', { role_arn: OTHER_ROLE }],
      ['tracing_configuration', { tracing_configuration: { enabled: true } }],
      [
        'logging_configuration',
        { logging_configuration: { level: 'ALL', include_execution_data: false, log_destination: LOG_GROUP } },
      ],
      [
        'encryption_configuration',
        {
          encryption_configuration: {
            type: 'CUSTOMER_MANAGED_KMS_KEY',
            kmsKeyId: 'alias/orders',
            kmsDataKeyReusePeriodSeconds: 60,
          },
        },
      ],
    ])('a change of %s: updated, and the plan after it is empty', async (name, change) => {
      const config = MINIMAL();
      const managed = new Managed(service.client, stateMachine(service.client));
      await managed.apply(config);
      const changed = { ...config, ...change };
      const made = await callsOf(async () => expect(await managed.apply(changed)).toEqual([name]));
      expect(made.filter((call) => /Update|Create|Tag/.test(call) && call !== 'ListTagsForResource')).toEqual([
        'UpdateStateMachine',
      ]);
      expect(await managed.plan(changed)).toEqual([]);
      expect((await managed.refresh())!.revision_id).toBeDefined();
      // And back.
      await managed.apply({ ...(await managed.refresh()), ...config });
      expect(await managed.plan(config)).toEqual([]);
      await managed.destroy();
    });

    test('a definition that is only written otherwise is no change', async () => {
      const config = { ...MINIMAL(), definition: JSON.stringify(FAIL) };
      const managed = new Managed(service.client, stateMachine(service.client));
      await managed.apply(config);
      expect(await managed.plan({ ...config, definition: spread })).toEqual([]);
      await managed.destroy();
    });

    test('a definition that is wrong is told by the plan, and nothing is made', async () => {
      const managed = new Managed(service.client, stateMachine(service.client));
      const made = await callsOf(() =>
        expect(managed.apply({ ...MINIMAL(), definition: '{"StartAt":"A"}' })).rejects.toThrow(
          'SCHEMA_VALIDATION_FAILED: These fields are required: [States]',
        ),
      );
      expect(made).toEqual(['ValidateStateMachineDefinition']);
    });

    test('tags change by themselves', async () => {
      const config = { ...MINIMAL(), tags: { team: 'shop', city: 'Łódź' } };
      const managed = new Managed(service.client, stateMachine(service.client));
      await managed.apply(config);
      const before = await managed.refresh();
      const changed = { ...config, tags: { city: '東京', stage: '' } };
      const made = await callsOf(async () => expect(await managed.apply(changed)).toEqual(['tags']));
      expect(made).toEqual([...READ, 'ListTagsForResource', 'UntagResource', 'TagResource', ...READ]);
      expect(await managed.plan(changed)).toEqual([]);
      expect((await managed.refresh())!.revision_id).toBe(before!.revision_id);
      await managed.apply({ ...config, tags: undefined });
      expect(await managed.plan({ ...config, tags: {} })).toEqual([]);
      await managed.destroy();
    });

    test('with publish each change is a version, and an empty plan publishes none', async () => {
      const config = { ...MINIMAL(), publish: true };
      const managed = new Managed(service.client, stateMachine(service.client));
      await managed.apply(config);
      expect((await managed.refresh())!.state_machine_version_arn).toBe(`${managed.arn}:1`);
      await managed.apply({ ...config, definition: spread });
      expect((await managed.refresh())!.state_machine_version_arn).toBe(`${managed.arn}:2`);
      await managed.apply({ ...config, definition: spread });
      expect(await dataSources.versions(service.client, managed.arn)).toEqual([`${managed.arn}:2`, `${managed.arn}:1`]);
      await managed.destroy();
    });

    test('one that runs is destroyed, and another of its name created at once', async () => {
      const config = { ...MINIMAL(), definition: JSON.stringify(SLEEP) };
      const managed = new Managed(service.client, stateMachine(service.client));
      await managed.apply(config);
      await service.startExecution({ stateMachineArn: managed.arn });
      await managed.destroy();
      await managed.apply(config);
      expect(await managed.plan(config)).toEqual([]);
      await managed.destroy();
    });

    test('one that somebody else deleted is to be created', async () => {
      const config = MINIMAL();
      const managed = new Managed(service.client, stateMachine(service.client));
      await managed.apply(config);
      await stateMachine(service.client).delete(managed.arn);
      expect(await stateMachine(service.client).read(managed.arn)).toBeUndefined();
    });

    test('the data source finds it by its name', async () => {
      const config = MINIMAL();
      const managed = new Managed(service.client, stateMachine(service.client));
      await managed.apply(config);
      expect(await dataSources.stateMachine(service.client, String(config.name))).toMatchObject({
        matches: 1,
        stateMachineArn: managed.arn,
        definition,
        roleArn: ROLE_ARN,
        status: 'ACTIVE',
      });
      expect(await dataSources.versions(service.client, managed.arn)).toEqual([]);
      await managed.destroy();
    });
  });

  test('aws_sfn_alias: created, moved, described, destroyed; plans after each are empty', async () => {
    const machine = new Managed(service.client, stateMachine(service.client));
    const machineConfig = { ...MINIMAL(), publish: true };
    await machine.apply(machineConfig);
    await machine.apply({ ...machineConfig, definition: spread });
    const route = (version: number, weight: number) => ({
      state_machine_version_arn: `${machine.arn}:${version}`,
      weight,
    });
    const managed = new Managed(service.client, alias(service.client));
    const configs: Attributes[] = [
      { name: 'live', routing_configuration: [route(1, 100)] },
      { name: 'live', routing_configuration: [route(1, 90), route(2, 10)] },
      { name: 'live', description: 'two', routing_configuration: [route(2, 100)] },
      { name: 'live', description: '', routing_configuration: [route(2, 100)] },
    ];
    for (const config of configs) {
      await managed.apply(config);
      expect(await managed.plan(config)).toEqual([]);
    }
    expect(await dataSources.alias(service.client, machine.arn, 'live')).toMatchObject({
      name: 'live',
      routing_configuration: [route(2, 100)],
    });
    await managed.destroy();
    expect(await dataSources.alias(service.client, machine.arn, 'live')).toBeUndefined();
    await machine.destroy();
  });

  test('aws_sfn_activity: created with tags, retagged, destroyed; plans after each are empty', async () => {
    const config: Attributes = { name: uniqueName('tf'), tags: { team: 'shop' } };
    const managed = new Managed(service.client, activity(service.client));
    const READ_ACTIVITY = ['DescribeActivity', 'ListTagsForResource'];
    expect(await callsOf(() => managed.apply(config))).toEqual(['CreateActivity', ...READ_ACTIVITY]);
    expect(await callsOf(async () => expect(await managed.plan(config)).toEqual([]))).toEqual(READ_ACTIVITY);
    expect(await dataSources.activity(service.client, String(config.name))).toEqual([managed.arn]);
    const retagged = { ...config, tags: { stage: 'prod' } };
    expect(await managed.apply(retagged)).toEqual(['tags']);
    expect(await managed.plan(retagged)).toEqual([]);
    await managed.destroy();
    expect(await dataSources.activity(service.client, String(config.name))).toEqual([]);
  });
});
