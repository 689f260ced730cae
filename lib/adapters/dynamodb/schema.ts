import type { Database } from './database';

/** The format of the items. A newer one is refused; an older one would be brought up here. */
export const SCHEMA_VERSION = 1;

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
}
