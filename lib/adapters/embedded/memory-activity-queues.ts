import type { ActivityQueues, ClientSignal, Offer, ReceivedOffer } from '../../ports/activity-queues';
import type { Clock, Ids } from '../../ports/clock';

interface Poller {
  give(received: ReceivedOffer | undefined): void;
}

interface Offered {
  id: string;
  offer: Offer;
  /** Whether somebody had it before. */
  isAgain: boolean;
}

interface Hidden {
  received: ReceivedOffer;
  timer: NodeJS.Timeout;
}

interface ActivityQueue {
  /** Oldest first. */
  offers: Offered[];
  /** In the order in which they came. */
  pollers: Set<Poller>;
  hidden: Map<string, Hidden>;
}

/** Offered tasks in this process, strictly oldest first. */
export class MemoryActivityQueues implements ActivityQueues {
  private readonly queues = new Map<string, ActivityQueue>();

  constructor(
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly leaseMs: number,
  ) {}

  async create(): Promise<void> {
    // A queue is made when it is first used: after a restart there are none.
  }

  async generations(): Promise<string[]> {
    return [];
  }

  async delete(generation: string): Promise<void> {
    const queue = this.queues.get(generation);
    if (!queue) return;
    this.queues.delete(generation);
    for (const { timer } of queue.hidden.values()) clearTimeout(timer);
    for (const poller of queue.pollers) poller.give(undefined);
  }

  async offer(generation: string, offer: Offer): Promise<void> {
    this.put(this.queue(generation), { id: this.ids.ulid(), offer, isAgain: false });
  }

  receive(generation: string, { untilMs, client }: { untilMs: number; client: ClientSignal }) {
    const queue = this.queue(generation);
    const first = client.isGone ? undefined : queue.offers.shift();
    if (first) return Promise.resolve(this.hide(queue, first));
    const waitMs = untilMs - this.clock.nowMs();
    if (client.isGone || waitMs <= 0) return Promise.resolve(undefined);
    return new Promise<ReceivedOffer | undefined>((resolve) => {
      const giveUp = () => poller.give(undefined);
      const timer = setTimeout(giveUp, waitMs);
      const poller: Poller = {
        give(received) {
          queue.pollers.delete(poller);
          clearTimeout(timer);
          forget();
          resolve(received);
        },
      };
      queue.pollers.add(poller);
      const forget = client.onGone(giveUp);
    });
  }

  async remove(generation: string, received: ReceivedOffer): Promise<void> {
    this.unhide(generation, received);
  }

  async release(generation: string, received: ReceivedOffer): Promise<void> {
    const { id, offer } = received;
    if (this.unhide(generation, received)) this.put(this.queue(generation), { id, offer, isAgain: true });
  }

  private queue(generation: string): ActivityQueue {
    let queue = this.queues.get(generation);
    if (!queue) {
      queue = { offers: [], pollers: new Set(), hidden: new Map() };
      this.queues.set(generation, queue);
    }
    return queue;
  }

  private put(queue: ActivityQueue, offered: Offered): void {
    const [poller] = queue.pollers;
    if (poller) {
      poller.give(this.hide(queue, offered));
      return;
    }
    const { scheduledMs } = offered.offer;
    let at = queue.offers.length;
    while (at > 0 && queue.offers[at - 1]!.offer.scheduledMs > scheduledMs) at--;
    queue.offers.splice(at, 0, offered);
  }

  private hide(queue: ActivityQueue, { id, offer, isAgain }: Offered): ReceivedOffer {
    const received = { id, offer, leaseUntilMs: this.clock.nowMs() + this.leaseMs, isAgain };
    const timer = setTimeout(() => {
      queue.hidden.delete(id);
      this.put(queue, { id, offer, isAgain: true });
    }, this.leaseMs);
    timer.unref();
    queue.hidden.set(id, { received, timer });
    return received;
  }

  private unhide(generation: string, { id }: ReceivedOffer): boolean {
    const queue = this.queues.get(generation);
    const hidden = queue?.hidden.get(id);
    if (!queue || !hidden) return false;
    clearTimeout(hidden.timer);
    queue.hidden.delete(id);
    return true;
  }
}
