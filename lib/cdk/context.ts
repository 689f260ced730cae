import type { Node } from 'constructs';
import { BadOption, type DomainOptions, type StepwellOptions } from './options';

type Reader = (key: string, value: unknown) => unknown;

const text: Reader = (_, value) => String(value);
const number: Reader = (key, value) => {
  const found = Number(value);
  if (String(value).trim() !== '' && Number.isFinite(found)) return found;
  throw new BadOption(`${key} is ${JSON.stringify(value)}; give a number`);
};
const flag: Reader = (key, value) => {
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw new BadOption(`${key} is ${JSON.stringify(value)}; give true or false`);
};
const json: Reader = (key, value) => {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    throw new BadOption(`${key} is ${JSON.stringify(value)}; give JSON`);
  }
};
const list: Reader = (_, value) => (Array.isArray(value) ? value.map(String) : String(value).split(','));

/** Every option, by the key of its context value: `-c key=value`, or an entry of cdk.json's `context`. */
const CONTEXT: Readonly<Record<string, Reader>> = {
  name: text,
  stage: text,
  retentionDays: number,
  pollSeconds: number,
  limits: (key, value) => (String(value) === '2017' ? '2017' : json(key, value)),
  logLevel: text,
  logRetentionDays: number,
  invokes: list,
  logGroups: list,
  taskPermissions: json,
  domainName: text,
  certificateArn: text,
  hostedZoneId: text,
  hostedZoneName: text,
  reservedConcurrency: json,
  maximumConcurrency: json,
  requestRate: json,
  alarmTopicArn: text,
  alarmEmail: text,
  removesData: flag,
  requiresTls: flag,
};

/** The options that the context of an app says. Throws BadOption. */
export function readContext(node: Node): StepwellOptions {
  const found: Record<string, unknown> = {};
  for (const [key, read] of Object.entries(CONTEXT)) {
    const value: unknown = node.tryGetContext(key);
    if (value !== undefined && value !== null && value !== '') found[key] = read(key, value);
  }
  const { domainName, certificateArn, hostedZoneId, hostedZoneName, ...options } = found;
  const domain = domainOf(found as Partial<Record<string, string>>);
  return { ...options, ...(domain && { domain }) };
}

function domainOf(found: Partial<Record<string, string>>): DomainOptions | undefined {
  const { domainName, certificateArn, hostedZoneId, hostedZoneName } = found;
  if (domainName === undefined) {
    const lonely = ['certificateArn', 'hostedZoneId', 'hostedZoneName'].find((key) => found[key] !== undefined);
    if (lonely !== undefined) throw new BadOption(`${lonely} is given without domainName`);
    return undefined;
  }
  if (certificateArn === undefined) throw new BadOption('domainName is given without certificateArn');
  if ((hostedZoneId === undefined) !== (hostedZoneName === undefined)) {
    throw new BadOption('hostedZoneId and hostedZoneName belong together; give both or neither');
  }
  return {
    name: domainName,
    certificateArn,
    ...(hostedZoneId !== undefined && { hostedZone: { id: hostedZoneId, name: hostedZoneName! } }),
  };
}
