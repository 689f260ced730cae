import type { Notes } from '../../lib/ports/notes';
import type { AdvanceMessage } from '../../lib/ports/queue';
import { AuditRounds } from '../../lib/runtime/audit-rounds';
import { TimerMover } from '../../lib/runtime/timers';
import { callFrom } from './link';
import type { SimulatedProcess } from './process';
import { noteFailure, type SimulatedQueue } from './queues';
import type { SimulatedTimers } from './timers';
import { AUDITOR, job, type World } from './world';

const MINUTE_MS = 60_000;
const AUDIT_EVERY_MS = 10 * MINUTE_MS;
const FIRST_AUDIT_MS = [10_000, 400_000] as const;
/** A mover stops after that, wherever it is: now and then at once. */
const MOVE_MAX_MS = 45_000;
const MOVE_SHORT_MS = 30;
const SHORT = 0.3;
const MOSTLY_SHORT = 0.9;
/** In some worlds nobody moves timers for so long. */
const AWAY = 0.2;
const AWAY_MS = [1_800_000, 7_200_000] as const;
const AUDIT_MAX_MS = 540_000;
const TWO_AT_ONCE = 0.15;
/** Its clock differs from the others' by this much at most. */
const SKEW_MS = 60_000;

/** Has some process do the work of the minute, and of the audit, at its time; now and then two of them do it at once. */
export class Timekeeper {
  private readonly notes = new Map<string, string>();

  constructor(
    private readonly world: World,
    private readonly timers: SimulatedTimers,
    private readonly advance: SimulatedQueue<AdvanceMessage>,
    private readonly alive: () => SimulatedProcess[],
    /** Nobody moves timers for long, and then for a moment at a time. */
    private readonly isMovedLate: boolean,
  ) {}

  keepMinutes(inMs = this.firstMinuteMs()): void {
    this.world.after(inMs, () => {
      if (!this.timers.isEmpty) this.some('mover', (process) => this.move(process));
      this.keepMinutes(MINUTE_MS);
    });
  }

  private firstMinuteMs(): number {
    const { dice } = this.world;
    return this.isMovedLate || dice.next() < AWAY ? dice.between(...AWAY_MS) : MINUTE_MS;
  }

  keepAudits(inMs = this.world.dice.between(...FIRST_AUDIT_MS)): void {
    this.world.after(inMs, () => {
      this.some(AUDITOR, (process) => this.audit(process));
      this.keepAudits(AUDIT_EVERY_MS);
    });
  }

  private some(what: string, work: (process: SimulatedProcess) => Promise<unknown>): void {
    const { world } = this;
    const processes = this.alive();
    for (let count = world.dice.next() < TWO_AT_ONCE ? 2 : 1; count > 0 && processes.length > 0; count--) {
      const process = world.dice.pick(processes);
      world.count(what);
      process.whenAwake(() =>
        job.run({ label: `${process.name} ${what}` }, () => {
          work(process).catch((error) => noteFailure(world, error, undefined));
        }),
      );
    }
  }

  private move(process: SimulatedProcess): Promise<unknown> {
    const { world } = this;
    const skewMs = world.isCalm ? 0 : world.dice.between(-SKEW_MS, SKEW_MS);
    const clock = { ...process.runtime.ports.clock, nowMs: () => world.nowMs + skewMs };
    const mover = new TimerMover(
      this.timers.portOf(process),
      clock,
      (message, atMs) => this.advance.sendDue(process, message, atMs - clock.nowMs()),
      (error) => noteFailure(world, error, undefined),
    );
    const short = this.isMovedLate ? MOSTLY_SHORT : SHORT;
    return mover.move(clock.nowMs() + (world.dice.next() < short ? MOVE_SHORT_MS : MOVE_MAX_MS));
  }

  private audit(process: SimulatedProcess): Promise<unknown> {
    const { world } = this;
    const { runtime } = process;
    const rounds = new AuditRounds({
      auditor: runtime.auditor,
      executions: runtime.ports.executions,
      notes: this.notesOf(process),
      clock: runtime.ports.clock,
      onRepair: ({ runId }, repairs) => {
        for (const repair of repairs) world.count(`repaired ${repair}`);
        world.trace(runId, () => `repairs ${repairs}`);
      },
      onSwept: () => world.violate('a queue is swept'),
      onFailure: (error, run) => noteFailure(world, error, run?.runId),
    });
    return rounds.go(world.nowMs + AUDIT_MAX_MS);
  }

  private notesOf(process: SimulatedProcess): Notes {
    const { world, notes } = this;
    return {
      read: (name) => callFrom(world, process, { point: 'notes.read' }, () => notes.get(name)),
      write: (name, text) =>
        callFrom(world, process, { point: 'notes.write', isWrite: true }, () => void notes.set(name, text)),
    };
  }
}
