import type { ExecutionStatus } from '../../engine/snapshot';
import type { ListPosition } from '../../ports/executions';

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

/** Ordered by start. */
export const placeOf = ({ startMs, runId }: ListPosition): string => `${String(startMs).padStart(15, '0')}#${runId}`;
