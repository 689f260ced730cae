import { createApiHandler } from '../lib/host/lambda-api';
import { storedKeys } from '../lib/host/lambda-keys';

/** API Gateway's calls of the API. */
export const handler = createApiHandler(storedKeys);
