import { readFileSync } from 'node:fs';
import { MASTER_CHARACTERS_MIN } from '../adapters/dynamodb/access-keys';
import type { Place } from '../host/aws';
import type { ServedSettings } from '../host/served';
import { ANY_KEYS, hasKeys } from '../host/services';
import type { AccessKeys } from '../ports/access-keys';
import { readNumber } from './numbers';
import type { Settings } from './options';
import { BadSetting } from './refusal';

/** What the options say of a deployment whose records and messages are outside this process. All throw BadSetting. */

const DAY_MS = 24 * 3600 * 1000;
const DAYS_MAX = 3_650;
const WAIT_SECONDS_MAX = 3_600;

/** Whether this is one process of several, or all there is. */
export function isServed(settings: Settings): boolean {
  const store = kindOf(settings, 'store', 'dynamodb');
  const queues = kindOf(settings, 'queues', 'sqs');
  if (store !== queues) {
    throw new BadSetting('the store and the queues go together: give --store dynamodb --queues sqs, or neither.');
  }
  if (store && settings.isOn('memory')) {
    throw new BadSetting(`${settings.nameOf('memory')} is for the embedded store; leave it out with --store dynamodb.`);
  }
  return store;
}

function kindOf(settings: Settings, flag: string, served: string): boolean {
  const kind = settings.text(flag)!;
  if (kind !== 'embedded' && kind !== served) {
    throw new BadSetting(`${settings.nameOf(flag)} is "${kind}"; give embedded or ${served}.`);
  }
  return kind === served;
}

type ServedPlace = Pick<
  ServedSettings,
  'name' | 'dynamodb' | 'sqs' | 'masterSecret' | 'isCreating' | 'retentionMs' | 'patienceMs'
>;

/** What this home has beyond the embedded one. Signatures are always verified here: others can reach the store too. */
export function readServedPlace(settings: Settings, keys: AccessKeys | undefined): ServedPlace {
  const masterSecret = readMasterSecret(settings);
  if (!masterSecret && !keys) {
    throw new BadSetting(
      'with --store dynamodb every request is verified; give --master-secret-file FILE for keys that `stepwell keys create` makes, or --auth KEYFILE.',
    );
  }
  return {
    name: readName(settings),
    dynamodb: readPlace(settings, 'dynamodb-endpoint'),
    sqs: readPlace(settings, 'sqs-endpoint'),
    masterSecret,
    isCreating: !settings.isOn('no-create'),
    retentionMs: readNumber(settings, 'retention-days', 1, DAYS_MAX) * DAY_MS,
    patienceMs: readNumber(settings, 'wait-seconds', 0, WAIT_SECONDS_MAX) * 1000,
  };
}

export function readRegion(settings: Settings): string {
  const region = settings.text('region')!;
  if (/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) return region;
  throw new BadSetting(`${settings.nameOf('region')} is "${region}"; give one like us-east-1.`);
}

/** With what is added to it, an activity's queue has 80 characters at most. */
export function readName(settings: Settings): string {
  const name = settings.text('name')!;
  if (/^[A-Za-z0-9_-]{1,50}$/.test(name)) return name;
  throw new BadSetting(`${settings.nameOf('name')} is "${name}"; give up to 50 letters, digits, - and _.`);
}

export function readPlace(settings: Settings, flag: string): Place {
  const endpoint = settings.text(flag);
  if (endpoint === undefined) return { endpoint, credentials: undefined };
  if (!/^https?:\/\/\S+$/.test(endpoint) || !URL.canParse(endpoint)) {
    throw new BadSetting(`${settings.nameOf(flag)} is "${endpoint}"; give a URL like http://127.0.0.1:8000.`);
  }
  return { endpoint, credentials: hasKeys(settings.environment, endpoint) ? undefined : ANY_KEYS };
}

export function readMasterSecret(settings: Settings): Buffer | undefined {
  const file = settings.text('master-secret-file');
  const secret = file === undefined ? settings.secret('STEPWELL_MASTER_SECRET') : readSecretFile(settings, file);
  if (secret === undefined) return undefined;
  const where = file === undefined ? 'STEPWELL_MASTER_SECRET' : `${settings.nameOf('master-secret-file')} ${file}`;
  if (secret.length >= MASTER_CHARACTERS_MIN) return Buffer.from(secret);
  throw new BadSetting(
    `${where}: the secret has fewer than ${MASTER_CHARACTERS_MIN} characters; \`openssl rand -hex 32\` makes one.`,
  );
}

/** Without the line break that editors leave at its end. */
function readSecretFile(settings: Settings, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new BadSetting(`${settings.nameOf('master-secret-file')} ${file}: it cannot be read.`);
  }
}
