import type { StoredCommit } from '../engine/commit/decode';
import type { Slot } from '../engine/snapshot';
import type { RunRef } from './run-ref';

/** One queue of offered tasks for each activity, named by its generation. Oldest first, as well as the queue can. */
export interface ActivityQueues {
  create(generation: string): Promise<void>;
  /** Generations that have a queue, other than those made within the last hour. */
  generations(): Promise<string[]>;
  delete(generation: string): Promise<void>;
  offer(generation: string, offer: Offer): Promise<void>;
  /**
   * Waits for an offer until that time. It is hidden from others for the length of the lease. Undefined when none
   * came, or when the client hung up: then none is taken.
   */
  receive(generation: string, wait: { untilMs: number; client: ClientSignal }): Promise<ReceivedOffer | undefined>;
  /** The offer is done with. */
  remove(generation: string, received: ReceivedOffer): Promise<void>;
  /** Gives it back at once. */
  release(generation: string, received: ReceivedOffer): Promise<void>;
}

export interface Offer {
  run: RunRef;
  from: Slot;
  taskEventId: number;
  scheduledMs: number;
  /** From then on nobody waits for the task. */
  deadlineMs: number | undefined;
  /** The newest commit when it was made, if that is short and holds all frames: its taker need not read it. */
  commit?: StoredCommit | undefined;
}

export interface ReceivedOffer {
  /** Of the message: the same when it is delivered again, another for a second offer of the same task. */
  id: string;
  offer: Offer;
  leaseUntilMs: number;
  /** Whether it was received before: whoever had it may have died with it. */
  isAgain: boolean;
}

/** Tells whether the one who waits is still there. */
export interface ClientSignal {
  readonly isGone: boolean;
  /** Calls once when the client goes. Answers how to forget that. */
  onGone(call: () => void): () => void;
}
