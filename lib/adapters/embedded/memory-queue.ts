import type { Clock } from '../../ports/clock';
import type { Delivery, Handler, Queue } from '../../ports/queue';

export interface MemoryQueueSettings {
  clock: Clock;
  /** Messages that are handled at once. */
  concurrency: number;
  /** How long a handler has a message for itself. */
  leaseMs: number;
  /** Messages for later than this are not kept: the store knows when its executions need a look. */
  horizonMs: number;
  /** Told of handlers that failed; their messages come again. */
  onFailure(error: unknown): void;
}

interface Message<M> {
  content: M;
  receiveCount: number;
}

const RETRY_LEAST_MS = 200;
const RETRY_MOST_MS = 30_000;

/** A queue in this process. It forgets everything at its end; the auditor makes up for that at the next start. */
export class MemoryQueue<M> implements Queue<M> {
  private readonly ready: Message<M>[] = [];
  private readonly timers: TimerHeap<Message<M>>;
  private handler: Handler<M> | undefined;
  private handling = 0;
  private isStopped = false;

  constructor(private readonly settings: MemoryQueueSettings) {
    this.timers = new TimerHeap(settings.clock, (message) => this.deliver(message));
  }

  /** Begins to deliver. */
  consume(handler: Handler<M>): void {
    this.handler = handler;
    for (const message of this.ready.splice(0)) this.deliver(message);
  }

  stop(): void {
    this.isStopped = true;
    this.timers.stop();
  }

  async send(content: M, { notBeforeMs = 0 }: { notBeforeMs?: number } = {}): Promise<void> {
    if (notBeforeMs > this.settings.clock.nowMs() + this.settings.horizonMs) return;
    this.schedule({ content, receiveCount: 0 }, notBeforeMs);
  }

  private schedule(message: Message<M>, notBeforeMs: number): void {
    if (notBeforeMs > this.settings.clock.nowMs()) this.timers.add(notBeforeMs, message);
    else this.deliver(message);
  }

  private deliver(message: Message<M>): void {
    if (this.isStopped) return;
    if (!this.handler || this.handling >= this.settings.concurrency) this.ready.push(message);
    else void this.handle(message, this.handler);
  }

  private async handle(message: Message<M>, handler: Handler<M>): Promise<void> {
    const { clock, leaseMs, onFailure } = this.settings;
    this.handling++;
    message.receiveCount++;
    const delivery: Delivery<M> = {
      message: message.content,
      receiveCount: message.receiveCount,
      leaseUntilMs: clock.nowMs() + leaseMs,
      async extend() {
        delivery.leaseUntilMs = clock.nowMs() + leaseMs;
      },
    };
    try {
      const disposition = await handler(delivery);
      if (disposition !== 'delete') this.schedule(message, clock.nowMs() + disposition.againAfterMs);
    } catch (error) {
      onFailure(error);
      const backoffMs = Math.min(RETRY_LEAST_MS * 2 ** message.receiveCount, RETRY_MOST_MS);
      this.schedule(message, clock.nowMs() + backoffMs);
    }
    this.handling--;
    const next = this.ready.shift();
    if (next) this.deliver(next);
  }
}

/** Many times, one timer: a binary heap of what is due, and one setTimeout for the first. */
export class TimerHeap<T> {
  private readonly heap: { atMs: number; order: number; item: T }[] = [];
  private order = 0;
  private timer: NodeJS.Timeout | undefined;
  private timerAtMs = Number.POSITIVE_INFINITY;

  constructor(
    private readonly clock: Clock,
    private readonly due: (item: T) => void,
  ) {}

  add(atMs: number, item: T): void {
    const { heap } = this;
    let at = heap.push({ atMs, order: this.order++, item }) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.isBefore(at, parent)) break;
      this.swap(at, parent);
      at = parent;
    }
    this.arm();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.heap.length = 0;
  }

  private arm(): void {
    const first = this.heap[0];
    if (!first || first.atMs >= this.timerAtMs) return;
    clearTimeout(this.timer);
    this.timerAtMs = first.atMs;
    this.timer = setTimeout(() => this.ring(), Math.max(0, first.atMs - this.clock.nowMs()));
  }

  private ring(): void {
    this.timerAtMs = Number.POSITIVE_INFINITY;
    const nowMs = this.clock.nowMs();
    while (this.heap.length > 0 && this.heap[0]!.atMs <= nowMs) this.due(this.pop());
    this.arm();
  }

  private pop(): T {
    const { heap } = this;
    const { item } = heap[0]!;
    const last = heap.pop()!;
    if (heap.length > 0) {
      heap[0] = last;
      this.sink();
    }
    return item;
  }

  private sink(): void {
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < this.heap.length && this.isBefore(child, least)) least = child;
      if (least === at) return;
      this.swap(at, least);
      at = least;
    }
  }

  private isBefore(a: number, b: number): boolean {
    const left = this.heap[a]!;
    const right = this.heap[b]!;
    return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
  }

  private swap(a: number, b: number): void {
    const held = this.heap[a]!;
    this.heap[a] = this.heap[b]!;
    this.heap[b] = held;
  }
}
