import type { AdvanceMessage } from '../../ports/queue';
import type { Timer, Timers } from '../../ports/timers';
import type { Database } from './database';
import type { Retention } from './retention';

const MINUTE_MS = 60_000;
/** One partition takes a thousand writes a second, and many wait for the full hour. */
const SHARDS = 4;
const CURSOR = { bucket: 'CURSOR', entry: 'minute' };

/** Timers as items, in buckets of a minute and a shard. */
export class StoredTimers implements Timers {
  private hasCursor = false;

  constructor(
    private readonly database: Database,
    private readonly retention: Retention,
    private readonly nowMs: () => number,
  ) {}

  async add(message: AdvanceMessage, atMs: number): Promise<void> {
    // Whoever comes first says where those who look for timers begin.
    await this.makeCursor();
    const item = { ...keyOf({ message, atMs }), message: JSON.stringify(message), ttl: this.retention.timer(atMs) };
    await this.database.put('timers', item);
  }

  async dueIn(minute: number, limit: number): Promise<Timer[]> {
    const shards = Array.from({ length: SHARDS }, (_, shard) =>
      this.database.all('timers', {
        where: { text: '#bucket = :bucket', values: { ':bucket': bucketOf(minute, shard) } },
        limit: Math.ceil(limit / SHARDS),
        attributes: ['entry', 'message'],
      }),
    );
    return (await Promise.all(shards)).flat().map(({ entry, message }) => ({
      message: JSON.parse(String(message)) as AdvanceMessage,
      atMs: Number(String(entry).split('#', 1)[0]),
    }));
  }

  async remove(timer: Timer): Promise<void> {
    await this.database.delete('timers', keyOf(timer));
  }

  async cursor(): Promise<number> {
    return Number((await this.database.putOnce('timers', this.newCursor())).minute);
  }

  async moveCursor(minute: number): Promise<void> {
    const change = { text: 'SET #minute = :minute', values: { ':minute': minute } };
    await this.database.update('timers', CURSOR, change, { text: '#minute < :minute' });
  }

  private async makeCursor(): Promise<void> {
    if (this.hasCursor) return;
    await this.database.putOnce('timers', this.newCursor());
    this.hasCursor = true;
  }

  /** A timer is a quarter of an hour ahead at least, whoever makes the cursor. */
  private newCursor() {
    return { ...CURSOR, minute: Math.floor(this.nowMs() / MINUTE_MS) };
  }
}

const bucketOf = (minute: number, shard: number): string => `${minute}#${shard}`;

/** By run, so that a timer that is added again meets itself. The end of a ULID is dice. */
function keyOf({ message, atMs }: Timer): { bucket: string; entry: string } {
  const minute = Math.floor(atMs / MINUTE_MS);
  const [id, from] =
    message.type === 'delete-machine' ? [message.machineId, message.emptyLooks] : [message.run.runId, message.from];
  const shard = id.charCodeAt(id.length - 1) % SHARDS;
  return { bucket: bucketOf(minute, shard), entry: `${String(atMs).padStart(15, '0')}#${id}#${message.type}#${from}` };
}
