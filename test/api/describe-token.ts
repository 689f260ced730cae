import { randomBytes } from 'node:crypto';
import { SendTaskFailureCommand, SendTaskSuccessCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { invalid, refusal, refusalOf, type TestService, taskOf, violation } from './service';

export const timedOut = refusal('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
const invalidToken = refusal('InvalidToken', "Invalid Token: 'Invalid token'");

const TIMED = { TimeoutSeconds: { TimeoutSeconds: 1 }, HeartbeatSeconds: { HeartbeatSeconds: 1 } };

/** What the three actions of workers say to tokens that are not, or not any more, of a task that is awaited. */
export function describeToken(service: TestService, send: (taskToken: string | undefined) => Promise<unknown>): void {
  describe('taskToken', () => {
    // They time out while the other tests run.
    const timed: Partial<Record<keyof typeof TIMED, { taskToken: string; executionArn: string }>> = {};
    beforeAll(async () => {
      for (const [name, fields] of Object.entries(TIMED))
        timed[name as keyof typeof TIMED] = await service.takeTask(fields);
    });

    test('is required', async () => {
      expect(await refusalOf(send(undefined))).toEqual(invalid(violation('taskToken', 'not be null')));
    });

    test('has 1 to 2,048 characters, and is not shown', async () => {
      expect(await refusalOf(send(''))).toEqual(
        invalid(violation('taskToken', 'have length greater than or equal to 1')),
      );
      expect(await refusalOf(send('x'.repeat(2_049)))).toEqual(
        invalid(violation('taskToken', 'have length less than or equal to 2048')),
      );
      expect(await refusalOf(send('x'.repeat(2_048)))).toEqual(invalidToken);
    });

    test.each(['x', 'AAAA', 'null', ' ', 'ü', '{"task":1}', randomBytes(60).toString('base64url')])(
      'that was never given (%#): InvalidToken',
      async (taskToken) => {
        expect(await refusalOf(send(taskToken))).toEqual(invalidToken);
      },
    );

    test('with any character changed, added or taken away: InvalidToken', async () => {
      const { taskToken, executionArn } = await service.takeTask();
      const other = (character: string) => (character === 'A' ? 'B' : 'A');
      const places = [0, 5, Math.floor(taskToken.length / 2), taskToken.length - 1];
      const changed = places.map((at) => taskToken.slice(0, at) + other(taskToken[at]!) + taskToken.slice(at + 1));
      for (const token of [...changed, `${taskToken}A`, `A${taskToken}`, taskToken.slice(1), taskToken.slice(0, -1)]) {
        expect(await refusalOf(send(token))).toEqual(invalidToken);
      }
      await service.client.send(new StopExecutionCommand({ executionArn }));
    });

    test('of a task that succeeded: TaskTimedOut', async () => {
      const { taskToken, executionArn } = await service.takeTask();
      await service.client.send(new SendTaskSuccessCommand({ taskToken, output: '1' }));
      expect(await refusalOf(send(taskToken))).toEqual(timedOut);
      await service.ended(executionArn);
      expect(await refusalOf(send(taskToken))).toEqual(timedOut);
    });

    test('of a task that failed: TaskTimedOut', async () => {
      const { taskToken } = await service.takeTask();
      await service.client.send(new SendTaskFailureCommand({ taskToken }));
      expect(await refusalOf(send(taskToken))).toEqual(timedOut);
    });

    test('of an execution that was stopped: TaskTimedOut', async () => {
      const { taskToken, executionArn } = await service.takeTask();
      await service.client.send(new StopExecutionCommand({ executionArn }));
      expect(await refusalOf(send(taskToken))).toEqual(timedOut);
    });

    test('of a task that was tried again: TaskTimedOut', async () => {
      const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1 }];
      const { taskToken, executionArn } = await service.takeTask({ Retry });
      await service.client.send(new SendTaskFailureCommand({ taskToken }));
      expect(await refusalOf(send(taskToken))).toEqual(timedOut);
      await service.client.send(new StopExecutionCommand({ executionArn }));
    });

    test('of a task whose branch was cancelled: TaskTimedOut', async () => {
      const [kept, failed] = [await service.createActivity(), await service.createActivity()];
      const branch = (name: string, arn: string) =>
        JSON.parse(JSON.stringify(taskOf(arn)).replaceAll('"T"', `"${name}"`));
      const Branches = [branch('A', kept), branch('B', failed)];
      const definition = { StartAt: 'P', States: { P: { Type: 'Parallel', Branches, End: true } } };
      const executionArn = await service.startExecution({ definition });
      const [cancelled, failing] = [await service.poll(kept), await service.poll(failed)];
      await service.client.send(new SendTaskFailureCommand({ taskToken: failing, error: 'E' }));
      expect(await refusalOf(send(cancelled))).toEqual(timedOut);
      expect((await service.ended(executionArn)).status).toBe('FAILED');
    });

    test.each(Object.keys(TIMED) as (keyof typeof TIMED)[])(
      'of a task whose %s are over: TaskTimedOut',
      async (name) => {
        const { taskToken, executionArn } = timed[name]!;
        expect((await service.ended(executionArn)).error).toBe('States.Timeout');
        expect(await refusalOf(send(taskToken))).toEqual(timedOut);
      },
    );
  });
}
