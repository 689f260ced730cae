import { type HeldVariables, VariablesChange } from './commit/variables';
import type { Frame, Snapshot } from './snapshot';
import type { Transition } from './transition';

/** A snapshot that is never written: it changes in place, so that a step costs what it changes. */
export interface LiveSnapshot extends Snapshot {
  frames: Map<number, Frame>;
  variables?: HeldVariables | undefined;
}

/** Of an execution before its first turn. */
export const liveSnapshot = (initial: Snapshot): LiveSnapshot => ({
  ...initial,
  frames: new Map(initial.frames),
  variables: undefined,
});

/** Where the execution stands after the turn. Takes over what the one before holds. */
export function stepped({ frames, variables }: LiveSnapshot, made: Transition): LiveSnapshot {
  const held = VariablesChange.of(variables, made)?.accept();
  for (const [id, frame] of made.changed) {
    if (frame) frames.set(id, frame);
    else frames.delete(id);
  }
  return { ...made.next, frames, variables: held };
}
