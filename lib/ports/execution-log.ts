/**
 * Where events of executions are logged, for those whose state machines ask for it. Best effort, as on AWS: nobody waits
 * for it, and what cannot be delivered is dropped. Must not throw.
 */
export interface ExecutionLog {
  write(entries: readonly LogEntry[]): void;
}

export interface LogEntry {
  /** As the state machine names it. */
  logGroupArn: string;
  machineName: string;
  timestampMs: number;
  /** A JSON object, in AWS's format. */
  text: string;
}
