import type { Leases } from '../../lib/ports/leases';

/** Leases in memory, which keep the contract. */
export class MemoryLeases implements Leases {
  private readonly held = new Map<string, { holder: string; untilMs: number }>();

  async take(name: string, holder: string, nowMs: number, forMs: number): Promise<boolean> {
    const held = this.held.get(name);
    if (held && held.holder !== holder && held.untilMs > nowMs) return false;
    this.held.set(name, { holder, untilMs: nowMs + forMs });
    return true;
  }

  async release(name: string, holder: string): Promise<void> {
    if (this.held.get(name)?.holder === holder) this.held.delete(name);
  }
}
