import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FunctionModule } from '../adapters/lambda/local';
import type { EmbeddedSettings } from '../host/embedded';
import { type ExecutionLogFile, openExecutionLog } from '../host/execution-log';
import { createLog, LOG_LEVELS, type Log, type LogLevel } from '../host/log';
import type { ServedSettings } from '../host/served';
import type { AccessKey, AccessKeys } from '../ports/access-keys';
import { type BadLimit, badLimitOf, DEFAULT_LIMITS, LIMITS_2017, type Limits, RATES_EXAMPLE } from '../runtime/limits';
import { BadMocks, type Mocks, parseMocks } from '../runtime/mocks';
import { readNumber } from './numbers';
import type { Settings } from './options';
import { BadSetting } from './refusal';
import { isServed, readRegion, readServedPlace } from './served-settings';

export type StartSettings = { host: string; port: number } & (
  | { home: 'embedded'; service: EmbeddedSettings }
  | { home: 'served'; service: ServedSettings }
);

/** What the options of `start` say. Throws BadSetting. */
export function readStartSettings(settings: Settings): StartSettings {
  const host = settings.text('host')!;
  const keys = readKeys(settings);
  const served = isServed(settings);
  if (!served && !keys && !isLoopback(host)) {
    throw new BadSetting(
      `${settings.nameOf('host')} ${host} can be reached from other machines; give --auth KEYFILE, or listen on 127.0.0.1.`,
    );
  }
  const account = settings.text('account')!;
  if (!/^\d{12}$/.test(account)) {
    throw new BadSetting(`${settings.nameOf('account')} is "${account}"; an account has 12 digits.`);
  }
  const region = readRegion(settings);
  const level = settings.text('log-level')!;
  if (!LOG_LEVELS.includes(level as LogLevel)) {
    throw new BadSetting(`${settings.nameOf('log-level')} is "${level}"; give one of ${LOG_LEVELS.join(', ')}.`);
  }
  const listening = { host, port: readNumber(settings, 'port', 0, 65_535) };
  const log = createLog(level as LogLevel);
  const service = {
    region,
    account,
    limits: readLimits(settings),
    mocks: readMocks(settings),
    lambdaEndpoint: readLambdaEndpoint(settings),
    awsEndpoint: readAwsEndpoint(settings),
    serviceEndpoints: readServiceEndpoints(settings),
    functions: readFunctions(settings),
    keys,
    log,
    executionLog: readExecutionLog(settings, log),
  };
  if (served) return { ...listening, home: 'served', service: { ...service, ...readServedPlace(settings, keys) } };
  const dataDirectory = settings.isOn('memory') ? undefined : resolve(settings.text('data')!);
  return { ...listening, home: 'embedded', service: { ...service, dataDirectory } };
}

/** Where no word is to be said on standard error, none is said of executions either. Throws BadSetting. */
function readExecutionLog(settings: Settings, log: Log): ExecutionLogFile | undefined {
  const file = settings.text('execution-log');
  if (file === undefined) return settings.text('log-level') === 'silent' ? undefined : openExecutionLog(undefined, log);
  try {
    closeSync(openSync(file, 'a'));
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code;
    throw new BadSetting(`${settings.nameOf('execution-log')} ${file} cannot be written (${why}); give another file.`);
  }
  return openExecutionLog(file, log);
}

function readMocks(settings: Settings): Mocks | undefined {
  const file = settings.text('mock-config');
  if (file === undefined) return undefined;
  const option = settings.nameOf('mock-config');
  try {
    return parseMocks(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = error instanceof BadMocks ? error.message : 'it cannot be read';
    throw new BadSetting(`${option} ${file}: ${why}.`);
  }
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

const LIMIT_FLAGS = {
  'max-activities': 'activities',
  'max-state-machines': 'machines',
  'max-open-executions': 'openExecutions',
  'max-pollers-per-activity': 'pollersPerActivity',
} as const;

function readLimits(settings: Settings): Limits {
  const source = settings.text('limits');
  const limits = source === undefined ? { ...DEFAULT_LIMITS } : limitsFrom(source, settings.nameOf('limits'));
  for (const [flag, name] of Object.entries(LIMIT_FLAGS)) {
    if (settings.text(flag) !== undefined) limits[name] = readNumber(settings, flag, 0, Number.MAX_SAFE_INTEGER);
  }
  return limits;
}

function limitsFrom(source: string, option: string): Limits {
  if (source === '2017') return { ...LIMITS_2017 };
  const given = readJson(option, source);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new BadSetting(`${option} ${source}: a JSON object is wanted, like {"payloadBytes": 32768}.`);
  }
  const bad = badLimitOf(given);
  if (bad) throw new BadSetting(`${option} ${source}: ${describeLimit(bad)}.`);
  return { ...DEFAULT_LIMITS, ...given };
}

function describeLimit({ name, value, wanted }: BadLimit): string {
  if (wanted === 'another name') return `no limit "${name}"; there are ${Object.keys(DEFAULT_LIMITS).join(', ')}`;
  return `"${name}" is ${JSON.stringify(value)}; give ${wanted === 'rates' ? `rates like ${RATES_EXAMPLE}` : wanted}`;
}

export const readLambdaEndpoint = (settings: Settings): string | undefined => readAws(settings, 'lambda-endpoint');
export const readAwsEndpoint = (settings: Settings): string | undefined => readAws(settings, 'aws-endpoint');

function readAws(settings: Settings, flag: string): string | undefined {
  const url = settings.text(flag);
  if (url === undefined || isPlace(url)) return url;
  throw new BadSetting(`${settings.nameOf(flag)} is "${url}"; give a URL like http://127.0.0.1:3001, or the word aws.`);
}

const isPlace = (text: string): boolean => text === 'aws' || (/^https?:\/\/\S+$/.test(text) && URL.canParse(text));

/** Where tasks call services, by name. Throws BadSetting. */
export function readServiceEndpoints(settings: Settings): Map<string, string> {
  const option = settings.nameOf('endpoint');
  const sqs = settings.has('sqs-endpoint') ? settings.text('sqs-endpoint') : undefined;
  const places = new Map<string, string>(sqs === undefined ? [] : [['sqs', sqs]]);
  for (const source of settings.texts('endpoint')) {
    const [, service, place] = /^([a-z0-9-]+)=(\S+)$/.exec(source) ?? [];
    if (service === undefined || place === undefined || !isPlace(place)) {
      throw new BadSetting(`${option} ${source}: give SERVICE=URL, like sqs=http://127.0.0.1:9324, or SERVICE=aws.`);
    }
    places.set(serviceOf(service), place);
  }
  return places;
}

/** The client's name for it, where a Resource has another. */
const serviceOf = (name: string): string => (name === 'events' ? 'eventbridge' : name.replaceAll('-', ''));

/** Functions by name. Throws BadSetting, also for a file that is not there. */
export function readFunctions(settings: Settings): Map<string, FunctionModule> {
  const option = settings.nameOf('function');
  return new Map(
    settings.texts('function').map((source) => {
      const match = /^([A-Za-z0-9_-]+)=([^#]+)(?:#([\w$]+))?$/.exec(source);
      if (!match) throw new BadSetting(`${option} ${source}: give NAME=FILE or NAME=FILE#EXPORT.`);
      const [, name, given, exported = 'handler'] = match as unknown as [string, string, string, string | undefined];
      const file = resolve(given);
      if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
        throw new BadSetting(`${option} ${source}: there is no file ${file}.`);
      }
      return [name, { file, export: exported }];
    }),
  );
}

function readKeys(settings: Settings): AccessKeys | undefined {
  const file = settings.text('auth');
  if (file === undefined) return undefined;
  const option = settings.nameOf('auth');
  const given = readJson(option, file);
  const list = Array.isArray(given) ? given : [given];
  const keys = new Map<string, AccessKey>();
  for (const item of list as Record<string, unknown>[]) {
    const { accessKeyId, secretAccessKey, sessionToken, principal, allowedActions } = item ?? {};
    if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') {
      throw new BadSetting(`${option} ${file}: each key needs "accessKeyId" and "secretAccessKey".`);
    }
    keys.set(accessKeyId, {
      secretAccessKey,
      sessionToken: typeof sessionToken === 'string' ? sessionToken : undefined,
      principal: typeof principal === 'string' ? principal : accessKeyId,
      allowedActions: Array.isArray(allowedActions) ? allowedActions.map(String) : undefined,
    });
  }
  if (keys.size === 0) throw new BadSetting(`${option} ${file}: there is no key in it.`);
  return { find: async (accessKeyId) => keys.get(accessKeyId) };
}

function readJson(option: string, file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? 'it is not JSON' : 'it cannot be read';
    throw new BadSetting(`${option} ${file}: ${why}.`);
  }
}
