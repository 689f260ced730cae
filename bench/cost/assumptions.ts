import { MEMORY_MEGABYTES } from '../../lib/cdk/memory';

const { api, advance, task, timers, audit } = MEMORY_MEGABYTES;

/** What one machine cannot measure: how the stack is set up, and how long its services take to answer. */
export const ASSUMED = {
  /** Memory of the functions, in MB, as the stack deploys them. GetActivityTask is `api`, too. */
  memoryMb: { api, poll: api, advance, task, timers, audit },
  /** Messages that an event source hands to a function together, at most. */
  batch: 10,
  /** An answer of DynamoDB, of SQS. */
  dynamodbMs: 5,
  sqsMs: 8,
  /** From an event at a function to the first line of its handler, and back. */
  handlerMs: 2,
  /** What a whole processor computes for each request that a function makes: turns, signatures, JSON. */
  computeMs: 1.5,
  /** Memory that comes with a whole processor: with less, computing takes as much longer. */
  wholeProcessorMb: 1769,
  /** How long a worker's poll waits for its task, where one activity follows on another. */
  offerMs: 100,
  /** The metric lines of an execution. Lambda itself logs nothing of invocations that went well, at its level WARN. */
  logBytesOfExecution: 900,
  /** How long heads of closed executions are kept, and commits. */
  headDays: 91,
  journalDays: 125,
  /** Receives of an event source that finds nothing: five pollers, 20 s each. */
  emptyReceivesPerMinute: 15,
  eventSources: 2,
  /** Metrics that the stack's alarms watch: AWS bills each, and those of a table watch two or four. */
  alarmMetrics: 34,
  dashboards: 1,
  secrets: 1,
  /** Names of metrics that a state machine has whose Lambda functions succeed. CloudWatch bills none in which nothing is. */
  machineMetrics: 6,
  /** GetActivityTask of a deployed stack. */
  pollSeconds: 20,
} as const;

export type FunctionName = keyof typeof ASSUMED.memoryMb;
