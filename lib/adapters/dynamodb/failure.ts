import { StoreUnavailable } from '../../ports/store-error';

/** The item, or the request, is not what the store takes: our mistake, and the same again next time. */
const MISTAKES = new Set(['ValidationException', 'SerializationException', 'TypeError']);

/**
 * What a request that failed means to a caller: throttling, timeouts, answers of 500, missing tables and refused
 * credentials are all a store that does not do its work. The message says which, for the log; clients never see it.
 */
export function failureOf(error: unknown): unknown {
  if (!(error instanceof Error) || MISTAKES.has(error.name)) return error;
  return new StoreUnavailable(`DynamoDB: ${error.name}: ${error.message}`, { cause: error });
}
