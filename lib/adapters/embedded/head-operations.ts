import type { ExecutionStatus, Slot } from '../../engine/snapshot';
import type {
  ClosedHead,
  Head,
  HeadSummary,
  ListPosition,
  OpenExecution,
  RedrivenHead,
  StartedBy,
  StartedExecution,
} from '../../ports/executions';
import type { NewCommit } from '../../ports/journal';
import type { RunRef } from '../../ports/run-ref';
import type { Row } from './driver';
import { STATUSES } from './schema';
import type { Statements } from './statements';
import { closeHead, insertCommit } from './writes';

/** Heads of executions. */
export function headOperations(sql: Statements) {
  return {
    start(head: Head, nowMs: number, first?: NewCommit): { existing: Head } | undefined {
      if (insertHead(sql, head, first) === 0) {
        const [row] = sql.all('SELECT * FROM heads WHERE machine_id = ? AND name = ?', head.machineId, head.name);
        const existing = toHead(row!);
        if (existing.runId === head.runId) return undefined;
        if (!isExpired(row!, nowMs)) return { existing };
        removeRun(sql, existing);
        insertHead(sql, head, first);
      }
      if (first) insertCommit(sql, head.runId, first);
      return undefined;
    },

    head(machineId: string, name: string, nowMs: number): Head | undefined {
      const [row] = sql.all('SELECT * FROM heads WHERE machine_id = ? AND name = ?', machineId, name);
      return row && !isExpired(row, nowMs) ? toHead(row) : undefined;
    },

    /** `before`: there was nothing to close. */
    close(run: RunRef, closed: ClosedHead, asOf: Slot): 'closed' | 'before' | 'behind' {
      if (closeHead(sql, run, closed, asOf) > 0) return 'closed';
      return find(sql, run)?.status === 0 ? 'behind' : 'before';
    },

    /** `before`: it was open. */
    reopen(run: RunRef, { count, atMs }: RedrivenHead, asOf: Slot): 'reopened' | 'before' | 'behind' {
      const head = find(sql, run);
      if (!head || Number(head.as_of) > 2 * asOf + 1) return 'behind';
      sql.run(
        `UPDATE heads SET status = 0, stop_ms = NULL, expire_at_ms = NULL, attention_at_ms = 0, as_of = ?,
           redrive_count = ?, redrive_ms = ?
         WHERE machine_id = ? AND name = ?`,
        2 * asOf + 1,
        count,
        atMs,
        run.machineId,
        run.name,
      );
      return head.status === 0 ? 'before' : 'reopened';
    },

    isStarted(run: RunRef): boolean {
      const rows = sql.all('SELECT run_id FROM heads WHERE machine_id = ? AND name = ?', run.machineId, run.name);
      return rows[0]?.run_id === run.runId;
    },

    list(
      machineId: string,
      status: ExecutionStatus | undefined,
      after: ListPosition | undefined,
      limit: number,
      nowMs: number,
    ): HeadSummary[] {
      const statuses = status ? [status] : STATUSES;
      return statuses
        .flatMap((one) =>
          sql.all(
            `SELECT machine_id, name, run_id, machine_name, status, start_ms, stop_ms, version, alias, redrive_count,
               redrive_ms FROM heads
             WHERE machine_id = ? AND status = ? AND run_id < ? AND (expire_at_ms IS NULL OR expire_at_ms > ?)
             ORDER BY run_id DESC LIMIT ?`,
            machineId,
            STATUSES.indexOf(one),
            after?.runId ?? '~',
            nowMs,
            limit,
          ),
        )
        .map(toSummary)
        .sort((a, b) => (a.runId < b.runId ? 1 : -1))
        .slice(0, limit);
    },

    open(
      attentionFromMs: number,
      attentionBeforeMs: number,
      next: string | undefined,
      limit: number,
    ): { executions: OpenExecution[]; next: string | undefined } {
      const rows =
        attentionFromMs > 0 ? sleeping(sql, attentionFromMs, attentionBeforeMs, next, limit) : open(sql, next, limit);
      return {
        executions: rows
          .map((row) => ({ run: toRun(row), attentionAtMs: Number(row.attention_at_ms) }))
          .filter(({ attentionAtMs }) => attentionAtMs < attentionBeforeMs),
        next: rows.length < limit ? undefined : (rows.at(-1)!.next as string),
      };
    },

    openByStart(
      fromMs: number,
      beforeMs: number,
      next: string | undefined,
      limit: number,
    ): { executions: StartedExecution[]; next: string | undefined } {
      const rows = open(sql, next, limit, [fromMs, beforeMs]);
      return {
        executions: rows.map((row) => ({ run: toRun(row), startMs: Number(row.start_ms) })),
        next: rows.length < limit ? undefined : (rows.at(-1)!.next as string),
      };
    },

    openOf(machineId: string, limit: number): RunRef[] {
      return sql
        .all(
          'SELECT machine_name, machine_id, name, run_id FROM heads WHERE machine_id = ? AND status = 0 LIMIT ?',
          machineId,
          limit,
        )
        .map(toRun);
    },

    countOpen(): number {
      let count = 0;
      for (const machineId of machineIds(sql, '')) {
        const [row] = sql.all('SELECT count(*) AS count FROM heads WHERE machine_id = ? AND status = 0', machineId);
        count += Number(row!.count);
      }
      return count;
    },

    /** Goes through the heads, `limit` at a time, and removes those that have expired, with their journals. */
    removeExpired(nowMs: number, next: string | undefined, limit: number): string | undefined {
      const [machineId, name] = next === undefined ? ['', ''] : (JSON.parse(next) as [string, string]);
      const rows = sql.all(
        `SELECT machine_id, name, run_id, machine_name, expire_at_ms FROM heads
         WHERE (machine_id, name) > (?, ?) ORDER BY machine_id, name LIMIT ?`,
        machineId,
        name,
        limit,
      );
      for (const row of rows) if (isExpired(row, nowMs)) removeRun(sql, toRun(row));
      const last = rows.at(-1);
      return last && rows.length === limit ? JSON.stringify([last.machine_id, last.name]) : undefined;
    },
  };
}

/** The state machines that have executions, from one on. The index finds each without looking at its executions. */
function* machineIds(sql: Statements, from: string): Generator<string> {
  let [row] = sql.all('SELECT min(machine_id) AS id FROM heads WHERE machine_id >= ?', from);
  while (typeof row?.id === 'string') {
    yield row.id;
    [row] = sql.all('SELECT min(machine_id) AS id FROM heads WHERE machine_id > ?', row.id);
  }
}

const OPEN_COLUMNS = 'machine_name, machine_id, name, run_id, start_ms, attention_at_ms';
const ANY_TIME: readonly [number, number] = [0, Number.MAX_SAFE_INTEGER];

/** Open executions that were started in that time, by state machine and run. */
function open(sql: Statements, next: string | undefined, limit: number, [fromMs, beforeMs] = ANY_TIME): Row[] {
  const [fromMachine, afterRun] = next === undefined ? ['', ''] : (JSON.parse(next) as [string, string]);
  const rows: Row[] = [];
  for (const machineId of machineIds(sql, fromMachine)) {
    const found = sql.all(
      `SELECT ${OPEN_COLUMNS}, json_array(machine_id, run_id) AS next FROM heads
       WHERE machine_id = ? AND status = 0 AND run_id > ? AND start_ms >= ? AND start_ms < ? ORDER BY run_id LIMIT ?`,
      machineId,
      machineId === fromMachine ? afterRun : '',
      fromMs,
      beforeMs,
      limit - rows.length,
    );
    rows.push(...found);
    if (rows.length === limit) break;
  }
  return rows;
}

/** Those that only sleep, by when they need a look. */
function sleeping(sql: Statements, fromMs: number, beforeMs: number, next: string | undefined, limit: number): Row[] {
  const [afterMs, afterRun] = next === undefined ? [fromMs, ''] : (JSON.parse(next) as [number, string]);
  return sql.all(
    `SELECT ${OPEN_COLUMNS}, json_array(attention_at_ms, run_id) AS next FROM heads
     WHERE (attention_at_ms, run_id) > (?, ?) AND attention_at_ms < ? AND attention_at_ms > 0
     ORDER BY attention_at_ms, run_id LIMIT ?`,
    afterMs,
    afterRun,
    beforeMs,
    limit,
  );
}

/** The head as it stands after the first commit, if there is one already. */
function insertHead(sql: Statements, head: Head, first: NewCommit | undefined): number {
  const closed = first?.closed;
  return sql.run(
    `INSERT OR IGNORE INTO heads (machine_id, name, run_id, machine_name, status, start_ms, stop_ms, attention_at_ms,
       expire_at_ms, revision, role_arn, trace_header, input, version, alias, started_by,
       test_case)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    head.machineId,
    head.name,
    head.runId,
    head.machineName,
    STATUSES.indexOf(closed?.status ?? 'RUNNING'),
    head.startMs,
    closed?.stopMs ?? null,
    closed ? null : (first?.attentionAtMs ?? 0),
    closed?.expireAtMs ?? null,
    head.revision,
    head.roleArn,
    head.traceHeader ?? null,
    head.input,
    head.version ?? null,
    head.alias ?? null,
    head.startedBy ? JSON.stringify(head.startedBy) : null,
    head.testCase ?? null,
  );
}

function find(sql: Statements, { machineId, name, runId }: RunRef): Row | undefined {
  return sql.all(
    'SELECT status, as_of FROM heads WHERE machine_id = ? AND name = ? AND run_id = ?',
    machineId,
    name,
    runId,
  )[0];
}

function removeRun(sql: Statements, { machineId, name, runId }: RunRef): void {
  sql.run('DELETE FROM journal WHERE run_id = ?', runId);
  sql.run('DELETE FROM beats WHERE run_id = ?', runId);
  sql.run('DELETE FROM heads WHERE machine_id = ? AND name = ? AND run_id = ?', machineId, name, runId);
}

const isExpired = (row: Row, nowMs: number): boolean => row.expire_at_ms !== null && Number(row.expire_at_ms) <= nowMs;

const toRun = (row: Row): RunRef => ({
  machineName: String(row.machine_name),
  machineId: String(row.machine_id),
  name: String(row.name),
  runId: String(row.run_id),
});

const toSummary = (row: Row): HeadSummary => ({
  ...toRun(row),
  status: STATUSES[Number(row.status)]!,
  startMs: Number(row.start_ms),
  stopMs: row.stop_ms === null ? undefined : Number(row.stop_ms),
  ...(row.redrive_count === 0 ? {} : { redrive: { count: Number(row.redrive_count), atMs: Number(row.redrive_ms) } }),
  ...(row.version !== null && { version: Number(row.version) }),
  ...(row.alias !== null && { alias: String(row.alias) }),
});

const toHead = (row: Row): Head => ({
  ...toSummary(row),
  expireAtMs: row.expire_at_ms === null ? undefined : Number(row.expire_at_ms),
  revision: Number(row.revision),
  roleArn: String(row.role_arn),
  input: String(row.input),
  traceHeader: row.trace_header === null ? undefined : String(row.trace_header),
  ...(row.started_by !== null && { startedBy: JSON.parse(String(row.started_by)) as StartedBy }),
  ...(row.test_case !== null && { testCase: String(row.test_case) }),
});
