import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SFNClient } from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SqsConnection } from '../../lib/adapters/sqs/clients';
import { urlOf } from '../../lib/adapters/sqs/create-queues';
import { specifyQueues } from '../../lib/adapters/sqs/specifications';
import { startDynamoDb } from '../backends/dynamodb';
import { startElasticMq } from '../backends/elasticmq';
import { emptyFolder, type Served, serve, stepwell } from '../cli/command';

/** A store, queues, and what a process of a deployment on them is told. */
export interface Deployment {
  /** Flags for `stepwell start`. */
  words: string[];
  storeWords: string[];
  /** An access key, made by the command. */
  credentials: { accessKeyId: string; secretAccessKey: string };
  queues: SqsConnection;
  client(server: Served): SFNClient;
  stop(): Promise<void>;
}

export async function deploy(): Promise<Deployment> {
  const [store, queues] = await Promise.all([startDynamoDb(), startElasticMq()]);
  const secretFile = join(emptyFolder(), 'secret.txt');
  writeFileSync(secretFile, 'a master secret of thirty-two characters or more\n');
  const storeWords = ['--dynamodb-endpoint', store.settings.endpoint!, '--master-secret-file', secretFile];
  const words = [
    '--store',
    'dynamodb',
    ...storeWords,
    '--queues',
    'sqs',
    '--sqs-endpoint',
    queues.connection.endpoint!,
  ];
  const first = await serve(words);
  const made = await stepwell(['keys', 'create', '--json', ...storeWords]);
  first.child.kill('SIGTERM');
  await first.ended;
  const { accessKeyId, secretAccessKey } = JSON.parse(made.stdout);
  const credentials = { accessKeyId, secretAccessKey };
  return {
    words,
    storeWords,
    credentials,
    queues: queues.connection,
    client: ({ url }) =>
      new SFNClient({
        endpoint: url,
        region: 'us-east-1',
        credentials,
        maxAttempts: 1,
        disableHostPrefix: true,
      }),
    async stop() {
      await Promise.all([store.stop(), queues.stop()]);
    },
  };
}

/** How many messages were given up: each was tried ten times. */
export async function deadLettersOf({ queues: { endpoint, region, credentials } }: Deployment): Promise<number> {
  const client = new SQSClient({ endpoint: endpoint!, region, credentials: credentials! });
  let count = 0;
  for (const { name } of specifyQueues('stepwell').deadLetters) {
    const request = { QueueUrl: await urlOf(client, name), AttributeNames: ['ApproximateNumberOfMessages' as const] };
    const { Attributes } = await client.send(new GetQueueAttributesCommand(request));
    count += Number(Attributes!.ApproximateNumberOfMessages);
  }
  client.destroy();
  return count;
}
