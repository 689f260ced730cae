import { setMaxListeners } from 'node:events';
import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type LambdaFunction, PAYLOAD_BYTES_MAX, PayloadTooLarge } from './lambda-function';

export interface MappingSettings {
  client: SQSClient;
  queueUrl: string;
  queueArn: string;
  region: string;
  function: LambdaFunction;
  batchSize: number;
  /** Whether the function says which messages failed. */
  reportsItems: boolean;
  /** How many batches are handled at once, at most. */
  concurrencyMax: number;
}

/** So many poll an idle queue; more while all of them are busy. */
const POLLERS = 5;
const WAIT_SECONDS = 20;
const PAUSE_AFTER_ERROR_MS = 200;
/** What stands around the messages in an event. */
const ENVELOPE_BYTES = 4_096;

/**
 * Polls a queue as Lambda does, and invokes a function with what it gets. Deletes what was handled; all else is hidden
 * for as long as the queue says, and comes again.
 */
export class EventSourceMapping {
  private readonly stopping = new AbortController();
  private readonly pollers = new Set<Promise<void>>();
  private receiving = 0;

  constructor(private readonly settings: MappingSettings) {}

  start(): void {
    // Every receive that is under way listens.
    setMaxListeners(Number.POSITIVE_INFINITY, this.stopping.signal);
    for (let i = 0; i < Math.min(POLLERS, this.settings.concurrencyMax); i++) this.addPoller();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.pollers);
  }

  private addPoller(): void {
    const isExtra = this.pollers.size >= POLLERS;
    const poller = this.poll(isExtra).finally(() => this.pollers.delete(poller));
    this.pollers.add(poller);
  }

  /** One that was added for a burst ends when there is nothing more for it. */
  private async poll(isExtra: boolean): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const messages = await this.receive();
      if (messages.length === 0 && isExtra) return;
      if (messages.length === 0) continue;
      if (this.receiving === 0 && this.pollers.size < this.settings.concurrencyMax) this.addPoller();
      for (const batch of batches(messages)) await this.handle(batch);
    }
  }

  private async receive(): Promise<Message[]> {
    const { client, queueUrl, batchSize } = this.settings;
    this.receiving++;
    try {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: batchSize,
          WaitTimeSeconds: WAIT_SECONDS,
          MessageSystemAttributeNames: ['All'],
          MessageAttributeNames: ['All'],
        }),
        { abortSignal: this.stopping.signal },
      );
      return Messages;
    } catch {
      await new Promise((again) => setTimeout(again, PAUSE_AFTER_ERROR_MS));
      return [];
    } finally {
      this.receiving--;
    }
  }

  private async handle(messages: Message[]): Promise<void> {
    const failed = await this.failedOf(messages);
    const done = messages.filter(({ MessageId }) => !failed.has(MessageId!));
    if (done.length === 0 || this.stopping.signal.aborted) return;
    const Entries = done.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    // What cannot be deleted comes again, as on AWS.
    const request = new DeleteMessageBatchCommand({ QueueUrl: this.settings.queueUrl, Entries });
    await this.settings.client.send(request).catch(() => {});
  }

  /** Rules of "Reporting batch item failures": what cannot be understood means that all failed. */
  private async failedOf(messages: Message[]): Promise<Set<string>> {
    const ids = new Set(messages.map(({ MessageId }) => MessageId!));
    try {
      const Records = messages.map((message) => this.recordOf(message));
      const outcome = await this.settings.function.invoke(JSON.stringify({ Records }));
      if (outcome.kind !== 'answer') return ids;
      if (!this.settings.reportsItems) return new Set();
      const failures = (JSON.parse(outcome.payload) as { batchItemFailures?: unknown } | null)?.batchItemFailures;
      if (failures === undefined || failures === null) return new Set();
      if (!Array.isArray(failures)) return ids;
      const named = failures.map((failure) => (failure as { itemIdentifier?: string } | null)?.itemIdentifier ?? '');
      return named.every((id) => ids.has(id)) ? new Set(named) : ids;
    } catch (error) {
      if (error instanceof PayloadTooLarge || error instanceof SyntaxError) return ids;
      throw error;
    }
  }

  private recordOf({ MessageId, ReceiptHandle, Body, Attributes, MD5OfBody }: Message): object {
    const { queueArn, region } = this.settings;
    return {
      messageId: MessageId,
      receiptHandle: ReceiptHandle,
      body: Body,
      attributes: Attributes,
      messageAttributes: {},
      md5OfBody: MD5OfBody,
      eventSource: 'aws:sqs',
      eventSourceARN: queueArn,
      awsRegion: region,
    };
  }
}

/** As many messages in an event as a function takes. */
function batches(messages: Message[]): Message[][] {
  const found: Message[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const message of messages) {
    const own = Buffer.byteLength(JSON.stringify(message.Body)) + ENVELOPE_BYTES;
    if (bytes + own > PAYLOAD_BYTES_MAX) {
      found.push([]);
      bytes = 0;
    }
    found.at(-1)!.push(message);
    bytes += own;
  }
  return found;
}
