import type { Leases } from '../../ports/leases';
import type { Database } from './database';

const KIND = 'LEASE';

/** A lease is an item that names its holder and the end of its time. */
export class StoredLeases implements Leases {
  constructor(private readonly database: Database) {}

  async take(name: string, holder: string, nowMs: number, forMs: number): Promise<boolean> {
    const refusal = await this.database.update(
      'registry',
      { kind: KIND, name },
      {
        text: 'SET #holder = :holder, #untilMs = :untilMs',
        values: { ':holder': holder, ':untilMs': nowMs + forMs },
      },
      {
        text: 'attribute_not_exists(#holder) OR #holder = :holder OR #untilMs <= :nowMs',
        values: { ':holder': holder, ':nowMs': nowMs },
      },
    );
    return !refusal;
  }

  async release(name: string, holder: string): Promise<void> {
    const condition = { text: '#holder = :holder', values: { ':holder': holder } };
    await this.database.delete('registry', { kind: KIND, name }, condition);
  }
}
