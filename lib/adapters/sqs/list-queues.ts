import { ListQueuesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { decodeTime } from 'ulid';
import { unavailable } from './failures';

const HOUR_MS = 3_600_000;
const PAGE = 1_000;
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/**
 * The generations of activities that have a queue, by the names of the queues, which begin with `prefix`. A queue of
 * any other name is a stranger's; one of an activity that is younger than an hour may be about to be made.
 */
export async function listGenerations(client: SQSClient, prefix: string, nowMs: number): Promise<string[]> {
  const generations: string[] = [];
  let NextToken: string | undefined;
  do {
    const command = new ListQueuesCommand({ QueueNamePrefix: prefix, MaxResults: PAGE, NextToken });
    const page = await client.send(command).catch((error: unknown) => {
      throw unavailable(error);
    });
    for (const url of page.QueueUrls ?? []) {
      const generation = url.slice(url.lastIndexOf('/') + 1).slice(prefix.length);
      if (ULID.test(generation) && decodeTime(generation) < nowMs - HOUR_MS) generations.push(generation);
    }
    ({ NextToken } = page);
  } while (NextToken);
  return generations;
}
