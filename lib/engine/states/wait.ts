import type { WaitState } from '../../asl/definition/program';
import { isNumber, type Json, JsonNumber, numberOf } from '../../asl/json';
import { instantMs, parseTimestamp } from '../../asl/timestamp';
import { effectiveInput, valueAt } from '../data-flow';
import { Failure, shown } from '../failure';
import { failState, finishState } from '../flow';
import { Query } from '../jsonata';
import type { Payload } from '../payload';
import type { Frame } from '../snapshot';
import type { Turn } from '../turn';
import type { StateHandler } from './handler';

/** 2^31 - 1 s pass, more fail (observed on AWS: 24,855 days pass, 24,856 fail). */
const WAIT_SECONDS_MAX = 2 ** 31 - 1;

/**
 * Wait (asl.md section 3)
 *   entered --(time is past)--> exited
 *   entered --> waiting for the time --(woken)--> exited
 */
export const wait: StateHandler<WaitState> = {
  work(turn, frame, state) {
    const input = effectiveInput(turn, frame, state);
    if (input instanceof Failure) return failState(turn, frame, input);
    const untilMs = waitUntil(turn, frame, state, input);
    if (untilMs instanceof Failure) failState(turn, frame, untilMs);
    else begin(turn, frame, state, input, untilMs);
  },

  async evaluate(turn, frame, state, { seconds, timestamp }) {
    const query = new Query(turn, frame);
    const untilMs = seconds
      ? inSeconds(turn, frame, await query.value(seconds, 'number'))
      : atTimestamp(frame, await query.value(timestamp!, 'string'));
    if (untilMs instanceof Failure) failState(turn, frame, untilMs);
    else begin(turn, frame, state, frame.input, untilMs);
  },

  wake(turn, frame, state) {
    const input = effectiveInput(turn, frame, state);
    if (input instanceof Failure) failState(turn, frame, input);
    else finishState(turn, frame, state, input);
  },
};

function begin(turn: Turn, frame: Frame, state: WaitState, input: Payload, untilMs: number): void {
  if (untilMs <= turn.nowMs) return finishState(turn, frame, state, input);
  if (untilMs - turn.nowMs > WAIT_SECONDS_MAX * 1000) {
    return failState(turn, frame, Failure.runtime(frame, 'Wait state delay is too long.'));
  }
  frame.waiting = { on: 'time', untilMs };
}

function inSeconds({ nowMs }: Turn, frame: Frame, value: Json | Failure): number | Failure {
  if (value instanceof Failure) return value;
  const seconds = wholeNumber(value);
  if (seconds === undefined) {
    const text = `The Seconds field cannot be parsed as a long value: ${shown(value)}`;
    return Failure.evaluation(frame, text, 'Seconds');
  }
  if (seconds >= 0) return nowMs + seconds * 1000;
  return Failure.evaluation(frame, `The Seconds field references a negative value: ${shown(value)}`, 'Seconds');
}

/** In AWS's words (recorded). */
function atTimestamp(frame: Frame, value: Json | Failure): number | Failure {
  if (value instanceof Failure) return value;
  const instant = parseTimestamp(value as string);
  if (instant) return instantMs(instant);
  const text = 'The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string:';
  return Failure.evaluation(frame, `${text} ${shown(value)}`, 'Timestamp');
}

function waitUntil(turn: Turn, frame: Frame, state: WaitState, input: Payload): number | Failure {
  const { nowMs } = turn;
  const { until } = state;
  if ('seconds' in until) return nowMs + until.seconds * 1000;
  if ('timestamp' in until) return instantMs(until.timestamp);
  const path = 'secondsPath' in until ? until.secondsPath : until.timestampPath;
  const field = 'secondsPath' in until ? 'SecondsPath' : 'TimestampPath';
  const value = valueAt(
    turn,
    frame,
    path,
    input,
    ({ text }) => `The ${field} parameter does not reference an input value: ${text}`,
  );
  if (value instanceof Failure) return value;
  const shows = `${path.text} == ${shown(value)}`;
  if (field === 'TimestampPath') {
    const instant = typeof value === 'string' ? parseTimestamp(value) : undefined;
    if (instant) return instantMs(instant);
    return Failure.runtime(
      frame,
      `The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: ${shows}`,
    );
  }
  const seconds = wholeNumber(value);
  if (seconds === undefined) {
    return Failure.runtime(frame, `The SecondsPath parameter cannot be parsed as a long value: ${shows}`);
  }
  if (seconds < 0) {
    return Failure.runtime(frame, `The SecondsPath parameter references a negative value: ${shows}`);
  }
  return nowMs + seconds * 1000;
}

function wholeNumber(value: Json): number | undefined {
  if (!isNumber(value) || (value instanceof JsonNumber && !/^-?\d+$/.test(value.text))) return undefined;
  return Number.isInteger(numberOf(value)) ? numberOf(value) : undefined;
}
