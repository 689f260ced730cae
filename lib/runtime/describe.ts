import type { ExecutionEnd, ExecutionStatus } from '../engine/snapshot';
import type { Head } from '../ports/executions';
import type { Runs } from './runs';

/** How an execution stands. While the head says RUNNING the newest commit is believed: it may have closed already. */
export async function readEnd(
  runs: Runs,
  head: Head,
): Promise<{ status: ExecutionStatus; end: ExecutionEnd | undefined }> {
  const found = await runs.peek(head.runId);
  if (!found) return { status: head.status, end: undefined };
  return { status: found.snapshot.status, end: found.snapshot.end };
}
