import { DescribeExecutionCommand, SendTaskHeartbeatCommand, SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { eventually } from '../contract/eventually';
import { describeToken } from './describe-token';
import { useService } from './service';

describe('SendTaskHeartbeat', () => {
  const service = useService();
  const send = (taskToken: string | undefined) => service.client.send(new SendTaskHeartbeatCommand({ taskToken }));

  test('answers nothing, and writes no event', async () => {
    const { taskToken, executionArn } = await service.takeTask({ HeartbeatSeconds: 100 });
    const before = await service.history(executionArn);
    const { $metadata, ...answer } = await send(taskToken);
    expect($metadata.httpStatusCode).toBe(200);
    expect(answer).toEqual({});
    expect(await service.history(executionArn)).toEqual(before);
    await service.client.send(new SendTaskSuccessCommand({ taskToken, output: '1' }));
  });

  test('is taken where the task has no heartbeat', async () => {
    const { taskToken, executionArn } = await service.takeTask();
    await send(taskToken);
    await service.client.send(new SendTaskSuccessCommand({ taskToken, output: '1' }));
    expect((await service.ended(executionArn)).status).toBe('SUCCEEDED');
  });

  test('with heartbeats a task outlives its HeartbeatSeconds; without more of them it times out', async () => {
    const { taskToken, executionArn } = await service.takeTask({ HeartbeatSeconds: 1 });
    const { timestamp } = await service.event(executionArn, 'ActivityStarted');
    let lastBeatMs = 0;
    await eventually(
      async () => {
        lastBeatMs = Date.now();
        await send(taskToken);
        return Date.now() - timestamp!.getTime();
      },
      (aliveMs) => aliveMs > 1_400,
    );
    const described = await service.client.send(new DescribeExecutionCommand({ executionArn }));
    expect(described.status).toBe('RUNNING');
    const ended = await service.ended(executionArn);
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(ended.stopDate!.getTime()).toBeGreaterThanOrEqual(lastBeatMs + 1_000);
  });

  test('heartbeats do not move TimeoutSeconds', async () => {
    const { taskToken, executionArn } = await service.takeTask({ HeartbeatSeconds: 1, TimeoutSeconds: 2 });
    const { timestamp } = await service.event(executionArn, 'ActivityScheduled');
    const refused = await eventually(
      () =>
        send(taskToken).then(
          () => undefined,
          (error: Error) => error.name,
        ),
      (refused) => refused !== undefined,
    );
    expect(refused).toBe('TaskTimedOut');
    const event = await service.event(executionArn, 'ActivityTimedOut');
    expect(event.timestamp!.getTime()).toBeGreaterThanOrEqual(timestamp!.getTime() + 2_000);
    expect(event.activityTimedOutEventDetails).toEqual({ error: 'States.Timeout' });
  });

  describeToken(service, send);
});
