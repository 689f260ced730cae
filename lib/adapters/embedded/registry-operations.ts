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

    putDefinition(machineId: string, revision: number, text: string): void {
      sql.run('INSERT OR REPLACE INTO definitions VALUES (?, ?, ?)', machineId, revision, text);
    },

    definition(machineId: string, revision: number): string | undefined {
      const [row] = sql.all('SELECT text FROM definitions WHERE machine_id = ? AND revision = ?', machineId, revision);
      return row && String(row.text);
    },

    fact(name: string): string | undefined {
      const [row] = sql.all('SELECT value FROM facts WHERE name = ?', name);
      return row && String(row.value);
    },
  };
}

type RecordTable = 'machines' | 'activities';
