import type { ActivityQueues, ClientSignal, Offer, ReceivedOffer } from '../../lib/ports/activity-queues';
import { callFrom } from './link';
import type { SimulatedProcess } from './process';
import type { World } from './world';

const TRAVEL_MS = [1, 12] as const;
const LATE_MS = [1_000, 40_000] as const;
const OFFER_LEASE_MS = 30_000;
/** A poll that nobody waits for any more, since its process died, goes on at the queue for this long. */
const GHOST_MS = 20_000;

interface Entry {
  id: string;
  offer: Offer;
  receipt: number;
  isHidden: boolean;
  receiveCount: number;
}

interface Poller {
  process: SimulatedProcess;
  give(entry: Entry | undefined): void;
}

/** The offers of one activity, nearly oldest first. */
class OfferQueue {
  readonly entries: Entry[] = [];
  readonly pollers = new Set<Poller>();
}

/** Queues of offered tasks as SQS has them: one for each activity, with leases; a dead process's poll lingers on. */
export class SimulatedActivityQueues {
  private readonly queues = new Map<string, OfferQueue>();

  constructor(private readonly world: World) {}

  portOf(process: SimulatedProcess): ActivityQueues {
    const { world } = this;
    const write = (point: string, offer: Offer, effect: () => void) =>
      callFrom(world, process, { point: `activities.${point}`, runId: offer.run.runId, isWrite: true }, effect);
    return {
      create: async () => {},
      generations: async () => [],
      delete: async () => {},
      offer: (generation, offer) => write('offer', offer, () => this.put(this.queue(generation), offer)),
      receive: (generation, wait) => this.receive(process, this.queue(generation), wait),
      remove: (generation, received) =>
        write('remove', received.offer, () => {
          const { entries } = this.queue(generation);
          const at = entries.findIndex((entry) => isOf(entry, received));
          if (at < 0) return world.count('an offer is removed after its lease');
          entries.splice(at, 1);
        }),
      release: (generation, received) =>
        write('release', received.offer, () => {
          const queue = this.queue(generation);
          const entry = queue.entries.find((candidate) => isOf(candidate, received));
          if (entry) this.show(queue, entry);
        }),
    };
  }

  private put(queue: OfferQueue, offer: Offer): void {
    const { world } = this;
    if (world.hit('message lost', 'activities')) return;
    for (let copies = world.hit('message doubled', 'activities') ? 2 : 1; copies > 0; copies--) {
      const lateMs = world.hit('message late', 'activities') ? world.dice.between(...LATE_MS) : 0;
      const entry = { id: world.newId(), offer, receipt: 0, isHidden: true, receiveCount: 0 };
      world.after(lateMs, () => {
        queue.entries.push(entry);
        this.show(queue, entry);
      });
    }
  }

  private show(queue: OfferQueue, entry: Entry): void {
    entry.isHidden = false;
    entry.receipt++;
    for (const poller of queue.pollers) {
      queue.pollers.delete(poller);
      // A queue does not know that nobody will take the answer: the offer is hidden until the lease is over.
      if (poller.process.diedMs + GHOST_MS < this.world.nowMs) continue;
      return poller.give(entry);
    }
  }

  private receive(
    process: SimulatedProcess,
    queue: OfferQueue,
    { untilMs, client }: { untilMs: number; client: ClientSignal },
  ): Promise<ReceivedOffer | undefined> {
    const { world } = this;
    return new Promise((resolve) => {
      const answer = (received: ReceivedOffer | undefined) =>
        world.after(world.dice.between(...TRAVEL_MS), () => process.whenAwake(() => resolve(received)));
      const poller: Poller = {
        process,
        give: (entry) => {
          queue.pollers.delete(poller);
          forget();
          answer(entry && this.hide(queue, entry));
        },
      };
      const giveUp = () => {
        if (queue.pollers.has(poller)) poller.give(undefined);
      };
      let forget = () => {};
      process.whenAwake(() =>
        world.after(world.dice.between(...TRAVEL_MS), () => {
          const first = queue.entries.find(({ isHidden }) => !isHidden);
          if (first) return poller.give(first);
          if (client.isGone || untilMs <= world.nowMs) return poller.give(undefined);
          queue.pollers.add(poller);
          forget = client.onGone(giveUp);
          world.at(untilMs, giveUp);
        }),
      );
    });
  }

  private hide(queue: OfferQueue, entry: Entry): ReceivedOffer {
    const { world } = this;
    entry.isHidden = true;
    const receipt = ++entry.receipt;
    world.after(OFFER_LEASE_MS, () => {
      if (entry.receipt !== receipt || !queue.entries.includes(entry)) return;
      world.count('lease of an offer runs out');
      this.show(queue, entry);
    });
    const received: Received = {
      id: entry.id,
      offer: entry.offer,
      leaseUntilMs: world.nowMs + OFFER_LEASE_MS,
      isAgain: ++entry.receiveCount > 1,
      receipt,
    };
    return received;
  }

  private queue(generation: string): OfferQueue {
    const queue = this.queues.get(generation) ?? new OfferQueue();
    this.queues.set(generation, queue);
    return queue;
  }
}

interface Received extends ReceivedOffer {
  receipt: number;
}

const isOf = (entry: Entry, received: ReceivedOffer): boolean =>
  entry.id === received.id && entry.receipt === (received as Received).receipt;
