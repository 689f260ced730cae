import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FunctionModule } from '../adapters/lambda/local';
import type { AccessKey, AccessKeys } from '../ports/access-keys';
import { DEFAULT_LIMITS, LIMITS_2017, type Limits } from '../runtime/limits';
import type { EmbeddedSettings } from './embedded';
import { createLog, LOG_LEVELS, type LogLevel } from './log';
import { BadSetting, type OptionValues } from './options';

export interface StartSettings {
  host: string;
  port: number;
  service: EmbeddedSettings;
}

/** What the options of `start` say. Throws BadSetting. */
export function readStartSettings(values: OptionValues): StartSettings {
  const host = String(values.host);
  const keys = values.auth === undefined ? undefined : readKeys(String(values.auth));
  if (!keys && !isLoopback(host)) {
    throw new BadSetting(
      `--host ${host} can be reached from other machines; give --auth KEYFILE, or listen on 127.0.0.1.`,
    );
  }
  const account = String(values.account);
  if (!/^\d{12}$/.test(account)) throw new BadSetting(`--account is "${account}"; an account has 12 digits.`);
  const region = String(values.region);
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region))
    throw new BadSetting(`--region is "${region}"; give one like us-east-1.`);
  const level = String(values['log-level']);
  if (!LOG_LEVELS.includes(level as LogLevel)) {
    throw new BadSetting(`--log-level is "${level}"; give one of ${LOG_LEVELS.join(', ')}.`);
  }
  return {
    host,
    port: readNumber('port', values.port, 0, 65_535),
    service: {
      dataDirectory: values.memory ? undefined : resolve(String(values.data)),
      region,
      account,
      limits: readLimits(values),
      lambdaEndpoint: readLambdaEndpoint(values['lambda-endpoint']),
      functions: readFunctions((values.function as string[] | undefined) ?? []),
      keys,
      log: createLog(level as LogLevel),
    },
  };
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

function readNumber(flag: string, value: unknown, least: number, most: number): number {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new BadSetting(`--${flag} is "${value}"; give a whole number from ${least} to ${most}.`);
}

const LIMIT_FLAGS = {
  'max-activities': 'activities',
  'max-state-machines': 'machines',
  'max-open-executions': 'openExecutions',
  'max-pollers-per-activity': 'pollersPerActivity',
} as const;

function readLimits(values: OptionValues): Limits {
  const limits = values.limits === undefined ? { ...DEFAULT_LIMITS } : limitsFrom(String(values.limits));
  for (const [flag, name] of Object.entries(LIMIT_FLAGS)) {
    if (values[flag] !== undefined) limits[name] = readNumber(flag, values[flag], 0, Number.MAX_SAFE_INTEGER);
  }
  return limits;
}

function limitsFrom(source: string): Limits {
  if (source === '2017') return { ...LIMITS_2017 };
  const given = readJson('limits', source);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new BadSetting(`--limits ${source}: a JSON object is wanted, like {"payloadBytes": 32768}.`);
  }
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name)) {
      throw new BadSetting(
        `--limits ${source}: no limit "${name}"; there are ${Object.keys(DEFAULT_LIMITS).join(', ')}.`,
      );
    }
    if (name !== 'requestRates' && !(Number.isInteger(value) && value >= 0)) {
      throw new BadSetting(`--limits ${source}: "${name}" is ${JSON.stringify(value)}; give a whole number.`);
    }
  }
  return { ...DEFAULT_LIMITS, ...given };
}

function readLambdaEndpoint(value: unknown): string | undefined {
  if (value === undefined || value === 'aws') return value as string | undefined;
  if (/^https?:\/\/\S+$/.test(String(value)) && URL.canParse(String(value))) return String(value);
  throw new BadSetting(`--lambda-endpoint is "${value}"; give a URL like http://127.0.0.1:3001, or aws.`);
}

function readFunctions(sources: string[]): Map<string, FunctionModule> {
  return new Map(
    sources.map((source) => {
      const match = /^([A-Za-z0-9_-]+)=([^#]+)(?:#(\w+))?$/.exec(source);
      if (!match) throw new BadSetting(`--function ${source}: give NAME=FILE or NAME=FILE#EXPORT.`);
      const [, name, file, exported = 'handler'] = match as unknown as [string, string, string, string | undefined];
      return [name, { file: resolve(file), export: exported }];
    }),
  );
}

function readKeys(file: string): AccessKeys {
  const given = readJson('auth', file);
  const list = Array.isArray(given) ? given : [given];
  const keys = new Map<string, AccessKey>();
  for (const item of list as Record<string, unknown>[]) {
    const { accessKeyId, secretAccessKey, sessionToken, principal, allowedActions } = item ?? {};
    if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') {
      throw new BadSetting(`--auth ${file}: each key needs "accessKeyId" and "secretAccessKey".`);
    }
    keys.set(accessKeyId, {
      secretAccessKey,
      sessionToken: typeof sessionToken === 'string' ? sessionToken : undefined,
      principal: typeof principal === 'string' ? principal : accessKeyId,
      allowedActions: Array.isArray(allowedActions) ? allowedActions.map(String) : undefined,
    });
  }
  return { find: async (accessKeyId) => keys.get(accessKeyId) };
}

function readJson(flag: string, file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? 'it is not JSON' : 'it cannot be read';
    throw new BadSetting(`--${flag} ${file}: ${why}.`);
  }
}
