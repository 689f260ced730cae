import { randomInt } from 'node:crypto';
import { type ListedAccessKey, StoredAccessKeys } from '../../adapters/dynamodb/access-keys';
import { ACTIONS } from '../../api/actions';
import type { Command } from '../command';
import { nearest } from '../nearest';
import { KEYS_OPTIONS, type Settings } from '../options';
import { BadSetting, CannotStart } from '../refusal';
import { readMasterSecret, readName, readPlace, readRegion } from '../served-settings';
import type { Terminal } from '../terminal';

/** `stepwell keys`: who may call a deployment. */
export const keys: Command = {
  name: 'keys',
  summary: 'Make, list, disable and delete access keys of a deployment.',
  about: [
    'stepwell keys create | list | disable KEY | delete KEY. Access keys of a deployment over DynamoDB: clients sign with them as with keys of AWS. The secret of a key is derived from the master secret of the deployment and shown once; it is kept nowhere.',
    'A key that is disabled or deleted is refused everywhere within a minute.',
  ],
  operands: { name: 'create|list|disable|delete', least: 1, most: 2 },
  options: KEYS_OPTIONS,
  examples: [
    {
      purpose: 'Make a key that may do everything, in a store at that address.',
      command: 'stepwell keys create --dynamodb-endpoint http://127.0.0.1:8000 --master-secret-file secret.txt',
    },
    {
      purpose: 'Make a key for a worker, with the endpoint and the secret in the environment.',
      command: 'stepwell keys create --allow GetActivityTask,SendTaskSuccess,SendTaskFailure,SendTaskHeartbeat',
    },
    { purpose: 'See which keys there are.', command: 'stepwell keys list --dynamodb-endpoint http://127.0.0.1:8000' },
  ],
  statuses: [
    [0, 'Done.'],
    [1, 'There is no such key, or the store does not answer.'],
    [2, 'A word or a setting is wrong.'],
  ],

  async run(settings, [verb, accessKeyId], terminal) {
    const work = VERBS[verb as Verb];
    if (!work) throw new BadSetting(`keys takes create, list, disable or delete, and "${verb}" is none.`);
    if (work.takesKey !== (accessKeyId !== undefined)) {
      throw new BadSetting(work.takesKey ? `keys ${verb} needs the id of a key.` : `keys ${verb} takes no id.`);
    }
    // Only a new key needs it.
    const master = readMasterSecret(settings);
    if (verb === 'create' && !master) {
      throw new BadSetting('keys create needs the master secret of the deployment; give --master-secret-file FILE.');
    }
    const name = readName(settings);
    const place = readPlace(settings, 'dynamodb-endpoint');
    // Loaded here: no other command needs the SDK at once.
    const { createClient } = await import('../../adapters/dynamodb/client');
    const { Database } = await import('../../adapters/dynamodb/database');
    const { tablePrefix } = await import('../../host/aws');
    const { explainStoreFailure } = await import('../served-failures');
    const client = createClient({ ...place, region: readRegion(settings) });
    const stored = new StoredAccessKeys(new Database(client, tablePrefix(name)), master ?? Buffer.alloc(0));
    try {
      await work.run(stored, settings, terminal, accessKeyId ?? '');
    } catch (error) {
      throw explainStoreFailure(error, name, place);
    } finally {
      client.destroy();
    }
    return 0;
  },
};

type Verb = 'create' | 'list' | 'disable' | 'delete';
type Work = (keys: StoredAccessKeys, settings: Settings, terminal: Terminal, accessKeyId: string) => Promise<void>;

const VERBS: Record<Verb, { takesKey: boolean; run: Work }> = {
  create: { takesKey: false, run: create },
  list: { takesKey: false, run: list },
  disable: { takesKey: true, run: disable },
  delete: { takesKey: true, run: remove },
};

async function create(stored: StoredAccessKeys, settings: Settings, terminal: Terminal): Promise<void> {
  const allowedActions = readActions(settings);
  const accessKeyId = newKeyId();
  const principal = settings.text('principal') ?? accessKeyId;
  const secretAccessKey = await stored.create({ accessKeyId, principal, allowedActions });
  if (secretAccessKey === undefined) throw new CannotStart(`there is a key ${accessKeyId} already; try again.`);
  if (settings.isOn('json')) {
    terminal.print(JSON.stringify({ accessKeyId, secretAccessKey, principal, allowedActions }, null, 2));
    return;
  }
  terminal.report('The secret is shown this once:');
  terminal.print(`export AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}`);
}

async function list(stored: StoredAccessKeys, settings: Settings, terminal: Terminal): Promise<void> {
  const found = await stored.list();
  if (settings.isOn('json')) terminal.print(JSON.stringify(found, null, 2));
  else if (found.length === 0) terminal.report('There are no keys; `stepwell keys create` makes one.');
  else for (const key of found) terminal.print(lineOf(key));
}

const lineOf = ({ accessKeyId, principal, allowedActions, isDisabled }: ListedAccessKey): string =>
  [accessKeyId, isDisabled ? 'disabled' : 'enabled ', principal, allowedActions?.join(',') ?? 'all actions'].join('  ');

async function disable(stored: StoredAccessKeys, settings: Settings, terminal: Terminal, id: string): Promise<void> {
  if (!(await stored.disable(id))) throw unknownKey(id);
  say(settings, terminal, id, 'disabled');
}

async function remove(stored: StoredAccessKeys, settings: Settings, terminal: Terminal, id: string): Promise<void> {
  if (!(await stored.delete(id))) throw unknownKey(id);
  say(settings, terminal, id, 'deleted');
}

const unknownKey = (id: string) =>
  new CannotStart(`there is no key ${id}; \`stepwell keys list\` shows those there are.`);

function say(settings: Settings, terminal: Terminal, accessKeyId: string, done: string): void {
  if (settings.isOn('json')) terminal.print(JSON.stringify({ accessKeyId, done }));
  else terminal.report(`${accessKeyId} is ${done}, everywhere within a minute.`);
}

function readActions(settings: Settings): string[] | undefined {
  const names = settings.text('allow')?.split(',');
  for (const name of names ?? []) {
    if (ACTIONS.has(name)) continue;
    const near = nearest(name, [...ACTIONS.keys()]);
    throw new BadSetting(`--allow: there is no action "${name}".${near ? ` Did you mean ${near}?` : ''}`);
  }
  return names;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** As AWS's look, with letters that it does not begin with. */
const newKeyId = (): string => `SWAK${Array.from({ length: 16 }, () => LETTERS[randomInt(LETTERS.length)]).join('')}`;
