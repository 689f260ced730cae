import { createScheduledHandler } from '../lib/host/lambda-schedules';

/** Once a minute: sends the wake-ups of the next minutes. */
export const handler = createScheduledHandler('minute');
