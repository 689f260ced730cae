import { createLambdaHost, type InvocationContext } from './lambda-service';
import { createMinuteWork } from './minute-work';

/** The handler of a schedule: the work of a minute, or the audit. A failure is an error of the function: an alarm. */
export function createScheduledHandler(work: 'minute' | 'audit') {
  const open = createLambdaHost();
  return async (_: unknown, context: InvocationContext): Promise<void> => {
    const { service } = await open(context);
    await createMinuteWork(service)[work]();
  };
}
