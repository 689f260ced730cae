import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type QueueSpecification, type QueueSpecifications, specifyQueues } from '../adapters/sqs/specifications';
import { TIMEOUT_SECONDS } from './functions';
import type { Settled } from './settle';

/** The queues that every deployment has. Those of activities come and go with their activities. */
export class Queues extends Construct {
  readonly advance: sqs.Queue;
  readonly tasks: sqs.Queue;
  readonly deadLetters: readonly sqs.Queue[];
  readonly requiresTls: boolean;
  private readonly specifications: QueueSpecifications;
  private readonly made = new Map<string, sqs.Queue>();

  constructor(
    scope: Construct,
    id: string,
    private readonly options: Settled,
  ) {
    super(scope, id);
    this.requiresTls = options.requiresTls;
    this.specifications = specifyQueues(options.name);
    const { advance, tasks, deadLetters } = this.specifications;
    for (const dead of deadLetters) this.made.set(dead.name, this.queue(dead, 0));
    this.deadLetters = [...this.made.values()];
    this.advance = this.queue(advance, TIMEOUT_SECONDS.advance);
    this.tasks = this.queue(tasks, TIMEOUT_SECONDS.task);
  }

  /** Of all queues of activities. */
  get activityQueueArns(): string {
    return this.arnOf(this.specifications.activity('*').name);
  }

  /** Where tasks of activities end that were offered too often. */
  get activitiesDead(): sqs.Queue {
    return this.made.get(this.specifications.activity('*').redrive!.queue)!;
  }

  private queue(
    { name, visibilitySeconds, retentionSeconds, messageBytesMax, redrive }: QueueSpecification,
    timeoutSeconds: number,
  ): sqs.Queue {
    return new sqs.Queue(this, name.slice(this.options.name.length + 1), {
      queueName: name,
      // A mapping wants this to be no shorter than its function may take. The worker of tasks shortens it at once.
      visibilityTimeout: Duration.seconds(Math.max(visibilitySeconds, timeoutSeconds)),
      retentionPeriod: Duration.seconds(retentionSeconds),
      maxMessageSizeBytes: messageBytesMax,
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: this.options.requiresTls,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(redrive && {
        deadLetterQueue: { queue: this.made.get(redrive.queue)!, maxReceiveCount: redrive.receivesMax },
      }),
    });
  }

  private arnOf(name: string): string {
    return Stack.of(this).formatArn({ service: 'sqs', resource: name });
  }
}
