/**
 * Every limit, its default of today, and where it is enforced (api.md section 3). Each can be configured by its name
 * here; `limits2017` gives back what the service had when it was new.
 */
export interface Limits {
  /** Characters of state machine, activity and execution names. */
  name: number;
  arn: number;
  /** Characters of a definition. */
  definition: number;
  /** UTF-8 bytes of inputs, outputs, results and every state's output. */
  payloadBytes: number;
  error: number;
  cause: number;
  /** Characters of a task token that are accepted; those that are issued stay below 1,024. */
  taskToken: number;
  historyEvents: number;
  openExecutions: number;
  machines: number;
  activities: number;
  pollersPerActivity: number;
  tagsPerResource: number;
  /** Bytes of a request; the longest legal one holds a definition. */
  requestBytes: number;
  /** Calls of an action, by its name. None by default. */
  requestRates: Record<string, RequestRate>;
}

export interface RequestRate {
  perSecond: number;
  /** Calls that may come at once. */
  burst: number;
}

export const DEFAULT_LIMITS: Limits = {
  name: 80,
  arn: 256,
  definition: 1_048_576,
  payloadBytes: 262_144,
  error: 256,
  cause: 32_768,
  taskToken: 2_048,
  historyEvents: 25_000,
  openExecutions: 1_000_000,
  machines: 10_000,
  activities: 10_000,
  pollersPerActivity: 1_000,
  tagsPerResource: 50,
  requestBytes: 2_097_152,
  requestRates: {},
};

export const LIMITS_2017: Limits = { ...DEFAULT_LIMITS, payloadBytes: 32_768, taskToken: 1_024 };
