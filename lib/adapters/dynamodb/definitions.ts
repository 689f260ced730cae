import type { MachineSettings, Revision } from '../../ports/registry';
import type { Database } from './database';
import { packDeflated, split, unpack } from './packing';
import type { Retention } from './retention';

/** Revisions that are looked at together. */
const AT_ONCE = 16;

/**
 * Definitions of state machines, deflated, in as many items as they need. They never change. What else a revision says
 * stands in the first of them.
 */
export class Definitions {
  constructor(
    private readonly database: Database,
    private readonly retention: Retention,
  ) {}

  /**
   * Before the record that names it. Answers whether it is written: a number that another attempt has belongs to that
   * one, and is used by nobody else.
   */
  async write(machineId: string, settings: MachineSettings, text: string): Promise<boolean> {
    const [first, ...rest] = split(await packDeflated(text));
    const kind = kindOf(machineId, settings.revision);
    const count = rest.length + 1;
    const head = { kind, name: nameOf(0), part: first, parts: count, settings: JSON.stringify(settings) };
    const refusal = await this.database.put('registry', head, { text: 'attribute_not_exists(#kind)' });
    if (refusal && refusal.item?.settings !== head.settings) return false;
    await Promise.all(
      rest.map((part, index) => this.database.put('registry', { kind, name: nameOf(index + 1), part, parts: count })),
    );
    return true;
  }

  /** Settings of a revision that was written before definitions had them: they are about to change in the record. */
  async settle(machineId: string, settings: MachineSettings): Promise<void> {
    const key = { kind: kindOf(machineId, settings.revision), name: nameOf(0) };
    const change = { text: 'SET #settings = :settings', values: { ':settings': JSON.stringify(settings) } };
    await this.database.update('registry', key, change, {
      text: 'attribute_exists(#kind) AND attribute_not_exists(#settings)',
    });
  }

  async read(machineId: string, revision: number): Promise<Revision | undefined> {
    const found = await this.database.all('registry', { where: parts(machineId, revision) });
    const [first] = found;
    if (!first) return undefined;
    if (found.length !== first.parts) {
      throw new Error(`the definition of ${machineId} has ${found.length} of ${first.parts} parts`);
    }
    return {
      definition: await unpack(Buffer.concat(found.map(({ part }) => part as Uint8Array))),
      settings: first.settings === undefined ? undefined : JSON.parse(String(first.settings)),
    };
  }

  /** Leaves all revisions to the store to remove: at once, or when no execution can need them any more. */
  async expire(machineId: string, newest: number, when: 'now' | 'with its executions'): Promise<void> {
    for (let from = 1; from <= newest; from += AT_ONCE) {
      const some = Array.from({ length: Math.min(AT_ONCE, newest - from + 1) }, (_, index) => from + index);
      await Promise.all(some.map((revision) => this.expireOne(machineId, revision, when)));
    }
  }

  async expireOne(machineId: string, revision: number, when: 'now' | 'with its executions'): Promise<void> {
    const ttl = when === 'now' ? this.retention.now() : this.retention.journal();
    const items = await this.database.all('registry', {
      where: parts(machineId, revision),
      attributes: ['kind', 'name'],
    });
    for (const { kind, name } of items) await this.database.expire('registry', { kind, name }, ttl);
  }
}

const nameOf = (index: number): string => String(index).padStart(3, '0');

const kindOf = (machineId: string, revision: number): string => `D#${machineId}#${revision}`;

const parts = (machineId: string, revision: number) => ({
  text: '#kind = :kind',
  values: { ':kind': kindOf(machineId, revision) },
});
