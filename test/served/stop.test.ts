import { createHash } from 'node:crypto';
import { eventually } from '../contract/eventually';
import { serveOn, startBackends } from './backends';

/** How a process stops whose queues answer nothing any more, by a clock that is wound. */

const STOP_MAX_MS = 20_000;
const STEP_MS = 500;
const BODY = 'no message';
const MESSAGE = {
  MessageId: 'm',
  ReceiptHandle: 'r',
  Body: BODY,
  MD5OfBody: createHash('md5').update(BODY).digest('hex'),
  Attributes: { ApproximateReceiveCount: '1' },
};

/** They give one message away. */
let isGiven = false;
let backends: Awaited<ReturnType<typeof startBackends>>;
beforeAll(async () => {
  backends = await startBackends((operation) => {
    if (operation !== 'AmazonSQS.ReceiveMessage' || isGiven) return undefined;
    isGiven = true;
    return { Messages: [MESSAGE] };
  });
});
afterAll(() => {
  jest.useRealTimers();
  backends.stop();
});

test('a stop is over after 20 s, though what is held can neither be finished nor given back', async () => {
  const { service, lines } = await serveOn(backends.endpoint);
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
  expect(lines.at(-1)).toMatchObject({ level: 'warn', message: expect.stringContaining('was not given back') });
  await closed;
});
