import {
  DescribeStateMachineCommand,
  SendTaskSuccessCommand,
  UpdateStateMachineCommand,
  type UpdateStateMachineCommandInput,
} from '@aws-sdk/client-sfn';
import { describeArn } from './describe-arn';
import { invalid, PASS, ROLE_ARN, refusal, refusalOf, taskOf, uniqueName, useService, violation } from './service';
import { createVersions, deleting, saying } from './versions';
import { machineOfTasks, WAITING_TASKS } from './waiting-tasks';

const GROUP = 'arn:aws:logs:us-east-1:123456789012:log-group:/aws/vendedlogs/states/orders:*';
const OTHER_ROLE = 'arn:aws:iam::123456789012:role/other';

describe('UpdateStateMachine', () => {
  const service = useService();
  const send = (input: Partial<UpdateStateMachineCommandInput>) =>
    service.client.send(new UpdateStateMachineCommand(input as UpdateStateMachineCommandInput));
  const describe_ = async (stateMachineArn: string) => {
    const { $metadata: _, ...answer } = await service.client.send(new DescribeStateMachineCommand({ stateMachineArn }));
    return answer;
  };

  test('a new definition is described at once, under a revision', async () => {
    const stateMachineArn = await service.createMachine(saying('before'));
    const before = await describe_(stateMachineArn);
    const { $metadata: _, ...answer } = await send({ stateMachineArn, definition: saying('after') });
    expect(answer).toEqual({ updateDate: expect.any(Date), revisionId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(await describe_(stateMachineArn)).toEqual({
      ...before,
      definition: saying('after'),
      revisionId: answer.revisionId,
    });
  });

  test('what is not given stays', async () => {
    const stateMachineArn = await service.createMachine(saying('before'));
    await send({ stateMachineArn, roleArn: OTHER_ROLE });
    await send({ stateMachineArn, tracingConfiguration: { enabled: true } });
    await send({
      stateMachineArn,
      loggingConfiguration: { level: 'ALL', destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: GROUP } }] },
    });
    await send({
      stateMachineArn,
      encryptionConfiguration: { type: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId: 'alias/orders' },
    });
    expect(await describe_(stateMachineArn)).toMatchObject({
      definition: saying('before'),
      roleArn: OTHER_ROLE,
      tracingConfiguration: { enabled: true },
      loggingConfiguration: {
        level: 'ALL',
        includeExecutionData: false,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: GROUP } }],
      },
      encryptionConfiguration: {
        type: 'CUSTOMER_MANAGED_KMS_KEY',
        kmsKeyId: 'alias/orders',
        kmsDataKeyReusePeriodSeconds: 300,
      },
    });
  });

  test('a key is given up', async () => {
    const key = { type: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId: 'alias/orders' } as const;
    const stateMachineArn = await service.createMachine(PASS, { encryptionConfiguration: key });
    await send({ stateMachineArn, encryptionConfiguration: { type: 'AWS_OWNED_KEY' } });
    expect((await describe_(stateMachineArn)).encryptionConfiguration).toEqual({ type: 'AWS_OWNED_KEY' });
  });

  test('a configuration is replaced whole', async () => {
    const stateMachineArn = await service.createMachine(PASS, {
      loggingConfiguration: {
        level: 'ERROR',
        includeExecutionData: true,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: GROUP } }],
      },
    });
    await send({ stateMachineArn, loggingConfiguration: { level: 'OFF' } });
    expect((await describe_(stateMachineArn)).loggingConfiguration).toEqual({
      level: 'OFF',
      includeExecutionData: false,
    });
  });

  test.each<[string, Partial<UpdateStateMachineCommandInput>]>([
    ['definition', { definition: saying('same') }],
    ['role', { roleArn: ROLE_ARN }],
    ['definition and role', { definition: saying('same'), roleArn: ROLE_ARN }],
    ['logging', { loggingConfiguration: { level: 'OFF' } }],
    ['tracing', { tracingConfiguration: { enabled: false } }],
    ['encryption', { encryptionConfiguration: { type: 'AWS_OWNED_KEY' } }],
  ])('the same %s again changes nothing', async (_, input) => {
    const stateMachineArn = await service.createMachine(saying('same'));
    const before = await describe_(stateMachineArn);
    expect((await send({ stateMachineArn, ...input })).revisionId).toBeUndefined();
    expect(await describe_(stateMachineArn)).toEqual(before);
    const { revisionId } = await send({ stateMachineArn, definition: saying('x') });
    expect((await send({ stateMachineArn, ...input, definition: saying('x') })).revisionId).toBe(revisionId);
  });

  test('other white space is another definition', async () => {
    const stateMachineArn = await service.createMachine(saying('x'));
    const { revisionId } = await send({ stateMachineArn, definition: ` ${saying('x')}` });
    expect(revisionId).toBeDefined();
    expect((await describe_(stateMachineArn)).definition).toBe(` ${saying('x')}`);
  });

  test('an execution that runs keeps its definition and its role; the next one has the new ones', async () => {
    const activityArn = await service.createActivity();
    const stateMachineArn = await service.createMachine({
      StartAt: 'T',
      States: {
        ...taskOf(activityArn, { End: undefined, Next: 'Old' }).States,
        Old: { Type: 'Pass', Result: 'old', End: true },
      },
    });
    const old = await service.startExecution({ stateMachineArn });
    const taskToken = await service.poll(activityArn);
    await send({ stateMachineArn, definition: saying('new'), roleArn: OTHER_ROLE });
    const young = await service.startExecution({ stateMachineArn });
    expect(await service.ended(young)).toMatchObject({ status: 'SUCCEEDED', output: '"new"' });
    await service.client.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));
    expect(await service.ended(old)).toMatchObject({ status: 'SUCCEEDED', output: '"old"' });
    expect((await service.history(old))[0]!.executionStartedEventDetails?.roleArn).toBe(ROLE_ARN);
    expect((await service.history(young))[0]!.executionStartedEventDetails?.roleArn).toBe(OTHER_ROLE);
  });

  test('ten updates at once are all done', async () => {
    const stateMachineArn = await service.createMachine();
    const definitions = Array.from({ length: 10 }, (_, index) => saying(`at once ${index}`));
    const answers = await Promise.all(definitions.map((definition) => send({ stateMachineArn, definition })));
    expect(new Set(answers.map(({ revisionId }) => revisionId)).size).toBe(10);
    const { definition, revisionId } = await describe_(stateMachineArn);
    expect(answers[definitions.indexOf(definition!)]!.revisionId).toBe(revisionId);
  });

  test('publish answers a version of what it is then', async () => {
    const stateMachineArn = await service.createMachine(saying('one'));
    const first = await send({ stateMachineArn, definition: saying('two'), publish: true, versionDescription: 'two!' });
    expect(first.stateMachineVersionArn).toBe(`${stateMachineArn}:1`);
    const version = await describe_(first.stateMachineVersionArn!);
    expect(version).toMatchObject({ definition: saying('two'), description: 'two!', revisionId: first.revisionId });
    // Nothing changes: the revision has its version.
    const again = await send({ stateMachineArn, definition: saying('two'), publish: true });
    expect(again.stateMachineVersionArn).toBe(`${stateMachineArn}:1`);
    const next = await send({ stateMachineArn, definition: saying('three'), publish: true });
    expect(next.stateMachineVersionArn).toBe(`${stateMachineArn}:2`);
  });

  test('without publish there is no version', async () => {
    const stateMachineArn = await service.createMachine();
    expect((await send({ stateMachineArn, definition: saying('x') })).stateMachineVersionArn).toBeUndefined();
  });

  test('nothing to change: MissingRequiredParameter', async () => {
    const stateMachineArn = await service.createMachine();
    const text =
      'Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified';
    expect(await refusalOf(send({ stateMachineArn }))).toEqual(refusal('MissingRequiredParameter', text));
    expect(await refusalOf(send({ stateMachineArn, publish: true }))).toEqual(
      refusal('MissingRequiredParameter', text),
    );
  });

  test('what is wrong changes nothing', async () => {
    const stateMachineArn = await service.createMachine();
    const before = await describe_(stateMachineArn);
    const wrong: [Partial<UpdateStateMachineCommandInput>, object][] = [
      [
        { definition: '{}' },
        refusal(
          'InvalidDefinition',
          "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /'",
        ),
      ],
      [{ roleArn: 'me' }, refusal('InvalidArn', "Invalid Role Arn: 'me'")],
      [
        { definition: saying('x'), versionDescription: 'x' },
        refusal('ValidationException', 'Version description can only be set when publish is true'),
      ],
      [
        { definition: saying('x'), loggingConfiguration: { level: 'ALL' } },
        refusal(
          'InvalidLoggingConfiguration',
          'Invalid Logging Configuration: Must specify exactly one Log Destination.',
        ),
      ],
      [
        { encryptionConfiguration: { type: 'CUSTOMER_MANAGED_KMS_KEY' } },
        refusal(
          'InvalidEncryptionConfiguration',
          'Invalid Encryption Configuration: kmsKeyId is required when type is CUSTOMER_MANAGED_KMS_KEY',
        ),
      ],
    ];
    for (const [input, expected] of wrong) {
      expect(await refusalOf(send({ stateMachineArn, ...input }))).toEqual(expected);
    }
    expect(await describe_(stateMachineArn)).toEqual(before);
  });

  test('a definition is checked for the type of the machine', async () => {
    const task = WAITING_TASKS[0]!;
    const definition = JSON.stringify(machineOfTasks([task]));
    const text = `SCHEMA_VALIDATION_FAILED: ${task[2]} at /States/Work/Resource`;
    const stateMachineArn = await service.createMachine(PASS, { type: 'EXPRESS' });
    expect(await refusalOf(send({ stateMachineArn, definition }))).toEqual(
      refusal('InvalidDefinition', `Invalid State Machine Definition: '${text}'`),
    );
    await send({ stateMachineArn: await service.createMachine(), definition });
  });

  test('constraints of its members', async () => {
    const stateMachineArn = await service.createMachine();
    const long = 'x'.repeat(257);
    expect(await refusalOf(send({ stateMachineArn, definition: '', roleArn: '', versionDescription: long }))).toEqual(
      invalid(
        violation('definition', 'have length greater than or equal to 1'),
        violation('roleArn', 'have length greater than or equal to 1', ''),
        violation('versionDescription', 'have length less than or equal to 256'),
      ),
    );
  });

  test('one that never was, a version, an alias: StateMachineDoesNotExist', async () => {
    const { versionArns } = await createVersions(service, 1);
    for (const stateMachineArn of [service.arn('stateMachine', uniqueName('none')), versionArns[0]!]) {
      expect(await refusalOf(send({ stateMachineArn, definition: saying('x') }))).toEqual(
        refusal('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`),
      );
    }
  });

  test('one that is being deleted: StateMachineDeleting', async () => {
    const { machineArn: stateMachineArn } = await deleting(service);
    expect(await refusalOf(send({ stateMachineArn, definition: saying('x') }))).toEqual(
      refusal('StateMachineDeleting', `State Machine is being deleted: '${stateMachineArn}'`),
    );
  });

  describeArn(service, {
    member: 'stateMachineArn',
    type: 'stateMachine',
    send: (stateMachineArn) => send({ stateMachineArn, definition: saying('x') }),
  });
});
