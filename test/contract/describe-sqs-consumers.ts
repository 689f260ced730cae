import { DeleteQueueCommand, GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { createQueues, urlOf } from '../../lib/adapters/sqs/create-queues';
import { Unreadable } from '../../lib/adapters/sqs/messages';
import { specifyQueues } from '../../lib/adapters/sqs/specifications';
import type { AdvanceMessage, Delivery } from '../../lib/ports/queue';
import { eventually } from './eventually';
import { advanceQueue, type Backend, countsOf, newAdvance, newPrefix, runIdIn } from './sqs-queues';

/** What a consumer of SQS adds to the port's contract. */
export function describeSqsConsumers(backend: () => Backend): void {
  describe('consuming from SQS', () => {
    describeStop(backend);
    describeTrouble(backend);
  });
}

function describeStop(backend: () => Backend): void {
  test('no more handlers run at once than it was told, and all messages have their turn', async () => {
    const { queue } = await advanceQueue(backend(), { concurrency: 3 });
    let running = 0;
    let most = 0;
    const done = new Set<string>();
    queue.consume(async ({ message }) => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
      done.add(runIdIn(message));
      return 'delete';
    });
    await Promise.all(Array.from({ length: 30 }, () => queue.send(newAdvance())));
    await eventually(
      () => done.size,
      (count) => count === 30,
    );
    expect(most).toBeLessThanOrEqual(3);
    await queue.stop();
  });

  test('stopped under load it finishes what it holds, and the rest is there for others', async () => {
    const { queue, prefix } = await advanceQueue(backend(), { concurrency: 20 });
    const messages = Array.from({ length: 100 }, newAdvance);
    await Promise.all(messages.map((message) => queue.send(message)));
    const begun: string[] = [];
    const ended: string[] = [];
    queue.consume(async ({ message }) => {
      begun.push(runIdIn(message));
      await new Promise((resolve) => setTimeout(resolve, 20));
      ended.push(runIdIn(message));
      return 'delete';
    });
    await eventually(
      () => begun.length,
      (count) => count >= 15,
    );
    await queue.stop();
    expect(ended.length).toBe(begun.length);
    const finished = new Set(ended);
    const left: string[] = [];
    const other = await advanceQueue(backend(), { prefix });
    other.queue.consume(async ({ message }) => {
      left.push(runIdIn(message));
      return 'delete';
    });
    await eventually(
      () => left.length,
      (count) => count >= messages.length - finished.size,
    );
    expect([...ended, ...left].sort()).toEqual(messages.map(runIdIn).sort());
    await other.queue.stop();
  });

  test('what is held when the time to stop is over goes to others at once, and its lease has ended', async () => {
    const { queue, prefix } = await advanceQueue(backend());
    let held: Delivery<AdvanceMessage> | undefined;
    queue.consume((delivery) => {
      held = delivery;
      return new Promise(() => {});
    });
    const message = newAdvance();
    await queue.send(message);
    await eventually(
      () => held !== undefined,
      (isHeld) => isHeld,
    );
    expect(held!.leaseUntilMs).toBeGreaterThan(Date.now() + 20_000);
    await queue.stop(2_000);
    expect(held!.leaseUntilMs).toBeLessThan(Date.now());
    await expect(held!.extend()).rejects.toThrow('lease');
    const other = await advanceQueue(backend(), { prefix });
    const counts: number[] = [];
    other.queue.consume(async ({ receiveCount }) => {
      counts.push(receiveCount);
      return 'delete';
    });
    await eventually(
      () => counts,
      (found) => found.length > 0,
    );
    expect(counts).toEqual([2]);
    await other.queue.stop();
  });

  test('a handler that outlives its lease deletes nothing', async () => {
    const { queue } = await advanceQueue(backend(), { visibilitySeconds: 1 });
    let count = 0;
    queue.consume(async ({ leaseUntilMs }) => {
      count++;
      if (count === 1) await eventually(Date.now, (nowMs) => nowMs > leaseUntilMs);
      return 'delete';
    });
    await queue.send(newAdvance());
    await eventually(
      () => count,
      (times) => times > 1,
    );
    await queue.stop();
  });
}

function describeTrouble(backend: () => Backend): void {
  test('an unreadable message is told of once, holds up no other, and ends with the dead letters', async () => {
    const { queue, failures, name, deadName } = await advanceQueue(backend(), { receivesMax: 2 });
    const { calls } = backend().clients;
    const QueueUrl = await urlOf(calls, name);
    await calls.send(new SendMessageCommand({ QueueUrl, MessageBody: '{"v":1,"type":"advance"}' }));
    const arrived: string[] = [];
    queue.consume(async ({ message }) => {
      arrived.push(runIdIn(message));
      return 'delete';
    });
    const message = newAdvance();
    await queue.send(message);
    await eventually(
      () => countsOf(backend(), deadName),
      ({ waiting }) => waiting === 1,
    );
    expect(arrived).toEqual([runIdIn(message)]);
    expect(failures).toEqual([expect.any(Unreadable)]);
    await queue.stop();
  });

  test('a queue that was deleted by hand is made again, by one who sends', async () => {
    const { queue, name } = await advanceQueue(backend());
    await queue.send(newAdvance());
    await deleteByHand(backend(), name);
    await queue.send(newAdvance());
    expect(await countsOf(backend(), name)).toMatchObject({ waiting: 1 });
  });

  test('a queue that was deleted by hand is made again, by one who consumes', async () => {
    const { queue, name, prefix } = await advanceQueue(backend());
    await deleteByHand(backend(), name);
    const arrived: string[] = [];
    queue.consume(async ({ message }) => {
      arrived.push(runIdIn(message));
      return 'delete';
    });
    await eventually(
      () => countsOf(backend(), name).catch(() => undefined),
      (counts) => counts !== undefined,
    );
    const { queue: sender } = await advanceQueue(backend(), { prefix });
    const message = newAdvance();
    await sender.send(message);
    await eventually(
      () => arrived,
      (found) => found.length > 0,
    );
    expect(arrived).toEqual([runIdIn(message)]);
    await queue.stop();
  });

  test('queues are made once, and get the attributes that they should have', async () => {
    const { calls } = backend().clients;
    const planned = specifyQueues(newPrefix());
    await createQueues(calls, planned);
    await createQueues(calls, planned);
    await createQueues(calls, { ...planned, tasks: { ...planned.tasks, visibilitySeconds: 77 } });
    const visibilityOf = async (name: string) => {
      const request = { QueueUrl: await urlOf(calls, name), AttributeNames: ['VisibilityTimeout' as const] };
      return (await calls.send(new GetQueueAttributesCommand(request))).Attributes!.VisibilityTimeout;
    };
    expect(await visibilityOf(planned.advance.name)).toBe('120');
    expect(await visibilityOf(planned.tasks.name)).toBe('77');
  });
}

async function deleteByHand({ clients: { calls } }: Backend, name: string): Promise<void> {
  await calls.send(new DeleteQueueCommand({ QueueUrl: await urlOf(calls, name) }));
}
