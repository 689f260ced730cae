import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import DynamoDbLocal from 'dynamodb-local';
import { type ClientSettings, createClient } from '../../lib/adapters/dynamodb/client';
import { freePort, HOST } from './free-port';

export interface DynamoDb {
  settings: ClientSettings;
  stop(): Promise<void>;
}

const FOLDER = join(__dirname, 'jars/dynamodb');
/** A Java process on a busy machine takes its time. */
const START_MAX_MS = 90_000;
const ATTEMPT_MAX_MS = 60_000;
const LOOK_EVERY_MS = 100;
const JAVA_OPTIONS = '-Xmx384m';

/**
 * Starts DynamoDB Local on a free port, in memory. It cannot be bound to one address. Its jar is fetched with
 * `mvn -f test/backends/pom.xml -P dynamodb package`.
 */
export async function startDynamoDb(): Promise<DynamoDb> {
  // Without it the launcher would download another.
  if (!existsSync(join(FOLDER, 'DynamoDBLocal.jar'))) throw new Error(`there is no DynamoDB Local in ${FOLDER}`);
  DynamoDbLocal.configureInstaller({ installPath: FOLDER });
  const port = await freePort();
  const child = await DynamoDbLocal.launch(port, null, ['-sharedDb'], false, false, JAVA_OPTIONS);
  const ended = once(child, 'close');
  const settings = {
    endpoint: `http://${HOST}:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    attemptMs: ATTEMPT_MAX_MS,
  };
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  try {
    await answering(settings);
  } catch (error) {
    await stop();
    throw error;
  }
  return { settings, stop };
}

async function answering(settings: ClientSettings): Promise<void> {
  const client = createClient(settings);
  const giveUpMs = Date.now() + START_MAX_MS;
  for (;;) {
    try {
      await client.send(new ListTablesCommand({}));
      client.destroy();
      return;
    } catch (error) {
      if (Date.now() > giveUpMs) throw new Error(`nobody answers after ${START_MAX_MS} ms`, { cause: error });
      await sleep(LOOK_EVERY_MS);
    }
  }
}
