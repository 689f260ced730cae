import type { RunRef } from '../ports/run-ref';
import { isAbsent, type Runs } from './runs';

/** Ends an execution. Answers when it stopped, which may have been before; undefined when it is gone. */
export async function stopExecution(
  runs: Runs,
  run: RunRef,
  error: string | undefined,
  cause: string | undefined,
): Promise<number | undefined> {
  const submitted = await runs.submit(run, [{ type: 'StopRequested', error, cause }], 'promise');
  return isAbsent(submitted) ? undefined : submitted.snapshot.end?.stopMs;
}
