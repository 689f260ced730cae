const DAY_MS = 86_400_000;
/** Messages live 14 days; a start that a fence must stop cannot be under way for longer. */
const FENCE_MS = 15 * DAY_MS;
/** The store's clock is not ours, and what is visible must be there. */
const MARGIN_MS = DAY_MS;
/** Executions end after a year. */
const STARTED_MS = 400 * DAY_MS;
/** A timer is removed when it is sent; whoever does that may be away for long. */
const TIMER_MS = 400 * DAY_MS;
/** Journals of executions that are open for so long are renewed, so that nothing below a visible head expires. */
export const RENEWED_AFTER_MS = 30 * DAY_MS;
const JOURNAL_MARGIN_MS = RENEWED_AFTER_MS + 5 * DAY_MS;

/** When the store may remove items: the values of the attribute `ttl`, in seconds. */
export class Retention {
  constructor(
    private readonly nowMs: () => number,
    private readonly retentionMs: number,
  ) {}

  /** An execution is gone at `expireAtMs` already: readers look at that. */
  head(expireAtMs: number): number {
    return seconds(expireAtMs + MARGIN_MS);
  }

  /** Of a commit, part or beat that is written now. */
  journal(nowMs = this.nowMs()): number {
    return seconds(nowMs + this.retentionMs + JOURNAL_MARGIN_MS);
  }

  /** Items of an open execution's journal that expire before this are renewed. */
  renewed(nowMs: number): number {
    return this.journal(nowMs - RENEWED_AFTER_MS);
  }

  fence(): number {
    return seconds(this.nowMs() + FENCE_MS);
  }

  /** Whether nothing that a fence must stop can find the name free, of one that is visible until then or, open, for longer. */
  outlastsFence(expireAtMs: number | undefined): boolean {
    const nowMs = this.nowMs();
    return (expireAtMs ?? nowMs + this.retentionMs) >= nowMs + FENCE_MS;
  }

  started(): number {
    return seconds(this.nowMs() + STARTED_MS);
  }

  timer(atMs: number): number {
    return seconds(atMs + TIMER_MS);
  }

  now(): number {
    return seconds(this.nowMs());
  }
}

const seconds = (ms: number): number => Math.ceil(ms / 1000);
