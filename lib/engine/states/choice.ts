import { evaluateChoice } from '../../asl/choice';
import type { ChoiceState } from '../../asl/definition/program';
import { selectPath } from '../../asl/path/select';
import { effectiveInput, effectiveOutput } from '../data-flow';
import { Failure } from '../failure';
import { failState, leaveState } from '../flow';
import type { StateHandler } from './handler';

/**
 * Choice (asl.md section 3)
 *   entered --> exited to the first rule that holds, else to Default, else it fails
 */
export const choice: StateHandler<ChoiceState> = {
  work(turn, frame, state) {
    const input = effectiveInput(frame, state);
    if (input instanceof Failure) return failState(turn, frame, input);
    let next = state.default;
    for (const rule of state.choices) {
      const holds = evaluateChoice(rule.test, (path) => {
        const selection = selectPath(path, input.value);
        return selection.found ? selection.value : undefined;
      });
      if (typeof holds !== 'boolean') {
        const text = `Invalid path '${holds.text}': The choice state's condition path references an invalid value.`;
        return failState(turn, frame, Failure.runtime(frame, text));
      }
      if (holds) {
        next = rule.next;
        break;
      }
    }
    if (next === undefined) {
      const text = 'Failed to transition out of the state. The state does not point to a next state.';
      return failState(turn, frame, Failure.runtime(frame, text));
    }
    const output = effectiveOutput(frame, state, input);
    if (output instanceof Failure) failState(turn, frame, output);
    else leaveState(turn, frame, state, output, next);
  },
};
