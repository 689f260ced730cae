import {
  ChangeMessageVisibilityBatchCommand,
  type ChangeMessageVisibilityBatchRequestEntry,
  DeleteMessageBatchCommand,
  type DeleteMessageBatchRequestEntry,
  DeleteQueueCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
} from '@aws-sdk/client-sqs';
import { Batch } from './batch';
import type { SqsClients } from './clients';
import { createQueue, urlOf } from './create-queues';
import { isMissingQueue, unavailable } from './failures';
import type { QueueSpecification } from './specifications';

/** A message as it was received; its receipt is good until it is hidden no more. */
export interface Received {
  /** The same when it is delivered again. */
  id: string;
  receipt: string;
  body: string;
  /** 1 for the first. */
  receiveCount: number;
  leaseUntilMs: number;
}

/** How long an answer may have been under way: the lease began when SQS gave it. */
const TRANSIT_MS = 500;

/**
 * One queue of SQS. Its URL is looked up when first needed; `send` makes the queue when it is missing. Calls of one
 * turn of the event loop share requests. Rejects with StoreUnavailable, and with EntryRefused where SQS says that
 * what was asked is wrong.
 */
export class RemoteQueue {
  private url: Promise<string> | undefined;
  private readonly sends: Batch<Omit<SendMessageBatchRequestEntry, 'Id'>>;
  private readonly deletions: Batch<Omit<DeleteMessageBatchRequestEntry, 'Id'>>;
  private readonly changes: Batch<Omit<ChangeMessageVisibilityBatchRequestEntry, 'Id'>>;

  constructor(
    readonly specification: QueueSpecification,
    private readonly clients: SqsClients,
    {
      isSentAgain,
      gatherDeletionsMs,
    }: {
      /** Whether a message may be there twice, when the answer to a send is lost. */
      isSentAgain: boolean;
      /** So long a deletion may wait for others, where nobody waits for it. */
      gatherDeletionsMs?: number;
    },
  ) {
    const { calls, onceOnly } = clients;
    const sender = isSentAgain ? calls : onceOnly;
    this.sends = new Batch(
      (Entries) => this.making((QueueUrl) => sender.send(new SendMessageBatchCommand({ QueueUrl, Entries }))),
      { bytesMax: specification.messageBytesMax },
    );
    this.deletions = new Batch(
      (Entries) => this.at((QueueUrl) => calls.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))),
      { gatherMs: gatherDeletionsMs },
    );
    this.changes = new Batch((Entries) =>
      this.at((QueueUrl) => calls.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }))),
    );
  }

  send(body: string, delaySeconds: number): Promise<void> {
    // Without a delay that of the queue would count.
    return this.sends.add({ MessageBody: body, DelaySeconds: delaySeconds }, Buffer.byteLength(body));
  }

  /**
   * Waits for messages up to that time: 0 for what is found at once. Never cut this off: what SQS gives to a poll that
   * nobody listens to stays hidden for its lease. Rejects with the errors of the SDK.
   */
  async receive(ask: {
    countMax: number;
    waitSeconds: number;
    visibilitySeconds: number;
    nowMs: () => number;
    /** Ends the poll all the same, where nothing can be lost. */
    signal?: AbortSignal;
  }): Promise<Received[]> {
    const { countMax, waitSeconds, visibilitySeconds, nowMs, signal } = ask;
    const askedMs = nowMs();
    const { Messages = [] } = await this.at((QueueUrl) =>
      this.clients.polls.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: countMax,
          WaitTimeSeconds: waitSeconds,
          VisibilityTimeout: visibilitySeconds,
          MessageSystemAttributeNames: ['ApproximateReceiveCount'],
        }),
        signal && { abortSignal: signal },
      ),
    );
    // An answer that took longer than the wait was given before its end.
    const givenMs = Math.min(nowMs(), askedMs + waitSeconds * 1000 + TRANSIT_MS);
    const leaseUntilMs = givenMs + visibilitySeconds * 1000 - TRANSIT_MS;
    return Messages.map((message) => receivedOf(message, leaseUntilMs));
  }

  delete(receipt: string): Promise<void> {
    return this.deletions.add({ ReceiptHandle: receipt });
  }

  /** From now on; 0 shows the message at once. */
  hide(receipt: string, seconds: number): Promise<void> {
    return this.changes.add({ ReceiptHandle: receipt, VisibilityTimeout: seconds });
  }

  /** Makes the queue unless it is there. */
  async create(): Promise<void> {
    const url = await createQueue(this.clients.calls, this.specification).catch((error) => {
      throw unavailable(error);
    });
    this.url = Promise.resolve(url);
  }

  /** Deletes the queue and all that is in it, if it is there. */
  async destroy(): Promise<void> {
    try {
      await this.at((QueueUrl) => this.clients.calls.send(new DeleteQueueCommand({ QueueUrl })));
    } catch (error) {
      if (!isMissingQueue(error)) throw unavailable(error);
    }
    this.url = undefined;
  }

  /** Calls, and once more where the queue was missing and could be made. */
  private async making<T>(call: (url: string) => Promise<T>): Promise<T> {
    try {
      return await this.at(call);
    } catch (error) {
      if (!isMissingQueue(error)) throw error;
      await this.create();
      return this.at(call);
    }
  }

  private async at<T>(call: (url: string) => Promise<T>): Promise<T> {
    this.url ??= urlOf(this.clients.calls, this.specification.name);
    const { url } = this;
    try {
      return await call(await url);
    } catch (error) {
      // A queue that is made again may have another address.
      if (this.url === url) this.url = undefined;
      throw error;
    }
  }
}

function receivedOf(message: Message, leaseUntilMs: number): Received {
  return {
    id: message.MessageId!,
    receipt: message.ReceiptHandle!,
    body: message.Body ?? '',
    receiveCount: Number(message.Attributes?.ApproximateReceiveCount ?? 1),
    leaseUntilMs,
  };
}
