import { JsonSyntaxError } from '../asl/json';
import { withPauses } from '../asl/pieces';
import type { Payload } from './payload';

/** What a turn does with long payloads that were not looked into yet: they are read in pieces first. */
export class Reading {
  private next: { payloads: readonly Payload[]; then: () => void | Promise<void> } | undefined;

  constructor(private readonly giveWay: () => Promise<void>) {}

  /** A promise only where reading them takes long. */
  first(payloads: readonly Payload[]): Promise<void> | undefined {
    return payloads.some(({ isLong }) => isLong) ? this.read(payloads) : undefined;
  }

  /**
   * The last thing of a piece of work, which looks into these payloads: done at once, or by `rest`. So histories are the
   * same, however long the payloads are.
   */
  before(payloads: readonly Payload[], then: () => void): void {
    if (!payloads.some(({ isLong }) => isLong)) return then();
    if (this.next) throw new Error('a piece of work has one end');
    this.next = { payloads, then };
  }

  /** The same of work that takes its time: it is always left to `rest`. */
  later(payloads: readonly Payload[], then: () => Promise<void>): void {
    if (this.next) throw new Error('a piece of work has one end');
    this.next = { payloads, then };
  }

  /** After each piece of work: a promise where its last thing is yet to be done. */
  rest(): Promise<void> | undefined {
    return this.next && this.goOn();
  }

  private async goOn(): Promise<void> {
    for (let now = this.next; now; now = this.next) {
      this.next = undefined;
      await this.read(now.payloads);
      await now.then();
    }
  }

  private async read(payloads: readonly Payload[]): Promise<void> {
    for (const payload of payloads) {
      try {
        if (payload.isLong) await withPauses(payload.readInPieces(), this.giveWay);
      } catch (error) {
        // Nested too deeply: whoever looks into it finds that out.
        if (!(error instanceof JsonSyntaxError)) throw error;
      }
    }
  }
}
