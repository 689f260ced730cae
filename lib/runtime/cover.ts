/**
 * How a writer is covered, so that a crash after its append loses nothing (ARCHITECTURE.md, "Promise before commit"):
 * an API handler promises, a worker holds a message until its lease ends.
 */
export type Cover = 'promise' | { leaseUntilMs: number };

/** A worker appends nothing in the last seconds of its lease. */
const LEASE_MARGIN_MS = 10_000;

/** Whether a writer so covered may still write, and answer for what it took. */
export const isCovered = (cover: Cover, nowMs: number): boolean =>
  cover === 'promise' || nowMs <= cover.leaseUntilMs - LEASE_MARGIN_MS;

/** What a writer gets who comes too late. */
export const leaseError = (): Error => new Error('the lease has run out');
