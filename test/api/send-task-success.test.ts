import { DescribeExecutionCommand, SendTaskFailureCommand, SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { describeToken, timedOut } from './describe-token';
import { invalid, refusalOf, useService, violation } from './service';

describe('SendTaskSuccess', () => {
  const service = useService();
  const send = (taskToken: string | undefined, output: string | undefined = '"done"') =>
    service.client.send(new SendTaskSuccessCommand({ taskToken, output }));

  test('answers nothing; the execution goes on with the output', async () => {
    const { taskToken, executionArn } = await service.takeTask();
    const { $metadata, ...answer } = await send(taskToken, '{"ok":true}');
    expect($metadata.httpStatusCode).toBe(200);
    expect(answer).toEqual({});
    expect(await service.ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '{"ok":true}' });
  });

  test.each([
    ['null', 'null'],
    ['0', '0'],
    ['1.0', '1.0'],
    ['"text"', '"text"'],
    [' [ 1 , {"b": 2, "a": 1} ]\n', '[1,{"b":2,"a":1}]'],
    ['"\\u00fc\u{1f4a1}"', '"ü\u{1f4a1}"'],
  ])('the output may be any JSON: %j', async (output, expected) => {
    const { taskToken, executionArn } = await service.takeTask();
    await send(taskToken, output);
    const ended = await service.ended(executionArn);
    expect(JSON.parse(ended.output!)).toEqual(JSON.parse(expected));
    expect(ended.output).not.toMatch(/^\s|\s$/);
  });

  test('the result stands in the history as compact JSON', async () => {
    const { taskToken, executionArn } = await service.takeTask();
    await send(taskToken, '{ "a" : 1.0 }');
    const event = await service.event(executionArn, 'ActivitySucceeded');
    expect(event.activitySucceededEventDetails).toEqual({ output: '{"a":1.0}', outputDetails: { truncated: false } });
  });

  test('an acknowledged result is in the history at once', async () => {
    const { taskToken, executionArn } = await service.takeTask();
    await send(taskToken);
    expect((await service.history(executionArn)).map(({ type }) => type)).toContain('ActivitySucceeded');
  });

  test('the first answer wins: of many at once one is taken, and the others are refused', async () => {
    const { taskToken, executionArn } = await service.takeTask();
    const answers = await Promise.allSettled([
      ...Array.from({ length: 6 }, (_, index) => send(taskToken, String(index))),
      service.client.send(new SendTaskFailureCommand({ taskToken, error: 'late' })),
    ]);
    const taken = answers.findIndex(({ status }) => status === 'fulfilled');
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const answer of answers) {
      if (answer.status === 'rejected')
        expect(answer.reason).toMatchObject({ name: timedOut.name, message: timedOut.message });
    }
    const ended = await service.ended(executionArn);
    expect(ended).toMatchObject(taken < 6 ? { output: String(taken) } : { error: 'late' });
    const results = (await service.history(executionArn)).filter(({ type }) =>
      /^Activity(Succeeded|Failed)$/.test(type!),
    );
    expect(results).toHaveLength(1);
  });

  describe('output', () => {
    const at = (taskToken: string, output: string | undefined) =>
      service.client.send(new SendTaskSuccessCommand({ taskToken, output }));

    test('is required, and is not shown', async () => {
      expect(await refusalOf(at('x', undefined))).toEqual(invalid(violation('output', 'not be null')));
    });

    test('has at most 262,144 bytes of UTF-8', async () => {
      const { taskToken, executionArn } = await service.takeTask();
      const longest = JSON.stringify('ä'.repeat(131_071));
      expect(Buffer.byteLength(longest)).toBe(262_144);
      expect(await refusalOf(send(taskToken, `${longest} `))).toEqual(
        invalid(violation('output', 'have size less than or equal to 262144 bytes in UTF-8 encoding')),
      );
      await send(taskToken, longest);
      expect((await service.ended(executionArn)).output === longest).toBe(true);
    });

    test.each(['', 'not json', '{"a":1', "{'a':1}", '{"a":1}{"b":2}', '01', 'undefined', '"\n"'])(
      '%j is no JSON: InvalidOutput, and the task goes on',
      async (output) => {
        const { taskToken, executionArn } = await service.takeTask();
        const { name, message, status } = await refusalOf(send(taskToken, output));
        expect({ name, status }).toEqual({ name: 'InvalidOutput', status: 400 });
        expect(message).toMatch(/^Invalid Output: '.+'$/s);
        await send(taskToken);
        expect((await service.ended(executionArn)).status).toBe('SUCCEEDED');
      },
    );

    test('the token is looked at before it', async () => {
      expect(await refusalOf(send('x', 'not json'))).toMatchObject({ name: 'InvalidToken' });
      const { taskToken } = await service.takeTask();
      await send(taskToken);
      expect(await refusalOf(send(taskToken, 'not json'))).toEqual(timedOut);
    });

    test('constraints are looked at before the token, all of them', async () => {
      expect(await refusalOf(at('', undefined))).toEqual(
        invalid(violation('taskToken', 'have length greater than or equal to 1'), violation('output', 'not be null')),
      );
    });
  });

  describeToken(service, (taskToken) => send(taskToken));

  test('a refused answer changes nothing', async () => {
    const { taskToken, executionArn } = await service.takeTask();
    await send(taskToken, '1');
    await service.ended(executionArn);
    const before = await service.history(executionArn);
    await refusalOf(send(taskToken, '2'));
    expect(await service.history(executionArn)).toEqual(before);
    const described = await service.client.send(new DescribeExecutionCommand({ executionArn }));
    expect(described.output).toBe('1');
  });
});
