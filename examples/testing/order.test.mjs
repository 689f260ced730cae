// How to test a workflow: the real definition, the real service in this process, and functions and a worker of the
// test's own. `node --test examples/testing/`; jest and vitest run the same with their own `test` and `expect`.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetActivityTaskCommand,
  GetExecutionHistoryCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { createService, Timeline } from 'stepwell';

/** What the functions were called with. */
const calls = [];
let service;
let client;
let stateMachineArn;
const definition = await readFile(new URL('../order/order.asl.json', import.meta.url), 'utf8');

before(async () => {
  service = await createService({
    functions: {
      'reserve-stock': async ({ items }) => ({ reserved: items }),
      'charge-card': async ({ card, total }) => {
        if (card === 'bad') throw Object.assign(new Error('declined'), { name: 'CardDeclined' });
        return { paid: total };
      },
      'release-stock': async (order) => {
        calls.push({ release: order.orderId });
        return order;
      },
    },
  });
  client = new SFNClient(service.clientConfig);
  const { activityArn } = await client.send(new CreateActivityCommand({ name: 'pack-parcel' }));
  void pack(activityArn);
  const roleArn = 'arn:aws:iam::123456789012:role/test';
  ({ stateMachineArn } = await client.send(new CreateStateMachineCommand({ name: 'order', roleArn, definition })));
});

after(async () => {
  await service.stop();
  client.destroy();
});

test('an order is reserved, packed, paid and delivered', async () => {
  const order = { orderId: 'A-1', items: ['teapot'], total: 59, card: 'good', courierSeconds: 0 };
  const { status, output } = await run(order);
  assert.equal(status, 'SUCCEEDED');
  assert.deepEqual(JSON.parse(output), {
    ...order,
    prepared: [{ reserved: ['teapot'] }, { parcel: 'P-A-1' }],
    payment: { paid: 59 },
  });
});

test('a declined card releases the stock', async () => {
  const { status, error } = await run({ orderId: 'A-2', items: ['cup'], total: 7, card: 'bad', courierSeconds: 0 });
  assert.equal(status, 'FAILED');
  assert.equal(error, 'OrderRefused');
  assert.deepEqual(calls, [{ release: 'A-2' }]);
});

test('an order without a total is refused', async () => {
  const { error } = await run({ orderId: 'A-3', items: [], total: 0 });
  assert.equal(error, 'OrderEmpty');
});

/** Runs an order to its end; what happened is printed, so that a failed test explains itself. */
async function run(order) {
  const start = new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(order) });
  const { executionArn } = await client.send(start);
  for (;;) {
    const execution = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (execution.status !== 'RUNNING') {
      const { events } = await client.send(new GetExecutionHistoryCommand({ executionArn }));
      console.log(new Timeline({ definition }).lines(events).join('\n'));
      return execution;
    }
    await sleep(20);
  }
}

/** A worker that packs everything at once. The stop of the service answers its poll, and ends it. */
async function pack(activityArn) {
  for (;;) {
    const { taskToken, input } = await client.send(new GetActivityTaskCommand({ activityArn }));
    if (!taskToken) return;
    const output = JSON.stringify({ parcel: `P-${JSON.parse(input).orderId}` });
    await client.send(new SendTaskSuccessCommand({ taskToken, output }));
  }
}
