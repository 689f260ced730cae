import type { Clock } from '../ports/clock';
import type { Executions, StartedExecution } from '../ports/executions';
import type { Notes } from '../ports/notes';
import type { RunRef } from '../ports/run-ref';
import { StoreUnavailable } from '../ports/store-error';
import type { Auditor, Repair } from './audit';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const NOTE = 'audit';
/** Executions that are looked at before the time, and how far it came, are looked at again. */
const PAGE = 160;
const AT_ONCE = 16;

export interface AuditSettings {
  auditor: Auditor;
  executions: Executions;
  notes: Notes;
  clock: Clock;
  /** Puts off the expiry of what open executions need: looks at some, answers where to go on. Undefined: not needed. */
  renew?: (nowMs: number, next: string | undefined, limit: number) => Promise<string | undefined>;
  onRepair(run: RunRef, repairs: Repair[]): void;
  onSwept(generations: string[]): void;
  /** Told what could not be done, and of which execution; it is tried again another time. */
  onFailure(error: unknown, run: RunRef | undefined): void;
}

export interface Audited {
  looked: number;
  repaired: number;
  failed: number;
  /** Whether it came to the end in its time. */
  isDone: boolean;
}

/** How far a round came. A round goes over executions that were started in that time. */
interface Progress {
  fromMs: number;
  beforeMs: number;
  next: string | undefined;
  isOver: boolean;
}

interface Round {
  /** Executions are looked at from this age on. */
  ageMs: number;
  /** Undefined: each round goes on where the one before ended. Else how often a round goes over all. */
  everyMs: number | undefined;
  /** Does some of it; answers where to go on, undefined at the end. */
  step(progress: Progress, audited: Audited): Promise<string | undefined>;
}

/**
 * The auditor's plan where many processes share a store: each open execution is looked at 10 minutes and an hour after
 * its start and then daily, expiries are put off daily, deletions and queues without an activity are looked for hourly.
 * To be called every ten minutes or so. How far it came is noted for whoever does it next.
 */
export class AuditRounds {
  private readonly rounds: Record<string, Round>;

  constructor(private readonly settings: AuditSettings) {
    const { auditor, renew, onSwept } = settings;
    const look: Round['step'] = (progress, audited) => this.lookAtSome(progress, audited);
    this.rounds = {
      tenMinutes: { ageMs: 10 * MINUTE_MS, everyMs: undefined, step: look },
      hour: { ageMs: HOUR_MS, everyMs: undefined, step: look },
      deletions: {
        ageMs: 0,
        everyMs: HOUR_MS,
        step: () => auditor.recoverDeletions().then(() => undefined),
      },
      queues: {
        ageMs: 0,
        everyMs: HOUR_MS,
        step: async () => {
          const swept = await auditor.sweepActivityQueues();
          if (swept.length > 0) onSwept(swept);
          return undefined;
        },
      },
      day: { ageMs: 0, everyMs: DAY_MS, step: look },
    };
    if (renew) {
      const step: Round['step'] = ({ beforeMs, next }) => renew(beforeMs, next, PAGE);
      this.rounds.renewals = { ageMs: 0, everyMs: DAY_MS, step };
    }
  }

  /** Goes on where the last one stopped; begins nothing more after `untilMs`. */
  async go(untilMs: number): Promise<Audited> {
    const { notes, clock, onFailure } = this.settings;
    const noted = JSON.parse((await notes.read(NOTE)) ?? '{}') as Record<string, Progress>;
    const audited: Audited = { looked: 0, repaired: 0, failed: 0, isDone: true };
    for (const [name, round] of Object.entries(this.rounds)) {
      let progress = progressOf(noted[name], round, clock.nowMs());
      noted[name] = progress;
      try {
        while (!progress.isOver && audited.isDone) {
          const next = await round.step(progress, audited);
          progress = { ...progress, next, isOver: next === undefined };
          noted[name] = progress;
          await notes.write(NOTE, JSON.stringify(noted));
          audited.isDone = clock.nowMs() < untilMs;
        }
      } catch (error) {
        audited.failed++;
        onFailure(error, undefined);
      }
    }
    return audited;
  }

  private async lookAtSome({ fromMs, beforeMs, next }: Progress, audited: Audited): Promise<string | undefined> {
    const page = await this.settings.executions.openByStart({ fromMs, beforeMs, next, limit: PAGE });
    for (let at = 0; at < page.executions.length; at += AT_ONCE) {
      await Promise.all(page.executions.slice(at, at + AT_ONCE).map((execution) => this.lookAt(execution, audited)));
    }
    return page.next;
  }

  /** One that cannot be read does not keep the others from their look; a store that does not answer does. */
  private async lookAt(execution: StartedExecution, audited: Audited): Promise<void> {
    const { auditor, onRepair, onFailure } = this.settings;
    audited.looked++;
    try {
      const repairs = await auditor.look(execution);
      if (repairs.length === 0) return;
      audited.repaired++;
      onRepair(execution.run, repairs);
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error;
      audited.failed++;
      onFailure(error, execution.run);
    }
  }
}

/** Goes on with a round that is not over, else begins one if it is time for it. */
function progressOf(noted: Progress | undefined, { ageMs, everyMs }: Round, nowMs: number): Progress {
  const beforeMs = nowMs - ageMs;
  if (noted && (!noted.isOver || (everyMs !== undefined && beforeMs < noted.beforeMs + everyMs))) return noted;
  // The first daily round goes over all that are older.
  const fromMs = everyMs === undefined ? (noted?.beforeMs ?? beforeMs) : 0;
  return { fromMs, beforeMs, next: undefined, isOver: beforeMs <= fromMs };
}
