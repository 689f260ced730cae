import type { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { SqsActivityQueues } from '../../lib/adapters/sqs/activity-queues';
import type { SqsClients } from '../../lib/adapters/sqs/clients';
import { specifyQueues } from '../../lib/adapters/sqs/specifications';
import { newId } from './samples';
import { newPrefix } from './sqs-queues';

test('one who waits for a second polls for a second, though a millisecond of it is over', async () => {
  let nowMs = 0;
  const waits: number[] = [];
  const clients = {
    calls: { send: async () => ({ QueueUrl: 'http://queue' }) },
    polls: {
      send: async ({ input }: ReceiveMessageCommand) => {
        waits.push(input.WaitTimeSeconds!);
        nowMs += input.WaitTimeSeconds! * 1000;
        return {};
      },
    },
  } as unknown as SqsClients;
  const specifications = specifyQueues(newPrefix());
  const queues = new SqsActivityQueues({
    clients,
    specify: (generation) => specifications.activity(generation),
    clock: { nowMs: () => ++nowMs, sleep: async () => {}, placeInLine: () => async () => {}, every: () => () => {} },
    pollSeconds: 20,
    onFailure: () => {},
  });
  const client = { isGone: false, onGone: () => () => {} };
  expect(await queues.receive(newId(), { untilMs: 1_000, client })).toBeUndefined();
  expect(waits[0]).toBe(1);
});
