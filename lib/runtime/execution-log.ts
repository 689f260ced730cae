import { quoteJson } from '../asl/json';
import { EVENT_SHAPES, type HistoryEvent, type HistoryEventType } from '../engine/history-event';
import { Payload } from '../engine/payload';
import type { Scope } from '../engine/variables';
import type { LogEntry } from '../ports/execution-log';
import type { LoggingConfiguration } from '../ports/registry';

const FATAL: ReadonlySet<HistoryEventType> = new Set(['ExecutionAborted', 'ExecutionFailed', 'ExecutionTimedOut']);
const ERROR = /(Aborted|Failed|TimedOut)$|^FailStateEntered$/;

/** Which events a level logs (AWS's developer guide, log levels). */
function isLogged(level: string | undefined, type: HistoryEventType): boolean {
  switch (level) {
    case 'ALL':
      return true;
    case 'ERROR':
      return ERROR.test(type);
    case 'FATAL':
      return FATAL.has(type);
    default:
      return false;
  }
}

/** What a configuration logs of events that have become durable, in the format of AWS's entries in CloudWatch Logs. */
export function logEntries(
  executionArn: string,
  machineName: string,
  { level, includeExecutionData = false, destinations = [] }: LoggingConfiguration,
  events: readonly HistoryEvent[],
  redriveCount: number,
): LogEntry[] {
  const logGroupArn = destinations[0]?.cloudWatchLogsLogGroup?.logGroupArn;
  if (logGroupArn === undefined) return [];
  return events
    .filter(({ type }) => isLogged(level, type))
    .map((event) => ({
      logGroupArn,
      machineName,
      timestampMs: event.timestampMs,
      text: entryOf(event, executionArn, includeExecutionData, redriveCount),
    }));
}

/** Numbers are texts there (observed on AWS). */
function entryOf(
  event: HistoryEvent,
  executionArn: string,
  includeExecutionData: boolean,
  redriveCount: number,
): string {
  const { id, type, previousEventId, timestampMs } = event;
  const members = [
    `"id":"${id}"`,
    `"type":"${type}"`,
    `"details":{${detailsOf(event, includeExecutionData)}}`,
    `"previous_event_id":"${previousEventId}"`,
    `"event_timestamp":"${timestampMs}"`,
    `"execution_arn":${JSON.stringify(executionArn)}`,
    `"redrive_count":"${redriveCount}"`,
  ];
  return `{${members.join(',')}}`;
}

function detailsOf({ type, details }: HistoryEvent, includeExecutionData: boolean): string {
  const members: string[] = [];
  for (const [name, kind] of EVENT_SHAPES[type].fields) {
    const value = details?.[name];
    if (value === undefined) continue;
    if (typeof value !== 'object') members.push(`"${name}":${JSON.stringify(value)}`);
    else if (includeExecutionData) {
      const { quoted, isTruncated } = value instanceof Payload ? quoteUpToMax(value.text) : quoteScope(value);
      members.push(`"${name}":${quoted}`);
      if (kind !== 'bare') members.push(`"${name}Details":{"truncated":${isTruncated}}`);
    }
  }
  return members.join(',');
}

/** Bytes of a payload in an entry, as JSON text: AWS cuts off what is longer. */
const QUOTED_BYTES_MAX = 248 * 1024;

function quoteScope(scope: Scope): ReturnType<typeof quoteUpToMax> {
  const members = Array.from(scope, ([name, { text }]) => ({ name: JSON.stringify(name), ...quoteUpToMax(text) }));
  return {
    quoted: `{${members.map(({ name, quoted }) => `${name}:${quoted}`).join(',')}}`,
    isTruncated: members.some(({ isTruncated }) => isTruncated),
  };
}

function quoteUpToMax(text: string): { quoted: string; isTruncated: boolean } {
  const whole = quoteJson(text);
  let quoted = whole;
  for (
    let length = text.length;
    Buffer.byteLength(quoted) > QUOTED_BYTES_MAX;
    quoted = quoteJson(text.slice(0, length))
  ) {
    length = Math.floor((length * QUOTED_BYTES_MAX) / Buffer.byteLength(quoted)) - 1;
  }
  return { quoted, isTruncated: quoted !== whole };
}
