import { descendantsOf } from './abort';
import { Failure } from './failure';
import { endIteration, failState } from './flow';
import { exceeded, tellMapRunFailed, toleratesOneMore } from './map-run';
import type { Payload } from './payload';
import type { ChildTask, Frame } from './snapshot';
import type { Trigger } from './trigger';
import type { Turn } from './turn';

/**
 * What becomes of the children of a distributed Map. The parent's history tells of none.
 *   scheduled --(taken)--> claimed --(it was started)--> submitted --(it ended)--> the iteration ends, or its map run fails
 */

type Outcome = Extract<Trigger, { type: 'TaskSucceeded' | 'TaskFailed' | 'TaskSubmitted' | 'HeartbeatSeen' }>;

export function applyToChild(turn: Turn, frame: Frame, wait: ChildTask, outcome: Outcome): void {
  switch (outcome.type) {
    case 'TaskSubmitted':
      frame.waiting = { ...wait, since: turn.slot, submitted: { child: outcome.child } };
      return;
    case 'TaskSucceeded':
      turn.settled.add(wait.eventId);
      return end(turn, frame, turn.made(outcome.output));
    case 'TaskFailed':
      turn.settled.add(wait.eventId);
      return fail(turn, frame, outcome);
    case 'HeartbeatSeen':
      return;
  }
}

function end(turn: Turn, frame: Frame, output: Payload): void {
  const parent = turn.edit(frame.parentId!);
  if (parent.waiting.on !== 'iterations') throw new Error(`frame ${parent.id} has no iterations`);
  endIteration(turn, parent, parent.waiting, frame, output);
}

/** One that is tolerated has its error for an output. */
function fail(turn: Turn, frame: Frame, { error, cause }: { error?: string | undefined; cause?: string | undefined }) {
  const parent = turn.edit(frame.parentId!);
  const { waiting } = parent;
  if (waiting.on !== 'iterations' || !waiting.mapRun) throw new Error(`frame ${parent.id} has no map run`);
  if (!toleratesOneMore(waiting, waiting.mapRun)) return failMapRun(turn, parent);
  const mapRun = { ...waiting.mapRun, failed: waiting.mapRun.failed + 1 };
  endIteration(turn, parent, { ...waiting, mapRun }, frame, new Failure(error, cause, 'task').output());
}

/** The children that are under way are stopped. */
function failMapRun(turn: Turn, parent: Frame): void {
  const failure = exceeded([...descendantsOf(turn, parent)]);
  for (const { id } of turn.childrenOf(parent.id)) turn.remove(id);
  tellMapRunFailed(turn, parent, failure);
  failState(turn, parent, failure);
}
