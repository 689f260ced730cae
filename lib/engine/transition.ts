import type { Program, State } from '../asl/definition/program';
import { JsonSyntaxError } from '../asl/json';
import { readJson } from '../asl/read-json';
import { applyToChild } from './children';
import { lookedIntoAtWork } from './data-flow';
import { closingEffects, type Effect, effectsOf, stopsOf } from './effect';
import { Failure } from './failure';
import { enterState, failState, goOnWithIterations, joinBranches } from './flow';
import type { HistoryEvent } from './history-event';
import { lookedIntoByQuery } from './jsonata';
import { mapRunAround, scheduleChild } from './map-run';
import { Payload } from './payload';
import { redrive } from './redrive';
import { type Alarm, canGoOn, deadlineOf, type Frame, type Slot, type Snapshot, type TaskWait } from './snapshot';
import { handlerOf } from './states';
import { failTask, startTask, submitTask, succeedTask, timeOutTask } from './states/task';
import type { Trigger, Verdict } from './trigger';
import { HistoryFull, Turn, type World } from './turn';
import type { Scope } from './variables';

/** What one turn brings: what to append to the journal, and what the world must do once that is done. */
export interface Transition {
  /** Where the commit goes. */
  slot: Slot;
  events: HistoryEvent[];
  /** Frames that changed; undefined for those that are gone. */
  changed: ReadonlyMap<number, Frame | undefined>;
  /** Variables that were assigned, by frame, of frames that are there or kept for a redrive. Undefined for none. */
  assigned: ReadonlyMap<number, Scope> | undefined;
  next: Omit<Snapshot, 'frames' | 'variables'>;
  effects: Effect[];
  /** One for each trigger, in order. */
  verdicts: Verdict[];
  /** Whether there is anything to commit. */
  isEmpty: boolean;
}

/**
 * Applies the triggers that arrived together, then runs the execution as far as one burst goes.
 * Same arguments, same result: time, randomness and facts come from `world`. The snapshot is not changed.
 */
export async function transition(
  program: Program,
  snapshot: Snapshot,
  triggers: readonly Trigger[],
  world: World,
): Promise<Transition> {
  const turn = new Turn(program, snapshot, world);
  const verdicts: Verdict[] = [];
  try {
    if (turn.isRunning && turn.nextEventId === 1) {
      start(turn, snapshot);
      // A stop that overtakes the first turn: the history is the same where that turn came with the start.
      if (triggers.some(({ type }) => type === 'StopRequested')) await run(turn, snapshot);
    }
    for (const trigger of triggers) {
      const result = apply(turn, trigger, snapshot);
      const verdict = typeof result === 'string' ? result : await result;
      const reading = turn.reading.rest();
      if (reading) await reading;
      verdicts.push(verdict);
    }
    await run(turn, snapshot);
    takeNextFunction(turn, triggers);
  } catch (error) {
    if (error instanceof HistoryFull) endFullHistory(turn, error.previousEventId);
    else if (error instanceof JsonSyntaxError) endTooDeep(turn, error);
    else throw error;
    if (verdicts.length < triggers.length) verdicts.push('applied');
    while (verdicts.length < triggers.length) verdicts.push('gone');
  }
  return conclude(turn, snapshot, triggers, verdicts);
}

function start(turn: Turn, snapshot: Snapshot): void {
  const { input, roleArn, stateMachineAliasArn, stateMachineVersionArn } = snapshot.execution;
  turn.emitAfter(0, 'ExecutionStarted', { input, roleArn, stateMachineAliasArn, stateMachineVersionArn });
}

/** Runs ready frames until all wait or the burst is spent. A promise only where something had to be awaited. */
async function run(turn: Turn, snapshot: Snapshot): Promise<void> {
  for (const frame of snapshot.frames.values()) {
    const now = turn.frame(frame.id);
    if (canGoOn(frame) && now && canGoOn(now)) turn.ready.add(frame.id);
  }
  for (const id of turn.ready) {
    if (!turn.isRunning || turn.isSpent) break;
    turn.ready.delete(id);
    const resting = turn.rest(turn.frame(id));
    if (resting) await resting;
    if (!turn.frame(id)) continue;
    const frame = turn.edit(id);
    const loading = turn.loadAround(frame);
    if (loading) await loading;
    if (turn.nextEventId === 2 && frame.enteredEventId === 0 && frame.parentId === undefined) {
      await compactInput(turn, frame);
    }
    turn.effort.renew();
    if (frame.waiting.on === 'branches' || frame.waiting.on === 'iterations') {
      if (frame.waiting.on === 'branches') joinBranches(turn, frame);
      else goOnWithIterations(turn, frame);
    } else {
      const working = work(turn, frame);
      if (working) await working;
    }
    const reading = turn.reading.rest();
    if (reading) await reading;
  }
  const resting = turn.rest();
  if (resting) await resting;
}

function work(turn: Turn, frame: Frame): void | Promise<void> {
  const mapRun = mapRunAround(turn, frame);
  if (mapRun) return scheduleChild(turn, frame, mapRun, true);
  const state = turn.stateOf(frame);
  if (frame.waiting.on === 'entry') enterState(turn, frame, state);
  const lookedInto = state.query ? lookedIntoByQuery(turn, frame) : lookedIntoAtWork(turn, frame, state);
  const reading = turn.reading.first(lookedInto);
  return reading ? reading.then(() => begin(turn, frame, state)) : begin(turn, frame, state);
}

/** In JSONata its fields are evaluated first, where its work needs more than its input. */
function begin(turn: Turn, frame: Frame, state: State): void | Promise<void> {
  const handler = handlerOf(state);
  if (state.query && handler.evaluate) return handler.evaluate(turn, frame, state, state.query);
  return handler.work(turn, frame, state);
}

/** The first state gets the input parsed and printed again: without white space (observed on AWS). */
async function compactInput({ world }: Turn, frame: Frame): Promise<void> {
  const parsed = await readJson(frame.input.text, world.giveWay);
  if (parsed.compact) frame.input.remember(parsed);
  else frame.input = Payload.of(parsed.value);
}

function apply(turn: Turn, trigger: Trigger, snapshot: Snapshot): Verdict | Promise<Verdict> {
  if (trigger.type === 'RedriveRequested') return redrive(turn, snapshot, trigger.clientToken);
  if (!turn.isRunning) return 'gone';
  switch (trigger.type) {
    case 'StopRequested':
      turn.close('ABORTED', { error: trigger.error, cause: trigger.cause }, 0);
      return 'applied';
    case 'AgeExceeded':
      timeOutExecution(turn, trigger.limitMs);
      return 'applied';
    case 'AbandonedEnded':
      return forgetAbandoned(turn, trigger.taskEventId);
    case 'NextFunctionTaken':
      // Known once the turn has run.
      return 'applied';
    case 'Woken':
      return wake(turn, trigger.missedHeartbeats, snapshot);
    default:
      return applyToTask(turn, trigger);
  }
}

function forgetAbandoned(turn: Turn, taskEventId: number): Verdict {
  const left = turn.outbox.filter((abandoned) => abandoned.taskEventId !== taskEventId);
  if (left.length === turn.outbox.length) return 'gone';
  turn.outbox = left;
  return 'applied';
}

type TaskTrigger = Extract<Trigger, { taskEventId: number }> & {
  type: Exclude<Trigger['type'], 'AbandonedEnded'>;
};

async function applyToTask(turn: Turn, trigger: TaskTrigger): Promise<Verdict> {
  const found = findTask(turn, trigger.taskEventId);
  if (!found) return 'gone';
  const { wait } = found;
  const frame = turn.frame(found.frameId)!;
  if (trigger.type === 'TaskTaken') {
    if (wait.submitted) return 'gone';
    if (wait.claim !== undefined) return wait.claim === trigger.claim ? 'yours' : 'taken';
    startTask(turn, turn.edit(frame.id), wait, trigger.claim, trigger.workerName);
    return 'applied';
  }
  if (wait.claim === undefined || (trigger.type !== 'HeartbeatSeen' && (trigger.claim ?? wait.claim) !== wait.claim)) {
    return 'gone';
  }
  // What the call came to was recorded before: its worker tries again.
  const isOfCall = trigger.type !== 'HeartbeatSeen' && trigger.claim !== undefined;
  if (isOfCall && wait.submitted) return 'gone';
  const changing = turn.edit(frame.id);
  await turn.loadAround(changing);
  if (wait.kind === 'child') applyToChild(turn, changing, wait, trigger);
  else if (trigger.type === 'TaskSucceeded') succeedTask(turn, changing, wait, trigger.output);
  else if (trigger.type === 'TaskFailed') failTask(turn, changing, wait, trigger.error, trigger.cause, isOfCall);
  else if (trigger.type === 'TaskSubmitted') submitTask(turn, changing, wait, trigger.output, trigger.child);
  else changing.waiting = { ...wait, heartbeatAtMs: trigger.dueAtMs };
  return 'applied';
}

/**
 * A function that follows on another, or on the start, is begun in the same commit: its Scheduled and Started come
 * together. Only where nothing else is to do, so that the submitter is free to run it.
 */
function takeNextFunction(turn: Turn, triggers: readonly Trigger[]): void {
  const offers = triggers.filter((trigger) => trigger.type === 'NextFunctionTaken');
  if (offers.length === 0 || !turn.isRunning) return;
  const effects = effectsOf(turn.concerned(), turn.slot);
  const [effect] = effects;
  if (effects.length !== 1 || effect?.type !== 'RunTask') return;
  // Of several that came together, one that has another function in hand (its answer was lost) is not free.
  const busy = new Set<string | undefined>();
  for (const { waiting } of turn.frames()) if (waiting.on === 'task') busy.add(waiting.claim);
  const offer = offers.find(({ claim }) => !busy.has(claim));
  if (!offer) return;
  const found = findTask(turn, effect.taskEventId)!;
  startTask(turn, turn.edit(found.frameId), found.wait, offer.claim, undefined);
}

function findTask(turn: Turn, taskEventId: number): { frameId: number; wait: TaskWait } | undefined {
  for (const { id, waiting } of turn.frames()) {
    if (waiting.on === 'task' && waiting.eventId === taskEventId) return { frameId: id, wait: waiting };
  }
  return undefined;
}

/** Handles every deadline that has passed, the earliest first. */
async function wake(turn: Turn, missedHeartbeats: readonly number[], snapshot: Snapshot): Promise<Verdict> {
  const limitMs = executionDeadline(turn, snapshot);
  if (limitMs !== undefined && turn.nowMs >= limitMs) {
    timeOutExecution(turn, limitMs);
    return 'applied';
  }
  const due = [...turn.frames()]
    .map((frame) => ({ id: frame.id, atMs: deadlineOf(frame) }))
    .filter((item): item is { id: number; atMs: number } => item.atMs !== undefined && item.atMs <= turn.nowMs)
    .sort((a, b) => a.atMs - b.atMs || a.id - b.id);
  // Tasks whose time is over together all say so, before what follows from the first of them (recorded on AWS).
  const timedOut = new Map<number, Failure>();
  for (const { id } of due) {
    const failure = timeOutIfDue(turn, id, missedHeartbeats);
    if (failure) timedOut.set(id, failure);
  }
  for (const { id } of due) {
    if (!turn.isRunning || !turn.frame(id)) continue;
    const frame = turn.edit(id);
    await turn.loadAround(frame);
    const { waiting } = frame;
    if (waiting.on === 'time') handlerOf(turn.stateOf(frame)).wake?.(turn, frame, turn.stateOf(frame));
    // Alarms that ring together find it due each, and its work is to be done once.
    else if (waiting.on === 'retry') turn.ready.add(frame.id);
    const failure = timedOut.get(id);
    if (failure) failState(turn, frame, failure);
    const reading = turn.reading.rest();
    if (reading) await reading;
  }
  return 'applied';
}

function timeOutIfDue(turn: Turn, frameId: number, missedHeartbeats: readonly number[]): Failure | undefined {
  const { waiting } = turn.frame(frameId)!;
  if (waiting.on !== 'task' || waiting.kind === 'child') return undefined;
  const isOver = waiting.timeoutAtMs !== undefined && waiting.timeoutAtMs <= turn.nowMs;
  if (!isOver && !missedHeartbeats.includes(waiting.eventId)) return undefined;
  return timeOutTask(turn, turn.edit(frameId), waiting, !isOver);
}

/** A redrive begins its time anew (observed on AWS). */
function executionDeadline({ program, redrive }: Turn, { execution }: Snapshot): number | undefined {
  if (program.timeoutSeconds === undefined) return undefined;
  return (redrive?.atMs ?? execution.startMs) + program.timeoutSeconds * 1000;
}

/** stopDate is startDate + TimeoutSeconds exactly; no error or cause is kept (observed on AWS). */
function timeOutExecution(turn: Turn, limitMs: number): void {
  turn.close('TIMED_OUT', { error: 'States.Timeout' }, 0);
  turn.end = { stopMs: limitMs };
}

function endFullHistory(turn: Turn, previousEventId: number): void {
  const { historyEvents } = turn.world.limits;
  const cause = `The execution reached the maximum number of history events (${historyEvents}).`;
  const { error } = new Failure('States.Runtime', cause, 'fatal');
  turn.close('FAILED', { error, cause }, previousEventId);
  turn.dormant = undefined;
}

/** States may nest a document in itself, until nobody could read it again. */
function endTooDeep(turn: Turn, { message }: JsonSyntaxError): void {
  const { error, cause } = new Failure('States.Runtime', message, 'fatal');
  turn.close('FAILED', { error, cause }, turn.nextEventId - 1);
}

function conclude(turn: Turn, snapshot: Snapshot, triggers: readonly Trigger[], verdicts: Verdict[]): Transition {
  const alarm = turn.isRunning ? nextAlarm(turn, snapshot, triggers) : undefined;
  const effects: Effect[] = turn.isRunning ? effectsOf(turn.concerned(), turn.slot) : [];
  if (alarm && alarm.since === turn.slot) effects.push({ type: 'Wake', ...alarm });
  if (turn.end && turn.end !== snapshot.end) effects.push(...closingEffects(snapshot, turn.slot));
  effects.push(...stopsOf(turn.outbox, turn.slot));
  const isSame = turn.changed.size === 0 && alarm === snapshot.alarm && turn.outbox === snapshot.outbox;
  const isEmpty = turn.events.length === 0 && isSame;
  return {
    slot: turn.slot,
    events: turn.events,
    changed: turn.changed,
    assigned: turn.variables.kept(turn.dormant),
    next: {
      execution: snapshot.execution,
      status: turn.status,
      nextEventId: turn.nextEventId,
      eventlessCommits: turn.events.length > 0 ? 0 : snapshot.eventlessCommits + 1,
      lastTimestampMs: turn.events.length > 0 ? turn.nowMs : snapshot.lastTimestampMs,
      nextFrameId: turn.nextFrameId,
      alarm,
      outbox: turn.outbox,
      end: turn.end,
      dormant: turn.dormant,
      redrive: turn.redrive,
    },
    effects,
    verdicts,
    isEmpty,
  };
}

/**
 * One alarm an execution: only an earlier deadline sends another wake-up, or a deadline that finds the last one in
 * the past. Deadlines of unchanged frames are covered by the alarm that is under way, so they are looked at only
 * when it has rung.
 */
function nextAlarm(turn: Turn, snapshot: Snapshot, triggers: readonly Trigger[]): Alarm | undefined {
  const { alarm } = snapshot;
  const underWay = alarm && alarm.atMs > turn.nowMs;
  const earliestChanged = earliest([...turn.changed.values()].map((frame) => frame && deadlineOf(frame)));
  if (underWay) {
    if (earliestChanged === undefined || earliestChanged >= alarm.atMs) return alarm;
    return { atMs: earliestChanged, since: turn.slot };
  }
  const isFirst = snapshot.nextEventId === 1 || snapshot.end !== undefined;
  const rang = triggers.some((trigger) => trigger.type === 'Woken');
  if (!rang && !isFirst && earliestChanged === undefined) return alarm;
  const all = earliest([...[...turn.frames()].map(deadlineOf), executionDeadline(turn, snapshot)]);
  if (all !== undefined) return { atMs: all, since: turn.slot };
  // Nothing to wake for; that alone is not worth a commit.
  return turn.changed.size > 0 ? undefined : alarm;
}

function earliest(times: (number | undefined)[]): number | undefined {
  let first: number | undefined;
  for (const time of times) if (time !== undefined && (first === undefined || time < first)) first = time;
  return first;
}
