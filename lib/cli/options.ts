import { MASTER_CHARACTERS_MIN } from '../adapters/dynamodb/access-keys';
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

const SERVICE_ENDPOINT: Option = {
  flag: 'endpoint',
  variable: 'STEPWELL_ENDPOINTS',
  value: 'SERVICE=URL',
  isRepeatable: true,
  help: 'Where tasks call a service, by its name in Resources: sqs=http://127.0.0.1:9324, s3=aws for AWS itself; can be given many times. Comes before AWS_ENDPOINT_URL_SQS and the like. In the variable: separated by commas.',
};

const AWS_ENDPOINT: Option = {
  flag: 'aws-endpoint',
  variable: 'STEPWELL_AWS_ENDPOINT',
  value: 'URL',
  help: 'Where tasks call all other services: the URL of LocalStack or the like, or the word aws for AWS itself. Left out: where AWS_ENDPOINT_URL says, and else nowhere.',
};

const SQS_ENDPOINT: Option = {
  flag: 'sqs-endpoint',
  variable: 'STEPWELL_SQS_ENDPOINT',
  value: 'URL',
  help: 'Where tasks call SQS, unless --endpoint says; with --queues sqs, also where the queues of Stepwell itself are, left out for AWS.',
};

const LOG_LEVEL: Option = {
  flag: 'log-level',
  variable: 'STEPWELL_LOG_LEVEL',
  value: 'LEVEL',
  default: 'warn',
  help: `What is logged to standard error, a JSON object a line: ${LOG_LEVELS.join(', ')}.`,
};

const EXECUTION_LOG: Option = {
  flag: 'execution-log',
  variable: 'STEPWELL_EXECUTION_LOG',
  value: 'FILE',
  help: 'Where events of executions are logged whose state machines have a loggingConfiguration: a file that is appended to, one JSON object a line as in CloudWatch Logs; standard error when left out.',
};

const MOCK_CONFIG: Option = {
  flag: 'mock-config',
  variable: 'SFN_MOCK_CONFIG',
  value: 'FILE',
  help: 'Mock file of Step Functions Local: an execution that is started with #TestCase behind the ARN of its state machine gets the answers that the file has for its tasks.',
};

const REGION: Option = {
  flag: 'region',
  variable: 'STEPWELL_REGION',
  value: 'NAME',
  default: 'us-east-1',
  help: 'Region in ARNs, and of DynamoDB and SQS.',
};

const DYNAMODB_ENDPOINT: Option = {
  flag: 'dynamodb-endpoint',
  variable: 'STEPWELL_DYNAMODB_ENDPOINT',
  value: 'URL',
  help: 'Where the DynamoDB-compatible store is; left out for AWS itself. Keys for it come from where the AWS SDK looks, as AWS_ACCESS_KEY_ID.',
};

const NAME: Option = {
  flag: 'name',
  variable: 'STEPWELL_NAME',
  value: 'NAME',
  default: 'stepwell',
  help: 'Name of the deployment: its tables are NAME-registry and so on, its queues NAME-advance and so on.',
};

const MASTER_SECRET: Option = {
  flag: 'master-secret-file',
  variable: 'STEPWELL_MASTER_SECRET_FILE',
  value: 'FILE',
  help: `Secret of the deployment, at least ${MASTER_CHARACTERS_MIN} characters: the secrets of the keys that \`stepwell keys\` makes are derived from it. Or the text itself, in STEPWELL_MASTER_SECRET.`,
};

/** Of a deployment that is several processes. */
const SERVED_OPTIONS: readonly Option[] = [
  {
    flag: 'store',
    variable: 'STEPWELL_STORE',
    value: 'KIND',
    default: 'embedded',
    help: 'Where records are: embedded, a file of this process; or dynamodb, together with --queues sqs, for any number of processes beside each other.',
  },
  {
    flag: 'queues',
    variable: 'STEPWELL_QUEUES',
    value: 'KIND',
    default: 'embedded',
    help: 'Where messages are: embedded, in this process; or sqs, together with --store dynamodb.',
  },
  DYNAMODB_ENDPOINT,
  NAME,
  MASTER_SECRET,
  {
    flag: 'no-create',
    variable: 'STEPWELL_NO_CREATE',
    value: undefined,
    help: 'Make no tables and queues at the start: they are there.',
  },
  {
    flag: 'retention-days',
    variable: 'STEPWELL_RETENTION_DAYS',
    value: 'N',
    default: '90',
    help: 'How long closed executions are kept in DynamoDB. The embedded store keeps them for 90 days.',
  },
  {
    flag: 'wait-seconds',
    variable: 'STEPWELL_WAIT_SECONDS',
    value: 'N',
    default: '60',
    help: 'How long the store and the queues may take to come up, at the start.',
  },
];

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
    help: 'Address to listen on. Others than loopback need --auth, or --store dynamodb.',
  },
  {
    flag: 'data',
    variable: 'STEPWELL_DATA',
    value: 'DIR',
    default: '.stepwell',
    help: 'Folder of the embedded store. One process at a time can use it.',
  },
  {
    flag: 'memory',
    variable: 'STEPWELL_MEMORY',
    value: undefined,
    help: 'Keep nothing: everything is gone when the process ends.',
  },
  REGION,
  {
    flag: 'account',
    variable: 'STEPWELL_ACCOUNT',
    value: 'ID',
    default: '123456789012',
    help: 'Account in ARNs, 12 digits.',
  },
  FUNCTION,
  LAMBDA_ENDPOINT,
  AWS_ENDPOINT,
  SERVICE_ENDPOINT,
  SQS_ENDPOINT,
  {
    flag: 'auth',
    variable: 'STEPWELL_AUTH',
    value: 'KEYFILE',
    help: 'Verify signatures against these keys: JSON, [{"accessKeyId": "...", "secretAccessKey": "..."}]. Without it any signature is accepted; not with --store dynamodb.',
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
  EXECUTION_LOG,
  MOCK_CONFIG,
  ...SERVED_OPTIONS,
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
  AWS_ENDPOINT,
  SERVICE_ENDPOINT,
  {
    flag: 'json',
    value: undefined,
    help: 'Print one JSON object, with status, output or error and cause, dates and history events, and no timeline.',
  },
];

export const KEYS_OPTIONS: readonly Option[] = [
  {
    flag: 'allow',
    value: 'ACTION,...',
    help: 'create: actions that the key may call; left out for all.',
  },
  {
    flag: 'principal',
    value: 'NAME',
    help: 'create: names the caller in messages and lists; the id of the key when left out.',
  },
  DYNAMODB_ENDPOINT,
  REGION,
  NAME,
  MASTER_SECRET,
  { flag: 'json', value: undefined, help: 'Print JSON.' },
];

export const IMPORT_OPTIONS: readonly Option[] = [
  {
    flag: 'endpoint',
    variable: 'AWS_ENDPOINT_URL_SFN',
    value: 'URL',
    default: 'http://127.0.0.1:8083',
    help: 'Where the service is. Requests are signed with the keys that the AWS SDK finds, or with any where there are none.',
  },
  {
    flag: 'region',
    variable: 'AWS_REGION',
    value: 'NAME',
    default: 'us-east-1',
    help: 'Region that requests are signed for. ARNs get the region and the account of the service itself.',
  },
  {
    flag: 'parameter',
    value: 'NAME=VALUE',
    isRepeatable: true,
    help: 'What stands for a parameter of the template; or for a resource (Queue), an attribute (Queue.Arn), an export, an option of Serverless (opt:stage). Can be given many times.',
  },
  {
    flag: 'stack',
    value: 'NAME',
    isRepeatable: true,
    help: 'Of what `cdk synth` wrote, this stack only. Can be given many times.',
  },
  { flag: 'watch', value: undefined, help: 'Import again whenever one of the files changes, until Ctrl-C.' },
  { flag: 'dry-run', value: undefined, help: 'Say what would be done, and change nothing.' },
  {
    flag: 'json',
    value: undefined,
    help: 'Print one JSON object instead of lines; with --watch, one for each import.',
  },
];

export const VALIDATE_OPTIONS: readonly Option[] = [
  {
    flag: 'express',
    value: undefined,
    help: 'Check what a state machine of type EXPRESS may do: no activities, no .sync, no .waitForTaskToken.',
  },
  { flag: 'json', value: undefined, help: 'Print the problems as JSON: a list with an object for each file.' },
];

export type FlagValues = Record<string, string | boolean | string[] | undefined>;

/** The values of a command's options: the flag, else the environment variable, else the default. */
export class Settings {
  private readonly options: ReadonlyMap<string, Option>;

  constructor(
    options: readonly Option[],
    private readonly flags: FlagValues,
    readonly environment: NodeJS.ProcessEnv,
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

  /** Whether the command has the option. */
  has(flag: string): boolean {
    return this.options.has(flag);
  }

  text(flag: string): string | undefined {
    return (this.flags[flag] as string | undefined) ?? this.variable(flag) ?? this.options.get(flag)!.default;
  }

  texts(flag: string): string[] {
    return (this.flags[flag] as string[] | undefined) ?? this.variable(flag)?.split(',') ?? [];
  }

  /** An environment variable that stands for no flag: what should not be seen in lists of processes. */
  secret(variable: string): string | undefined {
    return this.environment[variable] || undefined;
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
