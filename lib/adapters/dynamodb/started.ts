import type { Database } from './database';
import type { Retention } from './retention';

const KIND = 'STARTED';
/** A process notes a list again after this, and its note outlasts every execution that was started since. */
const NOTED_FOR_MS = 7 * 86_400_000;
const NOTED_MAX = 10_000;

/**
 * The lists in which open executions may be. An auditor needs all open executions of all state machines, and nothing
 * else does: an index for it would cost every start and every close another write, a scan would read every closed one.
 * A note for each list costs next to nothing, since a process makes it once.
 */
export class StartedLists {
  private readonly noted = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly retention: Retention,
    private readonly nowMs: () => number,
  ) {}

  /** Before the first execution of a list is written. */
  async note(list: string): Promise<void> {
    const nowMs = this.nowMs();
    if (nowMs < (this.noted.get(list) ?? 0)) return;
    await this.database.put('registry', { kind: KIND, name: list, ttl: this.retention.started() });
    if (this.noted.size >= NOTED_MAX) this.noted.clear();
    this.noted.set(list, nowMs + NOTED_FOR_MS);
  }

  /** In order, from one on. */
  async lists(from: string, limit: number): Promise<string[]> {
    const where = { text: '#kind = :kind AND #name >= :from', values: { ':kind': KIND, ':from': from } };
    const items = await this.database.all('registry', { where, limit });
    return items.map(({ name }) => String(name));
  }
}
