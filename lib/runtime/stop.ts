import type { RunRef } from '../ports/run-ref';
import type { Discharge } from './discharge';
import { isAbsent } from './mailbox';
import type { Runs } from './runs';

/** Ends an execution. Answers when it stopped, which may have been before; undefined when it is gone. */
export async function stopExecution(
  runs: Runs,
  discharge: Discharge,
  run: RunRef,
  { error, cause }: { error: string | undefined; cause: string | undefined },
): Promise<number | undefined> {
  const submitted = await runs.submit(run, [{ type: 'StopRequested', error, cause }], 'promise');
  if (isAbsent(submitted)) return undefined;
  const { verdicts, snapshot, isHeadClosed } = submitted;
  if (verdicts[0] === 'applied' && !isHeadClosed) {
    // Whoever stopped it finds it stopped in lists, too. Should this fail, it is the promise that closes the head.
    await discharge.dispatch(run, { type: 'Close', since: 0 }, snapshot).catch(() => {});
  }
  return snapshot.end?.stopMs;
}
