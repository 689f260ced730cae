import type { Clock } from '../../ports/clock';
import type { Delivery, Disposition, Handler, Queue } from '../../ports/queue';
import { EntryRefused } from './batch';
import { isSpentReceipt } from './failures';
import { type MessageFormat, Unreadable } from './messages';
import { PollLoops } from './poll-loops';
import type { Received, RemoteQueue } from './remote-queue';

/** Where wake-ups wait that are further ahead than SQS delays a message. */
export interface Timers<Message> {
  /** Sees to it that the message is sent in time, with `SqsQueue.sendDue`. */
  add(message: Message, atMs: number): Promise<void>;
}

export interface SqsQueueSettings<Message> {
  remote: RemoteQueue;
  format: MessageFormat<Message>;
  clock: Clock;
  /** Undefined for a queue that is never asked to wait so long. */
  timers: Timers<Message> | undefined;
  /** Messages that are handled at once. */
  concurrency: number;
  /** How long a handler has a message for itself, unless it extends that. */
  visibilitySeconds: number;
  /** The length of a long poll, 20 at most. A stop waits for polls, for they must not be cut off. */
  pollSeconds: number;
  /**
   * Told of handlers that failed, with their message and how often it was received; of messages that cannot be read
   * (once each) and of polls.
   */
  onFailure(error: unknown, message?: Message, receiveCount?: number): void;
}

const STOP_MAX_MS = 20_000;
const DELAY_MAX_SECONDS = 900;
/** The longest that SQS hides a message. */
const HIDE_MAX_SECONDS = 43_200;
/** Ten receives, tripling from a second to a quarter of an hour, outlast an outage of half an hour. */
const RETRY_FACTOR = 3;
const RETRY_MAX_SECONDS = 900;

const secondsOf = (ms: number): number => Math.max(0, Math.ceil(ms / 1000));

/** A queue of SQS. Times are whole seconds there: nothing comes early, and what waits comes up to a second late. */
export class SqsQueue<Message> implements Queue<Message> {
  private loops: PollLoops | undefined;

  constructor(private readonly settings: SqsQueueSettings<Message>) {}

  async send(message: Message, { notBeforeMs = 0 }: { notBeforeMs?: number } = {}): Promise<void> {
    const { clock, timers } = this.settings;
    const delaySeconds = secondsOf(notBeforeMs - clock.nowMs());
    if (delaySeconds <= DELAY_MAX_SECONDS) return this.put(message, delaySeconds);
    if (!timers) throw new Error(`a message for ${delaySeconds} s ahead, where none waits for long`);
    await timers.add(message, notBeforeMs);
    // So long under way that whoever looks for timers may have passed its minute.
    if (clock.nowMs() >= notBeforeMs) await this.put(message, 0);
  }

  /**
   * For the one who keeps timers: sends a message that is due within 15 minutes. By another clock that may be longer;
   * then it comes early, which a wake-up bears, rather than going back to the timer that is about to be removed.
   */
  sendDue(message: Message, atMs: number): Promise<void> {
    return this.put(message, Math.min(secondsOf(atMs - this.settings.clock.nowMs()), DELAY_MAX_SECONDS));
  }

  /** Begins to receive. */
  consume(handler: Handler<Message>): void {
    const { remote, clock, concurrency, visibilitySeconds, pollSeconds, onFailure } = this.settings;
    this.loops = new PollLoops({
      receive: (countMax) =>
        remote.receive({ countMax, waitSeconds: pollSeconds, visibilitySeconds, nowMs: () => clock.nowMs() }),
      restore: () => remote.create(),
      handle: (received, onReleased) => this.handle(received, handler, onReleased),
      release: (received) => this.settle(received, () => remote.hide(received.receipt, 0)),
      concurrency,
      onFailure,
    });
  }

  /**
   * Receives nothing more, and resolves when what is held is handled, after that time at the latest: what is held then
   * goes back to the queue, and its handlers find their leases ended. Give it longer than a poll takes.
   */
  async stop(withinMs = STOP_MAX_MS): Promise<void> {
    await this.loops?.stop(withinMs);
  }

  private async put(message: Message, delaySeconds: number): Promise<void> {
    const { remote, format } = this.settings;
    await remote.send(await format.write(message, remote.specification.messageBytesMax), delaySeconds);
  }

  /** Hides a message that was received elsewhere for as long as one that is received here. Rejects when that failed. */
  async hold(received: Received): Promise<void> {
    const { remote, clock, visibilitySeconds } = this.settings;
    const beginMs = clock.nowMs();
    if (beginMs >= received.leaseUntilMs) throw new Error('the lease has run out');
    await remote.hide(received.receipt, visibilitySeconds);
    // Unless it was released meanwhile.
    if (received.leaseUntilMs > 0) received.leaseUntilMs = beginMs + visibilitySeconds * 1000;
  }

  /**
   * Handles one message, wherever it was received. `done`: it is the caller's to delete; `again`: it comes again, when
   * it should. Never rejects.
   */
  async handleOne(
    received: Received,
    handler: Handler<Message>,
    onReleased: (call: () => void) => void = () => {},
  ): Promise<'done' | 'again'> {
    const { remote, format, clock, onFailure } = this.settings;
    let message: Message | undefined;
    let disposition: Disposition;
    try {
      message = await format.read(received.body);
      const delivery = this.deliveryOf(received, message);
      onReleased(() => {
        delivery.leaseUntilMs = 0;
      });
      disposition = await handler(delivery);
    } catch (error) {
      // An unreadable message is tried again like any other: a newer version may be on its way in.
      if (!(error instanceof Unreadable) || received.receiveCount === 1) {
        onFailure(error instanceof Unreadable ? error.ofMessage(received.id) : error, message, received.receiveCount);
      }
      const seconds = Math.min(RETRY_FACTOR ** (received.receiveCount - 1), RETRY_MAX_SECONDS);
      await this.settle(received, () => remote.hide(received.receipt, seconds));
      return 'again';
    }
    // What is no longer ours may be with another.
    if (disposition === 'delete') return clock.nowMs() < received.leaseUntilMs ? 'done' : 'again';
    const seconds = Math.min(secondsOf(disposition.againAfterMs), HIDE_MAX_SECONDS);
    await this.settle(received, () => remote.hide(received.receipt, seconds));
    return 'again';
  }

  /** Deletes a message that is done, if it is ours still. Never rejects. */
  async delete(received: Received): Promise<void> {
    await this.settle(received, () => this.settings.remote.delete(received.receipt));
  }

  private async handle(received: Received, handler: Handler<Message>, onReleased: (call: () => void) => void) {
    if ((await this.handleOne(received, handler, onReleased)) === 'done') await this.delete(received);
  }

  private deliveryOf(received: Received, message: Message): Delivery<Message> {
    return {
      message,
      receiveCount: received.receiveCount,
      get leaseUntilMs() {
        return received.leaseUntilMs;
      },
      set leaseUntilMs(untilMs) {
        received.leaseUntilMs = untilMs;
      },
      extend: () => this.hold(received),
    };
  }

  /** What becomes of a message is asked for while it is ours; where that fails, it comes again by itself. */
  private async settle(received: Received, ask: () => Promise<void>): Promise<void> {
    if (this.settings.clock.nowMs() >= received.leaseUntilMs) return;
    try {
      await ask();
    } catch (error) {
      if (!(error instanceof EntryRefused && isSpentReceipt(error.code))) this.settings.onFailure(error);
    }
  }
}
