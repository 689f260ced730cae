// Two orders, from start to end: `npm run demo`. Everything goes through the AWS SDK, as it would with AWS itself; only
// the service is here, in this process.

import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  paginateGetExecutionHistory,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { createService, Timeline } from 'stepwell';
import { packParcels } from './worker.mjs';

// The SDK would tell users of Node 20 to update it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const functions = new URL('./functions.mjs', import.meta.url);
const service = await createService({
  functions: {
    'reserve-stock': { file: functions, export: 'reserveStock' },
    'charge-card': { file: functions, export: 'chargeCard' },
    'release-stock': { file: functions, export: 'releaseStock' },
  },
});
const client = new SFNClient(service.clientConfig);
console.log(`Stepwell listens on ${service.endpoint}, in this process and in memory.`);

// A worker that packs parcels.
const { activityArn } = await client.send(new CreateActivityCommand({ name: 'pack-parcel' }));
const workerStop = new AbortController();
const worker = packParcels({ client, activityArn, signal: workerStop.signal }).catch((error) => {
  if (!workerStop.signal.aborted) throw error;
});

// The state machine.
const definition = await readFile(new URL('./order.asl.json', import.meta.url), 'utf8');
const { stateMachineArn } = await client.send(
  new CreateStateMachineCommand({ name: 'order', roleArn: 'arn:aws:iam::123456789012:role/order', definition }),
);

await runOrder('An order: the warehouse is busy at first, so a retry comes.', {
  orderId: 'A-1',
  items: ['teapot', 'cup', 'cup'],
  total: 59,
  card: '4242 4242 4242 4242',
  courierSeconds: 2,
});
await runOrder('Another: the card is declined, so the stock is released.', {
  orderId: 'A-2',
  items: ['kettle'],
  total: 34.5,
  card: '4000 0000 0000 0002',
  courierSeconds: 2,
});

workerStop.abort();
await worker;
client.destroy();
await service.stop();

console.log(`
The parts stand in examples/order: order.asl.json, functions.mjs, worker.mjs. README.md there has the same by hand.`);

/** Starts an execution, and prints what happens until it has ended. */
async function runOrder(title, order) {
  console.log(`\n${title}\n`);
  const { executionArn } = await client.send(
    new StartExecutionCommand({ stateMachineArn, name: order.orderId, input: JSON.stringify(order) }),
  );
  const timeline = new Timeline({ definition, isColoured: process.stdout.isTTY && !process.env.NO_COLOR });
  for (let status = 'RUNNING'; status === 'RUNNING'; await sleep(50)) {
    ({ status } = await client.send(new DescribeExecutionCommand({ executionArn })));
    for await (const { events } of paginateGetExecutionHistory({ client }, { executionArn, maxResults: 1000 })) {
      for (const line of timeline.lines(events)) console.log(line);
    }
  }
  const { output, error, cause } = await client.send(new DescribeExecutionCommand({ executionArn }));
  console.log(output ? `\noutput: ${output}` : `\n${error}: ${cause}`);
}
