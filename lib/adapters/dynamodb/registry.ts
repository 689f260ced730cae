import { randomBytes } from 'node:crypto';
import type { Activity, Machine, Registry } from '../../ports/registry';
import { StoreUnavailable } from '../../ports/store-error';
import type { Database, Item } from './database';
import { Definitions } from './definitions';
import { type Packed, pack, unpack } from './packing';
import type { Retention } from './retention';

const ACTIVITY = 'ACTIVITY';
const MACHINE = 'MACHINE';
const PUBLICATIONS = 'PUBLICATIONS';
const SECRET = { kind: 'DEPLOYMENT', name: 'secret' };
const SECRET_BYTES = 32;

/**
 * State machines, activities and the deployment's secret. A record is JSON as it was created, beside what may change
 * and what conditions look at.
 */
export function createRegistry(database: Database, retention: Retention): Registry {
  const definitions = new Definitions(database, retention);
  let secret: Promise<Buffer> | undefined;
  return {
    ...machineRecords(database, definitions),
    ...activityRecords(database),
    ...publications(database),
    revision: (machineId, revision) => definitions.read(machineId, revision),
    secret() {
      secret ??= readSecret(database).catch((error: unknown) => {
        secret = undefined;
        throw error;
      });
      return secret;
    },
  };
}

type MachineRecords =
  | 'createMachine'
  | 'machine'
  | 'reviseMachine'
  | 'updateMachine'
  | 'removeMachine'
  | 'machines'
  | 'countMachines';

function machineRecords(database: Database, definitions: Definitions): Pick<Registry, MachineRecords> {
  const ofMachine = (machineId: string) => ({ text: '#machineId = :id', values: { ':id': machineId } });
  return {
    async createMachine(machine, definition) {
      const { name, machineId, revision, status, tags } = machine;
      await definitions.write(machineId, machine, definition);
      const item = {
        kind: MACHINE,
        name,
        machineId,
        status,
        tags: JSON.stringify(tags),
        record: JSON.stringify(machine),
      };
      const refusal = await database.put('registry', item, IS_FREE);
      if (!refusal) return 'created';
      const existing = existingOf<Machine>(refusal.item, name);
      if (existing.machineId === machineId) return 'created';
      await definitions.expire(machineId, revision, 'now');
      return { existing };
    },

    async machine(name) {
      const item = await database.get('registry', { kind: MACHINE, name });
      return item && recordOf<Machine>(item);
    },

    async reviseMachine(before, settings, definition) {
      const { name, machineId, revision } = before;
      if (revision === 1) await definitions.settle(machineId, before);
      if (!(await definitions.write(machineId, settings, definition))) return 'lost';
      const current = JSON.stringify(settings);
      const refusal = await database.update(
        'registry',
        { kind: MACHINE, name },
        {
          text: 'SET #revision = :revision, #current = :current',
          values: { ':revision': settings.revision, ':current': current },
        },
        isStill(before),
      );
      if (!refusal || refusal.item?.current === current) return 'revised';
      await definitions.expireOne(machineId, settings.revision, 'now');
      return 'lost';
    },

    async updateMachine(name, machineId, { status, tags }) {
      const changes: [string, unknown][] = [];
      if (status) changes.push(['status', status]);
      if (tags) changes.push(['tags', JSON.stringify(tags)]);
      if (changes.length === 0) return;
      const text = `SET ${changes.map(([attribute]) => `#${attribute} = :${attribute}`).join(', ')}`;
      const values = Object.fromEntries(changes.map(([attribute, value]) => [`:${attribute}`, value]));
      await database.update('registry', { kind: MACHINE, name }, { text, values }, ofMachine(machineId));
    },

    async removeMachine(name, machineId) {
      const item = await database.get('registry', { kind: MACHINE, name });
      if (item?.machineId !== machineId) return;
      // Executions that are still under way need it to end.
      await definitions.expire(machineId, recordOf<Machine>(item).revision, 'with its executions');
      await database.delete('registry', { kind: PUBLICATIONS, name: machineId }, { text: 'attribute_exists(#kind)' });
      await database.delete('registry', { kind: MACHINE, name }, ofMachine(machineId));
    },

    machines: (afterName, limit) => listed<Machine>(database, MACHINE, afterName, limit),
    countMachines: () => database.count('registry', ofKind(MACHINE)),
  };
}

/** A record has neither attribute before its first revision. */
const isStill = ({ machineId, revision }: Machine) => {
  const isAsCreated = revision === 1;
  return {
    text: `#machineId = :id AND #status = :active AND ${isAsCreated ? 'attribute_not_exists(#revision)' : '#revision = :before'}`,
    values: { ':id': machineId, ':active': 'ACTIVE', ...(!isAsCreated && { ':before': revision }) },
  };
};

function publications(database: Database): Pick<Registry, 'publications' | 'writePublications'> {
  return {
    async publications(machineId) {
      const item = await database.get('registry', { kind: PUBLICATIONS, name: machineId });
      return item && JSON.parse(await unpack(item.text as Packed));
    },

    async writePublications(machineId, publications) {
      const { edition, attempt } = publications;
      const item = {
        kind: PUBLICATIONS,
        name: machineId,
        edition,
        attempt,
        text: await pack(JSON.stringify(publications)),
      };
      const isNext =
        edition === 1
          ? { text: 'attribute_not_exists(#kind)' }
          : { text: '#edition = :before', values: { ':before': edition - 1 } };
      const refusal = await database.put('registry', item, isNext);
      return !refusal || refusal.item?.attempt === attempt ? 'written' : 'lost';
    },
  };
}

type ActivityRecords =
  | 'createActivity'
  | 'activity'
  | 'updateActivity'
  | 'removeActivity'
  | 'activities'
  | 'countActivities';

function activityRecords(database: Database): Pick<Registry, ActivityRecords> {
  const ofGeneration = (generation: unknown) => ({
    text: '#generation = :generation',
    values: { ':generation': generation },
  });
  return {
    async createActivity(activity) {
      const { name, generation, tags } = activity;
      const item = {
        kind: ACTIVITY,
        name,
        generation,
        tags: JSON.stringify(tags),
        record: JSON.stringify(activity),
      };
      const refusal = await database.put('registry', item, IS_FREE);
      if (!refusal) return 'created';
      const existing = existingOf<Activity>(refusal.item, name);
      return existing.generation === generation ? 'created' : { existing };
    },

    async activity(name) {
      const item = await database.get('registry', { kind: ACTIVITY, name });
      return item && recordOf<Activity>(item);
    },

    async updateActivity(name, generation, { tags }) {
      const change = { text: 'SET #tags = :tags', values: { ':tags': JSON.stringify(tags) } };
      await database.update('registry', { kind: ACTIVITY, name }, change, ofGeneration(generation));
    },

    async removeActivity(name) {
      const key = { kind: ACTIVITY, name };
      const item = await database.get('registry', key);
      if (!item) return undefined;
      const refusal = await database.delete('registry', key, ofGeneration(item.generation));
      // If it was this request's earlier attempt that removed it, nobody else will look after its queue.
      return !refusal || refusal.isAgain ? recordOf<Activity>(item) : undefined;
    },

    activities: (afterName, limit) => listed<Activity>(database, ACTIVITY, afterName, limit),
    countActivities: () => database.count('registry', ofKind(ACTIVITY)),
  };
}

/** It was there when the name was refused; gone since, the caller may try again. */
function existingOf<T extends object>(item: Item | undefined, name: string): T {
  if (!item) throw new StoreUnavailable(`the record ${name} was removed while another was created`);
  return recordOf<T>(item);
}

const IS_FREE = { text: 'attribute_not_exists(#kind)' };

const ofKind = (kind: string) => ({ text: '#kind = :kind', values: { ':kind': kind } });

const recordOf = <T extends object>({ record, current, status, tags }: Item): T => ({
  ...(JSON.parse(String(record)) as T),
  ...(current !== undefined && JSON.parse(String(current))),
  ...(status !== undefined && { status }),
  tags: JSON.parse(String(tags)),
});

/** Sort keys are ordered by byte. */
async function listed<T extends object>(database: Database, kind: string, after: string, limit: number): Promise<T[]> {
  const where =
    after === ''
      ? ofKind(kind)
      : { text: '#kind = :kind AND #name > :after', values: { ':kind': kind, ':after': after } };
  return (await database.all('registry', { where, limit })).map((item) => recordOf<T>(item));
}

/** Whoever comes first makes it. */
async function readSecret(database: Database): Promise<Buffer> {
  const secret = await database.putOnce('registry', { ...SECRET, value: randomBytes(SECRET_BYTES) });
  return Buffer.from(secret.value as Uint8Array);
}
