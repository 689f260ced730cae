/** Lambda functions. */
export interface Functions {
  /**
   * Invokes and waits for the answer. Never rejects: what went wrong is the answer.
   * A payload of `null` is sent as none (observed on AWS).
   */
  invoke(functionArn: string, payload: string): Promise<FunctionResult>;
}

export type FunctionResult =
  /** The payload text as the function sent it. */
  { payload: string } | { error: string; cause: string };
