import type { ExecutionStatus } from '../../engine/snapshot';
import type { ListPosition, RedrivenHead } from '../../ports/executions';

/**
 * One partition of an index takes a thousand writes a second, and an index that is throttled holds up its table. A
 * start is one write there and an end two, so a state machine starts some 1,300 executions a second with four lists of
 * each status.
 */
const SHARDS = 4;

export const STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;

/** The list of a run, whatever its status: its state machine and a shard. The end of a ULID is dice. */
export const listOf = (machineId: string, runId: string): string =>
  `${machineId}#${runId.charCodeAt(runId.length - 1) % SHARDS}`;

export const listsOf = (machineId: string): string[] =>
  Array.from({ length: SHARDS }, (_, shard) => `${machineId}#${shard}`);

export function listWithStatus(list: string, status: ExecutionStatus): string {
  const [machineId, shard] = list.split('#');
  return `${machineId}#${status}#${shard}`;
}

/**
 * Ordered by start. It tells of redrives, too: what an index holds beside its keys cannot be added to later, and its keys
 * can.
 */
export function placeOf({ startMs, runId }: ListPosition, redrive?: RedrivenHead): string {
  const place = `${String(startMs).padStart(15, '0')}#${runId}`;
  return redrive ? `${place}#${redrive.count}#${redrive.atMs}` : place;
}

export function redriveIn(place: string): { redrive?: RedrivenHead } {
  const [, , count, atMs] = place.split('#');
  return count === undefined ? {} : { redrive: { count: Number(count), atMs: Number(atMs) } };
}
