import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { SqsConnection } from '../../lib/adapters/sqs/clients';
import { freePort, HOST } from './free-port';

export interface ElasticMq {
  connection: SqsConnection;
  stop(): Promise<void>;
}

const JAR = resolve(__dirname, 'jars/elasticmq/ElasticMQ.jar');
/** A Java process on a busy machine takes its time. */
const START_MAX_MS = 90_000;
const LOOK_EVERY_MS = 100;

/**
 * Starts an SQS-compatible server on a free port of loopback, as strict about limits as AWS. Its jar is fetched with
 * `mvn -f test/backends/pom.xml -P elasticmq package`.
 */
export async function startElasticMq(): Promise<ElasticMq> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'stepwell-elasticmq-'));
  const config = join(folder, 'elasticmq.conf');
  writeFileSync(config, configuration(port));
  const child = spawn('java', ['-Xmx256m', `-Dconfig.file=${config}`, '-jar', JAR], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => (output = `${output}${text}`.slice(-4_000)));
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await listening(child, port);
  } catch (error) {
    await stop();
    throw new Error(`ElasticMQ did not start: ${output}`, { cause: error });
  }
  return {
    connection: {
      endpoint: `http://${HOST}:${port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    },
    stop,
  };
}

const configuration = (port: number): string => `
include classpath("application.conf")
node-address { protocol = http, host = "${HOST}", port = ${port} }
rest-sqs { enabled = true, bind-hostname = "${HOST}", bind-port = ${port}, sqs-limits = strict }
rest-stats { enabled = false }
aws { region = us-east-1, accountId = 000000000000 }
`;

async function listening(child: ChildProcess, port: number): Promise<void> {
  const giveUpMs = Date.now() + START_MAX_MS;
  let failure: unknown;
  child.once('error', (error) => {
    failure = error;
  });
  while (!(await answers(port))) {
    if (failure) throw failure;
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    if (Date.now() > giveUpMs) throw new Error(`nobody listens after ${START_MAX_MS} ms`);
    await new Promise((again) => setTimeout(again, LOOK_EVERY_MS));
  }
}

const answers = (port: number): Promise<boolean> =>
  new Promise((tell) => {
    const socket = connect(port, HOST);
    const end = (isThere: boolean) => {
      socket.destroy();
      tell(isThere);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
