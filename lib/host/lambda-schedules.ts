import { createLambdaHost, type InvocationContext } from './lambda-service';
import { createMinuteWork } from './minute-work';

/** What is under way when no more is begun has this long. */
const ENDS_BEFORE_MS = 10_000;

/** The handler of a schedule: the work of a minute, or the audit. A failure is an error of the function: an alarm. */
export function createScheduledHandler(work: 'minute' | 'audit') {
  const invoke = createLambdaHost();
  return (_: unknown, context: InvocationContext): Promise<void> =>
    invoke(context, ({ service, log }) => {
      const maxMs = Math.max(0, context.getRemainingTimeInMillis() - ENDS_BEFORE_MS);
      return createMinuteWork(service, { log, minuteMaxMs: maxMs, auditMaxMs: maxMs })[work]();
    });
}
