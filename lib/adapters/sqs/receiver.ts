import type { ClientSignal, ReceivedOffer } from '../../ports/activity-queues';

/** One who waits for an offer, until it is answered or its client leaves. */
export class Receiver {
  private readonly forget: () => void;
  private readonly calls = new Set<() => void>();
  private hasAnswer = false;

  constructor(
    private readonly client: ClientSignal,
    readonly untilMs: number,
    private readonly answer: (outcome: ReceivedOffer | Error | undefined) => void,
  ) {
    this.forget = client.onGone(() => this.give(undefined));
  }

  get isServed(): boolean {
    return this.hasAnswer;
  }

  /** Whether an offer would reach it. */
  get isWaiting(): boolean {
    return !this.hasAnswer && !this.client.isGone;
  }

  /** The first time counts. */
  give(outcome: ReceivedOffer | Error | undefined): void {
    if (this.hasAnswer) return;
    this.hasAnswer = true;
    this.forget();
    for (const call of this.calls) call();
    this.answer(outcome);
  }

  /** Resolves when it is answered, or after that time. */
  served(ms: number): Promise<void> {
    if (this.hasAnswer) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.calls.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.calls.add(end);
    });
  }
}
