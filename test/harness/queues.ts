import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Physical } from './template-values';

/** Attributes that are called the same in both, and what they are when the template does not say. */
const ATTRIBUTES: Record<string, number> = {
  DelaySeconds: 0,
  MaximumMessageSize: 1_048_576,
  MessageRetentionPeriod: 345_600,
  ReceiveMessageWaitTimeSeconds: 0,
  VisibilityTimeout: 30,
};
const LEFT_OUT = ['QueueName', 'RedrivePolicy', 'SqsManagedSseEnabled', 'Tags'];

/** Makes an AWS::SQS::Queue from nothing but its properties. */
export async function createQueue(client: SQSClient, properties: Record<string, unknown>): Promise<Physical> {
  const unknown = Object.keys(properties).filter((name) => !(name in ATTRIBUTES) && !LEFT_OUT.includes(name));
  if (unknown.length > 0) throw new Error(`the harness does not know ${unknown} of a queue`);
  const { QueueName, RedrivePolicy } = properties as { QueueName: string; RedrivePolicy?: object };
  const Attributes = Object.fromEntries(
    Object.entries(ATTRIBUTES).map(([name, byDefault]) => [name, String(properties[name] ?? byDefault)]),
  );
  if (RedrivePolicy) Attributes.RedrivePolicy = JSON.stringify(RedrivePolicy);
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName, Attributes }));
  const told = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  return { ref: QueueUrl!, attributes: { Arn: told.Attributes!.QueueArn!, QueueName } };
}
