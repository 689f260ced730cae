import type { MapState } from '../asl/definition/program';
import { uuidFrom } from '../asl/uuid';
import { Failure } from './failure';
import type { Frame, IterationsWait, MapRun } from './snapshot';
import type { Turn } from './turn';

/**
 * A distributed Map: each iteration is a frame as those of an inline one are, but what it runs is an execution of its own, a
 * child. To start it and to wait for its end is a task without events (`kind: 'child'`), so that claims, redelivery, the
 * outbox and the auditor are those of nested executions.
 */

export interface Tolerance {
  count: number | undefined;
  percentage: number | undefined;
}

/** Where nothing is said, nothing is tolerated. */
const NO_FAILURE: Tolerance = { count: 0, percentage: undefined };

/** Begins the run of a distributed Map; undefined for an inline one. */
export function beginMapRun(turn: Turn, frame: Frame, { label }: MapState, given: Tolerance): MapRun | undefined {
  if (label === undefined) return undefined;
  const isSaid = given.count !== undefined || given.percentage !== undefined;
  const { count, percentage } = isSaid ? given : NO_FAILURE;
  const name = `${label}:${uuidFrom(turn.world.random)}`;
  turn.emit(frame, 'MapRunStarted', { mapRunArn: arnOf(turn, name) });
  return { name, toleratedCount: count, toleratedPercentage: percentage, failed: 0, redrives: 0 };
}

const arnOf = (turn: Turn, name: string): string => turn.world.mapRunArn(turn.execution.machineName, name);

/** Of the Map state around an iteration that is a child; undefined for every other frame. */
export function mapRunAround(turn: Turn, { parentId }: Frame): MapRun | undefined {
  const around = parentId === undefined ? undefined : turn.frame(parentId)?.waiting;
  return around?.on === 'iterations' ? around.mapRun : undefined;
}

/** Whether it has a map run that has not ended. One that failed was told of. */
export const isMapRunUnderWay = ({ waiting, lastEventId }: Frame): boolean =>
  waiting.on === 'iterations' && waiting.mapRun !== undefined && lastEventId === waiting.startedEventId;

/** The iteration is to start its child. One that was begun before a redrive gets another. */
export function scheduleChild(turn: Turn, frame: Frame, { name }: MapRun, isAgain: boolean): void {
  // Numbers of frames are given once; those of events count upwards.
  const number = isAgain ? turn.nextFrameId++ : frame.id;
  frame.waiting = {
    on: 'task',
    kind: 'child',
    resource: name,
    eventId: -number,
    input: frame.input,
    scheduledMs: turn.nowMs,
    since: turn.slot,
    timeoutAtMs: undefined,
    heartbeatSeconds: undefined,
    heartbeatAtMs: undefined,
    claim: undefined,
  };
}

/** 32.3 percent of 1,000 are 323, and a little less in binary fractions. */
const PERCENT_ROUNDING = 1e-9;

/** Whether another child may fail. */
export function toleratesOneMore({ length }: IterationsWait, mapRun: MapRun): boolean {
  const { toleratedCount = length, toleratedPercentage = 100 } = mapRun;
  const failed = mapRun.failed + 1;
  return failed <= toleratedCount && (failed * 100) / length <= toleratedPercentage + PERCENT_ROUNDING;
}

/** As AWS's pages name it; they do not tell the cause. */
export const exceeded = (fallen: readonly Frame[]): Failure =>
  new Failure(
    'States.ExceedToleratedFailureThreshold',
    'The specified tolerated failure threshold was exceeded',
    'branch',
    [],
    fallen,
  );

/** A map run ends before its state does. Nothing for an inline Map. */
export function tellMapRunFailed(turn: Turn, frame: Frame, { error, cause }: Failure): void {
  const { waiting } = frame;
  if (waiting.on !== 'iterations' || !waiting.mapRun) return;
  frame.lastEventId = turn.emitAfter(waiting.startedEventId, 'MapRunFailed', { error, cause });
}

/** Goes on with a map run, in an execution that is redriven: children that had ended well stay as they are. */
export function redriveMapRun(turn: Turn, frame: Frame): void {
  const { waiting } = frame;
  if (waiting.on !== 'iterations' || !waiting.mapRun) return;
  const { name, redrives } = waiting.mapRun;
  const details = { mapRunArn: arnOf(turn, name), redriveCount: redrives + 1 };
  frame.lastEventId = turn.emitAfter(waiting.startedEventId, 'MapRunRedriven', details);
  const mapRun = { ...waiting.mapRun, redrives: redrives + 1 };
  frame.waiting = { ...waiting, startedEventId: frame.lastEventId, mapRun };
}
