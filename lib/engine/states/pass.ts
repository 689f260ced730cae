import type { PassState } from '../../asl/definition/program';
import { effectiveInput } from '../data-flow';
import { Failure } from '../failure';
import { failState, finishState } from '../flow';
import { Payload } from '../payload';
import type { StateHandler } from './handler';

/**
 * Pass (asl.md section 3)
 *   entered --> exited    result: `Result`, else the effective input
 */
export const pass: StateHandler<PassState> = {
  work(turn, frame, state) {
    const input = effectiveInput(turn, frame, state);
    if (input instanceof Failure) return failState(turn, frame, input);
    finishState(turn, frame, state, state.result === undefined ? input : Payload.of(state.result));
  },
};
