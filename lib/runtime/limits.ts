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
  /** Executions of StartSyncExecution that one process runs at once: they live in its memory. */
  syncExecutions: number;
  /** How long they may take, whatever their definitions say. */
  syncSeconds: number;
  machines: number;
  activities: number;
  pollersPerActivity: number;
  tagsPerResource: number;
  versionsPerMachine: number;
  aliasesPerMachine: number;
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
  syncExecutions: 1_000,
  syncSeconds: 300,
  machines: 10_000,
  activities: 10_000,
  pollersPerActivity: 1_000,
  tagsPerResource: 50,
  versionsPerMachine: 1_000,
  aliasesPerMachine: 100,
  requestBytes: 2_097_152,
  requestRates: {},
};

export interface BadLimit {
  name: string;
  value: unknown;
  wanted: 'another name' | 'rates' | 'a whole number';
}

/** The first of what somebody gave as limits that cannot be one. */
export function badLimitOf(given: object): BadLimit | undefined {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name)) return { name, value, wanted: 'another name' };
    const isRates = name === 'requestRates';
    const isFine = isRates ? areRates(value) : Number.isInteger(value) && value >= 0;
    if (!isFine) return { name, value, wanted: isRates ? 'rates' : 'a whole number' };
  }
  return undefined;
}

function areRates(rates: unknown): boolean {
  if (typeof rates !== 'object' || rates === null) return false;
  return Object.values(rates).every((rate) => {
    const { perSecond, burst } = (rate ?? {}) as Record<string, unknown>;
    return Number(perSecond) > 0 && Number(burst) >= 1;
  });
}

export const RATES_EXAMPLE = '{"StartExecution": {"perSecond": 100, "burst": 500}}';

export const LIMITS_2017: Limits = { ...DEFAULT_LIMITS, payloadBytes: 32_768, taskToken: 1_024 };
