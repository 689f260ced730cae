import { Token } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { readLimits } from '../host/lambda-settings';
import { LOG_LEVELS, type LogLevel } from '../host/log';
import { BadOption, type DomainOptions, FUNCTION_NAMES, type StepwellOptions } from './options';

const LOG_DAYS = Object.values(RetentionDays).filter((days) => typeof days === 'number');
const CONCURRENCY_MAX = 100_000;
/** What a mapping takes. */
const BATCHES = [2, 1_000] as const;

const ARN = /^(\*|arn:\S+)$/;
const ACTION = /^(\*|[a-z0-9-]+:[\w*?]+)$/i;
const TOPIC = /^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w.-]+$/;
const CERTIFICATE = /^arn:[\w-]+:acm:[\w-]+:\d{12}:certificate\/[\w-]+$/;
const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@.]+$/;
const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/;
const ZONE = /^Z[A-Z0-9]{0,31}$/;

/** The options as they count. Throws BadOption. */
export function settle(options: StepwellOptions) {
  const settled = {
    name: 'stepwell',
    stage: 'prod',
    retentionDays: 90,
    pollSeconds: 20,
    logLevel: 'warn' as LogLevel,
    logRetentionDays: 30,
    removesData: false,
    requiresTls: true,
    ...withoutUndefined(options),
  };
  const { name, stage, retentionDays, pollSeconds, limits } = settled;
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(name)) {
    throw new BadOption(`name is "${name}"; give up to 40 lower case letters, digits and dashes`);
  }
  if (!/^\w{1,128}$/.test(stage)) throw new BadOption(`stage is "${stage}"; give letters, digits and underscores`);
  whole('retentionDays', retentionDays, 1, 3_650);
  whole('pollSeconds', pollSeconds, 1, 60);
  checkLogs(settled);
  checkAlarms(settled);
  checkGrants(settled);
  if (settled.domain) checkDomain(settled.domain);
  checkRates(settled);
  const limitsText = limits === undefined || typeof limits === 'string' ? limits : JSON.stringify(limits);
  try {
    readLimits(limitsText);
  } catch (error) {
    throw new BadOption((error as Error).message);
  }
  return { ...settled, limitsText };
}

export type Settled = ReturnType<typeof settle>;

function checkLogs({ logLevel, logRetentionDays, logGroups = [] }: StepwellOptions): void {
  if (!LOG_LEVELS.includes(logLevel!)) {
    throw new BadOption(`logLevel is "${logLevel}"; give one of ${LOG_LEVELS.join(', ')}`);
  }
  if (!LOG_DAYS.includes(logRetentionDays!)) {
    throw new BadOption(`logRetentionDays is ${logRetentionDays}; CloudWatch has ${LOG_DAYS.join(', ')} (for ever)`);
  }
  for (const pattern of logGroups) {
    if (!/^[\w./#*-]{1,512}$/.test(pattern)) {
      throw new BadOption(`logGroups has "${pattern}"; give names of log groups, or patterns with *`);
    }
  }
}

function checkAlarms({ alarmTopicArn, alarmEmail }: StepwellOptions): void {
  if (alarmTopicArn !== undefined && alarmEmail !== undefined) {
    throw new BadOption('alarmTopicArn and alarmEmail are both given; give one');
  }
  if (alarmEmail !== undefined && !isLike(alarmEmail, ADDRESS)) {
    throw new BadOption(`alarmEmail is "${alarmEmail}"; give an address like ops@example.com`);
  }
  if (alarmTopicArn !== undefined && !isLike(alarmTopicArn, TOPIC)) {
    throw new BadOption(`alarmTopicArn is "${alarmTopicArn}"; give one like arn:aws:sns:us-east-1:123456789012:ops`);
  }
}

function checkGrants({ invokes = [], taskPermissions = [] }: StepwellOptions): void {
  for (const pattern of invokes) {
    if (isLike(pattern, ARN)) continue;
    throw new BadOption(
      `invokes has "${pattern}"; give ARNs of functions, or patterns like arn:aws:lambda:us-east-1:123456789012:function:orders-*`,
    );
  }
  if (!Array.isArray(taskPermissions) || !taskPermissions.every(isPermission)) {
    throw new BadOption(
      'taskPermissions is no list like [{"actions":["sqs:SendMessage"],"resources":["arn:aws:sqs:us-east-1:123456789012:orders"]}]',
    );
  }
}

const isPermission = (value: unknown): boolean => {
  const { actions, resources } = (value ?? {}) as Record<string, unknown>;
  return areLike(actions, ACTION) && areLike(resources, ARN);
};

function checkDomain({ name, certificateArn, hostedZone }: DomainOptions): void {
  if (!isLike(name, DOMAIN)) throw new BadOption(`domainName is "${name}"; give a name like states.example.com`);
  if (!isLike(certificateArn, CERTIFICATE)) {
    throw new BadOption(
      `certificateArn is "${certificateArn}"; give one like arn:aws:acm:us-east-1:123456789012:certificate/ID`,
    );
  }
  if (!hostedZone) return;
  if (!isLike(hostedZone.id, ZONE))
    throw new BadOption(`hostedZoneId is "${hostedZone.id}"; give an id like Z0123456789`);
  if (Token.isUnresolved(hostedZone.name) || Token.isUnresolved(name)) return;
  const zone = hostedZone.name.replace(/\.$/, '');
  if (name !== zone && !name.endsWith(`.${zone}`)) {
    throw new BadOption(`domainName is "${name}", which is not in hostedZoneName "${hostedZone.name}"`);
  }
}

function checkRates({ reservedConcurrency, maximumConcurrency, requestRate }: StepwellOptions): void {
  numbers('reservedConcurrency', reservedConcurrency, FUNCTION_NAMES, 1, CONCURRENCY_MAX);
  numbers('maximumConcurrency', maximumConcurrency, ['advance', 'task'], ...BATCHES);
  if (requestRate === undefined) return;
  const { perSecond, burst, ...others } = (isObject(requestRate) ? requestRate : {}) as Record<string, unknown>;
  const isRate = typeof perSecond === 'number' && perSecond > 0 && Number.isInteger(burst) && Number(burst) > 0;
  if (isRate && Object.keys(others).length === 0) return;
  throw new BadOption(`requestRate is ${JSON.stringify(requestRate)}; give JSON like {"perSecond":100,"burst":200}`);
}

/** Of an object from some names to whole numbers. */
function numbers(option: string, given: unknown, names: readonly string[], least: number, most: number): void {
  if (given === undefined) return;
  if (!isObject(given)) throw new BadOption(`${option} is ${JSON.stringify(given)}; give JSON like {"${names[0]}":50}`);
  for (const [name, value] of Object.entries(given)) {
    if (!names.includes(name)) throw new BadOption(`${option} has "${name}"; there are ${names.join(', ')}`);
    whole(`${name} of ${option}`, value, least, most);
  }
}

function whole(name: string, value: unknown, least: number, most: number): void {
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return;
  throw new BadOption(`${name} is ${JSON.stringify(value)}; give a whole number from ${least} to ${most}`);
}

/** In an app of its user's it may not be known before it is deployed. */
const isLike = (value: unknown, pattern: RegExp): boolean =>
  typeof value === 'string' && (Token.isUnresolved(value) || pattern.test(value));

const areLike = (values: unknown, pattern: RegExp): boolean =>
  Array.isArray(values) && values.length > 0 && values.every((each) => isLike(each, pattern));

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const withoutUndefined = <T extends object>(given: T): T =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;
