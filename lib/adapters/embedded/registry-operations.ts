import type { MachineSettings, Publications, Revision } from '../../ports/registry';
import type { Statements } from './statements';

/** State machines, activities and facts of the store. Records are JSON. */
export function registryOperations(sql: Statements) {
  return {
    records(table: RecordTable): string[] {
      return sql.all(`SELECT record FROM ${table} ORDER BY name`).map((row) => String(row.record));
    },

    putRecord(table: RecordTable, name: string, record: string): void {
      sql.run(`INSERT OR REPLACE INTO ${table} VALUES (?, ?)`, name, record);
    },

    removeRecord(table: RecordTable, name: string): void {
      sql.run(`DELETE FROM ${table} WHERE name = ?`, name);
    },

    putDefinition(machineId: string, settings: MachineSettings, text: string): void {
      const { revision } = settings;
      sql.run(
        'INSERT OR REPLACE INTO definitions (machine_id, revision, text, settings) VALUES (?, ?, ?, ?)',
        machineId,
        revision,
        text,
        JSON.stringify(settings),
      );
    },

    /** Settings of a revision that was written before definitions had them. */
    settleDefinition(machineId: string, settings: MachineSettings): void {
      sql.run(
        'UPDATE definitions SET settings = ? WHERE machine_id = ? AND revision = ? AND settings IS NULL',
        JSON.stringify(settings),
        machineId,
        settings.revision,
      );
    },

    revision(machineId: string, revision: number): Revision | undefined {
      const [row] = sql.all(
        'SELECT text, settings FROM definitions WHERE machine_id = ? AND revision = ?',
        machineId,
        revision,
      );
      if (!row) return undefined;
      return { definition: String(row.text), settings: row.settings ? JSON.parse(String(row.settings)) : undefined };
    },

    publications(machineId: string): Publications | undefined {
      const [row] = sql.all('SELECT record FROM publications WHERE machine_id = ?', machineId);
      return row && (JSON.parse(String(row.record)) as Publications);
    },

    /** Answers whether it was written. */
    putPublications(machineId: string, publications: Publications): boolean {
      const [row] = sql.all('SELECT record FROM publications WHERE machine_id = ?', machineId);
      const before = row ? (JSON.parse(String(row.record)) as Publications).edition : 0;
      if (before !== publications.edition - 1) return false;
      sql.run('INSERT OR REPLACE INTO publications VALUES (?, ?)', machineId, JSON.stringify(publications));
      return true;
    },

    removePublications(machineId: string): void {
      sql.run('DELETE FROM publications WHERE machine_id = ?', machineId);
    },

    fact(name: string): string | undefined {
      const [row] = sql.all('SELECT value FROM facts WHERE name = ?', name);
      return row && String(row.value);
    },
  };
}

type RecordTable = 'machines' | 'activities';
