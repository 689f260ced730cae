/**
 * The queues of a deployment as plain data: `createQueues` makes them for served stores, the stack for AWS.
 * Limits are SQS's: 14 days is the longest that it keeps a message, 1 MiB the longest message, 1,000 the highest count
 * of receives.
 */
export interface QueueSpecification {
  name: string;
  /** How long a received message is hidden, unless the receiver says otherwise. */
  visibilitySeconds: number;
  retentionSeconds: number;
  messageBytesMax: number;
  /** Where a message goes after so many receives; undefined for a queue that is itself such a place. */
  redrive: { queue: string; receivesMax: number } | undefined;
}

export interface QueueSpecifications {
  advance: QueueSpecification;
  tasks: QueueSpecification;
  /** One for each activity, made with it. */
  activity(generation: string): QueueSpecification;
  /** Made before the others, whose messages end here. */
  deadLetters: readonly QueueSpecification[];
}

const RETENTION_SECONDS = 14 * 24 * 3600;
const RECEIVES_MAX = 10;
/**
 * Receiving an offer and giving it back is daily business: a client that leaves, ten that are looked at for the oldest.
 * Counting those as failures would lose tasks.
 */
const OFFER_RECEIVES_MAX = 1_000;
const ADVANCE_SECONDS = 120;
const TASK_SECONDS = 60;
const OFFER_SECONDS = 30;
const MESSAGE_BYTES_MAX = 1_048_576;

/** `messageBytesMax`: less for services that take less, as SQS itself did (262,144). */
export function specifyQueues(prefix: string, messageBytesMax = MESSAGE_BYTES_MAX): QueueSpecifications {
  const queue = (
    name: string,
    visibilitySeconds: number,
    redrive: QueueSpecification['redrive'],
  ): QueueSpecification => ({
    name: `${prefix}-${name}`,
    visibilitySeconds,
    retentionSeconds: RETENTION_SECONDS,
    messageBytesMax,
    redrive,
  });
  const deadOf = (name: string) => queue(`${name}-dead`, OFFER_SECONDS, undefined);
  const [advanceDead, tasksDead, offersDead] = [deadOf('advance'), deadOf('tasks'), deadOf('activities')];
  return {
    advance: queue('advance', ADVANCE_SECONDS, { queue: advanceDead.name, receivesMax: RECEIVES_MAX }),
    tasks: queue('tasks', TASK_SECONDS, { queue: tasksDead.name, receivesMax: RECEIVES_MAX }),
    activity: (generation) =>
      queue(`a-${generation}`, OFFER_SECONDS, { queue: offersDead.name, receivesMax: OFFER_RECEIVES_MAX }),
    deadLetters: [advanceDead, tasksDead, offersDead],
  };
}
