// A worker for the activity pack-parcel. It can run on any machine that reaches the service: it asks for a task, works,
// says now and then that it is alive, and reports the result. The task waits until a worker asks for it.
//
// By itself: AWS_ENDPOINT_URL_SFN=http://127.0.0.1:8083 node examples/order/worker.mjs

import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import {
  CreateActivityCommand,
  GetActivityTaskCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';

/** Works on tasks, one after the other, until the signal says stop. */
export async function packParcels({ client, activityArn, signal }) {
  while (!signal.aborted) {
    const poll = new GetActivityTaskCommand({ activityArn, workerName: 'packer-1' });
    const { taskToken, input } = await client.send(poll, { abortSignal: signal });
    // No task came within a minute: ask again.
    if (!taskToken) continue;
    try {
      const output = await pack(JSON.parse(input), () => client.send(new SendTaskHeartbeatCommand({ taskToken })));
      await client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }));
    } catch (error) {
      await client.send(new SendTaskFailureCommand({ taskToken, error: error.name, cause: error.message }));
    }
  }
}

async function pack({ orderId, items }, heartbeat) {
  for (const _ of items) {
    await sleep(400);
    await heartbeat();
  }
  return { parcel: `P-${orderId}`, count: items.length };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const client = new SFNClient({
    endpoint: process.env.AWS_ENDPOINT_URL_SFN ?? 'http://127.0.0.1:8083',
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  const { activityArn } = await client.send(new CreateActivityCommand({ name: 'pack-parcel' }));
  console.log(`packing for ${activityArn}`);
  await packParcels({ client, activityArn, signal: new AbortController().signal });
}
