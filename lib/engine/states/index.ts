import type { State } from '../../asl/definition/program';
import { choice } from './choice';
import { fail } from './fail';
import type { StateHandler } from './handler';
import { map } from './map';
import { parallel } from './parallel';
import { pass } from './pass';
import { succeed } from './succeed';
import { task } from './task';
import { wait } from './wait';

/** One handler a state type: a missing one does not compile. */
const HANDLERS: { [T in State['type']]: StateHandler<Extract<State, { type: T }>> } = {
  Pass: pass,
  Task: task,
  Choice: choice,
  Wait: wait,
  Succeed: succeed,
  Fail: fail,
  Parallel: parallel,
  Map: map,
};

export const handlerOf = (state: State): StateHandler<State> => HANDLERS[state.type] as StateHandler<State>;
