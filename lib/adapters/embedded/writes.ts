import type { ClosedHead } from '../../ports/executions';
import type { NewCommit } from '../../ports/journal';
import type { RunRef } from '../../ports/run-ref';
import { STATUSES } from './schema';
import type { Statements } from './statements';

/** Writes that belong to the journal and to heads alike. Each answers how many rows it changed. */

export function insertCommit(sql: Statements, runId: string, { slot, nextEventId, attempt, body }: NewCommit): number {
  return sql.run('INSERT OR IGNORE INTO journal VALUES (?, ?, ?, ?, ?)', runId, slot, nextEventId, attempt, body);
}

export function closeHead(sql: Statements, run: RunRef, { status, stopMs, expireAtMs }: ClosedHead): number {
  return sql.run(
    `UPDATE heads SET status = ?, stop_ms = ?, expire_at_ms = ?, attention_at_ms = NULL
     WHERE machine_id = ? AND name = ? AND run_id = ? AND status = 0`,
    STATUSES.indexOf(status),
    stopMs,
    expireAtMs,
    run.machineId,
    run.name,
    run.runId,
  );
}
