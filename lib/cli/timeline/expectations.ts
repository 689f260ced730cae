import type { Program, WaitState } from '../../asl/definition/program';
import { isNumber, type Json, numberOf, parseJson } from '../../asl/json';
import type { Path } from '../../asl/path/grammar';
import { selectPath } from '../../asl/path/select';
import { instantMs, parseTimestamp } from '../../asl/timestamp';
import { Failure, retryFor } from '../../engine/failure';
import type { TimelineEvent } from './event';
import type { Visit } from './visits';

/** What the definition lets expect: histories tell of waits and retries only when they are over. */

/** When a Wait state that was entered goes on. */
export function waitUntilMs(program: Program, stateName: string, entered: TimelineEvent): number | undefined {
  const state = program.states.get(stateName);
  if (state?.type !== 'Wait') return undefined;
  const { until } = state;
  if ('seconds' in until) return entered.atMs + until.seconds * 1000;
  if ('timestamp' in until) return instantMs(until.timestamp);
  const path = 'secondsPath' in until ? until.secondsPath : until.timestampPath;
  const input = isOfData(path) ? effectiveInput(state, String(entered.details.input)) : undefined;
  const selected = input === undefined ? undefined : selectPath(path, input);
  if (!selected?.found) return undefined;
  const { value } = selected;
  if ('secondsPath' in until) return isNumber(value) ? entered.atMs + numberOf(value) * 1000 : undefined;
  const instant = typeof value === 'string' ? parseTimestamp(value) : undefined;
  return instant && instantMs(instant);
}

/** Of the context object and of variables an event tells nothing. */
const isOfData = ({ ofContext, variable }: Path): boolean => !ofContext && variable === undefined;

function effectiveInput({ inputPath }: WaitState, text: string): Json | undefined {
  if (inputPath === null) return new Map();
  if (!isOfData(inputPath)) return undefined;
  const selected = selectPath(inputPath, parseJson(text).value);
  return selected.found ? selected.value : undefined;
}

export interface ExpectedRetry {
  /** The state that tries again: the failed one, or a Parallel or Map state around it. */
  visit: Visit;
  count: number;
  most: number;
  delayMs: number;
  /** Whether the delay is the longest that the dice may choose. */
  isJittered: boolean;
}

/** The retry that follows the visit's failure, counted as begun. */
export function nextRetry(program: Program, failed: Visit): ExpectedRetry | undefined {
  const { error, cause } = failed.failure!;
  // A history does not tell a missed heartbeat from another timeout.
  let failure = new Failure(error, cause, 'task', error === 'States.Timeout' ? ['States.HeartbeatTimeout'] : []);
  if (failed.stateType === 'Parallel' || failed.stateType === 'Map') failure = failure.ofBranch();
  for (let visit: Visit | undefined = failed; visit; visit = visit.parent) {
    const state = program.states.get(visit.stateName);
    if (state && 'retry' in state) {
      const retry = retryFor(state.retry, visit.retries, failure, () => 1);
      if (retry) {
        const { index, delayMs } = retry;
        const { maxAttempts: most, jitter: isJittered } = state.retry[index]!;
        const count = (visit.retries[index] ?? 0) + 1;
        visit.retries[index] = count;
        return { visit, count, most, delayMs, isJittered };
      }
    }
    failure = failure.ofBranch();
  }
  return undefined;
}
