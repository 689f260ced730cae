import { LOG_LEVELS } from '../host/log';
import { DEFAULT_LIMITS } from '../runtime/limits';
import { BadSetting } from './refusal';

/** The options of the commands: each is a flag and, where one is named, an environment variable, said once here. */

export interface Option {
  flag: string;
  variable?: string;
  /** What stands for the value in the help; undefined for a switch. */
  value: string | undefined;
  default?: string;
  isRepeatable?: boolean;
  help: string;
}

const LAMBDA_ENDPOINT: Option = {
  flag: 'lambda-endpoint',
  variable: 'STEPWELL_LAMBDA_ENDPOINT',
  value: 'URL',
  help: 'Where Lambda functions are invoked that are not given with --function: the URL of LocalStack, `sam local start-lambda` or the like, or the word aws for AWS itself.',
};

const FUNCTION: Option = {
  flag: 'function',
  variable: 'STEPWELL_FUNCTION',
  value: 'NAME=FILE#EXPORT',
  isRepeatable: true,
  help: 'A Lambda function that is a local module; can be given many times. EXPORT is handler when left out. In the variable: separated by commas.',
};

const LOG_LEVEL: Option = {
  flag: 'log-level',
  variable: 'STEPWELL_LOG_LEVEL',
  value: 'LEVEL',
  default: 'warn',
  help: `What is logged to standard error, a JSON object a line: ${LOG_LEVELS.join(', ')}.`,
};

const count = (number: number): string => number.toLocaleString('en-US');

export const START_OPTIONS: readonly Option[] = [
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
  FUNCTION,
  LAMBDA_ENDPOINT,
  {
    flag: 'auth',
    variable: 'STEPWELL_AUTH',
    value: 'KEYFILE',
    help: 'Verify signatures against these keys: JSON, [{"accessKeyId": "...", "secretAccessKey": "..."}]. Without it any signature is accepted.',
  },
  {
    flag: 'limits',
    variable: 'STEPWELL_LIMITS',
    value: 'FILE',
    help: 'Other limits than today\'s: JSON, {"payloadBytes": 32768}; or the word 2017 for those of that year.',
  },
  {
    flag: 'max-activities',
    variable: 'STEPWELL_MAX_ACTIVITIES',
    value: 'N',
    help: `Activities that may exist (${count(DEFAULT_LIMITS.activities)}).`,
  },
  {
    flag: 'max-state-machines',
    variable: 'STEPWELL_MAX_STATE_MACHINES',
    value: 'N',
    help: `State machines that may exist (${count(DEFAULT_LIMITS.machines)}).`,
  },
  {
    flag: 'max-open-executions',
    variable: 'STEPWELL_MAX_OPEN_EXECUTIONS',
    value: 'N',
    help: `Executions that may run at once (${count(DEFAULT_LIMITS.openExecutions)}).`,
  },
  {
    flag: 'max-pollers-per-activity',
    variable: 'STEPWELL_MAX_POLLERS_PER_ACTIVITY',
    value: 'N',
    help: `Workers that may wait for one activity (${count(DEFAULT_LIMITS.pollersPerActivity)}).`,
  },
  LOG_LEVEL,
];

export const RUN_OPTIONS: readonly Option[] = [
  {
    flag: 'input',
    value: 'JSON|@FILE',
    default: '{}',
    help: 'Input of the execution: JSON, or @ and the file it stands in; @- for standard input.',
  },
  FUNCTION,
  LAMBDA_ENDPOINT,
  {
    flag: 'json',
    value: undefined,
    help: 'Print one JSON object, with status, output or error and cause, dates and history events, and no timeline.',
  },
];

export const VALIDATE_OPTIONS: readonly Option[] = [
  { flag: 'json', value: undefined, help: 'Print the problems as JSON: a list with an object for each file.' },
];

export type FlagValues = Record<string, string | boolean | string[] | undefined>;

/** The values of a command's options: the flag, else the environment variable, else the default. */
export class Settings {
  private readonly options: ReadonlyMap<string, Option>;

  constructor(
    options: readonly Option[],
    private readonly flags: FlagValues,
    private readonly environment: NodeJS.ProcessEnv,
  ) {
    this.options = new Map(options.map((option) => [option.flag, option]));
  }

  /** Throws BadSetting for a variable that says neither yes nor no. */
  isOn(flag: string): boolean {
    if (this.flags[flag] !== undefined) return this.flags[flag] === true;
    const text = this.variable(flag)?.toLowerCase();
    if (text === undefined || ['0', 'false', 'no'].includes(text)) return false;
    if (['1', 'true', 'yes'].includes(text)) return true;
    throw new BadSetting(`${this.nameOf(flag)} is "${text}"; give 1 or 0.`);
  }

  text(flag: string): string | undefined {
    return (this.flags[flag] as string | undefined) ?? this.variable(flag) ?? this.options.get(flag)!.default;
  }

  texts(flag: string): string[] {
    return (this.flags[flag] as string[] | undefined) ?? this.variable(flag)?.split(',') ?? [];
  }

  /** Where the value of an option comes from: what its user must change. */
  nameOf(flag: string): string {
    const isVariable = this.flags[flag] === undefined && this.variable(flag) !== undefined;
    return isVariable ? this.options.get(flag)!.variable! : `--${flag}`;
  }

  private variable(flag: string): string | undefined {
    const name = this.options.get(flag)!.variable;
    return (name && this.environment[name]) || undefined;
  }
}
