import { setMaxListeners } from 'node:events';
import type { ActivityQueues, ClientSignal, Offer, ReceivedOffer } from '../../ports/activity-queues';
import type { Clock } from '../../ports/clock';
import { EntryRefused } from './batch';
import type { SqsClients } from './clients';
import { isMissingQueue, isSpentReceipt, unavailable } from './failures';
import { listGenerations } from './list-queues';
import { offers, Unreadable } from './messages';
import { Receiver } from './receiver';
import { type Received, RemoteQueue } from './remote-queue';
import type { QueueSpecification } from './specifications';

export interface SqsActivityQueuesSettings {
  clients: SqsClients;
  /** The queue of an activity of that generation. */
  specify(generation: string): QueueSpecification;
  clock: Clock;
  /** The length of a long poll, 20 at most. One that a client left goes on so long, and gives back what it gets. */
  pollSeconds: number;
  /** Told of messages that cannot be read (once each), and of offers that could not be given back or cleared away. */
  onFailure(error: unknown): void;
}

interface ActivityQueue {
  remote: RemoteQueue;
  /** In the order in which they came. */
  receivers: Set<Receiver>;
  deletion: AbortController;
}

interface LiveOffer {
  received: Received;
  offer: Offer;
}

/** When there is no time for another long poll. */
const SECOND_MS = 1000;
/** A poll for whole seconds may end so much late: one that is cut down by a millisecond would be a second short. */
const LATE_MS = 100;
const BATCH = 10;

/**
 * One SQS queue for each activity. Nearly oldest first: SQS keeps no order, and where tasks have expired the oldest of
 * ten is taken. A queue that is missing is made by the next offer, whose sender has just seen the activity; one who
 * waits for offers makes none, for the activity may be gone.
 */
export class SqsActivityQueues implements ActivityQueues {
  private readonly queues = new Map<string, ActivityQueue>();
  private readonly receipts = new WeakMap<ReceivedOffer, Received>();
  /** One who comes again with the same client had no use for what it got: tasks that nobody awaits any more. */
  private readonly served = new WeakSet<ClientSignal>();
  private readonly polls = new Set<Promise<void>>();
  private readonly returns = new Set<Promise<void>>();
  private isClosed = false;

  constructor(private readonly settings: SqsActivityQueuesSettings) {}

  create(generation: string): Promise<void> {
    return this.queue(generation).remote.create();
  }

  generations(): Promise<string[]> {
    const { clients, specify, clock } = this.settings;
    return listGenerations(clients.calls, specify('').name, clock.nowMs());
  }

  async delete(generation: string): Promise<void> {
    const { remote, receivers, deletion } = this.queue(generation);
    this.queues.delete(generation);
    for (const receiver of receivers) receiver.give(undefined);
    deletion.abort();
    await remote.destroy();
  }

  async offer(generation: string, offer: Offer): Promise<void> {
    const { remote } = this.queue(generation);
    await remote.send(await offers.write(offer, remote.specification.messageBytesMax), 0);
  }

  receive(generation: string, { untilMs, client }: { untilMs: number; client: ClientSignal }) {
    if (client.isGone || this.isClosed) return Promise.resolve(undefined);
    const queue = this.queue(generation);
    return new Promise<ReceivedOffer | undefined>((resolve, reject) => {
      const receiver = new Receiver(client, untilMs, (outcome) => {
        queue.receivers.delete(receiver);
        if (outcome) this.served.add(client);
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      });
      queue.receivers.add(receiver);
      const poll = this.serve(queue, receiver, this.served.has(client) ? BATCH : 1)
        .catch((error) => receiver.give(unavailable(error)))
        .finally(() => this.polls.delete(poll));
      this.polls.add(poll);
    });
  }

  /** Rejects when the lease is over: the offer may be with another then. */
  async remove(generation: string, offered: ReceivedOffer): Promise<void> {
    const received = this.receipts.get(offered);
    if (!received) return;
    if (this.settings.clock.nowMs() >= received.leaseUntilMs) throw new Error('the lease of the offer has run out');
    await this.settle(() => this.queue(generation).remote.delete(received.receipt));
    this.receipts.delete(offered);
  }

  async release(generation: string, offered: ReceivedOffer): Promise<void> {
    const received = this.receipts.get(offered);
    if (!received) return;
    this.receipts.delete(offered);
    await this.giveBack(this.queue(generation).remote, received);
  }

  /** Answers those who wait, and resolves once no poll is under way that could take an offer with it: within a poll. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const { receivers } of this.queues.values()) for (const receiver of receivers) receiver.give(undefined);
    await Promise.all(this.polls);
    await Promise.all(this.returns);
  }

  private queue(generation: string): ActivityQueue {
    let queue = this.queues.get(generation);
    if (!queue) {
      const { clients, specify } = this.settings;
      // An offer that is there twice is taken once: its two messages have two ids.
      const remote = new RemoteQueue(specify(generation), clients, { isSentAgain: true });
      queue = { remote, receivers: new Set(), deletion: new AbortController() };
      // Each poll listens for the deletion, and there may be many.
      setMaxListeners(0, queue.deletion.signal);
      this.queues.set(generation, queue);
    }
    return queue;
  }

  /** Polls for one who waits, until there is an offer or it is time. */
  private async serve(queue: ActivityQueue, receiver: Receiver, count: number): Promise<void> {
    const { clock, pollSeconds } = this.settings;
    while (!receiver.isServed) {
      const leftMs = receiver.untilMs - clock.nowMs();
      const waitSeconds = Math.max(0, Math.min(pollSeconds, Math.floor((leftMs + LATE_MS) / SECOND_MS)));
      const isMissing = await this.poll(queue, receiver, count, waitSeconds);
      if (leftMs <= 0) receiver.give(undefined);
      else if (isMissing || waitSeconds === 0) await receiver.served(Math.min(leftMs, SECOND_MS));
    }
  }

  private async poll(queue: ActivityQueue, receiver: Receiver, count: number, waitSeconds: number): Promise<boolean> {
    try {
      let found = await this.take(queue, count, waitSeconds);
      // Where one has expired there are likely more: the first that is good, without waiting.
      while (found.live.length === 0 && found.count > 0) found = await this.take(queue, BATCH, 0);
      for (const one of found.live) this.handOver(queue, receiver, one);
      return false;
    } catch (error) {
      if (isMissingQueue(error) || receiver.isServed) return true;
      throw error;
    }
  }

  /** Live offers, oldest first; the others are cleared away. */
  private async take({ remote, deletion }: ActivityQueue, countMax: number, waitSeconds: number) {
    const { clock, onFailure } = this.settings;
    const nowMs = () => clock.nowMs();
    const { visibilitySeconds } = remote.specification;
    const { signal } = deletion;
    const all = await remote.receive({ countMax, waitSeconds, visibilitySeconds, nowMs, signal });
    const live: LiveOffer[] = [];
    for (const received of all) {
      const offer = await this.read(received);
      if (!offer) continue;
      if (offer.deadlineMs === undefined || offer.deadlineMs > nowMs()) live.push({ received, offer });
      else void this.settle(() => remote.delete(received.receipt)).catch(onFailure);
    }
    live.sort((one, other) => one.offer.scheduledMs - other.offer.scheduledMs);
    return { live, count: all.length };
  }

  /** Undefined for a stranger's message, which stays hidden for a while and ends with the dead letters. */
  private async read(received: Received): Promise<Offer | undefined> {
    try {
      return await offers.read(received.body);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      if (received.receiveCount === 1) this.settings.onFailure(error.ofMessage(received.id));
      return undefined;
    }
  }

  /** To the one who polled for it, else to the first who still waits, else back. */
  private handOver(queue: ActivityQueue, polled: Receiver, { received, offer }: LiveOffer): void {
    for (const receiver of [polled, ...queue.receivers]) {
      if (!receiver.isWaiting) continue;
      const { id, leaseUntilMs, receiveCount } = received;
      const offered = { id, offer, leaseUntilMs, isAgain: receiveCount > 1 };
      this.receipts.set(offered, received);
      receiver.give(offered);
      return;
    }
    const returned = this.giveBack(queue.remote, received)
      .catch(this.settings.onFailure)
      .finally(() => this.returns.delete(returned));
    this.returns.add(returned);
  }

  private async giveBack(remote: RemoteQueue, received: Received): Promise<void> {
    if (this.settings.clock.nowMs() >= received.leaseUntilMs) return;
    await this.settle(() => remote.hide(received.receipt, 0));
  }

  /** Within the lease a spent receipt means that it was done already, and a missing queue that nothing is left to do. */
  private async settle(ask: () => Promise<void>): Promise<void> {
    try {
      await ask();
    } catch (error) {
      if (error instanceof EntryRefused && isSpentReceipt(error.code)) return;
      if (error instanceof Error && isMissingQueue(error.cause)) return;
      throw error;
    }
  }
}
