import type { HttpFacts } from './services';

/** Lambda functions. */
export interface Functions {
  /**
   * Invokes and waits for the answer. Never rejects: what went wrong is the answer.
   * A payload of `null` is sent as none (observed on AWS).
   */
  invoke(functionArn: string, payload: string, options?: InvokeOptions): Promise<FunctionResult>;
}

/** What `lambda:invoke` may say of its call. */
export interface InvokeOptions {
  invocationType?: string | undefined;
  logType?: string | undefined;
  clientContext?: string | undefined;
}

export type FunctionResult = FunctionSuccess | { error: string; cause: string };

interface FunctionSuccess {
  /** The payload text as the function sent it. */
  payload: string;
  /** How it was answered, where it went over HTTP and options were given. */
  response?: HttpFacts;
}
