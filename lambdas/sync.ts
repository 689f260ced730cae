import { createSyncHandler } from '../lib/host/lambda-sync';

/** StartSyncExecution, for the function `api`: runs the execution to its end. */
export const handler = createSyncHandler();
