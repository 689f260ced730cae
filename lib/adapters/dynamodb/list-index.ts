import type { ExecutionStatus } from '../../engine/snapshot';
import type { HeadSummary, ListPosition } from '../../ports/executions';

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

/** By what an execution was started. */
type StartedByVersion = Pick<HeadSummary, 'version' | 'alias'>;
type Redriven = Pick<HeadSummary, 'redrive'>;

/** The place of a head. Behind its order stands what an index that cannot get more attributes has no other room for. */
export function placeOfHead({
  version,
  alias,
  redrive,
  ...position
}: ListPosition & StartedByVersion & Redriven): string {
  const place = placeOf(position);
  if (version === undefined && !redrive) return place;
  const started = `${place}#${version ?? ''}#${alias ?? ''}`;
  return redrive ? `${started}#${redrive.count}#${redrive.atMs}` : started;
}

export function versionIn(place: string): StartedByVersion {
  const [, , version, alias] = place.split('#');
  return version ? { version: Number(version), ...(alias && { alias }) } : {};
}

export function redriveIn(place: string): Redriven {
  const [, , , , count, atMs] = place.split('#');
  return count === undefined ? {} : { redrive: { count: Number(count), atMs: Number(atMs) } };
}
