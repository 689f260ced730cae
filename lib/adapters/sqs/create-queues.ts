import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { isOtherwiseMade } from './failures';
import type { QueueSpecification, QueueSpecifications } from './specifications';

/**
 * Makes the queues that every deployment has, dead letters first; those that exist get the attributes they should
 * have. Queues of activities come with their activities.
 */
export async function createQueues(client: SQSClient, specifications: QueueSpecifications): Promise<void> {
  await Promise.all(specifications.deadLetters.map((queue) => createQueue(client, queue)));
  await Promise.all([specifications.advance, specifications.tasks].map((queue) => createQueue(client, queue)));
}

/** Makes a queue, unless it is there. Answers its URL. The queue of its dead letters must exist. */
export async function createQueue(client: SQSClient, queue: QueueSpecification): Promise<string> {
  const attributes = await attributesOf(client, queue);
  try {
    const created = await client.send(new CreateQueueCommand({ QueueName: queue.name, Attributes: attributes }));
    return created.QueueUrl!;
  } catch (error) {
    if (!isOtherwiseMade(error)) throw error;
    const url = await urlOf(client, queue.name);
    await client.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: attributes }));
    return url;
  }
}

/** Rejects when there is no such queue. */
export async function urlOf(client: SQSClient, name: string): Promise<string> {
  const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: name }));
  return QueueUrl!;
}

async function attributesOf(client: SQSClient, queue: QueueSpecification): Promise<Record<string, string>> {
  const attributes: Record<string, string> = {
    VisibilityTimeout: String(queue.visibilitySeconds),
    MessageRetentionPeriod: String(queue.retentionSeconds),
    MaximumMessageSize: String(queue.messageBytesMax),
  };
  if (queue.redrive) {
    const deadLetterTargetArn = await arnOf(client, queue.redrive.queue);
    attributes.RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: queue.redrive.receivesMax });
  }
  return attributes;
}

async function arnOf(client: SQSClient, name: string): Promise<string> {
  const request = { QueueUrl: await urlOf(client, name), AttributeNames: ['QueueArn' as const] };
  const { Attributes } = await client.send(new GetQueueAttributesCommand(request));
  return Attributes!.QueueArn!;
}
