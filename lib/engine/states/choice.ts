import { evaluateChoice } from '../../asl/choice';
import type { ChoiceState } from '../../asl/definition/program';
import type { Json } from '../../asl/json';
import type { Path } from '../../asl/path/grammar';
import { selectPath } from '../../asl/path/select';
import { NULL_INPUT } from '../../asl/template/outside';
import { effectiveInput, effectiveOutput, rootOf } from '../data-flow';
import { Failure } from '../failure';
import { failState, leaveState } from '../flow';
import type { Turn } from '../turn';
import type { StateHandler } from './handler';

/**
 * Choice (asl.md section 3)
 *   entered --> exited to the first rule that holds, else to Default, else it fails
 */
export const choice: StateHandler<ChoiceState> = {
  work(turn, frame, state) {
    const input = effectiveInput(turn, frame, state);
    if (input instanceof Failure) return failState(turn, frame, input);
    let next = state.default;
    for (const rule of state.choices) {
      let isOfNull = false;
      const holds = evaluateChoice(rule.test, (path) => {
        const root = rootOf(turn, frame, path, input);
        isOfNull ||= root === null;
        return read(turn, path, root);
      });
      if (isOfNull) return failState(turn, frame, Failure.runtime(frame, NULL_INPUT));
      if (turn.effort.isExhausted) {
        return failState(turn, frame, Failure.runtime(frame, 'The rules of the choice state take too many steps.'));
      }
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
    const output = effectiveOutput(turn, frame, state, input);
    if (output instanceof Failure) failState(turn, frame, output);
    else leaveState(turn, frame, state, output, next);
  },
};

/** Characters that a comparison goes through in one step. */
const CHARACTERS_PER_STEP = 8;

function read(turn: Turn, path: Path, root: Json): Json | undefined {
  const selection = selectPath(path, root, turn.effort);
  if (!selection.found) return undefined;
  const { value } = selection;
  // What comes next is that it is compared.
  turn.effort.spend(1 + (typeof value === 'string' ? value.length / CHARACTERS_PER_STEP : 0));
  return value;
}
