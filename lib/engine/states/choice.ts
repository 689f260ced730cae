import { type ChoiceRule, evaluateChoice, type Look } from '../../asl/choice';
import type { ChoiceState, JsonataRule } from '../../asl/definition/program';
import { selectPath } from '../../asl/path/select';
import { isNullInput, NULL_INPUT } from '../../asl/template/outside';
import { assignedBy, effectiveInput, effectiveOutput, rootOf } from '../data-flow';
import { Failure } from '../failure';
import { failState, leaveState } from '../flow';
import { Query } from '../jsonata';
import type { Payload } from '../payload';
import type { Frame } from '../snapshot';
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
    const look = lookOf(turn, frame, input);
    let chosen: Omit<ChoiceRule, 'test'> | undefined;
    for (const rule of state.choices) {
      const holds = evaluateChoice(rule.test, look);
      if (look.isOfNull) return failState(turn, frame, Failure.runtime(frame, NULL_INPUT));
      if (turn.effort.isExhausted) {
        return failState(turn, frame, Failure.runtime(frame, 'The rules of the choice state take too many steps.'));
      }
      if (typeof holds !== 'boolean') {
        const text = `Invalid path '${holds.text}': The choice state's condition path references an invalid value.`;
        return failState(turn, frame, Failure.runtime(frame, text));
      }
      if (holds) {
        chosen = rule;
        break;
      }
    }
    const next = chosen?.next ?? state.default;
    if (next === undefined) return failState(turn, frame, Failure.runtime(frame, NO_NEXT));
    const output = effectiveOutput(turn, frame, state, input);
    if (output instanceof Failure) return failState(turn, frame, output);
    const assigned = assignedBy(turn, frame, (chosen ?? state).assign, input);
    if (assigned instanceof Failure) failState(turn, frame, assigned);
    else leaveState(turn, frame, state, output, next, assigned);
  },

  async evaluate(turn, frame, state, { choices, ...own }) {
    const query = new Query(turn, frame);
    let chosen: JsonataRule | undefined;
    for (const rule of choices) {
      const holds = await query.value(rule.condition, 'boolean');
      if (holds instanceof Failure) return failState(turn, frame, holds);
      if (holds !== true) continue;
      chosen = rule;
      break;
    }
    const next = chosen?.next ?? state.default;
    if (next === undefined) return failState(turn, frame, Failure.runtime(frame, NO_NEXT));
    const handed = await query.handed(chosen ?? own, frame.input);
    if (handed instanceof Failure) failState(turn, frame, handed);
    else leaveState(turn, frame, state, handed.output, next, handed.assigned);
  },
};

const NO_NEXT = 'Failed to transition out of the state. The state does not point to a next state.';

/** Characters that a comparison goes through in one step. */
const CHARACTERS_PER_STEP = 4;
const READ_STEPS = 2;
/** Timestamps are read anew for each. */
const COMPARE_STEPS = 10;

interface ChoiceLook extends Look {
  /** Whether a path was to be found in null. */
  isOfNull: boolean;
}

/** Where it has taken too many steps nothing is found any more: so the rule comes to its end soon. */
function lookOf(turn: Turn, frame: Frame, input: Payload): ChoiceLook {
  const { effort } = turn;
  const maySpend = (steps: number): boolean => {
    effort.spend(steps);
    return !effort.isExhausted;
  };
  return {
    isOfNull: false,
    read(path) {
      if (!maySpend(READ_STEPS)) return undefined;
      const root = rootOf(turn, frame, path, input);
      this.isOfNull ||= isNullInput(path, root);
      const selection = selectPath(path, root, effort);
      return selection.found ? selection.value : undefined;
    },
    mayCompare: (characters) => maySpend(COMPARE_STEPS + characters / CHARACTERS_PER_STEP),
  };
}
