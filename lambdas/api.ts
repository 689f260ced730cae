import { storedKeys } from '../lib/host/lambda-keys';
import { createApiHandler } from '../lib/host/lambda-api';

/** API Gateway's calls of the API. */
export const handler = createApiHandler(storedKeys);
