import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { SqsClients, SqsConnection } from '../../lib/adapters/sqs/clients';
import { createQueues, urlOf } from '../../lib/adapters/sqs/create-queues';
import { advanceMessages } from '../../lib/adapters/sqs/messages';
import { SqsQueue, type SqsQueueSettings } from '../../lib/adapters/sqs/queue';
import { RemoteQueue } from '../../lib/adapters/sqs/remote-queue';
import { specifyQueues } from '../../lib/adapters/sqs/specifications';
import { slotAt } from '../../lib/engine/snapshot';
import { systemClock } from '../../lib/host/system';
import type { AdvanceMessage } from '../../lib/ports/queue';
import { newId, newRun } from './samples';

/** A server of SQS queues, and clients for it. */
export interface Backend {
  connection: SqsConnection;
  clients: SqsClients;
}

export interface AdvanceQueueOptions extends Partial<SqsQueueSettings<AdvanceMessage>> {
  clients?: SqsClients;
  isSentAgain?: boolean;
  receivesMax?: number;
  messageBytesMax?: number;
  /** Of queues that exist already. */
  prefix?: string;
}

export const newPrefix = (): string => `test-${newId()}`;

/** An advance queue of its own, made on the server. */
export async function advanceQueue(backend: Backend, options: AdvanceQueueOptions = {}) {
  const {
    clients = backend.clients,
    isSentAgain = true,
    receivesMax = 10,
    messageBytesMax,
    prefix = newPrefix(),
    ...settings
  } = options;
  const planned = specifyQueues(prefix, messageBytesMax);
  const advance = { ...planned.advance, redrive: { ...planned.advance.redrive!, receivesMax } };
  await createQueues(backend.clients.calls, { ...planned, advance });
  const failures: unknown[] = [];
  const remote = new RemoteQueue(advance, clients, { isSentAgain });
  const queue = new SqsQueue<AdvanceMessage>({
    remote,
    format: advanceMessages,
    clock: systemClock,
    timers: undefined,
    concurrency: 100,
    visibilitySeconds: 30,
    pollSeconds: 1,
    onFailure: (error) => failures.push(error),
    ...settings,
  });
  return { queue, remote, failures, prefix, name: advance.name, deadName: advance.redrive.queue };
}

export const newAdvance = (): AdvanceMessage => ({ type: 'advance', run: newRun(), from: slotAt(1, 0) });

export const runIdIn = (message: AdvanceMessage): string =>
  message.type === 'delete-machine' ? message.machineId : message.run.runId;

/** How many messages of a queue wait, are delayed, are hidden. */
export async function countsOf({ clients }: Backend, name: string) {
  const url = await urlOf(clients.calls, name);
  const { Attributes } = await clients.calls.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
  );
  return {
    waiting: Number(Attributes!.ApproximateNumberOfMessages),
    delayed: Number(Attributes!.ApproximateNumberOfMessagesDelayed),
    hidden: Number(Attributes!.ApproximateNumberOfMessagesNotVisible),
  };
}
