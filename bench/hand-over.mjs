// How long a task of an activity takes into the hands of a worker that waits, with served processes on DynamoDB Local
// and ElasticMQ: `npm run bench:hand-over`. Beside it the bare calls that it cannot do without. README.md says more.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  GetActivityTaskCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

import { freePort } from './free-port.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PROCESSES = 2;
const WARM_UP = 100;
const SAMPLES = 300;
const STORE_CALLS = 5;
const QUEUE_CALLS = 2;
/** The goal: so many times what the bare calls take. */
const RATIO_MAX = 1.2;
const KEYS = { accessKeyId: 'any', secretAccessKey: 'any' };
const region = 'us-east-1';

const children = [];
process.on('exit', () => {
  for (const child of children) child.kill('SIGTERM');
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

const ports = { store: await freePort(), queues: await freePort() };
const settings = {
  AWS_ACCESS_KEY_ID: 'any',
  AWS_SECRET_ACCESS_KEY: 'any',
  STEPWELL_STORE: 'dynamodb',
  STEPWELL_QUEUES: 'sqs',
  STEPWELL_PORT: '0',
  STEPWELL_DYNAMODB_ENDPOINT: `http://127.0.0.1:${ports.store}`,
  STEPWELL_SQS_ENDPOINT: `http://127.0.0.1:${ports.queues}`,
  STEPWELL_MASTER_SECRET: randomBytes(32).toString('hex'),
  STEPWELL_LOG_LEVEL: 'silent',
};
await started(
  ['scripts/emulators.mjs', '--port-store', ports.store, '--port-queues', ports.queues, '--quiet'],
  /Ready/,
);
const urls = [];
for (let i = 0; i < PROCESSES; i++) {
  const [, url] = await started(['dist/cli.js', 'start'], /listens on (\S+)[\s\S]*list-state-machines/);
  urls.push(url);
}

const storeCall = await bareStore();
const queueCall = await bareQueue();
const handOver = await handOvers();
const times = { store: [], queue: [], handOver: [] };
for (let i = 0; i < WARM_UP + SAMPLES; i++) {
  // Side by side: what one of them finds warm, or busy, the others do too.
  const took = { store: await timed(storeCall, i), queue: await timed(queueCall, i), handOver: await handOver(i) };
  if (i >= WARM_UP) for (const [what, ms] of Object.entries(took)) times[what].push(ms);
}
const [store, queue, whole] = [times.store, times.queue, times.handOver].map(medianOf);
const floor = STORE_CALLS * store + QUEUE_CALLS * queue;
console.log(`store call ${store.toFixed(2)} ms, queue call ${queue.toFixed(2)} ms (p50, one at a time)`);
console.log(`${STORE_CALLS} store calls and ${QUEUE_CALLS} queue calls: ${floor.toFixed(1)} ms`);
console.log(`StartExecution sent -> task in a waiting worker's hands: p50 ${whole.toFixed(1)} ms`);
const ratio = whole / floor;
console.log(`ratio ${ratio.toFixed(2)}, goal ${RATIO_MAX}`);
if (ratio > RATIO_MAX) console.log('Over its goal.');
process.exit(ratio > RATIO_MAX ? 1 : 0);

/** Half of the calls write, half read. */
async function bareStore() {
  const client = new DynamoDBClient({ endpoint: settings.STEPWELL_DYNAMODB_ENDPOINT, region, credentials: KEYS });
  const TableName = 'bare';
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
  const calls = [
    (i) => new PutItemCommand({ TableName, Item: { id: { S: `${i}` }, body: { S: 'x'.repeat(600) } } }),
    (i) => new GetItemCommand({ TableName, Key: { id: { S: `${i}` } }, ConsistentRead: true }),
  ];
  return (i) => client.send(calls[i % 2](i >> 1));
}

async function bareQueue() {
  const client = new SQSClient({ endpoint: settings.STEPWELL_SQS_ENDPOINT, region, credentials: KEYS });
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: 'bare' }));
  return () => client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x'.repeat(300) }));
}

/** Answers what hands one task over, and tells how long that took, in ms. */
async function handOvers() {
  const words = ['dist/cli.js', 'keys', 'create', '--json'];
  const made = execFileSync(process.execPath, words, { cwd: ROOT, env: { ...process.env, ...settings } });
  const clients = urls.map((endpoint) => new SFNClient({ endpoint, region, credentials: JSON.parse(made) }));
  const [client, other] = clients;
  const { activityArn } = await client.send(new CreateActivityCommand({ name: 'work' }));
  const definition = JSON.stringify({
    StartAt: 'Work',
    States: { Work: { Type: 'Task', Resource: activityArn, End: true } },
  });
  const roleArn = 'arn:aws:iam::123456789012:role/bench';
  const machine = new CreateStateMachineCommand({ name: 'work', definition, roleArn });
  const { stateMachineArn } = await client.send(machine);
  return async (i) => {
    // The worker is at one process, the start comes to the other.
    const poll = other.send(new GetActivityTaskCommand({ activityArn }));
    await sleep(30);
    const sent = performance.now();
    await client.send(new StartExecutionCommand({ stateMachineArn, name: `${i}`, input: '{}' }));
    const { taskToken } = await poll;
    const ms = performance.now() - sent;
    await client.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));
    return ms;
  };
}

async function timed(call, i) {
  const from = performance.now();
  await call(i);
  return performance.now() - from;
}

function medianOf(times) {
  return times.sort((a, b) => a - b)[times.length >> 1];
}

/** Starts a script and waits until it says so. */
async function started(words, ready) {
  const child = spawn(process.execPath, words.map(String), {
    cwd: ROOT,
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  let output = '';
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const found = ready.exec(output);
      if (found) resolve(found);
    });
    child.once('exit', () => reject(new Error(`${words[0]} ended without saying that it is ready: ${output}`)));
  });
}
