import { redriveRefusal } from '../engine/redrive';
import type { ExecutionEnd, ExecutionStatus, Redrive } from '../engine/snapshot';
import type { Head } from '../ports/executions';
import type { Limits } from './limits';
import type { Runs } from './runs';

/** How an execution stands; `refusal`: why it cannot be redriven. While the head says RUNNING the newest commit is believed: it may have closed already. */
export async function readEnd(
  runs: Runs,
  head: Head,
  nowMs: number,
  limits: Limits,
): Promise<{
  status: ExecutionStatus;
  end: ExecutionEnd | undefined;
  redrive: Redrive | undefined;
  refusal: string | undefined;
}> {
  const found = await runs.peek(head.runId);
  const { status, end, redrive } = found?.snapshot ?? { status: head.status, end: undefined, redrive: undefined };
  const refusal = found
    ? redriveRefusal(found.snapshot, nowMs, limits)
    : `Execution is ${status} and cannot be redriven`;
  return { status, end, redrive, refusal };
}
