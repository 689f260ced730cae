import { createScheduledHandler } from '../lib/host/lambda-schedules';

/** Once an hour: looks after executions and queues that nobody else would. */
export const handler = createScheduledHandler('audit');
