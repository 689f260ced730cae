import type { Leases } from '../ports/leases';
import { errorFields, type Log } from './log';
import { AUDIT_EVERY_MS, MINUTE_EVERY_MS, type MinuteWork } from './minute-work';
import { systemClock } from './system';

const MINUTE_LEASE = 'minute';
const AUDIT_LEASE = 'audit';
/** It outlasts the pause between two rounds, so that one process goes on with it; a dead one is followed soon. */
const MINUTE_LEASE_MS = 2 * MINUTE_EVERY_MS;
/** As long as a round is apart from the next: whoever comes first after that has the next. */
const AUDIT_LEASE_MS = AUDIT_EVERY_MS - MINUTE_EVERY_MS / 2;

/** Does the work of the minute and of the audit, one process of a deployment at a time. Answers how to end that. */
export function startMinuteWork(work: MinuteWork, leases: Leases, holder: string, log: Log): () => Promise<void> {
  let auditAtMs = 0;
  const minute = async () => {
    if (await leases.take(MINUTE_LEASE, holder, Date.now(), MINUTE_LEASE_MS)) await work.minute();
  };
  const audit = async () => {
    const nowMs = Date.now();
    if (nowMs < auditAtMs || !(await leases.take(AUDIT_LEASE, holder, nowMs, AUDIT_LEASE_MS))) return;
    auditAtMs = nowMs + AUDIT_LEASE_MS;
    await work.audit();
  };
  const rounds = [minute, audit].map((round) => oneAtATime(round, log));
  const begin = () => {
    for (const round of rounds) round();
  };
  begin();
  const stop = systemClock.every(MINUTE_EVERY_MS, begin);
  return async () => {
    stop();
    // What is under way bears that another begins.
    await Promise.allSettled([MINUTE_LEASE, AUDIT_LEASE].map((name) => leases.release(name, holder)));
  };
}

function oneAtATime(round: () => Promise<void>, log: Log): () => void {
  let isBusy = false;
  return () => {
    if (isBusy) return;
    isBusy = true;
    round()
      .catch((error) => log.error('the work of the minute failed; it is tried again', errorFields(error)))
      .finally(() => {
        isBusy = false;
      });
  };
}
