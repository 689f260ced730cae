import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  StartExecutionCommand,
  type StartExecutionCommandInput,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { describeArn } from './describe-arn';
import { describeName } from './describe-name';
import { FAIL, invalid, PASS, refusal, refusalOf, SLEEP, uniqueName, useService, violation } from './service';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('StartExecution', () => {
  const service = useService();
  let passing: string;
  let sleeping: string;
  beforeAll(async () => {
    passing = await service.createMachine(PASS);
    sleeping = await service.createMachine(SLEEP);
  });
  const send = (input: Partial<StartExecutionCommandInput>) =>
    service.client.send(new StartExecutionCommand({ stateMachineArn: passing, ...input }));
  const stop = (executionArn: string | undefined) => service.client.send(new StopExecutionCommand({ executionArn }));
  const inputOf = async (executionArn: string | undefined) =>
    (await service.client.send(new DescribeExecutionCommand({ executionArn }))).input;
  const arnOf = (stateMachineArn: string, name: string) =>
    `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;

  test('answers the ARN and when it started', async () => {
    const name = uniqueName('order');
    const beforeMs = Date.now();
    const { $metadata, ...answer } = await send({ name });
    expect($metadata.httpStatusCode).toBe(200);
    expect(answer).toEqual({ executionArn: arnOf(passing, name), startDate: expect.any(Date) });
    expect(answer.startDate!.getTime()).toBeGreaterThanOrEqual(beforeMs - 1_000);
    expect(answer.startDate!.getTime()).toBeLessThanOrEqual(Date.now() + 1_000);
  });

  test('without a name it gets a UUID', async () => {
    const arns = [await send({}), await send({})].map(({ executionArn }) => executionArn!);
    for (const arn of arns) expect(arn.split(':').at(-1)).toMatch(UUID);
    expect(arns[0]).not.toBe(arns[1]);
  });

  test('an execution is there as soon as its start was answered', async () => {
    const { executionArn } = await send({ stateMachineArn: sleeping });
    const { status } = await service.client.send(new DescribeExecutionCommand({ executionArn }));
    expect(status).toBe('RUNNING');
    const { executions } = await service.client.send(new ListExecutionsCommand({ stateMachineArn: sleeping }));
    expect(executions!.map((execution) => execution.executionArn)).toContain(executionArn);
    await stop(executionArn);
  });

  describe('input', () => {
    test.each(['7', '-1.50e3', 'null', 'true', '"text"', '[]', '{}', ' {"a" : 1}\n', '"\u{1f4a1}\\u0000"'])(
      'may be any JSON: %j',
      async (input) => {
        const { executionArn } = await send({ input });
        expect(await inputOf(executionArn)).toBe(input);
        const { status, output } = await service.ended(executionArn!);
        expect(status).toBe('SUCCEEDED');
        expect(JSON.parse(output!)).toEqual(JSON.parse(input));
      },
    );

    test('is {} when it is left out', async () => {
      const { executionArn } = await send({});
      expect(await service.ended(executionArn!)).toMatchObject({ input: '{}', output: '{}' });
    });

    test.each([
      ['', 'Invalid execution input.'],
      [' \n', 'Invalid execution input.'],
      [
        'not json',
        "Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
      ],
      [
        '{"a":[1}',
        'Unexpected close marker \'}\': expected \']\' (for Array starting at [Source: (String)"{"a":[1}"; line: 1, column: 6])',
      ],
      ["{'a':1}", "Unexpected character (''' (code 39)): was expecting double-quote to start field name"],
    ])('%j is no JSON: InvalidExecutionInput', async (input, text) => {
      expect(await refusalOf(send({ input }))).toEqual(
        refusal('InvalidExecutionInput', `Invalid State Machine Execution Input: '${text}'`),
      );
    });

    test.each([
      ' ',
      '{"a":1',
      '{"a":1}}',
      '[1,]',
      '{"a":01}',
      '{"a":.5}',
      'NaN',
      '"\n"',
      '"\\x"',
      '\ufeff{}',
      "'a'",
      '{a:1}',
    ])('%j is no JSON: InvalidExecutionInput', async (input) => {
      const { name, message, status } = await refusalOf(send({ input }));
      expect({ name, status }).toEqual({ name: 'InvalidExecutionInput', status: 400 });
      expect(message).toMatch(/^Invalid State Machine Execution Input: '.+'$/s);
    });

    test('has at most 262,144 bytes of UTF-8, and is not shown', async () => {
      const longest = JSON.stringify('ä'.repeat(131_071));
      expect(Buffer.byteLength(longest)).toBe(262_144);
      const { executionArn } = await send({ input: longest });
      expect((await inputOf(executionArn)) === longest).toBe(true);
      expect(await refusalOf(send({ input: `${longest} ` }))).toEqual(
        invalid(violation('input', 'have size less than or equal to 262144 bytes in UTF-8 encoding')),
      );
    });
  });

  describeName((name) => send({ name }), false);

  describe('a name that was used', () => {
    const exists = (executionArn: string | undefined) =>
      refusal('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);

    test('same input, still running: the first answer again', async () => {
      const request = { stateMachineArn: sleeping, name: uniqueName('order'), input: '{"a":1}' };
      const { $metadata: _, ...first } = await send(request);
      const { $metadata: __, ...second } = await send(request);
      expect(second).toEqual(first);
      const history = await service.history(first.executionArn!);
      expect(history.filter(({ type }) => type === 'ExecutionStarted')).toHaveLength(1);
      await stop(first.executionArn);
    });

    test.each([
      ['other input', '{"a":1}', '{"a":2}'],
      ['other white space', '{"a":1}', '{"a": 1}'],
      ['an input, where there was none', undefined, '{"a":1}'],
    ])('%s, still running: ExecutionAlreadyExists', async (_, first, second) => {
      const request = { stateMachineArn: sleeping, name: uniqueName('order') };
      const { executionArn } = await send({ ...request, input: first });
      expect(await refusalOf(send({ ...request, input: second }))).toEqual(exists(executionArn));
      expect(await inputOf(executionArn)).toBe(first ?? '{}');
      await stop(executionArn);
    });

    test('the default input and {} are the same', async () => {
      const request = { stateMachineArn: sleeping, name: uniqueName('order') };
      const { executionArn } = await send(request);
      expect((await send({ ...request, input: '{}' })).executionArn).toBe(executionArn);
      await stop(executionArn);
    });

    test.each([
      ['SUCCEEDED', PASS],
      ['FAILED', FAIL],
    ])('same input, %s: ExecutionAlreadyExists', async (status, definition) => {
      const request = { stateMachineArn: await service.createMachine(definition), name: uniqueName('order') };
      const { executionArn } = await send(request);
      expect((await service.ended(executionArn!)).status).toBe(status);
      expect(await refusalOf(send(request))).toEqual(exists(executionArn));
    });

    test('same input, stopped: ExecutionAlreadyExists', async () => {
      const request = { stateMachineArn: sleeping, name: uniqueName('order') };
      const { executionArn } = await send(request);
      await stop(executionArn);
      expect(await refusalOf(send(request))).toEqual(exists(executionArn));
    });

    test('by another state machine: both run', async () => {
      const name = uniqueName('order');
      const arns = [
        await send({ stateMachineArn: passing, name }),
        await send({ stateMachineArn: await service.createMachine(), name }),
      ].map(({ executionArn }) => executionArn);
      expect(arns[0]).not.toBe(arns[1]);
    });

    test('of many at once with other inputs one starts, and the others are refused', async () => {
      const request = { stateMachineArn: sleeping, name: uniqueName('order') };
      const calls = Array.from({ length: 12 }, (_, index) => send({ ...request, input: String(index) }));
      const settled = await Promise.allSettled(calls);
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const { executionArn } = (
        settled.find(({ status }) => status === 'fulfilled') as PromiseFulfilledResult<{ executionArn: string }>
      ).value;
      for (const [index, { status }] of settled.entries()) {
        if (status === 'rejected') expect(await refusalOf(calls[index]!)).toEqual(exists(executionArn));
        else expect(await inputOf(executionArn)).toBe(String(index));
      }
      await stop(executionArn);
    });

    test('of many at once with the same input all get the same answer', async () => {
      const request = { stateMachineArn: sleeping, name: uniqueName('order'), input: '1' };
      const answers = await Promise.all(Array.from({ length: 12 }, () => send(request)));
      expect(new Set(answers.map(({ startDate }) => startDate!.getTime())).size).toBe(1);
      await stop(answers[0]!.executionArn);
    });
  });

  test('names are told apart by case', async () => {
    const name = uniqueName('Order');
    expect((await send({ name })).executionArn).not.toBe((await send({ name: name.toUpperCase() })).executionArn);
  });

  describe('traceHeader', () => {
    test('has at most 256 characters, of ASCII', async () => {
      await send({ traceHeader: '' });
      await send({ traceHeader: 'x'.repeat(256) });
      expect(await refusalOf(send({ traceHeader: 'x'.repeat(257) }))).toEqual(
        invalid(violation('traceHeader', 'have length less than or equal to 256', 'x'.repeat(257))),
      );
      expect(await refusalOf(send({ traceHeader: 'Root=é' }))).toEqual(
        invalid(violation('traceHeader', 'satisfy regular expression pattern: \\p{ASCII}*', 'Root=é')),
      );
    });
  });

  test.each([
    ['one that never was', () => service.arn('stateMachine', uniqueName('none'))],
    ['one of another region', () => 'arn:aws:states:mars-north-1:123456789012:stateMachine:x'],
    ['one of another account', () => passing.replace(service.account, '999999999999')],
  ])('a state machine, %s: StateMachineDoesNotExist', async (_, arn) => {
    const stateMachineArn = arn();
    expect(await refusalOf(send({ stateMachineArn }))).toEqual(
      refusal('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`),
    );
  });

  describe('the order of checks', () => {
    const missing = () => service.arn('stateMachine', uniqueName('none'));
    test.each([
      ['constraints before the ARN', () => ({ stateMachineArn: 'x', name: '' }), 'ValidationException'],
      ['the ARN before the machine', () => ({ stateMachineArn: 'x', name: 'a b', input: 'x' }), 'InvalidArn'],
      ['the machine before the name', () => ({ stateMachineArn: missing(), name: 'a b' }), 'StateMachineDoesNotExist'],
      ['the name before the input', () => ({ name: 'a b', input: 'not json' }), 'InvalidName'],
    ])('%s', async (_, input, name) => {
      expect(await refusalOf(send(input()))).toMatchObject({ name });
    });

    test('the input before the conflict', async () => {
      const name = uniqueName('order');
      await send({ name });
      expect(await refusalOf(send({ name, input: 'not json' }))).toMatchObject({ name: 'InvalidExecutionInput' });
    });

    test('all constraints are told, in the order of the members', async () => {
      expect(await refusalOf(send({ stateMachineArn: undefined, name: '', traceHeader: 'x'.repeat(257) }))).toEqual(
        invalid(
          violation('stateMachineArn', 'not be null', null),
          violation('name', 'have length greater than or equal to 1', ''),
          violation('traceHeader', 'have length less than or equal to 256', 'x'.repeat(257)),
        ),
      );
    });
  });

  describeArn(service, {
    member: 'stateMachineArn',
    type: 'stateMachine',
    send: (stateMachineArn) => service.client.send(new StartExecutionCommand({ stateMachineArn })),
  });
});
