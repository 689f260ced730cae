import { LocalServices } from '../../lib/adapters/services/local-services';
import { Payload } from '../../lib/engine/payload';
import { slotAt, type TaskWait } from '../../lib/engine/snapshot';
import type { FunctionResult } from '../../lib/ports/functions';
import type { OwnApi } from '../../lib/ports/own-api';
import { Arns } from '../../lib/runtime/arns';
import { ServiceCalls } from '../../lib/runtime/service-calls';

/** What services are sent and answer may be long: others have their turn while it is read, and it comes to the same. */

const RUN = { runId: 'r', machineId: 'i', machineName: 'm', name: 'n' };

const nothing = async (): Promise<never> => {
  throw new Error('it is not called');
};

/** Calls the service; `pauses` counts how often others had their turn. */
async function call(
  resource: string,
  parameters: string,
  answer: { item?: object; invoked?: FunctionResult } = {},
): Promise<{ result: unknown; sent: unknown; pauses: number }> {
  let pauses = 0;
  let sent: unknown;
  const handler = (given: unknown) => {
    sent = given;
    return answer.item;
  };
  const calls = new ServiceCalls(
    {
      clock: {
        nowMs: () => 0,
        sleep: async () => void pauses++,
        placeInLine: () => async () => {},
        every: () => () => {},
      },
      ids: { ulid: () => 'u', uuid: () => 'u', random: () => 0 },
      services: new LocalServices(
        new Map([
          ['dynamodb:getItem', handler],
          ['sqs:sendMessage', handler],
        ]),
        { call: nothing, close() {} },
      ),
      functions: { invoke: async () => answer.invoked! },
      ownApi: { call: nothing, start: nothing } satisfies OwnApi,
    },
    new Arns('us-east-1', '123456789012'),
  );
  const input = Payload.ofText(parameters);
  const task: TaskWait = {
    on: 'task',
    kind: 'service',
    resource,
    eventId: 3,
    input,
    scheduledMs: 0,
    since: slotAt(3, 0),
    timeoutAtMs: undefined,
    heartbeatSeconds: undefined,
    heartbeatAtMs: undefined,
    claim: 'c',
  };
  return { result: await calls.call({ run: RUN, executionArn: 'e', isStored: true }, task, parameters), sent, pauses };
}

const GET = 'arn:aws:states:::dynamodb:getItem';
const SEND = 'arn:aws:states:::sqs:sendMessage';
const INVOKE = 'arn:aws:states:::lambda:invoke';
const KEY = '{"TableName":"t","Key":{"a":{"S":"a"}}}';
const list = (count: number) => Array.from({ length: count }, (_, i) => ({ N: `${i}` }));

test.each([1, 20_000])('an item of %i numbers', async (count) => {
  const item = { Item: { b: { L: list(count) }, a: { S: ' "é' } } };
  const { result, pauses } = await call(GET, KEY, { item });
  const output = (result as { output: string }).output;
  expect(output.startsWith(`{"Item":${JSON.stringify(item.Item)},"SdkHttpMetadata":`)).toBe(true);
  expect(pauses > 0).toBe(count > 1);
});

test.each([1, 20_000])('a message of %i numbers is sent as it is', async (count) => {
  const body = `{"b":[${list(count).map(({ N }) => `${N}.0`)}],"a":[]}`;
  const { sent, pauses } = await call(SEND, `{"QueueUrl":"q","MessageBody":${body}}`);
  expect(sent).toEqual({ QueueUrl: 'q', MessageBody: body });
  expect(pauses > 0).toBe(count > 1);
});

test.each([1, 20_000])('a failure of %i numbers loses its white space', async (count) => {
  const cause = `{"errorType": "E", "stack": [${list(count).map(({ N }) => `${N}.0`)}]}`;
  const { result, pauses } = await call(INVOKE, '{"FunctionName":"f"}', { invoked: { error: 'E', cause } });
  expect(result).toEqual({ error: 'E', cause: cause.replaceAll(' ', '') });
  expect(pauses > 0).toBe(count > 1);
});

test('a failure that is no JSON is left alone', async () => {
  const { result } = await call(INVOKE, '{"FunctionName":"f"}', { invoked: { error: 'E', cause: '{ it' } });
  expect(result).toEqual({ error: 'E', cause: '{ it' });
});
