import type { JsonataFields, State } from '../../asl/definition/program';
import type { Frame } from '../snapshot';
import type { Turn } from '../turn';

/** What a state type does. StateEntered is written before; `work` is called again after a retry delay. */
export interface StateHandler<S extends State> {
  work(turn: Turn, frame: Frame, state: S): void | Promise<void>;
  /** The same for a state in JSONata. Without this, its work needs no more than its input. */
  evaluate?(turn: Turn, frame: Frame, state: S, query: JsonataFields): Promise<void>;
  /** The time that it waited for has come. */
  wake?(turn: Turn, frame: Frame, state: S): void;
}
