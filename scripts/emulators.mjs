// DynamoDB Local and ElasticMQ from packages, without Docker: `npm run emulators`. Needs Java 17, and Maven once.
// Everything is in memory and gone at the end. For CI: --port-store N, --port-queues N, --quiet; --fetch fetches only.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const HOST = '127.0.0.1';
const BACKENDS = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../test/backends');
const JARS = {
  dynamodb: join(BACKENDS, 'jars/dynamodb/DynamoDBLocal.jar'),
  elasticmq: join(BACKENDS, 'jars/elasticmq/ElasticMQ.jar'),
};
const START_MAX_MS = 90_000;

const { values } = parseArgs({
  options: {
    'port-store': { type: 'string', default: '8000' },
    'port-queues': { type: 'string', default: '9324' },
    quiet: { type: 'boolean' },
    fetch: { type: 'boolean' },
  },
});
const ports = { dynamodb: Number(values['port-store']), elasticmq: Number(values['port-queues']) };
const folder = mkdtempSync(join(tmpdir(), 'stepwell-emulators-'));
const children = [];
let isStopping = false;

process.on('SIGINT', () => stop(0));
process.on('SIGTERM', () => stop(0));

try {
  needJava();
  for (const profile of Object.keys(JARS)) fetchJars(profile);
  if (values.fetch) process.exit(0);
  for (const [profile, port] of Object.entries(ports)) {
    if (await answers(port)) throw new Error(`port ${port} is in use; give another with --port-store or --port-queues`);
    start(profile, port);
  }
  await Promise.all(Object.values(ports).map(listening));
  if (!values.quiet) console.log(commands());
  console.log('Ready. Ctrl-C ends both; everything in them is gone then.');
} catch (error) {
  console.error(`emulators: ${error.message}`);
  stop(1);
}

function needJava() {
  const { error, stderr } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const version = Number(/version "(\d+)/.exec(stderr ?? '')?.[1]);
  if (error || !(version >= 17)) throw new Error('Java 17 or later is needed on the PATH');
}

/** From Maven Central, once. */
function fetchJars(profile) {
  if (existsSync(JARS[profile])) return;
  console.log(`Fetching ${profile} with Maven ...`);
  const words = ['-B', '-q', '-f', join(BACKENDS, 'pom.xml'), '-P', profile, 'package'];
  const { error, status } = spawnSync('mvn', words, { stdio: 'inherit' });
  if (error) throw new Error(`Maven (mvn) is needed on the PATH to fetch ${profile} once`);
  if (status !== 0) throw new Error(`Maven could not fetch ${profile}`);
}

function start(profile, port) {
  const words = profile === 'dynamodb' ? storeWords(port) : queueWords(port);
  const child = spawn('java', words, { stdio: 'ignore', cwd: resolve(JARS[profile], '..'), detached: true });
  children.push(child);
  child.once('exit', (code) => {
    if (isStopping) return;
    console.error(`emulators: ${profile} ended with ${code}`);
    stop(1);
  });
}

// It cannot be bound to one address.
function storeWords(port) {
  const words = ['-Xmx384m', '-Djava.library.path=./DynamoDBLocal_lib', '-jar', JARS.dynamodb];
  return [...words, '-inMemory', '-sharedDb', '-disableTelemetry', '-port', String(port)];
}

function queueWords(port) {
  const config = join(folder, 'elasticmq.conf');
  writeFileSync(
    config,
    `include classpath("application.conf")
node-address { protocol = http, host = "${HOST}", port = ${port} }
rest-sqs { enabled = true, bind-hostname = "${HOST}", bind-port = ${port}, sqs-limits = strict }
rest-stats { enabled = false }
aws { region = us-east-1, accountId = 000000000000 }
`,
  );
  return ['-Xmx256m', `-Dconfig.file=${config}`, '-jar', JARS.elasticmq];
}

async function listening(port) {
  const giveUpMs = Date.now() + START_MAX_MS;
  while (!(await answers(port))) {
    if (Date.now() > giveUpMs) throw new Error(`nobody listens on port ${port} after ${START_MAX_MS / 1000} s`);
    await new Promise((again) => setTimeout(again, 100));
  }
}

function answers(port) {
  return new Promise((tell) => {
    const socket = createConnection(port, HOST);
    const end = (isThere) => {
      socket.destroy();
      tell(isThere);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

function commands() {
  const store = `--dynamodb-endpoint http://${HOST}:${ports.dynamodb}`;
  const served = `node dist/cli.js start --store dynamodb ${store} \\
    --queues sqs --sqs-endpoint http://${HOST}:${ports.elasticmq}`;
  return `DynamoDB Local listens on port ${ports.dynamodb}, ElasticMQ on ${HOST}:${ports.elasticmq}.

Two servers, each in a terminal of its own, in this folder after \`npm ci\`:
  export STEPWELL_MASTER_SECRET=a-secret-for-trying-things-out-only
  ${served} --port 8083
  ${served} --port 8084

A key, and a client of the first:
  export STEPWELL_MASTER_SECRET=a-secret-for-trying-things-out-only
  eval "$(node dist/cli.js keys create ${store})"
  export AWS_REGION=us-east-1 AWS_ENDPOINT_URL_SFN=http://${HOST}:8083
  aws stepfunctions list-state-machines
`;
}

function stop(status) {
  if (isStopping) return;
  isStopping = true;
  const ended = children
    .filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
    .map((child) => {
      child.kill('SIGKILL');
      return new Promise((resolve) => child.once('exit', resolve));
    });
  void Promise.all(ended).then(() => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(status);
  });
}
