import type { State } from '../asl/definition/program';
import type { HistoryEventType } from './history-event';
import { isMapRunUnderWay } from './map-run';
import type { Frame } from './snapshot';
import type { Turn } from './turn';

/** How branches and iterations are cancelled when one of them has failed. */

export function* descendantsOf(turn: Turn, { id }: Frame): Generator<Frame> {
  for (const child of turn.childrenOf(id)) {
    yield child;
    yield* descendantsOf(turn, child);
  }
}

const ABORTED_EVENTS: Partial<Record<State['type'], HistoryEventType>> = {
  Task: 'TaskStateAborted',
  Wait: 'WaitStateAborted',
  Parallel: 'ParallelStateAborted',
  Map: 'MapStateAborted',
};

export function abortFrame(turn: Turn, frame: Frame, culprit: number): void {
  for (const child of turn.childrenOf(frame.id)) {
    if (frame.waiting.on === 'iterations') abortIteration(turn, frame, child, culprit);
    else abortFrame(turn, child, culprit);
  }
  const { on } = frame.waiting;
  const type = ABORTED_EVENTS[turn.typeOf(frame)];
  if (isMapRunUnderWay(frame)) turn.emitAfter(culprit, 'MapRunAborted');
  if (type && on !== 'entry' && on !== 'siblings') turn.emitAfter(culprit, type);
  turn.remove(frame.id);
}

export function abortIteration(turn: Turn, parent: Frame, child: Frame, culprit: number): void {
  const isChild = parent.waiting.on === 'iterations' && parent.waiting.mapRun !== undefined;
  if (isChild || child.waiting.on === 'outputs') return turn.remove(child.id);
  abortFrame(turn, child, culprit);
  turn.emitAfter(culprit, 'MapIterationAborted', { name: parent.stateName, index: child.index });
}

/** A Map state fails by itself, and something takes that: nothing waits for its iterations any more. */
export function cutIterations(turn: Turn, frame: Frame): void {
  if (frame.waiting.on !== 'iterations') return;
  for (const child of turn.childrenOf(frame.id)) abortIteration(turn, frame, child, frame.lastEventId);
}
