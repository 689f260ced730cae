import { grantedMs, redriveRefusal } from '../engine/redrive';
import type { Ports } from '../ports';
import type { RunRef } from '../ports/run-ref';
import type { Limits } from './limits';
import { isAbsent } from './mailbox';
import type { Runs } from './runs';

/** Why no execution of a state machine that is being deleted can be redriven, as AWS words it (API page). */
export const IS_DELETING = 'State machine is in DELETING status';
/** Its parent's redrive runs its item again, in another. */
export const IS_CHILD = 'Execution is a child of a Map Run, and is redriven with it';

export type RedriveResult = { redriveMs: number } | { refused: string };

export interface RedriveRequest {
  run: RunRef;
  clientToken: string | undefined;
  /** Called before one that may be opened is opened; rejects when it must not be. */
  checkRoom(): Promise<void>;
}

/**
 * Lets an execution that ended otherwise than well go on where it stood. A request that was granted lately gets the same
 * answer again, however the execution stands. Undefined when it is gone.
 */
export async function redriveExecution(
  { clock }: Ports,
  runs: Runs,
  limits: Limits,
  { run: { runId }, clientToken, checkRoom }: RedriveRequest,
): Promise<RedriveResult | undefined> {
  for (;;) {
    const found = await runs.peek(runId);
    if (!found) return { refused: 'Execution is RUNNING and cannot be redriven' };
    const { run, snapshot } = found;
    const before = clientToken === undefined ? undefined : grantedMs(snapshot, clientToken, clock.nowMs());
    if (before !== undefined) return { redriveMs: before };
    const refused = redriveRefusal(snapshot, clock.nowMs(), limits);
    if (refused) return { refused };
    await checkRoom();
    const submitted = await runs.submit(run, [{ type: 'RedriveRequested', clientToken }], 'promise');
    if (isAbsent(submitted)) return undefined;
    if (submitted.verdicts[0] === 'applied') return { redriveMs: submitted.snapshot.redrive!.atMs };
    // Somebody else was faster: look again.
  }
}
