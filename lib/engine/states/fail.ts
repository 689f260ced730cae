import type { FailState } from '../../asl/definition/program';
import { textFrom } from '../data-flow';
import { Failure } from '../failure';
import { failState } from '../flow';
import { Query } from '../jsonata';
import type { StateHandler } from './handler';

/**
 * Fail (asl.md section 3)
 *   entered --> the branch or machine fails with Error and Cause; there is no FailStateExited
 */
export const fail: StateHandler<FailState> = {
  work(turn, frame, state) {
    const error = textFrom(turn, frame, 'ErrorPath', state.error, frame.input);
    if (error instanceof Failure) return failState(turn, frame, error);
    const cause = textFrom(turn, frame, 'CausePath', state.cause, frame.input);
    if (cause instanceof Failure) return failState(turn, frame, cause);
    failState(turn, frame, new Failure(error, cause, 'state'));
  },

  async evaluate(turn, frame, _, { error, cause }) {
    const query = new Query(turn, frame);
    const texts: (string | undefined)[] = [];
    for (const template of [error, cause]) {
      const text = template && (await query.value(template, 'string'));
      if (text instanceof Failure) return failState(turn, frame, text);
      texts.push(text as string | undefined);
    }
    failState(turn, frame, new Failure(texts[0], texts[1], 'state'));
  },
};
