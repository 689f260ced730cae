import { NewerSchema } from '../adapters/dynamodb/schema';
import type { Place } from '../host/aws';
import { describeReason, PartFailed } from '../host/served-start';
import { CannotStart } from './refusal';

const SERVICE = { store: 'DynamoDB', queues: 'SQS' };
const FLAG = { store: '--dynamodb-endpoint', queues: '--sqs-endpoint' };
const FIRST_CALLS = { store: 'CreateTable, DescribeTable and UpdateTimeToLive', queues: 'CreateQueue' };

/** One line that says what is wrong with the store or the queues, and what to do. */
export function explainServed(error: unknown, name: string): Error {
  if (error instanceof NewerSchema) {
    return new CannotStart(`${name}: ${error.message}. Use that version, or another --name.`);
  }
  if (!(error instanceof PartFailed)) return error as Error;
  const { part, endpoint, reason, afterMs } = error;
  const place = `${SERVICE[part]} at ${endpoint ?? 'AWS'}`;
  if (/AccessDenied|NotAuthorized|AuthorizationError/.test(reason.name)) {
    const calls = FIRST_CALLS[part];
    return new CannotStart(
      `${place} does not allow it: ${reason.message} Grant that, or give --no-create if it is about ${calls}.`,
    );
  }
  if (/Credential|UnrecognizedClient|InvalidSignature|IncompleteSignature|Token|InvalidClient/.test(reason.name)) {
    return new CannotStart(
      `${place} does not take the keys (${reason.message}); set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.`,
    );
  }
  if (/ResourceNotFound|QueueDoesNotExist|NonExistentQueue/.test(reason.name)) {
    const what = part === 'store' ? 'the tables' : 'the queues';
    return new CannotStart(
      `${place}: ${what} of "${name}" are not there; start once without --no-create, or check --name and --region.`,
    );
  }
  const seconds = Math.round(afterMs / 1000);
  const time = seconds > 0 ? ` after ${seconds} s` : '';
  return new CannotStart(
    `${place} cannot be used${time} (${describeReason(reason)}); start it, or say with ${FLAG[part]} where it is.`,
  );
}

/** The same, of a command that asks once. */
export function explainStoreFailure(error: unknown, name: string, { endpoint }: Place): Error {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const isOfStore = cause instanceof Error && '$metadata' in cause;
  const isOfConnection = cause instanceof Error && typeof (cause as NodeJS.ErrnoException).code === 'string';
  if (!isOfStore && !isOfConnection && !(cause instanceof Error && cause.name === 'CredentialsProviderError')) {
    return error as Error;
  }
  return explainServed(new PartFailed('store', endpoint, cause as Error, 0), name);
}
