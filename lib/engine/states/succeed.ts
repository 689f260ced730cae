import type { SucceedState } from '../../asl/definition/program';
import { effectiveInput } from '../data-flow';
import { Failure } from '../failure';
import { failState, finishState } from '../flow';
import type { StateHandler } from './handler';

/**
 * Succeed (asl.md section 3)
 *   entered --> exited, and the branch or machine ends
 */
export const succeed: StateHandler<SucceedState> = {
  work(turn, frame, state) {
    const input = effectiveInput(turn, frame, state);
    if (input instanceof Failure) failState(turn, frame, input);
    else finishState(turn, frame, state, input);
  },
};
