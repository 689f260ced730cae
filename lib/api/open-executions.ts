import type { Runtime } from '../runtime';
import { ApiError } from './errors';

/** Whether as many executions are open as there may be. */
export const isFull = async ({ ports, settings }: Runtime): Promise<boolean> =>
  ((await ports.executions.countOpen()) ?? 0) >= settings.limits.openExecutions;

export const tooManyOpen = ({ settings }: Runtime): ApiError =>
  new ApiError('ExecutionLimitExceeded', String(settings.limits.openExecutions));
