import { redriveMapRun } from './map-run';
import { canGoOn, type Frame, type Snapshot } from './snapshot';
import type { Verdict } from './trigger';
import type { EngineLimits, Turn } from './turn';

/** So long after its end an execution can be redriven, and so long after its start (RedriveExecution, API page). */
const REDRIVABLE_MS = 14 * 86_400_000;
const AGE_MAX_MS = 365 * 86_400_000;
/** Tokens of so many requests that were granted are known, for so long (RedriveExecution, API page). */
const TOKENS_MAX = 10;
const TOKEN_MS = 15 * 60_000;

/** Why an execution cannot be redriven, as AWS words it; undefined where it can. */
export function redriveRefusal(
  snapshot: Pick<Snapshot, 'status' | 'end' | 'dormant' | 'execution' | 'nextEventId'>,
  nowMs: number,
  { historyEvents }: Pick<EngineLimits, 'historyEvents'>,
): string | undefined {
  const { status, end, dormant, execution, nextEventId } = snapshot;
  if (status === 'RUNNING' || status === 'SUCCEEDED') return `Execution is ${status} and cannot be redriven`;
  // Room for ExecutionRedriven and one event more.
  if (nextEventId - 1 >= historyEvents - 1) return 'Execution history event limit exceeded';
  if (nowMs - execution.startMs > AGE_MAX_MS) return 'Execution has exceeded the max execution time';
  if (nowMs - end!.stopMs > REDRIVABLE_MS) return 'Execution redrivable period exceeded';
  // Ended by a version that did not keep where it stood.
  return dormant ? undefined : 'Execution was started before the launch of RedriveExecution';
}

/** When the request with that token was granted, as far as that is still known. */
export function grantedMs({ redrive }: Pick<Snapshot, 'redrive'>, clientToken: string, nowMs: number) {
  const granted = redrive?.granted.find((one) => one.clientToken === clientToken);
  return granted && nowMs - granted.atMs <= TOKEN_MS ? granted.atMs : undefined;
}

/**
 * Goes on where the execution stood when it ended. States that were under way do their work again without being entered
 * again: their events follow on their StateEntered, those of a state that only fails on ExecutionRedriven. Branches and
 * iterations that had ended stay ended (all observed on AWS).
 */
export function redrive(turn: Turn, snapshot: Snapshot, clientToken: string | undefined): Verdict {
  const { nowMs, redrive: before } = turn;
  if (clientToken !== undefined && grantedMs(turn, clientToken, nowMs) !== undefined) return 'yours';
  const isAsItWas = turn.end === snapshot.end;
  if (!isAsItWas || !snapshot.dormant || redriveRefusal(snapshot, nowMs, turn.world.limits)) return 'gone';
  const count = (before?.count ?? 0) + 1;
  const request = clientToken === undefined ? [] : [{ clientToken, atMs: nowMs }];
  const granted = [...(before?.granted ?? []), ...request].slice(-TOKENS_MAX);
  const frames = snapshot.dormant.map((frame) => ({ ...frame }));
  turn.reopen({ count, atMs: nowMs, granted }, frames);
  const eventId = turn.emitAfter(turn.nextEventId - 1, 'ExecutionRedriven', { redriveCount: count });
  for (const frame of frames) wake(turn, frame, eventId);
  return 'applied';
}

function wake(turn: Turn, frame: Frame, redrivenEventId: number): void {
  if (frame.waiting.on === 'retry') {
    frame.waiting = { on: 'retry', untilMs: turn.nowMs };
    frame.lastEventId = turn.typeOf(frame) === 'Fail' ? redrivenEventId : frame.enteredEventId;
  } else if (frame.waiting.on === 'entry') {
    frame.waiting = { on: 'entry', since: turn.slot };
  }
  redriveMapRun(turn, frame);
  if (frame.waiting.on === 'retry' || canGoOn(frame)) turn.ready.add(frame.id);
}
