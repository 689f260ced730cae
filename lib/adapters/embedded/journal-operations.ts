import type { StoredCommit } from '../../engine/commit/decode';
import type { NewCommit } from '../../ports/journal';
import type { RunRef } from '../../ports/run-ref';
import type { Row } from './driver';
import type { Statements } from './statements';
import { closeHead, insertCommit } from './writes';

/** What one read of commits for a history brings at most, in characters. */
const READ_MAX = 1_000_000;
const READ_COMMITS_MAX = 500;
const SLOTS_PER_EVENT = 1_000_000;

/** The logs of runs. */
export function journalOperations(sql: Statements) {
  return {
    /** `before`: appended, and the head was closed before. */
    append(run: RunRef, commit: NewCommit): 'appended' | 'closed' | 'before' | 'lost' {
      const { slot, attempt, attentionAtMs, closed } = commit;
      if (insertCommit(sql, run.runId, commit) === 0) {
        const [row] = sql.all('SELECT attempt FROM journal WHERE run_id = ? AND slot = ?', run.runId, slot);
        if (row?.attempt !== attempt) return 'lost';
      }
      if (closed) {
        return closeHead(sql, run, closed, slot + 1) > 0 ? 'closed' : 'before';
      }
      if (attentionAtMs !== undefined) {
        sql.run(
          'UPDATE heads SET attention_at_ms = ? WHERE machine_id = ? AND name = ? AND run_id = ? AND status = 0',
          attentionAtMs,
          run.machineId,
          run.name,
          run.runId,
        );
      }
      return 'appended';
    },

    newest(runId: string): StoredCommit | undefined {
      const rows = sql.all('SELECT slot, body FROM journal WHERE run_id = ? ORDER BY slot DESC LIMIT 1', runId);
      return rows[0] && toCommit(rows[0]);
    },

    range(runId: string, from: number, to: number): StoredCommit[] {
      return sql
        .all('SELECT slot, body FROM journal WHERE run_id = ? AND slot BETWEEN ? AND ? ORDER BY slot', runId, from, to)
        .map(toCommit);
    },

    /** The slots that hold event `eventId` and those after (before) it; then their bodies, as many as one read brings. */
    commitsAt(runId: string, eventSlot: number, order: 'up' | 'down'): StoredCommit[] {
      const [at] = sql.all(
        'SELECT slot, next_event_id FROM journal WHERE run_id = ? AND slot <= ? ORDER BY slot DESC LIMIT 1',
        runId,
        eventSlot,
      );
      if (!at || (order === 'up' && Number(at.next_event_id) * SLOTS_PER_EVENT <= eventSlot)) return [];
      const sizes = sql.all(
        order === 'up'
          ? 'SELECT slot, length(body) AS size FROM journal WHERE run_id = ? AND slot >= ? ORDER BY slot LIMIT ?'
          : 'SELECT slot, length(body) AS size FROM journal WHERE run_id = ? AND slot <= ? ORDER BY slot DESC LIMIT ?',
        runId,
        at.slot!,
        READ_COMMITS_MAX,
      );
      let last = sizes[0]!.slot as number;
      for (let i = 1, size = Number(sizes[0]!.size); i < sizes.length; i++) {
        size += Number(sizes[i]!.size);
        if (size > READ_MAX) break;
        last = sizes[i]!.slot as number;
      }
      const commits = this.range(runId, Math.min(at.slot as number, last), Math.max(at.slot as number, last));
      return order === 'up' ? commits : commits.reverse();
    },

    openBeat(runId: string, taskEventId: number, dueAtMs: number): void {
      sql.run('INSERT OR IGNORE INTO beats VALUES (?, ?, 1, ?)', runId, taskEventId, dueAtMs);
    },

    beat(runId: string, taskEventId: number, nowMs: number, dueAtMs: number): boolean {
      return (
        sql.run(
          'UPDATE beats SET due_at_ms = max(due_at_ms, ?) WHERE run_id = ? AND task_event_id = ? AND open = 1 AND due_at_ms > ?',
          dueAtMs,
          runId,
          taskEventId,
          nowMs,
        ) > 0
      );
    },

    closeBeat(runId: string, taskEventId: number, nowMs: number): number | undefined {
      sql.run(
        'UPDATE beats SET open = 0 WHERE run_id = ? AND task_event_id = ? AND open = 1 AND due_at_ms <= ?',
        runId,
        taskEventId,
        nowMs,
      );
      const [row] = sql.all(
        'SELECT open, due_at_ms FROM beats WHERE run_id = ? AND task_event_id = ?',
        runId,
        taskEventId,
      );
      return row && row.open === 1 ? Number(row.due_at_ms) : undefined;
    },
  };
}

const toCommit = (row: Row): StoredCommit => ({ slot: Number(row.slot), body: String(row.body) });
