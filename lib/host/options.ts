import { LOG_LEVELS } from './log';

/** The options of `stepwell start`: each is a flag and an environment variable, said once here. */

export interface Option {
  flag: string;
  variable: string;
  /** What stands for the value in the help; undefined for a switch. */
  value: string | undefined;
  default?: string;
  isRepeatable?: boolean;
  help: string;
}

export const START_OPTIONS = [
  {
    flag: 'port',
    variable: 'STEPWELL_PORT',
    value: 'N',
    default: '8083',
    help: 'Port to listen on; 0 for any that is free.',
  },
  {
    flag: 'host',
    variable: 'STEPWELL_HOST',
    value: 'NAME',
    default: '127.0.0.1',
    help: 'Address to listen on. Others than loopback need --auth.',
  },
  {
    flag: 'data',
    variable: 'STEPWELL_DATA',
    value: 'DIR',
    default: '.stepwell',
    help: 'Folder of the store. One process at a time can use it.',
  },
  {
    flag: 'memory',
    variable: 'STEPWELL_MEMORY',
    value: undefined,
    help: 'Keep nothing: everything is gone when the process ends.',
  },
  { flag: 'region', variable: 'STEPWELL_REGION', value: 'NAME', default: 'us-east-1', help: 'Region in ARNs.' },
  {
    flag: 'account',
    variable: 'STEPWELL_ACCOUNT',
    value: 'ID',
    default: '123456789012',
    help: 'Account in ARNs, 12 digits.',
  },
  {
    flag: 'lambda-endpoint',
    variable: 'STEPWELL_LAMBDA_ENDPOINT',
    value: 'URL',
    help: 'Where Lambda functions are invoked: the URL of LocalStack, `sam local start-lambda` or the like, or `aws` for AWS itself.',
  },
  {
    flag: 'function',
    variable: 'STEPWELL_FUNCTION',
    value: 'NAME=FILE#EXPORT',
    isRepeatable: true,
    help: 'A Lambda function that is a local module. EXPORT is `handler` when left out. In the variable: separated by commas.',
  },
  {
    flag: 'auth',
    variable: 'STEPWELL_AUTH',
    value: 'KEYFILE',
    help: 'Verify signatures against these keys: JSON, [{"accessKeyId", "secretAccessKey"}]. Without it any signature is accepted.',
  },
  {
    flag: 'limits',
    variable: 'STEPWELL_LIMITS',
    value: 'FILE',
    help: 'Other limits than today\'s: JSON, {"payloadBytes": 32768}; or the word 2017.',
  },
  {
    flag: 'max-activities',
    variable: 'STEPWELL_MAX_ACTIVITIES',
    value: 'N',
    help: 'Activities that may exist (10,000).',
  },
  {
    flag: 'max-state-machines',
    variable: 'STEPWELL_MAX_STATE_MACHINES',
    value: 'N',
    help: 'State machines that may exist (10,000).',
  },
  {
    flag: 'max-open-executions',
    variable: 'STEPWELL_MAX_OPEN_EXECUTIONS',
    value: 'N',
    help: 'Executions that may run at once (1,000,000).',
  },
  {
    flag: 'max-pollers-per-activity',
    variable: 'STEPWELL_MAX_POLLERS_PER_ACTIVITY',
    value: 'N',
    help: 'Workers that may wait for one activity (1,000).',
  },
  {
    flag: 'log-level',
    variable: 'STEPWELL_LOG_LEVEL',
    value: 'LEVEL',
    default: 'warn',
    help: `One of ${LOG_LEVELS.join(', ')}.`,
  },
] as const satisfies readonly Option[];

export type OptionValues = Record<string, string | boolean | string[] | undefined>;

/** A setting that cannot be used: one line that says what is wrong and what to do. */
export class BadSetting extends Error {}

/** Values of the options: the flag, else the environment variable, else the default. */
export function resolveOptions(
  options: readonly Option[],
  flags: OptionValues,
  environment: NodeJS.ProcessEnv,
): OptionValues {
  const resolved: OptionValues = {};
  for (const { flag, variable, value, default: fallback, isRepeatable } of options) {
    const fromEnvironment = environment[variable] === '' ? undefined : environment[variable];
    if (value === undefined) resolved[flag] = flags[flag] ?? isYes(variable, fromEnvironment);
    else if (isRepeatable) resolved[flag] = flags[flag] ?? (fromEnvironment?.split(',') || []);
    else resolved[flag] = flags[flag] ?? fromEnvironment ?? fallback;
  }
  return resolved;
}

function isYes(variable: string, text: string | undefined): boolean {
  if (text === undefined || ['0', 'false', 'no'].includes(text)) return false;
  if (['1', 'true', 'yes'].includes(text)) return true;
  throw new BadSetting(`${variable} is "${text}"; give 1 or 0.`);
}
