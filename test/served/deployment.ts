import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SFNClient } from '@aws-sdk/client-sfn';
import { startDynamoDb } from '../backends/dynamodb';
import { startElasticMq } from '../backends/elasticmq';
import { emptyFolder, type Served, serve, stepwell } from '../cli/command';

/** A store, queues, and what a process of a deployment on them is told. */
export interface Deployment {
  /** Flags for `stepwell start`. */
  words: string[];
  storeWords: string[];
  client(server: Served): SFNClient;
  stop(): Promise<void>;
}

/** With an access key of its own, made by the command. */
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
  return {
    words,
    storeWords,
    client: ({ url }) =>
      new SFNClient({
        endpoint: url,
        region: 'us-east-1',
        credentials: { accessKeyId, secretAccessKey },
        maxAttempts: 1,
      }),
    async stop() {
      await Promise.all([store.stop(), queues.stop()]);
    },
  };
}
