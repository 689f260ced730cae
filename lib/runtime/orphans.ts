import type { Clock } from '../ports/clock';
import type { Registry } from '../ports/registry';
import type { RunRef } from '../ports/run-ref';
import { machineOf } from './child-names';

type MachineRef = Pick<RunRef, 'machineName' | 'machineId'>;

/** No longer than the pause between two looks of a deletion. */
const KNOWN_FOR_MS = 5_000;
/**
 * A start lands before its first turn: where the machine was seen so lately, the last look of a deletion, which comes
 * five seconds after the machine was marked, finds the execution.
 */
const KNOWN_AT_FIRST_FOR_MS = 1_000;
const KNOWN_MAX = 1_000;

/**
 * Whether the state machine of an execution is gone or being deleted: it ends at its next turn. Where other processes
 * write too, a machine that was there is believed to be there for five seconds; that it is gone is never believed.
 */
export class Orphans {
  /** Machines that were there when they were asked for at that time, by name. */
  private readonly seen = new Map<string, { machineId: string; atMs: number }>();
  private readonly looks = new Map<string, { atMs: number; isOrphan: Promise<boolean> }>();

  constructor(
    private readonly registry: Registry,
    private readonly clock: Clock,
    private readonly isExclusive: boolean,
  ) {}

  /** `isFirst`: of a start, which may come after the last look of a deletion, and which nobody else would stop then. */
  async has(execution: RunRef, isFirst: boolean): Promise<boolean> {
    const run = machineOf(execution);
    const nowMs = this.clock.nowMs();
    if (this.isExclusive) return this.look(run, nowMs);
    const knownForMs = isFirst ? KNOWN_AT_FIRST_FOR_MS : KNOWN_FOR_MS;
    const seen = this.seen.get(run.machineName);
    if (seen?.machineId === run.machineId && isWithin(nowMs, seen, knownForMs)) return false;
    const underWay = this.looks.get(run.machineId);
    if (underWay && isWithin(nowMs, underWay, knownForMs)) return underWay.isOrphan;
    const isOrphan = this.look(run, nowMs).finally(() => {
      if (this.looks.get(run.machineId) === look) this.looks.delete(run.machineId);
    });
    const look = { atMs: nowMs, isOrphan };
    this.looks.set(run.machineId, look);
    return isOrphan;
  }

  /** The machine was there when it was asked for at that time. */
  note({ machineName, machineId }: MachineRef, atMs: number): void {
    if (this.isExclusive) return;
    if (this.seen.size >= KNOWN_MAX) this.seen.clear();
    this.seen.set(machineName, { machineId, atMs });
  }

  /** The id of the machine of that name, most likely; undefined where it was not seen lately. */
  idOf(machineName: string): string | undefined {
    const seen = this.seen.get(machineName);
    return seen && isWithin(this.clock.nowMs(), seen, KNOWN_FOR_MS) ? seen.machineId : undefined;
  }

  private async look({ machineName, machineId }: MachineRef, nowMs: number): Promise<boolean> {
    const machine = await this.registry.machine(machineName);
    const isOrphan = machine?.machineId !== machineId || machine.status === 'DELETING';
    if (!isOrphan) this.note({ machineName, machineId }, nowMs);
    else if (this.seen.get(machineName)?.machineId === machineId) this.seen.delete(machineName);
    return isOrphan;
  }
}

/** A clock that was set back makes nothing younger. */
const isWithin = (nowMs: number, { atMs }: { atMs: number }, forMs: number): boolean =>
  nowMs >= atMs && nowMs < atMs + forMs;
