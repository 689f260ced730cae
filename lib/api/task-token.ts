import type { TokenProblem } from '../runtime/complete';
import { ApiError } from './errors';

const REFUSALS = {
  invalid: 'InvalidToken',
  unknown: 'TaskDoesNotExist',
  'timed-out': 'TaskTimedOut',
} as const;

/** Throws the error for a token that was not taken. */
export function refuseToken(result: 'done' | TokenProblem): void {
  if (result !== 'done') throw new ApiError(REFUSALS[result]);
}
