import { advanceMessages } from '../../lib/adapters/sqs/messages';
import { SqsQueue } from '../../lib/adapters/sqs/queue';
import type { RemoteQueue } from '../../lib/adapters/sqs/remote-queue';
import { specifyQueues } from '../../lib/adapters/sqs/specifications';
import { functionsInTime, servicesInTime } from '../../lib/host/answers-in-time';
import { type BatchResult, handleBatch } from '../../lib/host/lambda-messages';
import type { LambdaHost } from '../../lib/host/lambda-service';
import { createLog } from '../../lib/host/log';
import { tellMessageFailures } from '../../lib/host/message-failures';
import { systemClock } from '../../lib/host/system';
import type { AdvanceMessage, Delivery, Disposition } from '../../lib/ports/queue';
import { Arns } from '../../lib/runtime/arns';
import { newRun } from '../contract/samples';

/** What the functions `advance` and `task` do with a batch of messages, by a clock that is wound. */

const MINUTE_MS = 60_000;
const VISIBILITY_SECONDS = 60;
/** As `task` is deployed. */
const long = { timeoutMs: 15 * MINUTE_MS, isLong: true };
const arns = new Arns('eu-west-1', '123456789012');

beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] }));
afterEach(() => jest.useRealTimers());

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
const never = () => new Promise<never>(() => {});

interface Given {
  id: string;
  receiveCount?: number;
  body?: string;
  handle?: (delivery: Delivery<AdvanceMessage>) => Promise<Disposition>;
}

/** An invocation that has that long. `asked`: what was asked of the queue. */
async function invoke(given: Given[], { timeoutMs = 20_000, isLong = false, isRefusing = false } = {}) {
  const asked: string[] = [];
  const lines: Record<string, unknown>[] = [];
  const log = createLog('debug', (line) => void lines.push(JSON.parse(line)));
  const ask = async (what: string) => {
    asked.push(what);
    if (isRefusing) throw new Error('refused');
  };
  const remote = {
    specification: specifyQueues('shop').tasks,
    hide: (receipt: string, seconds: number) => ask(`hide ${receipt} ${seconds}`),
    delete: (receipt: string) => ask(`delete ${receipt}`),
  } as unknown as RemoteQueue;
  const queue = new SqsQueue<AdvanceMessage>({
    remote,
    format: advanceMessages,
    clock: systemClock,
    timers: undefined,
    concurrency: 1,
    visibilitySeconds: VISIBILITY_SECONDS,
    pollSeconds: 1,
    onFailure: tellMessageFailures(log, arns, undefined),
  });
  const invocation = { endMs: Date.now() + timeoutMs };
  const host = { service: { runtime: { settings: { arns } } }, log, invocation } as unknown as LambdaHost;
  const deliveries = new Map<string, Delivery<AdvanceMessage>>();
  const runs = new Map(given.map(({ id }) => [id, newRun()]));
  const Records = await Promise.all(
    given.map(async ({ id, receiveCount = 1, body }) => ({
      messageId: id,
      receiptHandle: id,
      body: body ?? (await advanceMessages.write({ type: 'wake', run: runs.get(id)!, from: 1 }, 1_000)),
      attributes: { ApproximateReceiveCount: String(receiveCount) },
    })),
  );
  let result: BatchResult | undefined;
  const ended = handleBatch({ Records }, host, {
    queue,
    isLong,
    handle: (delivery) => {
      const { run } = delivery.message as { run: { runId: string } };
      const { id, handle } = given.find((one) => runs.get(one.id)!.runId === run.runId)!;
      deliveries.set(id, delivery);
      return handle ? handle(delivery) : Promise.resolve('delete');
    },
  }).then((answer) => {
    result = answer;
  });
  await pass(0);
  return {
    asked,
    lines,
    deliveries,
    invocation,
    ended,
    arnOf: (id: string) => arns.execution(runs.get(id)!.machineName, runs.get(id)!.name),
    /** Undefined while it is under way. */
    failed: () => result?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
  };
}

const doneAfter = (ms: number) => () => systemClock.sleep(ms).then(() => 'delete' as const);

describe('a batch', () => {
  test('that is done is all for the mapping to delete', async () => {
    const { failed, asked } = await invoke([{ id: 'a' }, { id: 'b' }]);
    expect(failed()).toEqual([]);
    expect(asked).toEqual([]);
  });

  test('is worked on all at once', async () => {
    let isTold = () => {};
    const told = new Promise<Disposition>((resolve) => {
      isTold = () => resolve('delete');
    });
    const tell = async (): Promise<Disposition> => {
      isTold();
      return 'delete';
    };
    const { failed } = await invoke([
      { id: 'waits', handle: () => told },
      { id: 'tells', handle: tell },
    ]);
    expect(failed()).toEqual([]);
  });

  test('fails in part: what failed comes again, later each time, and nothing else', async () => {
    const fail = () => Promise.reject(new Error('throttled'));
    const { failed, asked } = await invoke([
      { id: 'first', handle: fail },
      { id: 'good' },
      { id: 'third', receiveCount: 3, handle: fail },
      { id: 'strange', body: 'no message' },
    ]);
    expect(failed()).toEqual(['first', 'third', 'strange']);
    expect(asked.sort()).toEqual(['hide first 1', 'hide strange 1', 'hide third 9']);
  });

  test('what fails is a warning in the log, with its execution; from the third receive on an error: an alarm', async () => {
    const handle = () => Promise.reject(new Error('not authorized to perform: dynamodb:PutItem'));
    const given = [1, 2, 3, 9].map((receiveCount) => ({ id: `m${receiveCount}`, receiveCount, handle }));
    const { lines, arnOf } = await invoke(given);
    const line = (level: string, receiveCount: number) =>
      expect.objectContaining({
        level,
        message: 'a message could not be handled; it comes again',
        executionArn: arnOf(`m${receiveCount}`),
        receiveCount,
        error: 'not authorized to perform: dynamodb:PutItem',
      });
    expect(lines).toEqual([line('warn', 1), line('warn', 2), line('error', 3), line('error', 9)]);
  });

  test('what is to come again at a time of its own is hidden until then', async () => {
    const { failed, asked } = await invoke([{ id: 'a', handle: async () => ({ againAfterMs: 4_200 }) }, { id: 'b' }]);
    expect(failed()).toEqual(['a']);
    expect(asked).toEqual(['hide a 5']);
  });

  test('nothing is begun anew under a message after 30 seconds, and nothing is appended after the end', async () => {
    const { deliveries, invocation } = await invoke([{ id: 'a', handle: never }], { timeoutMs: MINUTE_MS });
    // A worker appends nothing in the last ten seconds of its lease.
    expect(deliveries.get('a')).toMatchObject({
      beginsUntilMs: Date.now() + 30_000,
      leaseUntilMs: invocation.endMs + 10_000,
    });
    await pass(MINUTE_MS);
  });
});

describe('a message that is not handled in the time of its invocation', () => {
  test('is answered as failed before the end, alone, and the log says of which execution', async () => {
    const { failed, lines, arnOf } = await invoke([
      { id: 'good' },
      { id: 'slow', receiveCount: 2, handle: never },
      { id: 'quick', handle: doneAfter(5_000) },
    ]);
    await pass(18_400);
    expect(failed()).toBeUndefined();
    await pass(100);
    expect(failed()).toEqual(['slow']);
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'error',
        message: 'a message was not handled in the time of an invocation; it comes again',
        executionArn: arnOf('slow'),
        messageId: 'slow',
        receiveCount: 2,
      }),
    ]);
  });

  test('finds its lease ended when its environment goes on', async () => {
    let outcome: Disposition = 'delete';
    const { deliveries, asked } = await invoke([
      {
        id: 'slow',
        handle: async () => {
          await systemClock.sleep(MINUTE_MS);
          outcome = { againAfterMs: 1_000 };
          return outcome;
        },
      },
    ]);
    await pass(20_000);
    expect(deliveries.get('slow')!.leaseUntilMs).toBe(0);
    // It is another's by then: nothing is asked for it.
    await pass(MINUTE_MS);
    expect(outcome).toEqual({ againAfterMs: 1_000 });
    expect(asked).toEqual([]);
  });
});

describe('long work', () => {
  test('is hidden for a short time, and again as it says: who dies with it is missed soon', async () => {
    const { asked, deliveries, failed } = await invoke([{ id: 'a', handle: doneAfter(MINUTE_MS) }], long);
    expect(asked).toEqual([`hide a ${VISIBILITY_SECONDS}`]);
    const delivery = deliveries.get('a')!;
    expect(delivery.leaseUntilMs).toBe(Date.now() + VISIBILITY_SECONDS * 1000);
    await pass(20_000);
    await delivery.extend();
    expect(delivery.leaseUntilMs).toBe(Date.now() + VISIBILITY_SECONDS * 1000);
    await pass(MINUTE_MS);
    expect(failed()).toEqual([]);
  });

  test('goes on where it could not be hidden anew: it is hidden for as long as the invocation may take', async () => {
    const { failed, deliveries, invocation } = await invoke([{ id: 'a' }], { ...long, isRefusing: true });
    expect(deliveries.get('a')!.leaseUntilMs).toBe(invocation.endMs + 10_000);
    expect(failed()).toEqual([]);
  });

  test('that is done is deleted when the rest takes more than 20 seconds, for the mapping deletes at the end', async () => {
    const { asked, failed } = await invoke([{ id: 'quick' }, { id: 'slow', handle: doneAfter(50_000) }], long);
    const deleted = () => asked.filter((what) => what.startsWith('delete'));
    await pass(19_000);
    expect(deleted()).toEqual([]);
    await pass(1_000);
    expect(deleted()).toEqual(['delete quick']);
    await pass(30_000);
    expect(failed()).toEqual([]);
    expect(deleted()).toEqual(['delete quick']);
  });

  test('whose rest is done soon is left to the mapping', async () => {
    const { asked, failed } = await invoke([{ id: 'quick' }, { id: 'slow', handle: doneAfter(15_000) }], long);
    await pass(15_000);
    expect(failed()).toEqual([]);
    await pass(MINUTE_MS);
    expect(asked.filter((what) => what.startsWith('delete'))).toEqual([]);
  });
});

describe('a function that gives no answer', () => {
  const functionArn = 'arn:aws:lambda:eu-west-1:123456789012:function:slow';

  test('is given up after 14 minutes, in time to record Lambda.Unknown: its message is done', async () => {
    let recorded: unknown;
    const invocation = { endMs: Date.now() + long.timeoutMs };
    const functions = functionsInTime({ invoke: never }, invocation);
    const handle = async (delivery: Delivery<AdvanceMessage>): Promise<Disposition> => {
      // As a worker does while it waits.
      const extending = setInterval(() => void delivery.extend(), 20_000);
      recorded = await functions.invoke(functionArn, '{}').finally(() => clearInterval(extending));
      return 'delete';
    };
    const { failed } = await invoke([{ id: 'a', handle }], long);
    await pass(14 * MINUTE_MS);
    expect([recorded, failed()]).toEqual([undefined, undefined]);
    await pass(40_000);
    expect(recorded).toEqual({
      error: 'Lambda.Unknown',
      cause: `${functionArn} gave no answer in the time that there was for it`,
    });
    expect(failed()).toEqual([]);
  });

  test('one that is begun late has as long as there is', async () => {
    const functions = functionsInTime({ invoke: never }, { endMs: Date.now() + 10_000 });
    const result = functions.invoke(functionArn, '{}');
    await pass(0);
    expect(await result).toMatchObject({ error: 'Lambda.Unknown' });
  });

  test('one that answers is not waited for any longer', async () => {
    const functions = functionsInTime({ invoke: async () => ({ payload: '1' }) }, { endMs: Date.now() + MINUTE_MS });
    expect(await functions.invoke(functionArn, '{}')).toEqual({ payload: '1' });
    expect(jest.getTimerCount()).toBe(0);
  });

  test('a service is given up like that', async () => {
    const services = servicesInTime({ call: never }, { endMs: Date.now() + MINUTE_MS });
    const result = services.call({ name: 'sqs:sendMessage' } as never);
    await pass(40_000);
    expect(await result).toEqual({
      error: 'States.TaskFailed',
      cause: 'sqs:sendMessage gave no answer in the time that there was for it',
    });
  });
});
