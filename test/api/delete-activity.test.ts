import {
  DeleteActivityCommand,
  DescribeActivityCommand,
  GetActivityTaskCommand,
  ListActivitiesCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { eventually } from '../contract/eventually';
import { describeArn } from './describe-arn';
import { refusal, refusalOf, taskOf, uniqueName, useService } from './service';

describe('DeleteActivity', () => {
  const service = useService();
  const remove = (activityArn: string | undefined) => service.client.send(new DeleteActivityCommand({ activityArn }));

  test('answers nothing; the activity is gone', async () => {
    const activityArn = await service.createActivity();
    const { $metadata, ...answer } = await remove(activityArn);
    expect($metadata.httpStatusCode).toBe(200);
    expect(answer).toEqual({});
    const { client } = service;
    const { activities } = await client.send(new ListActivitiesCommand({ maxResults: 1_000 }));
    expect(activities!.map((activity) => activity.activityArn)).not.toContain(activityArn);
    expect(await refusalOf(client.send(new DescribeActivityCommand({ activityArn })))).toEqual(
      refusal('ActivityDoesNotExist', `Activity Does Not Exist: '${activityArn}'`),
    );
  });

  test.each([
    ['one that never was', () => service.arn('activity', uniqueName('none'))],
    ['one of another region', () => 'arn:aws:states:mars-north-1:123456789012:activity:x'],
    ['one of another account', () => `arn:aws:states:${service.region}:999999999999:activity:x`],
  ])('is idempotent: %s', async (_, arn) => {
    expect((await remove(arn())).$metadata.httpStatusCode).toBe(200);
  });

  test('twice is as good as once', async () => {
    const activityArn = await service.createActivity();
    await remove(activityArn);
    expect((await remove(activityArn)).$metadata.httpStatusCode).toBe(200);
  });

  test('a task that was handed out keeps its token', async () => {
    const { taskToken, executionArn, activityArn } = await service.takeTask();
    await remove(activityArn);
    await service.client.send(new SendTaskHeartbeatCommand({ taskToken }));
    await service.client.send(new SendTaskSuccessCommand({ taskToken, output: '"done"' }));
    expect(await service.ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '"done"' });
  });

  test('an execution that enters the task state later fails with States.Runtime', async () => {
    const activityArn = await service.createActivity();
    const stateMachineArn = await service.createMachine(taskOf(activityArn));
    await remove(activityArn);
    const ended = await service.ended(await service.startExecution({ stateMachineArn }));
    expect(ended).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: `An error occurred while executing the state 'T' (entered at the event id #2). The activity ${activityArn} does not exist.`,
    });
  });

  test('those who wait for a task are answered that there is none', async () => {
    const name = uniqueName('activity');
    const activityArn = await service.createActivity(name);
    let answer: object | undefined;
    service.client.send(new GetActivityTaskCommand({ activityArn })).then(
      ({ taskToken }) => {
        answer = { taskToken };
      },
      (error: Error) => {
        answer = { refused: error.name };
      },
    );
    // Nothing tells when the poll has arrived: the activity is deleted and made again until it is answered.
    await eventually(
      async () => {
        await remove(activityArn);
        await service.createActivity(name);
        return answer;
      },
      (answer) => answer !== undefined,
    );
    expect([{ taskToken: undefined }, { refused: 'ActivityDoesNotExist' }]).toContainEqual(answer);
  });

  test('an activity of the same name later gets none of the old tasks', async () => {
    const name = uniqueName('activity');
    const activityArn = await service.createActivity(name);
    const old = await service.startExecution({ definition: taskOf(activityArn), input: '"old"' });
    await service.event(old, 'ActivityScheduled');
    await remove(activityArn);
    await service.createActivity(name);
    const young = await service.startExecution({ definition: taskOf(activityArn), input: '"young"' });
    const { input } = await service.client.send(new GetActivityTaskCommand({ activityArn }));
    expect(input).toBe('"young"');
    for (const executionArn of [old, young]) await service.client.send(new StopExecutionCommand({ executionArn }));
  });

  describeArn(service, { member: 'activityArn', type: 'activity', send: remove });
});
