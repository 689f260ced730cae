import type { ParallelState } from '../../asl/definition/program';
import { effectiveInput } from '../data-flow';
import { Failure } from '../failure';
import { failState } from '../flow';
import { Query } from '../jsonata';
import type { Payload } from '../payload';
import type { Frame } from '../snapshot';
import type { Turn } from '../turn';
import type { StateHandler } from './handler';

/**
 * Parallel (asl.md sections 3 and 6). How branches join, fail and are cancelled: flow.ts.
 *   entered --> ParallelStateStarted, one frame a branch --(all ended)--> ParallelStateSucceeded --> exited
 *   --(a branch fails)--> others aborted --> Retry (ParallelStateStarted again), or ParallelStateFailed --> Catch or failure
 */
export const parallel: StateHandler<ParallelState> = {
  work(turn, frame, state) {
    const input = effectiveInput(turn, frame, state);
    if (input instanceof Failure) return failState(turn, frame, input);
    begin(turn, frame, state, input);
  },

  async evaluate(turn, frame, state) {
    const input = await new Query(turn, frame).input(turn, state);
    if (input instanceof Failure) failState(turn, frame, input);
    else begin(turn, frame, state, input);
  },
};

function begin(turn: Turn, frame: Frame, state: ParallelState, input: Payload): void {
  const startedEventId = turn.emit(frame, 'ParallelStateStarted');
  frame.waiting = { on: 'branches', remaining: state.branches.length, startedEventId };
  state.branches.forEach((stateName, index) => {
    const branch = turn.add({
      parentId: frame.id,
      index,
      stateName,
      enteredEventId: 0,
      lastEventId: startedEventId,
      input,
      retries: [],
      waiting: { on: 'entry', since: turn.slot },
    });
    turn.ready.add(branch.id);
  });
}
