import { badLimitOf, DEFAULT_LIMITS, LIMITS_2017, type Limits, RATES_EXAMPLE } from '../runtime/limits';
import { LOG_LEVELS, type LogLevel } from './log';

/** The environment of a deployed function: the stack writes it, the functions read it. */
export const VARIABLES = {
  name: 'STEPWELL_NAME',
  account: 'STEPWELL_ACCOUNT',
  retentionDays: 'STEPWELL_RETENTION_DAYS',
  pollSeconds: 'STEPWELL_POLL_SECONDS',
  limits: 'STEPWELL_LIMITS',
  logLevel: 'STEPWELL_LOG_LEVEL',
  masterSecretArn: 'STEPWELL_MASTER_SECRET_ARN',
  logging: 'STEPWELL_LOGGING',
} as const;

export interface LambdaSettings {
  name: string;
  region: string;
  account: string;
  retentionMs: number;
  pollSeconds: number;
  limits: Limits;
  logLevel: LogLevel;
  /** Whether events of executions go to the log groups that state machines name. */
  isLogging: boolean;
  /** Only functions that check signatures have it. */
  masterSecretArn: string | undefined;
}

/** A variable is missing, or says what cannot be: the stack and its functions do not fit together. */
export class BadEnvironment extends Error {}

const DAY_MS = 86_400_000;
/** API Gateway ends a buffered call after 29 s: a longer poll has to be streamed. */
const BUFFERED_POLL_SECONDS_MAX = 25;

/** Whether answers are streamed, so that a call may take longer than 29 s. */
export const isStreamed = (pollSeconds: number): boolean => pollSeconds > BUFFERED_POLL_SECONDS_MAX;

/** How long an execution may take that API Gateway waits for: there is some time left for functions that are not warm. */
const BUFFERED_SYNC_SECONDS = 25;
const STREAMED_SYNC_SECONDS = 60;

/** The limits of the function that runs executions which API Gateway waits for. */
export function syncLimits({ limits, pollSeconds }: LambdaSettings): Limits {
  const secondsMax = isStreamed(pollSeconds) ? STREAMED_SYNC_SECONDS : BUFFERED_SYNC_SECONDS;
  return { ...limits, syncSeconds: Math.min(limits.syncSeconds, secondsMax) };
}

/** Throws BadEnvironment. */
export function readLambdaSettings(environment: NodeJS.ProcessEnv): LambdaSettings {
  const text = (variable: string): string => {
    const value = environment[variable];
    if (!value) throw new BadEnvironment(`${variable} is not set; deploy the stack again`);
    return value;
  };
  const seconds = (variable: string): number => {
    const value = text(variable);
    if (!/^\d{1,5}$/.test(value)) throw new BadEnvironment(`${variable} is "${value}"; give a whole number`);
    return Number(value);
  };
  const logLevel = text(VARIABLES.logLevel) as LogLevel;
  if (!LOG_LEVELS.includes(logLevel)) {
    throw new BadEnvironment(`${VARIABLES.logLevel} is "${logLevel}"; give one of ${LOG_LEVELS.join(', ')}`);
  }
  return {
    name: text(VARIABLES.name),
    region: text('AWS_REGION'),
    account: text(VARIABLES.account),
    retentionMs: seconds(VARIABLES.retentionDays) * DAY_MS,
    pollSeconds: seconds(VARIABLES.pollSeconds),
    limits: readLimits(environment[VARIABLES.limits]),
    logLevel,
    isLogging: environment[VARIABLES.logging] === 'on',
    masterSecretArn: environment[VARIABLES.masterSecretArn] || undefined,
  };
}

/** Limits as a JSON object of those that differ, or the word 2017. Throws BadEnvironment. */
export function readLimits(text: string | undefined): Limits {
  if (!text) return DEFAULT_LIMITS;
  if (text === '2017') return LIMITS_2017;
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new BadEnvironment('the limits are not JSON; give an object like {"payloadBytes":32768}, or 2017');
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new BadEnvironment('the limits are no JSON object; give one like {"payloadBytes":32768}, or 2017');
  }
  const bad = badLimitOf(given);
  if (bad?.wanted === 'another name') {
    throw new BadEnvironment(`there is no limit "${bad.name}"; there are ${Object.keys(DEFAULT_LIMITS).join(', ')}`);
  }
  if (bad) {
    const wanted = bad.wanted === 'rates' ? `rates like ${RATES_EXAMPLE}` : bad.wanted;
    throw new BadEnvironment(`the limit "${bad.name}" is ${JSON.stringify(bad.value)}; give ${wanted}`);
  }
  return { ...DEFAULT_LIMITS, ...given };
}
