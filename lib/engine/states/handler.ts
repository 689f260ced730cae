import type { State } from '../../asl/definition/program';
import type { Frame } from '../snapshot';
import type { Turn } from '../turn';

/** What a state type does. StateEntered is written before; `work` is called again after a retry delay. */
export interface StateHandler<S extends State> {
  work(turn: Turn, frame: Frame, state: S): void | Promise<void>;
  /** The time that it waited for has come. */
  wake?(turn: Turn, frame: Frame, state: S): void;
}
