import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Gate } from './gate';

export interface ClientSettings {
  /** Of a DynamoDB-compatible store; undefined for DynamoDB itself, or what the environment names. */
  endpoint?: string | undefined;
  /** Undefined: from where the SDK finds it. */
  region?: string | undefined;
  /** Undefined: from where the SDK finds them. */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string | undefined } | undefined;
  /** How long one attempt may take, half of it to connect. Undefined: 2 s. */
  attemptMs?: number | undefined;
}

/** An answer takes a few milliseconds. One that takes this long is not worth waiting for: the next attempt is. */
const ATTEMPT_MS = 2_000;
/** All attempts together stay below the ten seconds at the end of a lease in which a worker begins no write. */
const ATTEMPTS = 4;
/** At 5 ms an answer that is 25,000 requests a second, more than a process sends. */
const SOCKETS = 128;

/** A client that gives up in time and keeps its connections. */
export function createClient({
  endpoint,
  region,
  credentials,
  attemptMs = ATTEMPT_MS,
}: ClientSettings): DynamoDBClient {
  const agent = { keepAlive: true, maxSockets: SOCKETS };
  const client = new DynamoDBClient({
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(credentials !== undefined && { credentials }),
    retryMode: 'standard',
    maxAttempts: ATTEMPTS,
    requestHandler: {
      connectionTimeout: attemptMs / 2,
      requestTimeout: attemptMs,
      // Without it the SDK only warns.
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
  // In the agent's own queue the times above would run already, and a burst would fail for having to wait.
  const gate = new Gate(SOCKETS);
  client.middlewareStack.add((next) => (args) => gate.pass(() => next(args)), { step: 'deserialize', name: 'gate' });
  return client;
}
