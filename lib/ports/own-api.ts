import type { Head, StartedBy } from './executions';

/** This service's own API, for tasks that call it: no network, no signature, no rates. */
export interface OwnApi {
  /** Rejects with StoreUnavailable: whether it was done is unknown. */
  call(action: string, input: Record<string, unknown>): Promise<OwnAnswer | ApiRefusal>;
  /**
   * Starts an execution for a task. The same task starts one at most, however often it asks. Rejects as `call`.
   * `by`: undefined for a task of an execution that is not stored.
   */
  start(
    input: Record<string, unknown>,
    by: StartedBy | undefined,
  ): Promise<{ head: Head; executionArn: string } | ApiRefusal>;
}

export interface OwnAnswer {
  answer: Record<string, unknown>;
}

export interface ApiRefusal {
  /** As AWS names it: `ExecutionAlreadyExists`. */
  code: string;
  status: number;
  message: string;
}
