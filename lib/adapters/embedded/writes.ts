import type { Slot } from '../../engine/snapshot';
import type { ClosedHead } from '../../ports/executions';
import type { NewCommit } from '../../ports/journal';
import type { RunRef } from '../../ports/run-ref';
import { STATUSES } from './schema';
import type { Statements } from './statements';

/** Writes that belong to the journal and to heads alike. Each answers how many rows it changed. */

export function insertCommit(sql: Statements, runId: string, { slot, nextEventId, attempt, body }: NewCommit): number {
  return sql.run('INSERT OR IGNORE INTO journal VALUES (?, ?, ?, ?, ?)', runId, slot, nextEventId, attempt, body);
}

/** Of a head that was not reopened since. One that is closed already is then as of that slot, and does not count. */
export function closeHead(
  sql: Statements,
  run: RunRef,
  { status, stopMs, expireAtMs }: ClosedHead,
  asOf: Slot,
): number {
  const { machineId, name, runId } = run;
  const changed = sql.run(
    `UPDATE heads SET status = ?, stop_ms = ?, expire_at_ms = ?, attention_at_ms = NULL, as_of = ?
     WHERE machine_id = ? AND name = ? AND run_id = ? AND status = 0 AND as_of < ?`,
    STATUSES.indexOf(status),
    stopMs,
    expireAtMs,
    2 * asOf,
    machineId,
    name,
    runId,
    2 * asOf,
  );
  if (changed === 0) {
    sql.run(
      `UPDATE heads SET as_of = ?
       WHERE machine_id = ? AND name = ? AND run_id = ? AND status <> 0 AND as_of < ?`,
      2 * asOf,
      machineId,
      name,
      runId,
      2 * asOf,
    );
  }
  return changed;
}
