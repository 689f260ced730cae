import type { Database } from './database';
import type { Listing } from './listing';
import { RENEWED_AFTER_MS, type Retention } from './retention';

/** Puts off the expiry of journals whose executions are still open, so that nothing below a visible head is missing. */
export class Renewal {
  constructor(
    private readonly database: Database,
    private readonly listing: Listing,
    private readonly retention: Retention,
  ) {}

  /** Looks at some open executions. Answers where to go on; undefined at the end. To be gone through every day. */
  async renew(nowMs: number, next: string | undefined, limit: number): Promise<string | undefined> {
    const page = await this.listing.openPage(next, limit);
    for (const { runId, startMs } of page.items) {
      if (Number(startMs) <= nowMs - RENEWED_AFTER_MS) await this.renewRun(String(runId), nowMs);
    }
    return page.next;
  }

  private async renewRun(runId: string, nowMs: number): Promise<void> {
    const ttl = this.retention.journal(nowMs);
    const soon = this.retention.renewed(nowMs);
    const where = { text: '#runId = :runId', values: { ':runId': runId } };
    for await (const item of this.database.query('journal', { where, attributes: ['entry', 'ttl'] })) {
      if (Number(item.ttl) <= soon) await this.database.expire('journal', { runId, entry: item.entry }, ttl);
    }
  }
}
