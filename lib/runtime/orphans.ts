import type { Clock } from '../ports/clock';
import type { Registry } from '../ports/registry';
import type { RunRef } from '../ports/run-ref';

/** No longer than the pause between two looks of a deletion. */
const KNOWN_FOR_MS = 5_000;
const KNOWN_MAX = 1_000;

/**
 * Whether the state machine of an execution is gone or being deleted: it ends at its next turn. Where other processes
 * write too, a machine that was there is believed to be there for five seconds; that it is gone is never believed.
 */
export class Orphans {
  private readonly seen = new Map<string, number>();

  constructor(
    private readonly registry: Registry,
    private readonly clock: Clock,
    private readonly isExclusive: boolean,
  ) {}

  /** `isFirst`: of a start, which may have come after the last look of a deletion, and which nobody else would stop. */
  async has({ machineName, machineId }: RunRef, isFirst: boolean): Promise<boolean> {
    const nowMs = this.clock.nowMs();
    if (!isFirst && nowMs < (this.seen.get(machineId) ?? 0)) return false;
    const machine = await this.registry.machine(machineName);
    const isOrphan = machine?.machineId !== machineId || machine.status === 'DELETING';
    if (isOrphan) this.seen.delete(machineId);
    else if (!this.isExclusive) this.note(machineId, nowMs + KNOWN_FOR_MS);
    return isOrphan;
  }

  private note(machineId: string, untilMs: number): void {
    if (this.seen.size >= KNOWN_MAX) this.seen.clear();
    this.seen.set(machineId, untilMs);
  }
}
