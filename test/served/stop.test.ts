import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLog } from '../../lib/host/log';
import { openServed } from '../../lib/host/served';
import { DEFAULT_LIMITS } from '../../lib/runtime/limits';
import { HOST } from '../backends/free-port';
import { eventually } from '../contract/eventually';

/** How a process stops whose queues answer nothing any more, by a clock that is wound. */

const STOP_MAX_MS = 20_000;
const STEP_MS = 500;
const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
const BODY = 'no message';
const MESSAGE = {
  MessageId: 'm',
  ReceiptHandle: 'r',
  Body: BODY,
  MD5OfBody: createHash('md5').update(BODY).digest('hex'),
  Attributes: { ApproximateReceiveCount: '1' },
};

/** A store that is empty whatever is written, and queues: they give one message away, and then answer no more. */
async function startBackends() {
  const asked: string[] = [];
  const answerOf = (operation: string): object | undefined => {
    if (operation.startsWith('DynamoDB')) return {};
    if (operation === 'AmazonSQS.GetQueueUrl') return { QueueUrl: `${endpoint}/1/queue` };
    const isFirst = operation === 'AmazonSQS.ReceiveMessage' && asked.filter((one) => one === operation).length === 1;
    return isFirst ? { Messages: [MESSAGE] } : undefined;
  };
  const answer = (operation: string, response: ServerResponse) => {
    asked.push(operation);
    const body = answerOf(operation);
    if (!body) return;
    response.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(body));
  };
  const server = createServer((request, response) => {
    request.resume().on('end', () => answer(String(request.headers['x-amz-target']), response));
  });
  await new Promise<void>((listening) => server.listen(0, HOST, listening));
  const endpoint = `http://${HOST}:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    asked,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

let backends: Awaited<ReturnType<typeof startBackends>>;
beforeAll(async () => {
  backends = await startBackends();
});
afterAll(() => {
  jest.useRealTimers();
  backends.stop();
});

test('a stop is over after 20 s, though what is held can neither be finished nor given back', async () => {
  const lines: { level: string; message: string }[] = [];
  const place = { endpoint: backends.endpoint, credentials };
  const service = await openServed({
    name: 'stops',
    region: 'us-east-1',
    account: '123456789012',
    limits: DEFAULT_LIMITS,
    dynamodb: place,
    sqs: place,
    patienceMs: 0,
    retentionMs: 86_400_000,
    isCreating: false,
    keys: { find: async () => undefined },
    masterSecret: undefined,
    functions: new Map(),
    lambdaEndpoint: undefined,
    log: createLog('debug', (line) => void lines.push(JSON.parse(line))),
  });
  // It holds the message, and waits for an answer.
  await eventually(
    () => backends.asked,
    (asked) => asked.includes('AmazonSQS.ChangeMessageVisibilityBatch'),
  );
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] });
  let isClosed = false;
  service.beginStop();
  const closed = service.close().then(() => {
    isClosed = true;
  });
  for (let passedMs = 0; passedMs < STOP_MAX_MS && !isClosed; passedMs += STEP_MS) {
    await jest.advanceTimersByTimeAsync(STEP_MS);
    // Sockets and threads go by no clock.
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(isClosed).toBe(true);
  expect(lines.at(-1)).toMatchObject({ level: 'warn', message: expect.stringContaining('could not be given back') });
  await closed;
});
