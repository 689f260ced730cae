import type { RequestRate } from '../runtime/limits';
import { ApiError } from './errors';

/** Token buckets, one an action that has a rate. */
export class RequestRates {
  private readonly buckets = new Map<string, { left: number; filledMs: number }>();

  constructor(
    private readonly rates: Readonly<Record<string, RequestRate>>,
    private readonly nowMs: () => number,
  ) {}

  /** Takes a token. Throws ThrottlingException when there is none. */
  take(action: string): void {
    const rate = Object.hasOwn(this.rates, action) ? this.rates[action] : undefined;
    if (!rate) return;
    const nowMs = this.nowMs();
    const bucket = this.buckets.get(action) ?? { left: rate.burst, filledMs: nowMs };
    bucket.left = Math.min(rate.burst, bucket.left + ((nowMs - bucket.filledMs) / 1000) * rate.perSecond);
    bucket.filledMs = nowMs;
    this.buckets.set(action, bucket);
    if (bucket.left < 1) throw new ApiError('ThrottlingException');
    bucket.left--;
  }
}
