import {
  CreateStateMachineCommand,
  type CreateStateMachineCommandInput,
  DeleteStateMachineCommand,
  DescribeStateMachineCommand,
  StartExecutionCommand,
  type Tag,
} from '@aws-sdk/client-sfn';
import { describeName } from './describe-name';
import { describeTags } from './describe-tags';
import { invalid, PASS, ROLE_ARN, refusal, refusalOf, SLEEP, uniqueName, useService, violation } from './service';
import { machineOfTasks, WAITING_TASKS } from './waiting-tasks';

const DEFINITION = JSON.stringify(PASS);
const LOG_GROUP = 'arn:aws:logs:us-east-1:123456789012:log-group:orders:*';
const DESTINATION = { cloudWatchLogsLogGroup: { logGroupArn: LOG_GROUP } };

describe('CreateStateMachine', () => {
  const service = useService();
  const create = (input: Partial<CreateStateMachineCommandInput>) =>
    service.client.send(
      new CreateStateMachineCommand({
        name: uniqueName('machine'),
        definition: DEFINITION,
        roleArn: ROLE_ARN,
        ...input,
      }),
    );
  const describeMachine = (stateMachineArn: string | undefined) =>
    service.client.send(new DescribeStateMachineCommand({ stateMachineArn }));

  test('answers the ARN and when it was created, and no version', async () => {
    const name = uniqueName('machine');
    const beforeMs = Date.now();
    const { $metadata, ...answer } = await create({ name });
    expect($metadata.httpStatusCode).toBe(200);
    expect(answer).toEqual({ stateMachineArn: service.arn('stateMachine', name), creationDate: expect.any(Date) });
    expect(answer.creationDate!.getTime()).toBeGreaterThanOrEqual(beforeMs - 1_000);
    expect(answer.creationDate!.getTime()).toBeLessThanOrEqual(Date.now() + 1_000);
  });

  test('the definition is kept byte for byte', async () => {
    const definition = ` {"Comment": "ü \u{1f4a1}\\u0041",\r\n\t"StartAt" : "P",  "States":{"P":{"Type":"Succeed"}}}\n`;
    const { stateMachineArn } = await create({ definition });
    expect((await describeMachine(stateMachineArn)).definition).toBe(definition);
  });

  describe('a name that is taken', () => {
    const repeated = async (first: object, second: object) => {
      const name = uniqueName('machine');
      const { $metadata: _, ...answer } = await create({ name, ...first });
      return { name, answer, repeat: create({ name, ...second }) };
    };
    const exists = (name: string) =>
      refusal('StateMachineAlreadyExists', `State Machine Already Exists: '${service.arn('stateMachine', name)}'`);

    test('same definition: the first answer again', async () => {
      const { answer, repeat } = await repeated({}, {});
      const { $metadata: _, ...second } = await repeat;
      expect(second).toEqual(answer);
    });

    test('same definition, other role: the first answer again, and the first role stays', async () => {
      const { answer, repeat } = await repeated({}, { roleArn: 'arn:aws:iam::123456789012:role/other' });
      expect((await repeat).creationDate).toEqual(answer.creationDate);
      expect((await describeMachine(answer.stateMachineArn)).roleArn).toBe(ROLE_ARN);
    });

    test('other tags do not matter', async () => {
      const { repeat } = await repeated({ tags: [{ key: 'a', value: '1' }] }, { tags: [{ key: 'b', value: '2' }] });
      expect((await repeat).$metadata.httpStatusCode).toBe(200);
    });

    test.each([
      ['other definition', {}, { definition: JSON.stringify(SLEEP) }],
      ['only other white space in the definition', {}, { definition: `${DEFINITION} ` }],
      ['other type', {}, { type: 'EXPRESS' }],
      ['other logging', {}, { loggingConfiguration: { level: 'ALL', destinations: [DESTINATION] } }],
      ['other tracing', {}, { tracingConfiguration: { enabled: true } }],
      ['a version wanted now', {}, { publish: true }],
      ['a version wanted then', { publish: true }, {}],
      [
        'another description of the version',
        { publish: true, versionDescription: 'a' },
        { publish: true, versionDescription: 'b' },
      ],
    ])('%s: StateMachineAlreadyExists', async (_, first, second) => {
      const { name, repeat } = await repeated(first, second);
      expect(await refusalOf(repeat)).toEqual(exists(name));
    });

    test.each([
      ['type', {}, { type: 'STANDARD' }],
      ['logging', {}, { loggingConfiguration: { level: 'OFF', includeExecutionData: false } }],
      ['tracing', {}, { tracingConfiguration: { enabled: false } }],
      ['publish', {}, { publish: false }],
    ])('the default said in words (%s) is no difference', async (_, first, second) => {
      const { answer, repeat } = await repeated(first, second);
      expect((await repeat).creationDate).toEqual(answer.creationDate);
    });

    test('a definition that is wrong is told before the conflict', async () => {
      const { repeat } = await repeated({}, { definition: '{}' });
      expect(await refusalOf(repeat)).toMatchObject({ name: 'InvalidDefinition' });
    });

    test('by one that is being deleted: StateMachineDeleting', async () => {
      const name = uniqueName('machine');
      const { stateMachineArn } = await create({ name, definition: JSON.stringify(SLEEP) });
      await service.client.send(new StartExecutionCommand({ stateMachineArn }));
      await service.client.send(new DeleteStateMachineCommand({ stateMachineArn }));
      expect(await refusalOf(create({ name, definition: JSON.stringify(SLEEP) }))).toEqual(
        refusal('StateMachineDeleting', `State Machine is being deleted: '${stateMachineArn}'`),
      );
    });

    test('of many at once one creates, and the others are refused or get its answer', async () => {
      const name = uniqueName('machine');
      const definitions = [DEFINITION, JSON.stringify(SLEEP)];
      const calls = Array.from({ length: 10 }, (_, index) => create({ name, definition: definitions[index % 2] }));
      const settled = await Promise.allSettled(calls);
      const answered = settled.filter(({ status }) => status === 'fulfilled');
      expect(answered).toHaveLength(5);
      for (const [index, { status }] of settled.entries()) {
        if (status === 'rejected') expect(await refusalOf(calls[index]!)).toEqual(exists(name));
      }
    });
  });

  describeName((name) => create({ name }), true);
  describeTags(service, async (tags) => (await create({ tags: tags as Tag[] })).stateMachineArn!);

  describe('definition', () => {
    test('is required', async () => {
      expect(await refusalOf(create({ definition: undefined }))).toEqual(
        invalid(violation('definition', 'not be null')),
      );
    });

    test('has 1 to 1,048,576 characters, and its text is not shown', async () => {
      expect(await refusalOf(create({ definition: '' }))).toEqual(
        invalid(violation('definition', 'have length greater than or equal to 1')),
      );
      expect(await refusalOf(create({ definition: DEFINITION.padEnd(1_048_577) }))).toEqual(
        invalid(violation('definition', 'have length less than or equal to 1048576')),
      );
      const longest = DEFINITION.padEnd(1_048_576);
      const { stateMachineArn } = await create({ definition: longest });
      expect((await describeMachine(stateMachineArn)).definition === longest).toBe(true);
    });

    test.each([
      ['{}', 'SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /'],
      ['{"StartAt":"P"}', 'SCHEMA_VALIDATION_FAILED: These fields are required: [States] at /'],
      [
        '{"StartAt":"P","States":{"P":{"Type":"Pas","End":true}}}',
        "SCHEMA_VALIDATION_FAILED: The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map] at /States/P/Type",
      ],
      [
        '{"StartAt":"X","States":{"P":{"Type":"Pass","End":true}}}',
        "MISSING_TRANSITION_TARGET: Missing 'Next' target: X at /StartAt",
      ],
    ])('%s: InvalidDefinition', async (definition, problem) => {
      const { name, message, status } = await refusalOf(create({ definition }));
      expect({ name, status }).toEqual({ name: 'InvalidDefinition', status: 400 });
      expect(message).toMatch(/^Invalid State Machine Definition: '/);
      expect(message).toContain(problem);
    });

    test('that is no JSON: InvalidDefinition', async () => {
      const { name, message } = await refusalOf(create({ definition: 'not json' }));
      expect(name).toBe('InvalidDefinition');
      expect(message).toMatch(/^Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION: /);
    });

    test('every problem is told', async () => {
      const definition = JSON.stringify({
        StartAt: 'A',
        States: { A: { Type: 'Pass', Next: 'X' }, B: { Type: 'Pass', Next: 'Y' } },
      });
      const { message } = await refusalOf(create({ definition }));
      expect(message).toContain("Missing 'Next' target: X at /States/A/Next, ");
      expect(message).toContain("Missing 'Next' target: Y at /States/B/Next");
    });
  });

  describe('roleArn', () => {
    test('is required', async () => {
      expect(await refusalOf(create({ roleArn: undefined }))).toEqual(
        invalid(violation('roleArn', 'not be null', null)),
      );
    });

    test('has 1 to 256 characters', async () => {
      const longest = ROLE_ARN.padEnd(256, 'x');
      await create({ roleArn: longest });
      expect(await refusalOf(create({ roleArn: '' }))).toEqual(
        invalid(violation('roleArn', 'have length greater than or equal to 1', '')),
      );
      expect(await refusalOf(create({ roleArn: `${longest}x` }))).toEqual(
        invalid(violation('roleArn', 'have length less than or equal to 256', `${longest}x`)),
      );
    });

    test.each([
      'role',
      'arn:aws:iam::123456789012:user/orders',
      'arn:aws:iam::12345:role/orders',
      'arn:aws:states:us-east-1:123456789012:stateMachine:orders',
    ])('%s names no role: InvalidArn', async (roleArn) => {
      expect(await refusalOf(create({ roleArn }))).toEqual(refusal('InvalidArn', `Invalid Role Arn: '${roleArn}'`));
    });

    test.each(['arn:aws-cn:iam::123456789012:role/x', 'arn:aws-us-gov:iam::123456789012:role/a/b/c', ROLE_ARN])(
      '%s names one',
      async (roleArn) => {
        const { stateMachineArn } = await create({ roleArn });
        expect((await describeMachine(stateMachineArn)).roleArn).toBe(roleArn);
      },
    );
  });

  describe('type', () => {
    test.each(['STANDARD', 'EXPRESS'] as const)('%s is kept', async (type) => {
      const { stateMachineArn } = await create({ type });
      expect((await describeMachine(stateMachineArn)).type).toBe(type);
    });

    test.each(WAITING_TASKS)('EXPRESS refuses what waits for others: %s', async (...task) => {
      const [name, , text] = task;
      const branch = machineOfTasks([task]);
      const definition = { StartAt: 'P', States: { P: { Type: 'Parallel', Branches: [branch], End: true } } };
      const input = { definition: JSON.stringify(definition), name: uniqueName('machine') };
      const at = `/States/P/Branches[0]/States/${name}/Resource`;
      expect(await refusalOf(create({ ...input, type: 'EXPRESS' }))).toEqual(
        refusal('InvalidDefinition', `Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: ${text} at ${at}'`),
      );
      await create(input);
    });

    test('any other: ValidationException', async () => {
      expect(await refusalOf(create({ type: 'standard' as never }))).toEqual(
        invalid(violation('type', 'satisfy enum value set: [STANDARD, EXPRESS]', 'standard')),
      );
    });
  });

  describe('loggingConfiguration', () => {
    const withLogging = (loggingConfiguration: object) => create({ loggingConfiguration });

    test.each(['ALL', 'ERROR', 'FATAL'] as const)('level %s needs one destination', async (level) => {
      const loggingConfiguration = { level, includeExecutionData: true, destinations: [DESTINATION] };
      const { stateMachineArn } = await withLogging(loggingConfiguration);
      expect((await describeMachine(stateMachineArn)).loggingConfiguration).toEqual(loggingConfiguration);
      for (const destinations of [undefined, [], [DESTINATION, DESTINATION]]) {
        expect(await refusalOf(withLogging({ level, destinations }))).toEqual(
          refusal(
            'InvalidLoggingConfiguration',
            'Invalid Logging Configuration: Must specify exactly one Log Destination.',
          ),
        );
      }
    });

    test.each([
      ['arn:aws:logs:us-east-1:123456789012:log-group:g', "Log Group ARN must be provided with '*' qualifier."],
      ['arn:aws:logs:us-east-1:123456789012:g', 'Log Destination not found.'],
    ])('%s is no destination', async (logGroupArn, text) => {
      const destinations = [{ cloudWatchLogsLogGroup: { logGroupArn } }];
      expect(await refusalOf(withLogging({ level: 'ALL', destinations }))).toEqual(
        refusal('InvalidLoggingConfiguration', `Invalid Logging Configuration: ${text}`),
      );
    });

    test('level OFF needs none', async () => {
      const { stateMachineArn } = await withLogging({ level: 'OFF' });
      expect((await describeMachine(stateMachineArn)).loggingConfiguration).toEqual({
        level: 'OFF',
        includeExecutionData: false,
      });
    });

    test.each([
      [
        { level: 'INFO' },
        violation('loggingConfiguration.level', 'satisfy enum value set: [ALL, ERROR, FATAL, OFF]', 'INFO'),
      ],
      [
        { level: 'ALL', destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: '' } }] },
        violation(
          'loggingConfiguration.destinations.1.member.cloudWatchLogsLogGroup.logGroupArn',
          'have length greater than or equal to 1',
          '',
        ),
      ],
      [
        { level: 'ALL', destinations: [DESTINATION, { cloudWatchLogsLogGroup: { logGroupArn: 'x'.repeat(257) } }] },
        violation(
          'loggingConfiguration.destinations.2.member.cloudWatchLogsLogGroup.logGroupArn',
          'have length less than or equal to 256',
          'x'.repeat(257),
        ),
      ],
    ])('%#: constraints inside it are told by their path', async (loggingConfiguration, found) => {
      expect(await refusalOf(withLogging(loggingConfiguration))).toEqual(invalid(found));
    });
  });

  describe('tracingConfiguration', () => {
    test.each([true, false])('enabled: %p is kept', async (enabled) => {
      const { stateMachineArn } = await create({ tracingConfiguration: { enabled } });
      expect((await describeMachine(stateMachineArn)).tracingConfiguration).toEqual({ enabled });
    });
  });

  describe('publish', () => {
    test('answers the ARN of version 1', async () => {
      const { stateMachineArn, stateMachineVersionArn } = await create({ publish: true, versionDescription: 'first' });
      expect(stateMachineVersionArn).toBe(`${stateMachineArn}:1`);
    });

    test('a repeat answers the same version', async () => {
      const input = { name: uniqueName('machine'), publish: true };
      const first = await create(input);
      expect((await create(input)).stateMachineVersionArn).toBe(first.stateMachineVersionArn);
    });

    test.each([{ versionDescription: 'x' }, { versionDescription: 'x', publish: false }])(
      '%j: a description needs a version',
      async (input) => {
        expect(await refusalOf(create(input))).toEqual(
          refusal('ValidationException', 'Version description can only be set when publish is true'),
        );
      },
    );

    test('a description has at most 256 characters, and is not shown', async () => {
      await create({ publish: true, versionDescription: 'x'.repeat(256) });
      expect(await refusalOf(create({ publish: true, versionDescription: 'x'.repeat(257) }))).toEqual(
        invalid(violation('versionDescription', 'have length less than or equal to 256')),
      );
    });
  });

  describe('encryptionConfiguration', () => {
    test('is kept and described', async () => {
      const { stateMachineArn } = await create({ encryptionConfiguration: { type: 'AWS_OWNED_KEY' } });
      const described = await describeMachine(stateMachineArn);
      expect(described.encryptionConfiguration).toEqual({ type: 'AWS_OWNED_KEY' });
    });

    test('needs a type', async () => {
      expect(await refusalOf(create({ encryptionConfiguration: {} as never }))).toEqual(
        invalid(violation('encryptionConfiguration.type', 'not be null', null)),
      );
    });
  });

  describe('the order of checks', () => {
    test.each([
      ['constraints before the role', { name: '', roleArn: 'role' }, 'ValidationException'],
      ['the role before the name', { name: 'a b', roleArn: 'role' }, 'InvalidArn'],
      ['the name before the definition', { name: 'a b', definition: '{}' }, 'InvalidName'],
    ])('%s', async (_, input, name) => {
      expect(await refusalOf(create(input))).toMatchObject({ name });
    });
  });
});
