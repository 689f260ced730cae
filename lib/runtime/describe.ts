import { redriveRefusal } from '../engine/redrive';
import type { Snapshot } from '../engine/snapshot';
import type { Head } from '../ports/executions';
import type { Discharge } from './discharge';
import type { Limits } from './limits';
import type { Runs } from './runs';

export interface Described extends Pick<Snapshot, 'status' | 'end' | 'redrive'> {
  /** Why it cannot be redriven; undefined where it can. */
  refusal(nowMs: number, limits: Limits): string | undefined;
}

/**
 * How an execution stands. While the head says RUNNING the newest commit is believed: it may have closed already.
 * `discharge`: for a client, who may look into a list next and finds it ended there, too. Should this fail, the promise of
 * whoever ended it closes the head.
 */
export async function readEnd(runs: Runs, head: Head, discharge?: Discharge): Promise<Described> {
  const found = await runs.peek(head.runId);
  if (!found)
    return { status: head.status, end: undefined, refusal: () => `Execution is ${head.status} and cannot be redriven` };
  const { snapshot } = found;
  const { status, end, redrive } = snapshot;
  if (head.status === 'RUNNING' && end) await discharge?.closeHead(head, snapshot).catch(() => {});
  return { status, end, redrive, refusal: (nowMs, limits) => redriveRefusal(snapshot, nowMs, limits) };
}
