import { SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs';

export interface SqsConnection {
  /** An SQS-compatible service; undefined for AWS itself. */
  endpoint: string | undefined;
  region: string;
  /** Undefined: keys come from the usual places. */
  credentials: { accessKeyId: string; secretAccessKey: string } | undefined;
}

export interface SqsClients {
  /** For calls that may be repeated when their answer is lost. */
  calls: SQSClient;
  /** For calls that must not be: a failure is the caller's to deal with. */
  onceOnly: SQSClient;
  /** For long polls: each holds a connection, which no other call may wait for. */
  polls: SQSClient;
  close(): void;
}

const CONNECT_MAX_MS = 3_000;
const ANSWER_MAX_MS = 10_000;
/** A poll of 20 s, and the time that an answer takes. */
const POLL_MAX_MS = 30_000;
const ATTEMPTS = 3;
const CALLS_AT_ONCE = 100;

export function createSqsClients({ endpoint, region, credentials }: SqsConnection): SqsClients {
  const create = (maxAttempts: number, requestTimeout: number, maxSockets: number): SQSClient => {
    const config: SQSClientConfig = {
      region,
      maxAttempts,
      // Nothing is added to what a call goes through after the first.
      cacheMiddleware: true,
      requestHandler: {
        connectionTimeout: CONNECT_MAX_MS,
        requestTimeout,
        throwOnRequestTimeout: true,
        httpAgent: { keepAlive: true, maxSockets },
        httpsAgent: { keepAlive: true, maxSockets },
      },
    };
    if (credentials) config.credentials = credentials;
    // The address in queue URLs is the service's idea of itself, which need not be how it is reached from here.
    if (endpoint !== undefined) Object.assign(config, { endpoint, useQueueUrlAsEndpoint: false });
    return new SQSClient(config);
  };
  const calls = create(ATTEMPTS, ANSWER_MAX_MS, CALLS_AT_ONCE);
  const onceOnly = create(1, ANSWER_MAX_MS, CALLS_AT_ONCE);
  const polls = create(ATTEMPTS, POLL_MAX_MS, Number.POSITIVE_INFINITY);
  return {
    calls,
    onceOnly,
    polls,
    close() {
      for (const client of [calls, onceOnly, polls]) client.destroy();
    },
  };
}
