import { EVENT_SHAPES, type HistoryEventType } from '../../engine/history-event';

/** A history event as the API answers it, or as an SDK hands it on: `timestamp` in seconds, or a Date. */
export interface ApiEvent {
  id?: number | undefined;
  previousEventId?: number | undefined;
  timestamp?: Date | number | undefined;
  type?: string | undefined;
}

/** The same, in one form. */
export interface TimelineEvent {
  id: number;
  previousId: number;
  atMs: number;
  type: HistoryEventType;
  details: Readonly<Record<string, string | number | undefined>>;
  /** Names of variables that were assigned. */
  assigned: readonly string[];
}

export function readEvent(event: ApiEvent): TimelineEvent {
  const { id = 0, previousEventId = 0, timestamp = 0, type } = event;
  const atMs = typeof timestamp === 'number' ? Math.round(timestamp * 1000) : timestamp.getTime();
  const member = EVENT_SHAPES[type as HistoryEventType]?.member;
  const details = member === undefined ? undefined : (event as Record<string, unknown>)[member];
  return {
    id,
    previousId: previousEventId,
    atMs,
    type: type as HistoryEventType,
    details: (details as TimelineEvent['details']) ?? {},
    assigned: Object.keys((details as { assignedVariables?: object } | undefined)?.assignedVariables ?? {}),
  };
}
