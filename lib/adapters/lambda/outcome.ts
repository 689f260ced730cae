/** What an invocation of a local function came to: the result as JSON text, or what Lambda's Node runtime reports. */
export type Outcome = { payload: string } | FunctionError;

export interface FunctionError {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}

/** How Lambda's Node runtime describes what a handler threw. */
export function describeError(error: unknown): FunctionError {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}
