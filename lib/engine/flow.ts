import type { ParallelState, State } from '../asl/definition/program';
import { effectiveOutput, isOversized, placeResult } from './data-flow';
import { catcherFor, Failure, retryFor } from './failure';
import type { HistoryEventType } from './history-event';
import { Payload } from './payload';
import type { Frame } from './snapshot';
import type { Turn } from './turn';

/** How a frame moves: into a state, out of it, through Retry and Catch, and up into the state around its branch. */

export function enterState(turn: Turn, frame: Frame, state: State): void {
  frame.enteredEventId = turn.emit(frame, `${state.type}StateEntered`, { name: state.name, input: frame.input });
  frame.retries = [];
  if (turn.program.contextReads.enteredTime) frame.enteredMs = turn.nowMs;
}

/** The state's work is done: its result goes through ResultPath and OutputPath, and the frame moves on. */
export function finishState(turn: Turn, frame: Frame, state: Exclude<State, { type: 'Fail' }>, result: Payload): void {
  const output = effectiveOutput(turn, frame, state, result);
  if (output instanceof Failure) failState(turn, frame, output);
  else leaveState(turn, frame, state, output, 'next' in state ? state.next : undefined);
}

/** The frame leaves its state with this output, for another state or, without `next`, for good. */
export function leaveState(
  turn: Turn,
  frame: Frame,
  state: Exclude<State, { type: 'Fail' }>,
  output: Payload,
  next: string | undefined,
): void {
  if (isOversized(turn, frame, output)) return failState(turn, frame, Failure.dataLimit(state.name, 'fatal'));
  turn.emit(frame, `${state.type}StateExited`, { name: state.name, output });
  if (next === undefined) return endFrame(turn, frame, output);
  frame.stateName = next;
  frame.input = output;
  frame.waiting = { on: 'entry', since: turn.slot };
  turn.ready.push(frame);
}

function endFrame(turn: Turn, frame: Frame, output: Payload): void {
  if (frame.parentId === undefined) return turn.close('SUCCEEDED', { output }, frame.lastEventId);
  frame.waiting = { on: 'siblings', output };
  const parent = turn.edit(frame.parentId);
  if (parent.waiting.on !== 'branches') throw new Error(`frame ${parent.id} has no branches`);
  const remaining = parent.waiting.remaining - 1;
  parent.waiting = { ...parent.waiting, remaining };
  // Both events of the join point at the last branch event written (observed on AWS).
  parent.lastEventId = frame.lastEventId;
  if (remaining > 0) return;
  // Joins in joins in joins are a row of states too: others have a turn between them.
  if (turn.isSpent) turn.ready.push(parent);
  else joinBranches(turn, parent);
}

/** All branches have ended: their outputs are the state's result. */
export function joinBranches(turn: Turn, parent: Frame): void {
  const state = turn.stateOf(parent) as ParallelState;
  const outputs: Payload[] = [];
  let bytes = 0;
  for (const child of familiesOf(turn).get(parent.id) ?? []) {
    if (child.waiting.on !== 'siblings') throw new Error(`branch ${child.index} has not ended`);
    const { output } = child.waiting;
    outputs[child.index] = output;
    // What was not loaded is over the limit together with what was.
    bytes += output.isLoaded ? output.bytes : Number.POSITIVE_INFINITY;
    turn.remove(child.id);
  }
  if (bytes > turn.joinedBytesMax) {
    return failState(turn, parent, Failure.dataLimit(state.name, 'fatal'));
  }
  const succeededEventId = turn.emitAfter(parent.lastEventId, 'ParallelStateSucceeded');
  const result = Payload.ofText(`[${outputs.map((output) => output.text).join(',')}]`);
  const output = effectiveOutput(turn, parent, state, result);
  if (!(output instanceof Failure)) return leaveState(turn, parent, state, output, state.next);
  parent.lastEventId = succeededEventId;
  failState(turn, parent, output);
}

/** The state has failed; the frame's last event tells it. Retry comes first, then Catch, then the state around it. */
export function failState(turn: Turn, frame: Frame, failure: Failure): void {
  const { error, cause } = failure;
  if (failure.isFatal) return turn.close('FAILED', { error, cause }, frame.lastEventId);
  const state = turn.stateOf(frame);
  if ('retry' in state) {
    const retry = retryFor(state.retry, frame.retries, failure, turn.world.random);
    if (retry) {
      const retries = Array.from(state.retry, (_, index) => frame.retries[index] ?? 0);
      retries[retry.index]!++;
      frame.retries = retries;
      frame.waiting = { on: 'retry', untilMs: turn.nowMs + retry.delayMs };
      return;
    }
    if (failure.isOfBranch) turn.emit(frame, 'ParallelStateFailed');
    const catcher = catcherFor(state.catch, failure);
    if (catcher) {
      const output = placeResult(frame, catcher.resultPath, failure.output());
      if (!(output instanceof Failure)) return leaveState(turn, frame, state, output, catcher.next);
    }
  }
  if (frame.parentId === undefined) turn.close('FAILED', { error, cause }, frame.lastEventId);
  else failBranch(turn, frame, failure);
}

/** The other branches are cancelled: their tasks are dropped, their tokens die with their frames. */
function failBranch(turn: Turn, frame: Frame, failure: Failure): void {
  const parent = turn.edit(frame.parentId!);
  const culprit = frame.lastEventId;
  const families = familiesOf(turn);
  for (const child of families.get(parent.id) ?? []) abortFrame(turn, families, child, culprit);
  parent.lastEventId = culprit;
  failState(turn, parent, failure.ofBranch());
}

const ABORTED_EVENTS: Partial<Record<State['type'], HistoryEventType>> = {
  Task: 'TaskStateAborted',
  Wait: 'WaitStateAborted',
  Parallel: 'ParallelStateAborted',
};

function abortFrame(turn: Turn, families: Families, frame: Frame, culprit: number): void {
  for (const child of families.get(frame.id) ?? []) abortFrame(turn, families, child, culprit);
  const { on } = frame.waiting;
  const type = ABORTED_EVENTS[turn.stateOf(frame).type];
  if (type && on !== 'entry' && on !== 'siblings') turn.emitAfter(culprit, type);
  turn.remove(frame.id);
}

/** The frames of branches, in the order of the branches, by the frame that waits for them. */
type Families = ReadonlyMap<number, Frame[]>;

function familiesOf(turn: Turn): Families {
  const families = new Map<number, Frame[]>();
  for (const frame of turn.frames()) {
    if (frame.parentId === undefined) continue;
    const family = families.get(frame.parentId);
    if (family) family.push(frame);
    else families.set(frame.parentId, [frame]);
  }
  for (const family of families.values()) family.sort((a, b) => a.index - b.index);
  return families;
}
