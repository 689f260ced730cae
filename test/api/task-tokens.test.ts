import {
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { eventually } from '../contract/eventually';
import { refusal, refusalOf, TestService, taskOf } from './service';

/** Tasks that send their token away, and wait until it comes back. */

const CALLBACK = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken';
const Parameters = { QueueUrl: 'q', MessageBody: { 'token.$': '$$.Task.Token', 'in.$': '$' } };

const tokens: string[] = [];
/** What the queue does with a token before it answers the call. */
let onMessage: (token: string) => unknown;
const service = new TestService();

beforeAll(() =>
  service.start({
    services: {
      'sqs:sendMessage': async ({ MessageBody }: { MessageBody: string }) => {
        const { token } = JSON.parse(MessageBody);
        await onMessage(token);
        tokens.push(token);
        return { MessageId: '1' };
      },
    },
    functions: {
      early: async ({ token }: { token: string }) => {
        await service.client.send(new SendTaskSuccessCommand({ taskToken: token, output: '"early"' }));
        return 'late';
      },
    },
  }),
);
afterAll(() => service.stop());
beforeEach(() => {
  tokens.length = 0;
  onMessage = () => {};
});

const token = async (): Promise<string> =>
  (await eventually(
    async () => tokens[0],
    (one) => one !== undefined,
  ))!;
const start = (fields: object = {}) =>
  service.startExecution({ definition: taskOf(CALLBACK, { Parameters, ...fields }) });
const success = (taskToken: string, output = '{"ok":true}') =>
  service.client.send(new SendTaskSuccessCommand({ taskToken, output }));
const typesOf = async (executionArn: string) => (await service.history(executionArn)).map(({ type }) => type);

const SUBMITTED = ['ExecutionStarted', 'TaskStateEntered', 'TaskScheduled', 'TaskStarted', 'TaskSubmitted'];
const TIMED_OUT = refusal('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");

test('the token comes back with an output: that is the result, and the answer of the call stands in the history', async () => {
  const executionArn = await start();
  await success(await token());
  expect(await service.ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '{"ok":true}' });
  expect(await typesOf(executionArn)).toEqual([...SUBMITTED, 'TaskSucceeded', 'TaskStateExited', 'ExecutionSucceeded']);
  const { taskSubmittedEventDetails: submitted } = await service.event(executionArn, 'TaskSubmitted');
  expect(JSON.parse(submitted!.output!)).toMatchObject({ MessageId: '1', SdkHttpMetadata: { HttpStatusCode: 200 } });
  expect(submitted).toMatchObject({ resourceType: 'sqs', resource: 'sendMessage.waitForTaskToken' });
  expect(await refusalOf(success(await token()))).toEqual(TIMED_OUT);
});

test('it comes back with an error', async () => {
  const executionArn = await start();
  await service.client.send(new SendTaskFailureCommand({ taskToken: await token(), error: 'Odd', cause: 'it was' }));
  expect(await service.ended(executionArn)).toMatchObject({ status: 'FAILED', error: 'Odd', cause: 'it was' });
  expect(await typesOf(executionArn)).toEqual([...SUBMITTED, 'TaskFailed', 'ExecutionFailed']);
});

test('it comes back before the call is answered: the history tells both, in order', async () => {
  let answered: Promise<unknown> | undefined;
  onMessage = (early) => {
    answered = success(early);
  };
  const executionArn = await start();
  await token();
  await answered;
  await service.ended(executionArn);
  expect(await typesOf(executionArn)).toEqual([...SUBMITTED, 'TaskSucceeded', 'TaskStateExited', 'ExecutionSucceeded']);
});

test('a function may send the token back itself', async () => {
  const executionArn = await service.startExecution({
    definition: taskOf('arn:aws:states:::lambda:invoke.waitForTaskToken', {
      Parameters: { FunctionName: 'early', Payload: { 'token.$': '$$.Task.Token' } },
    }),
  });
  expect(await service.ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '"early"' });
  expect(await typesOf(executionArn)).toContain('TaskSucceeded');
});

test('heartbeats put the end off; without one the task times out', async () => {
  const executionArn = await start({ HeartbeatSeconds: 1, TimeoutSeconds: 60 });
  const taskToken = await token();
  await service.client.send(new SendTaskHeartbeatCommand({ taskToken }));
  expect(await service.ended(executionArn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  expect(await typesOf(executionArn)).toEqual([...SUBMITTED, 'TaskTimedOut', 'ExecutionFailed']);
  expect(await refusalOf(service.client.send(new SendTaskHeartbeatCommand({ taskToken })))).toEqual(TIMED_OUT);
});

test('a token dies with its task', async () => {
  const executionArn = await start();
  const taskToken = await token();
  await service.event(executionArn, 'TaskSubmitted');
  await service.client.send(new StopExecutionCommand({ executionArn }));
  expect(await refusalOf(success(taskToken))).toEqual(TIMED_OUT);
  expect((await service.ended(executionArn)).status).toBe('ABORTED');
});

test('a task that is asked once has no token to give', async () => {
  const definition = taskOf('arn:aws:states:::sqs:sendMessage', { Parameters });
  const ended = await service.ended(await service.startExecution({ definition }));
  expect(ended).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  expect(ended.cause).toContain("'$$.Task.Token'");
});
