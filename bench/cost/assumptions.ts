/** What cannot be measured on one machine: how the stack is set up, and how long its services take to answer. */
export const ASSUMED = {
  /** Memory of the functions, in MB. */
  memoryMb: { api: 256, poll: 256, advance: 256, task: 256, timers: 256, audit: 256 },
  /** Messages that an event source hands to a function together, at most. */
  batch: 10,
  /** An answer of DynamoDB, of SQS. */
  dynamodbMs: 5,
  sqsMs: 8,
  /** From an event at a function to the first line of its handler, and back; billed, since the environment is warm. */
  handlerMs: 2,
  /** Computing, on a whole processor: for each request that a function makes, signed and parsed. */
  computeMs: 1,
  /** How long a worker's poll waits for its task, where one activity follows on another. */
  offerMs: 100,
  /** Memory that comes with a whole processor: with less, computing takes as much longer. */
  wholeProcessorMb: 1769,
  /** What Lambda itself writes into the log about an invocation (START, END, REPORT). */
  logBytesOfInvocation: 350,
  /** Metric lines of an execution: that it started, that it ended and how long it took. */
  logBytesOfExecution: 900,
  /** How long a closed execution is kept, and how much longer its commits. */
  retentionDays: 90,
  journalDays: 125,
} as const;

export type FunctionName = keyof typeof ASSUMED.memoryMb;
