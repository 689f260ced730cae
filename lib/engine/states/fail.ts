import type { FailState } from '../../asl/definition/program';
import type { Path } from '../../asl/path/grammar';
import { selectPath } from '../../asl/path/select';
import { Failure, shown } from '../failure';
import { failState } from '../flow';
import type { Frame } from '../snapshot';
import type { Turn } from '../turn';
import type { StateHandler } from './handler';

/**
 * Fail (asl.md section 3)
 *   entered --> the branch or machine fails with Error and Cause; there is no FailStateExited
 */
export const fail: StateHandler<FailState> = {
  work(turn, frame, state) {
    const error = textFrom(turn, frame, 'ErrorPath', state.error);
    if (error instanceof Failure) return failState(turn, frame, error);
    const cause = textFrom(turn, frame, 'CausePath', state.cause);
    if (cause instanceof Failure) return failState(turn, frame, cause);
    failState(turn, frame, new Failure(error, cause, 'state'));
  },
};

function textFrom(
  turn: Turn,
  frame: Frame,
  field: string,
  source: string | Path | undefined,
): string | undefined | Failure {
  if (source === undefined || typeof source === 'string') return source;
  const selection = selectPath(source, frame.input.value, turn.effort);
  if (selection.found) return shown(selection.value);
  return Failure.runtime(
    frame,
    `The JSONPath '${source.text}' specified for the field '${field}' could not be found in the input '${frame.input.text}'`,
  );
}
