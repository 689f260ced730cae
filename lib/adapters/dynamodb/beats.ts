import type { Database } from './database';
import type { Retention } from './retention';

/** Heartbeats of tasks, an item each: whoever changes it first, the beat or the alarm, is seen by the other. */
export class Beats {
  constructor(
    private readonly database: Database,
    private readonly retention: Retention,
  ) {}

  async open(runId: string, taskEventId: number, dueAtMs: number): Promise<void> {
    const item = { ...keyOf(runId, taskEventId), open: true, dueAtMs, ttl: this.retention.journal() };
    await this.database.put('journal', item, { text: 'attribute_not_exists(#runId)' });
  }

  async beat(runId: string, taskEventId: number, nowMs: number, dueAtMs: number): Promise<'recorded' | 'late'> {
    const refusal = await this.database.update(
      'journal',
      keyOf(runId, taskEventId),
      { text: 'SET #dueAtMs = :dueAtMs', values: { ':dueAtMs': dueAtMs } },
      {
        text: '#open = :open AND #dueAtMs > :nowMs AND #dueAtMs < :dueAtMs',
        values: { ':open': true, ':nowMs': nowMs },
      },
    );
    // Also where a later one was first: it stays.
    const standing = refusal?.item;
    return !refusal || (standing?.open === true && Number(standing.dueAtMs) > nowMs) ? 'recorded' : 'late';
  }

  async close(runId: string, taskEventId: number, nowMs: number): Promise<'closed' | { dueAtMs: number }> {
    const refusal = await this.database.update(
      'journal',
      keyOf(runId, taskEventId),
      { text: 'SET #open = :closed', values: { ':closed': false } },
      { text: '#open = :open AND #dueAtMs <= :nowMs', values: { ':open': true, ':nowMs': nowMs } },
    );
    return refusal?.item?.open === true ? { dueAtMs: Number(refusal.item.dueAtMs) } : 'closed';
  }
}

const keyOf = (runId: string, taskEventId: number) => ({ runId, entry: `B#${taskEventId}` });
