import type { Database } from './database';
import { packDeflated, split, unpack } from './packing';
import type { Retention } from './retention';

/** Texts of state machines, deflated, in as many items as they need. They never change. */
export class Definitions {
  constructor(
    private readonly database: Database,
    private readonly retention: Retention,
  ) {}

  /** Before the record that names it. */
  async write(machineId: string, revision: number, text: string): Promise<void> {
    const parts = split(await packDeflated(text));
    const kind = kindOf(machineId, revision);
    await Promise.all(
      parts.map((part, index) =>
        this.database.put('registry', { kind, name: String(index).padStart(3, '0'), part, parts: parts.length }),
      ),
    );
  }

  async read(machineId: string, revision: number): Promise<string | undefined> {
    const found = await this.database.all('registry', { where: parts(machineId, revision) });
    if (found.length === 0) return undefined;
    if (found.length !== found[0]!.parts) {
      throw new Error(`the definition of ${machineId} has ${found.length} of ${found[0]!.parts} parts`);
    }
    return unpack(Buffer.concat(found.map(({ part }) => part as Uint8Array)));
  }

  /** Leaves all revisions to the store to remove: at once, or when no execution can need them any more. */
  async expire(machineId: string, newest: number, when: 'now' | 'with its executions'): Promise<void> {
    const ttl = when === 'now' ? this.retention.now() : this.retention.journal();
    for (let revision = 1; revision <= newest; revision++) {
      const items = await this.database.all('registry', {
        where: parts(machineId, revision),
        attributes: ['kind', 'name'],
      });
      for (const { kind, name } of items) await this.database.expire('registry', { kind, name }, ttl);
    }
  }
}

const kindOf = (machineId: string, revision: number): string => `D#${machineId}#${revision}`;

const parts = (machineId: string, revision: number) => ({
  text: '#kind = :kind',
  values: { ':kind': kindOf(machineId, revision) },
});
