import type { SqsQueue } from '../adapters/sqs/queue';
import type { Received } from '../adapters/sqs/remote-queue';
import type { Handler } from '../ports/queue';
import type { RunRef } from '../ports/run-ref';
import type { LambdaHost } from './lambda-service';
import { after } from './late';

/** What an event source mapping of SQS sends, of all that is in it. */
export interface QueueEvent {
  Records: readonly {
    messageId: string;
    receiptHandle: string;
    body: string;
    attributes: { ApproximateReceiveCount: string };
  }[];
}

/** Messages that must stay. The mapping deletes the others. */
export interface BatchResult {
  batchItemFailures: { itemIdentifier: string }[];
}

export interface QueueWork<Message> {
  queue: SqsQueue<Message>;
  handle: Handler<Message>;
  /**
   * For work that may outlast the others of its batch: each message is hidden for a short time, again and again, while
   * it is worked on, and is deleted when it is done and the rest takes long.
   */
  isLong: boolean;
}

/** A worker appends nothing in the last ten seconds of a lease (runtime/runs.ts): so it may until its end. */
const LEASE_AFTER_END_MS = 10_000;
/** What is still under way so long before the end is given up, so that the others' outcomes are told. */
const TOLD_BEFORE_END_MS = 1_500;
/** A function that follows on another has nearly as long as the first: it must begin within this. */
const BEGINS_WITHIN_MS = 30_000;
const DELETED_AFTER_MS = 20_000;

/**
 * Handles a batch, all messages at once: those of one execution share their commits. Whatever fails, is to come again
 * or takes too long is answered as failed, alone, and comes again by itself.
 */
export async function handleBatch<Message extends object>(
  { Records }: QueueEvent,
  host: LambdaHost,
  work: QueueWork<Message>,
): Promise<BatchResult> {
  const beginMs = Date.now();
  const { endMs } = host.invocation;
  const end = after(Math.max(0, endMs - TOLD_BEFORE_END_MS - beginMs));
  const batch = new Batch(host, work, { beginsUntilMs: beginMs + BEGINS_WITHIN_MS, end: end.promise });
  const failed = await Promise.all(
    Records.map(async (record) => {
      const received: Received = {
        id: record.messageId,
        receipt: record.receiptHandle,
        body: record.body,
        receiveCount: Number(record.attributes.ApproximateReceiveCount),
        leaseUntilMs: endMs + LEASE_AFTER_END_MS,
      };
      return (await batch.handle(received)) === 'done' ? [] : [{ itemIdentifier: record.messageId }];
    }),
  ).finally(() => {
    end.cancel();
    batch.isOver();
  });
  return { batchItemFailures: failed.flat() };
}

class Batch<Message extends object> {
  isOver: () => void = () => {};
  private readonly over = new Promise<'over'>((resolve) => {
    this.isOver = () => resolve('over');
  });

  constructor(
    private readonly host: LambdaHost,
    private readonly work: QueueWork<Message>,
    private readonly times: { beginsUntilMs: number; end: Promise<'late'> },
  ) {}

  async handle(received: Received): Promise<'done' | 'again'> {
    const about: { executionArn?: string } = {};
    const outcome = await Promise.race([this.begin(received, about), this.times.end]);
    if (outcome !== 'late') {
      if (outcome === 'done' && this.work.isLong) void this.deleteEarly(received);
      return outcome;
    }
    // It may go on when this environment is used again: it must find its lease ended.
    received.leaseUntilMs = 0;
    this.host.log.error('a message was not handled in the time of an invocation; it comes again', {
      ...about,
      messageId: received.id,
      receiveCount: received.receiveCount,
    });
    return 'again';
  }

  private async begin(received: Received, about: { executionArn?: string }): Promise<'done' | 'again'> {
    const { queue, handle, isLong } = this.work;
    const { arns } = this.host.service.runtime.settings;
    try {
      if (isLong) await queue.hold(received);
    } catch {
      // It is hidden for long already; who dies with it is noticed late, that is all.
    }
    return queue.handleOne(received, (delivery) => {
      const { run } = delivery.message as { run?: RunRef };
      if (run) about.executionArn = arns.execution(run.machineName, run.name);
      return handle(Object.assign(delivery, { beginsUntilMs: this.times.beginsUntilMs }));
    });
  }

  /** The mapping deletes it only when the whole batch is done. */
  private async deleteEarly(received: Received): Promise<void> {
    const wait = after(DELETED_AFTER_MS);
    const first = await Promise.race([wait.promise, this.over]);
    wait.cancel();
    if (first === 'late') await this.work.queue.delete(received);
  }
}
