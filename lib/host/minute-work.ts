import { AuditRounds } from '../runtime/audit-rounds';
import { type MovedTimers, TimerMover } from '../runtime/timers';
import type { AwsService } from './aws';
import { errorFields, type Log } from './log';
import { systemClock } from './system';

/** The work that is nobody's request: one process at a time does it, though nothing is lost where several do. */
export interface MinuteWork {
  /** Moves wake-ups that are near to the queue. To be called every minute. Rejects with StoreUnavailable. */
  minute(): Promise<void>;
  /**
   * Looks after open executions, expiries, deletions under way, and queues that nobody needs. To be called every ten
   * minutes. Rejects with StoreUnavailable.
   */
  audit(): Promise<void>;
}

export interface MinuteWorkSettings {
  log: Log;
  /** A call begins nothing more after this; the next goes on. Below the time that its home gives it. */
  minuteMaxMs?: number;
  auditMaxMs?: number;
}

const MINUTE_MS = 60_000;
export const MINUTE_EVERY_MS = MINUTE_MS;
export const AUDIT_EVERY_MS = 10 * MINUTE_MS;
const MINUTE_MAX_MS = 45_000;
const AUDIT_MAX_MS = 9 * MINUTE_MS;
/** In good order nothing waits that is older than what is passed over, ten minutes: beyond this, wake-ups are late. */
const BEHIND_MS = 15 * MINUTE_MS;

export function createMinuteWork(
  service: AwsService,
  { log, minuteMaxMs = MINUTE_MAX_MS, auditMaxMs = AUDIT_MAX_MS }: MinuteWorkSettings,
): MinuteWork {
  const { runtime, store, advance } = service;
  const { arns } = runtime.settings;
  const mover = new TimerMover(
    store.timers,
    systemClock,
    (message, atMs) => advance.sendDue(message, atMs),
    (error) => log.warn('timers could not be moved; they are tried again in a minute', errorFields(error)),
  );
  const executionArn = (run: { machineName: string; name: string }) => arns.execution(run.machineName, run.name);
  const rounds = new AuditRounds({
    auditor: runtime.auditor,
    executions: store.executions,
    notes: store.notes,
    clock: systemClock,
    renew: (nowMs, next, limit) => store.renewOpen(nowMs, next, limit),
    onRepair: (run, repairs) =>
      log.warn('an execution had lost its messages; it goes on', { executionArn: executionArn(run), repairs }),
    onSwept: (generations) => log.info('queues of activities that are gone were deleted', { generations }),
    onFailure: (error, run) =>
      log.error('the audit could not do its work; it is tried again', {
        ...(run && { executionArn: executionArn(run) }),
        ...errorFields(error),
      }),
  });
  return {
    async minute() {
      logMoved(log, await mover.move(Date.now() + minuteMaxMs));
    },
    async audit() {
      const audited = await rounds.go(Date.now() + auditMaxMs);
      log.info('open executions were looked at', { ...audited });
    },
  };
}

/** The invocation that could not move them succeeds: where they are late, this line is what tells of it. */
function logMoved(log: Log, { sent, failed, isDone, cursorMs }: MovedTimers): void {
  const behindMs = Date.now() - cursorMs;
  if (sent > 0) log.info('timers were moved to the queue', { sent });
  const fields = { behindSeconds: Math.ceil(behindMs / 1000), failed };
  if (behindMs > BEHIND_MS) {
    log.error('timers are late: executions wait longer than they should; the next minute goes on with them', fields);
  } else if (!isDone) {
    log.warn('timers are behind; the next minute goes on with them', fields);
  }
}
