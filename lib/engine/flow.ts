import type { Catcher, Handed, MapState, ParallelState, Recovers, State } from '../asl/definition/program';
import { abortFrame, abortIteration, cutIterations, descendantsOf } from './abort';
import type { MapItem } from './context';
import {
  assignedBy,
  effectiveOutput,
  isOversized,
  iterationInput,
  lookedIntoAtEnd,
  lookedIntoByIteration,
  lookedIntoByPlacing,
  mayAssign,
  placeResult,
} from './data-flow';
import { catcherFor, Failure, retryFor } from './failure';
import { ENTERED_EVENTS, EXITED_EVENTS } from './history-event';
import { itemAt, joinOutputs, withOutput } from './iterations';
import { evaluatedItem, lookedIntoByQuery, Query } from './jsonata';
import { scheduleChild, tellMapRunFailed } from './map-run';
import { EMPTY_OBJECT, Payload } from './payload';
import { canStartIteration, type EndedOutputs, type Frame, type IterationsWait, isDone, type MapRun } from './snapshot';
import type { Turn } from './turn';
import type { Scope } from './variables';

/**
 * How a frame moves: into a state, out of it, through Retry and Catch, and up into the state around its branch or
 * iteration.
 */

export function enterState(turn: Turn, frame: Frame, state: State): void {
  if (state.query) turn.enteredAfter.set(frame.id, frame.lastEventId);
  frame.enteredEventId = turn.emit(frame, ENTERED_EVENTS[state.type], { name: state.name, input: frame.input });
  frame.retries = [];
  if (turn.program.contextReads.enteredTime) frame.enteredMs = turn.nowMs;
}

/** The state's work is done: its result goes through ResultPath and OutputPath, and the frame moves on. */
export function finishState(turn: Turn, frame: Frame, state: Exclude<State, { type: 'Fail' }>, result: Payload): void {
  atEnd(turn, frame, state, result, (ended) => {
    if (ended instanceof Failure) failState(turn, frame, ended);
    else leaveState(turn, frame, state, ended.output, 'next' in state ? state.next : undefined, ended.assigned);
  });
}

/** The last stage of a state, in its language: what it hands on and assigns. */
function atEnd(turn: Turn, frame: Frame, state: State, result: Payload, then: (ended: Ended | Failure) => void): void {
  const { query } = state;
  if (!query) {
    const lookedInto = lookedIntoAtEnd(turn, frame, state, result);
    return turn.reading.before(lookedInto, () => then(endedWith(turn, frame, state, result)));
  }
  if (!query.output && !query.assign) return then({ output: result, assigned: undefined });
  const known = 'retry' in state ? { result } : {};
  turn.reading.later(lookedIntoByQuery(turn, frame, result), async () =>
    then(await new Query(turn, frame, known).handed(query, result)),
  );
}

interface Ended {
  output: Payload;
  assigned: Scope | undefined;
}

/** What a state hands on and what it assigns, of the same result. */
function endedWith(turn: Turn, frame: Frame, state: State, result: Payload): Ended | Failure {
  const output = effectiveOutput(turn, frame, state, result);
  if (output instanceof Failure) return output;
  const assigned = assignedBy(turn, frame, 'assign' in state ? state.assign : undefined, result);
  return assigned instanceof Failure ? assigned : { output, assigned };
}

/**
 * The frame leaves its state with this output, for another state or, without `next`, for good. `assigned`: what its
 * Assign made, or that of its choice or catcher; the next state reads it.
 */
export function leaveState(
  turn: Turn,
  frame: Frame,
  state: Exclude<State, { type: 'Fail' }>,
  output: Payload,
  next: string | undefined,
  assigned?: Scope,
): void {
  if (isOversized(turn, frame, output) || (assigned && !mayAssign(turn, frame, assigned))) {
    return failState(turn, frame, Failure.dataLimit(state.name, 'fatal'));
  }
  const { name } = state;
  const details = assigned ? { name, output, assignedVariables: assigned } : { name, output };
  turn.emit(frame, EXITED_EVENTS[state.type], details);
  if (next === undefined) return endFrame(turn, frame, output);
  if (assigned) turn.variables.assign(frame, assigned);
  frame.stateName = next;
  frame.input = output;
  frame.waiting = { on: 'entry', since: turn.slot };
  turn.ready.add(frame.id);
}

function endFrame(turn: Turn, frame: Frame, output: Payload): void {
  if (frame.parentId === undefined) return turn.close('SUCCEEDED', { output }, frame.lastEventId);
  const parent = turn.edit(frame.parentId);
  if (parent.waiting.on === 'iterations') return endIteration(turn, parent, parent.waiting, frame, output);
  if (parent.waiting.on !== 'branches') throw new Error(`frame ${parent.id} has no branches`);
  frame.waiting = { on: 'siblings', output };
  const remaining = parent.waiting.remaining - 1;
  parent.waiting = { ...parent.waiting, remaining };
  // Both events of the join point at the last branch event written (observed on AWS).
  parent.lastEventId = frame.lastEventId;
  if (remaining > 0) return;
  // Joins in joins in joins are a row of states too: others have a turn between them.
  if (turn.isSpent) turn.ready.add(parent.id);
  else joinBranches(turn, parent);
}

/** An iteration has ended well: its output is kept, its place is free for another. */
export function endIteration(turn: Turn, parent: Frame, wait: IterationsWait, frame: Frame, output: Payload): void {
  const freedBy = frame.lastEventId;
  // Both events of the join point at the last MapIterationSucceeded (observed on AWS).
  if (!wait.mapRun) {
    parent.lastEventId = turn.emit(frame, 'MapIterationSucceeded', { name: parent.stateName, index: frame.index });
  }
  turn.remove(frame.id);
  const kept = withOutput(wait, frame.index, output, turn.joinedBytesMax);
  parent.waiting = { ...kept.wait, running: wait.running - 1, freedBy };
  if (kept.full) keepOutputs(turn, parent, kept.full);
  goOnWithIterations(turn, parent);
}

function keepOutputs(turn: Turn, { id, stateName, enteredEventId }: Frame, outputs: readonly EndedOutputs[]): void {
  turn.add({
    parentId: id,
    index: 0,
    stateName,
    enteredEventId,
    lastEventId: enteredEventId,
    input: EMPTY_OBJECT,
    retries: [],
    waiting: { on: 'outputs', outputs },
  });
}

/** Starts as many iterations as may be under way at once; ends the state when all have ended. */
export function goOnWithIterations(turn: Turn, frame: Frame): void {
  const { waiting } = frame;
  if (waiting.on !== 'iterations') return;
  const state = turn.stateOf(frame) as MapState;
  const mayStart = canStartIteration(waiting);
  if (!mayStart && !isDone(waiting)) return;
  // As with branches: others have a turn between joins in joins.
  if (turn.isSpent) turn.ready.add(frame.id);
  else if (mayStart) startIteration(turn, frame, state, waiting);
  else joinIterations(turn, frame, state, waiting);
}

/** Starts the next iteration, and goes on from there. */
function startIteration(turn: Turn, parent: Frame, state: MapState, wait: IterationsWait): void {
  const item = { index: wait.started, payload: itemAt(wait, wait.nextItemAt) };
  if (state.query?.itemSelector) {
    turn.reading.later([...lookedIntoByQuery(turn, parent), item.payload], async () => {
      const lastEventId = tellIteration(turn, state, wait);
      takeIteration(turn, parent, state, wait, item, lastEventId, await evaluatedItem(turn, parent, state, item));
    });
    return;
  }
  turn.reading.before(lookedIntoByIteration(turn, parent, state, item), () => {
    const lastEventId = tellIteration(turn, state, wait);
    takeIteration(turn, parent, state, wait, item, lastEventId, iterationInput(turn, parent, state, item));
  });
}

function tellIteration(turn: Turn, state: MapState, wait: IterationsWait): number {
  turn.effort.renew();
  if (wait.mapRun) return wait.startedEventId;
  const index = wait.started;
  // One that takes the place of another follows on that one's last event (observed on AWS).
  const previousEventId = index < wait.concurrency ? wait.startedEventId : wait.freedBy;
  return turn.emitAfter(previousEventId, 'MapIterationStarted', { name: state.name, index });
}

/** Its input may not be to be had. */
function takeIteration(
  turn: Turn,
  parent: Frame,
  state: MapState,
  wait: IterationsWait,
  item: MapItem,
  lastEventId: number,
  input: Payload | Failure,
): void {
  const isTooLarge = !(input instanceof Failure) && turn.made(input).bytes > turn.world.limits.payloadBytes;
  if (input instanceof Failure || isTooLarge) {
    const failure = isTooLarge ? Failure.dataLimit(state.name, 'fatal') : (input as Failure);
    parent.lastEventId = lastEventId;
    tellMapRunFailed(turn, parent, failure);
    return failState(turn, parent, failure);
  }
  addIteration(turn, parent, state, wait, { item, input, lastEventId });
  goOnWithIterations(turn, parent);
}

function addIteration(
  turn: Turn,
  parent: Frame,
  state: MapState,
  wait: IterationsWait,
  { item, input, lastEventId }: { item: MapItem; input: Payload; lastEventId: number },
): void {
  const { index, payload } = item;
  parent.waiting = {
    ...wait,
    started: index + 1,
    running: wait.running + 1,
    nextItemAt: wait.nextItemAt + payload.text.length + 1,
  };
  if (wait.mapRun) return addChild(turn, parent, wait.mapRun, index, input);
  const { mapItem } = turn.program.contextReads;
  const iteration = turn.add({
    parentId: parent.id,
    index,
    itemAt: mapItem ? wait.nextItemAt : undefined,
    stateName: state.startAt,
    enteredEventId: 0,
    lastEventId,
    input,
    retries: [],
    waiting: { on: 'entry', since: turn.slot },
  });
  if (mapItem) turn.items.set(iteration.id, item);
  turn.ready.add(iteration.id);
}

/** It stays in the Map state itself: what its child runs has an execution of its own. */
function addChild(turn: Turn, parent: Frame, mapRun: MapRun, index: number, input: Payload): void {
  const { id: parentId, stateName, enteredEventId, lastEventId } = parent;
  const waiting = { on: 'entry', since: turn.slot } as const;
  const child = turn.add({ parentId, index, stateName, enteredEventId, lastEventId, input, retries: [], waiting });
  scheduleChild(turn, child, mapRun, false);
}

function joinIterations(turn: Turn, frame: Frame, state: MapState, wait: IterationsWait): void {
  const ended = [...wait.outputs];
  for (const { id, waiting } of turn.childrenOf(frame.id)) {
    if (waiting.on === 'outputs') ended.push(...waiting.outputs);
    turn.remove(id);
  }
  // Should it fail now, all of it is to be done again.
  frame.waiting = { on: 'retry', untilMs: turn.nowMs };
  // What was not loaded is over the limit together with what was.
  if (wait.outputBytes > turn.joinedBytesMax || ended.some(({ output }) => !output.isLoaded)) {
    return failState(turn, frame, Failure.dataLimit(state.name, 'fatal'));
  }
  if (wait.mapRun) turn.emit(frame, 'MapRunSucceeded');
  finishJoin(turn, frame, state, joinOutputs(ended));
}

/** The outputs together are the result of a state that has succeeded. */
function finishJoin(turn: Turn, frame: Frame, state: ParallelState | MapState, result: Payload): void {
  const succeededEventId = turn.emitAfter(frame.lastEventId, `${state.type}StateSucceeded`);
  atEnd(turn, frame, state, result, (ended) => {
    if (!(ended instanceof Failure)) return leaveState(turn, frame, state, ended.output, state.next, ended.assigned);
    frame.lastEventId = succeededEventId;
    failState(turn, frame, ended);
  });
}

/** All branches have ended: their outputs are the state's result. */
export function joinBranches(turn: Turn, parent: Frame): void {
  const state = turn.stateOf(parent) as ParallelState;
  const outputs: Payload[] = [];
  let bytes = 0;
  const children = turn.childrenOf(parent.id);
  // Should it fail now, all of it is to be done again.
  parent.waiting = { on: 'retry', untilMs: turn.nowMs };
  for (const child of children) {
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
  finishJoin(turn, parent, state, Payload.ofText(`[${outputs.map((output) => output.text).join(',')}]`));
}

/** The state has failed; the frame's last event tells it. Retry comes first, then Catch, then the state around it. */
export function failState(turn: Turn, frame: Frame, failure: Failure): void {
  if (failure.isFatal) return failAround(turn, frame, failure);
  const state = turn.stateOf(frame);
  if (failure.evaluation) tellOfEvaluation(turn, frame, state, failure, failure.evaluation.field);
  if ('retry' in state) {
    const retry = retryFor(state.retry, frame.retries, failure, turn.world.random);
    if (retry) {
      cutIterations(turn, frame);
      const retries = Array.from(state.retry, (_, index) => frame.retries[index] ?? 0);
      retries[retry.index]!++;
      frame.retries = retries;
      frame.waiting = { on: 'retry', untilMs: turn.nowMs + retry.delayMs };
      return;
    }
    const isWhole = failure.isOfBranch || failure.evaluation !== undefined;
    const catcher = catcherFor(state.catch, failure);
    if (catcher) cutIterations(turn, frame);
    if (isWhole && state.type !== 'Task') turn.emit(frame, `${state.type}StateFailed`);
    const handed = catcher && state.query?.catch[state.catch.indexOf(catcher)];
    if (catcher && handed) return catchInJsonata(turn, frame, state, failure, catcher.next, handed);
    if (catcher) {
      const lookedInto = lookedIntoByPlacing(frame, catcher.resultPath);
      if (catcher.assign) lookedInto.push(...turn.variablesOf(frame));
      return turn.reading.before(lookedInto, () => catchFailure(turn, frame, state, failure, catcher));
    }
  }
  failAround(turn, frame, failure);
}

/**
 * The event of an expression that has no value. It follows on what was before the state, as if that was not entered, but
 * for Wait states (recorded on AWS).
 */
function tellOfEvaluation(
  turn: Turn,
  frame: Frame,
  state: State,
  { error, cause }: Failure,
  location: string | undefined,
): void {
  const isOfEntry = frame.lastEventId === frame.enteredEventId && state.type !== 'Wait';
  const previousEventId = (isOfEntry ? turn.enteredAfter.get(frame.id) : undefined) ?? frame.lastEventId;
  const details = { error, cause, location, state: state.name };
  frame.lastEventId = turn.emitAfter(previousEventId, 'EvaluationFailed', details);
}

/** The error is handed on as it is where the catcher has no Output. */
function catchInJsonata(
  turn: Turn,
  frame: Frame,
  state: Extract<State, Recovers>,
  failure: Failure,
  next: string,
  handed: Handed,
): void {
  const errorOutput = failure.output();
  turn.reading.later(lookedIntoByQuery(turn, frame), async () => {
    const caught = await new Query(turn, frame, { errorOutput }).handed(handed, errorOutput);
    if (!(caught instanceof Failure)) return leaveState(turn, frame, state, caught.output, next, caught.assigned);
    if (caught.evaluation) tellOfEvaluation(turn, frame, state, caught, caught.evaluation.field);
    failAround(turn, frame, caught);
  });
}

function catchFailure(
  turn: Turn,
  frame: Frame,
  state: Extract<State, Recovers>,
  failure: Failure,
  { resultPath, assign, next }: Catcher,
): void {
  const caught = failure.output();
  const output = placeResult(frame, resultPath, caught);
  if (output instanceof Failure) return failAround(turn, frame, failure);
  const assigned = assignedBy(turn, frame, assign, caught);
  if (assigned instanceof Failure) failAround(turn, frame, assigned);
  else leaveState(turn, frame, state, output, next, assigned);
}

/** Nothing in the state takes the failure: it is that of the branch or iteration, or of the execution. */
function failAround(turn: Turn, frame: Frame, failure: Failure): void {
  const { error, cause, fallen, isFatal } = failure;
  if (isFatal || frame.parentId === undefined) turn.close('FAILED', { error, cause }, frame.lastEventId, fallen);
  else failBranch(turn, frame, failure);
}

/** The other branches or iterations are cancelled: their tasks are dropped, their tokens die with their frames. */
function failBranch(turn: Turn, frame: Frame, failure: Failure): void {
  const parent = turn.edit(frame.parentId!);
  const culprit = frame.lastEventId;
  const isIteration = parent.waiting.on === 'iterations';
  const fallen = [...descendantsOf(turn, parent)];
  if (isIteration) turn.emitAfter(culprit, 'MapIterationFailed', { name: parent.stateName, index: frame.index });
  for (const child of turn.childrenOf(parent.id)) {
    if (!isIteration) abortFrame(turn, child, culprit);
    else if (child.id !== frame.id) abortIteration(turn, parent, child, culprit);
  }
  // Its own state is told to be aborted, too (observed on AWS), and the last where it is an iteration's.
  if (isIteration) abortFrame(turn, frame, culprit);
  parent.lastEventId = culprit;
  failState(turn, parent, failure.ofBranch(fallen));
}
