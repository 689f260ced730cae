import type { Database } from './database';

/**
 * The format of the items. A newer one is refused; an older one is marked with this one, since its items read as they
 * are. 2 added revisions, versions and aliases, which a process that knows only 1 would pass over; 3 distributed Maps,
 * whose frames one that knows only 2 would take for tasks.
 */
export const SCHEMA_VERSION = 3;

const SCHEMA = { kind: 'DEPLOYMENT', name: 'schema' };

/** The tables were written by a newer Stepwell. */
export class NewerSchema extends Error {}

/** Rejects with NewerSchema, or StoreUnavailable where the tables are not there. New tables are marked with this version. */
export async function checkSchema(database: Database): Promise<void> {
  const schema = await database.putOnce('registry', { ...SCHEMA, version: SCHEMA_VERSION });
  const version = Number(schema.version);
  if (version > SCHEMA_VERSION) {
    throw new NewerSchema(
      `the tables have format ${version}, written by a newer Stepwell; this one knows ${SCHEMA_VERSION}`,
    );
  }
  if (version < SCHEMA_VERSION) {
    const isOlder = { text: '#version < :version', values: { ':version': SCHEMA_VERSION } };
    await database.put('registry', { ...SCHEMA, version: SCHEMA_VERSION }, isOlder);
  }
}
