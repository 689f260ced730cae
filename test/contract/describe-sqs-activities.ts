import { DeleteQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { SqsActivityQueues } from '../../lib/adapters/sqs/activity-queues';
import { createSqsClients } from '../../lib/adapters/sqs/clients';
import { createQueues, urlOf } from '../../lib/adapters/sqs/create-queues';
import { Unreadable } from '../../lib/adapters/sqs/messages';
import { specifyQueues } from '../../lib/adapters/sqs/specifications';
import { slotAt } from '../../lib/engine/snapshot';
import { systemClock } from '../../lib/host/system';
import type { ClientSignal, Offer } from '../../lib/ports/activity-queues';
import { StoreUnavailable } from '../../lib/ports/store-error';
import { eventually } from './eventually';
import { newId, newRun } from './samples';
import { type Backend, countsOf, newPrefix } from './sqs-queues';

/** Shorter than a lease: what comes in this time was not left to its lease. */
const WAIT_MS = 15_000;

class Client implements ClientSignal {
  isGone = false;
  private call = () => {};

  onGone(call: () => void): () => void {
    this.call = call;
    return () => {};
  }

  go(): void {
    this.isGone = true;
    this.call();
  }
}

const newOffer = (scheduledMs: number, deadlineMs?: number): Offer => ({
  run: newRun(),
  from: slotAt(3, 0),
  taskEventId: 3,
  scheduledMs,
  deadlineMs,
});

async function openQueues({ clients }: Backend, { prefix = newPrefix(), visibilitySeconds = 30 } = {}) {
  const specifications = specifyQueues(prefix);
  await createQueues(clients.calls, specifications);
  const failures: unknown[] = [];
  const queues = new SqsActivityQueues({
    clients,
    specify: (generation) => ({ ...specifications.activity(generation), visibilitySeconds }),
    clock: systemClock,
    pollSeconds: 2,
    onFailure: (error) => failures.push(error),
  });
  const receive = (generation: string, client: ClientSignal = new Client()) =>
    queues.receive(generation, { untilMs: Date.now() + WAIT_MS, client });
  return {
    queues,
    receive,
    failures,
    prefix,
    nameOf: (generation: string) => specifications.activity(generation).name,
  };
}

/** What activity queues on SQS add to the port's contract. */
export function describeSqsActivities(backend: () => Backend): void {
  describe('activity queues on SQS', () => {
    describeOrder(backend);
    describePolls(backend);
    describeMissing(backend);
  });
}

function describeOrder(backend: () => Backend): void {
  test('offers that have expired are cleared away, and the oldest live one is handed out', async () => {
    const { queues, receive, nameOf } = await openQueues(backend());
    const generation = newId();
    await queues.create(generation);
    const pastMs = Date.now() - 1;
    for (const scheduledMs of [1, 2]) await queues.offer(generation, newOffer(scheduledMs, pastMs));
    const live = [7, 5, 6].map((scheduledMs) => newOffer(scheduledMs));
    for (const offer of live) await queues.offer(generation, offer);
    expect((await receive(generation))?.offer).toEqual(live[1]);
    await eventually(
      () => countsOf(backend(), nameOf(generation)),
      ({ waiting, hidden }) => waiting === 2 && hidden === 1,
    );
    await queues.close();
  });

  test('one who had no use for an offer gets the oldest of those that follow, and the others stay', async () => {
    const { queues, receive, nameOf } = await openQueues(backend());
    const generation = newId();
    await queues.create(generation);
    const offers = [1, 9, 8, 7].map((scheduledMs) => newOffer(scheduledMs));
    for (const offer of offers) await queues.offer(generation, offer);
    const client = new Client();
    const unwanted = await receive(generation, client);
    await queues.remove(generation, unwanted!);
    const left = offers.filter(({ run }) => run.runId !== unwanted!.offer.run.runId);
    const oldest = Math.min(...left.map(({ scheduledMs }) => scheduledMs));
    expect((await receive(generation, client))?.offer.scheduledMs).toBe(oldest);
    await eventually(
      () => countsOf(backend(), nameOf(generation)),
      ({ waiting, hidden }) => waiting === 2 && hidden === 1,
    );
    await queues.close();
  });

  test('an offer whose lease is over is not removed: it may be with another', async () => {
    const { queues, receive } = await openQueues(backend(), { visibilitySeconds: 1 });
    const generation = newId();
    await queues.create(generation);
    await queues.offer(generation, newOffer(1));
    const received = await receive(generation);
    await eventually(Date.now, (nowMs) => nowMs >= received!.leaseUntilMs);
    await expect(queues.remove(generation, received!)).rejects.toThrow('lease');
    expect((await receive(generation))?.id).toBe(received!.id);
    await queues.close();
  });
}

function describePolls(backend: () => Backend): void {
  test('what a poll gets whose client has left goes back at once', async () => {
    const here = await openQueues(backend());
    const other = await openQueues(backend(), { prefix: here.prefix });
    const generation = newId();
    await here.queues.create(generation);
    const client = new Client();
    const waiting = here.receive(generation, client);
    client.go();
    expect(await waiting).toBeUndefined();
    const offer = newOffer(1);
    await here.queues.offer(generation, offer);
    expect((await other.receive(generation))?.offer).toEqual(offer);
    await Promise.all([here.queues.close(), other.queues.close()]);
  });

  test('closing answers those who wait, and leaves no poll that could take an offer', async () => {
    const { queues, receive, prefix } = await openQueues(backend());
    const generation = newId();
    await queues.create(generation);
    const waiting = [receive(generation), receive(generation)];
    await queues.close();
    expect(await Promise.all(waiting)).toEqual([undefined, undefined]);
    const other = await openQueues(backend(), { prefix });
    await other.queues.offer(generation, newOffer(1));
    expect(await other.receive(generation)).toBeDefined();
    await other.queues.close();
  });

  test('an unreadable message is told of once and handed to nobody', async () => {
    const { queues, receive, failures, nameOf } = await openQueues(backend());
    const generation = newId();
    await queues.create(generation);
    const { calls } = backend().clients;
    const QueueUrl = await urlOf(calls, nameOf(generation));
    await calls.send(new SendMessageCommand({ QueueUrl, MessageBody: 'not ours' }));
    const offer = newOffer(1);
    await queues.offer(generation, offer);
    expect((await receive(generation))?.offer).toEqual(offer);
    expect(failures).toEqual([expect.any(Unreadable)]);
    await queues.close();
  });

  test('nobody answers: StoreUnavailable', async () => {
    const clients = createSqsClients({ ...backend().connection, endpoint: 'http://127.0.0.1:1' });
    const { activity } = specifyQueues(newPrefix());
    const queues = new SqsActivityQueues({
      clients,
      specify: activity,
      clock: systemClock,
      pollSeconds: 2,
      onFailure() {},
    });
    const generation = newId();
    const untilMs = Date.now() + WAIT_MS;
    await expect(queues.receive(generation, { untilMs, client: new Client() })).rejects.toThrow(StoreUnavailable);
    await expect(queues.offer(generation, newOffer(1))).rejects.toThrow(StoreUnavailable);
    await expect(queues.create(generation)).rejects.toThrow(StoreUnavailable);
    await expect(queues.delete(generation)).rejects.toThrow(StoreUnavailable);
    clients.close();
  });
}

function describeMissing(backend: () => Backend): void {
  test('a queue that was deleted by hand is made again by the next offer, which reaches one who waits', async () => {
    const { queues, receive, nameOf } = await openQueues(backend());
    const generation = newId();
    await queues.create(generation);
    const { calls } = backend().clients;
    await calls.send(new DeleteQueueCommand({ QueueUrl: await urlOf(calls, nameOf(generation)) }));
    const waiting = receive(generation);
    const offer = newOffer(1);
    await queues.offer(generation, offer);
    expect((await waiting)?.offer).toEqual(offer);
    await queues.close();
  });

  test('one who waits makes no queue: the activity may be gone', async () => {
    const { queues, nameOf } = await openQueues(backend());
    const generation = newId();
    const untilMs = Date.now() + 1_200;
    expect(await queues.receive(generation, { untilMs, client: new Client() })).toBeUndefined();
    await expect(urlOf(backend().clients.calls, nameOf(generation))).rejects.toThrow('does not exist');
    await queues.close();
  });
}
