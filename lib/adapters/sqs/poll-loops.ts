import { isMissingQueue } from './failures';
import type { Received } from './remote-queue';

export interface PollLoopsSettings {
  receive(countMax: number): Promise<Received[]>;
  /** Makes a queue that is missing. */
  restore(): Promise<void>;
  /** Never rejects. `onReleased`: what to call when the message is given back before the handler is done. */
  handle(received: Received, onReleased: (call: () => void) => void): Promise<void>;
  /** Gives a message back. Never rejects. */
  release(received: Received): Promise<void>;
  concurrency: number;
  onFailure(error: unknown): void;
}

interface Held {
  received: Received;
  done: Promise<void>;
  whenReleased(): void;
}

const COUNT_MAX = 10;
/** While one waits for messages, the other fetches the next ones of a burst. */
const LOOPS = 2;
/** What was received, and what it sets going elsewhere, goes before the next request, which costs a millisecond. */
const WORK_FIRST_MS = 20;
const PAUSE_LEAST_MS = 1_000;
const PAUSE_MOST_MS = 30_000;

/** Receives messages while there is room for them, and hands each to the handler at once. */
export class PollLoops {
  private free: number;
  private readonly wanting: (() => void)[] = [];
  private readonly held = new Set<Held>();
  private readonly loops: Promise<void>[];
  private isStopped = false;
  private readonly pauses = new Set<() => void>();

  constructor(private readonly settings: PollLoopsSettings) {
    this.free = settings.concurrency;
    this.loops = Array.from({ length: LOOPS }, () => this.loop());
  }

  async stop(withinMs: number): Promise<void> {
    this.isStopped = true;
    for (const go of this.wanting.splice(0)) go();
    for (const end of this.pauses) end();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, withinMs);
    });
    await Promise.race([late, this.finish()]);
    clearTimeout(timer);
    await Promise.all([...this.held].map((held) => this.giveBack(held)));
  }

  private async finish(): Promise<void> {
    await Promise.all(this.loops);
    await Promise.all([...this.held].map(({ done }) => done));
  }

  private async giveBack(held: Held): Promise<void> {
    const { received } = held;
    const released = this.settings.release(received);
    held.whenReleased();
    await released;
  }

  private async loop(): Promise<void> {
    for (let failures = 0; !this.isStopped; ) {
      const room = await this.room();
      if (this.isStopped) return;
      try {
        const messages = await this.settings.receive(room);
        this.giveRoom(room - messages.length);
        failures = 0;
        const works = messages.map((received) => this.take(received));
        if (works.length > 0 && works.length < COUNT_MAX) await this.pause(WORK_FIRST_MS, Promise.all(works));
      } catch (error) {
        this.giveRoom(room);
        await this.recover(error, failures++);
      }
    }
  }

  private take(received: Received): Promise<void> {
    if (this.isStopped) return this.hold(received, () => this.settings.release(received));
    return this.hold(received, (held) =>
      this.settings.handle(received, (call) => {
        held.whenReleased = call;
      }),
    );
  }

  private hold(received: Received, work: (held: Held) => Promise<void>): Promise<void> {
    const held: Held = { received, done: Promise.resolve(), whenReleased() {} };
    this.held.add(held);
    held.done = work(held).finally(() => {
      this.held.delete(held);
      this.giveRoom(1);
    });
    return held.done;
  }

  /** How many messages may be received, once any may. */
  private async room(): Promise<number> {
    while (this.free === 0 && !this.isStopped) await new Promise<void>((go) => this.wanting.push(go));
    const room = Math.min(this.free, COUNT_MAX);
    this.free -= room;
    return room;
  }

  private giveRoom(count: number): void {
    this.free += count;
    if (this.free > 0) this.wanting.shift()?.();
  }

  private async recover(error: unknown, failures: number): Promise<void> {
    this.settings.onFailure(error);
    if (isMissingQueue(error)) await this.settings.restore().catch((refusal) => this.settings.onFailure(refusal));
    if (this.isStopped) return;
    await this.pause(Math.min(PAUSE_LEAST_MS * 2 ** failures, PAUSE_MOST_MS));
  }

  /** `sooner` ends it, too. */
  private pause(ms: number, sooner?: Promise<unknown>): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        this.pauses.delete(end);
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.pauses.add(end);
      void sooner?.then(end);
    });
  }
}
