import type { HistoryEvent } from '../engine/history-event';
import type { RunRef } from './run-ref';

/**
 * Told of what this process has made durable, for those who count. Each event of a history is told once, by the process
 * that wrote it; not at all where that one dies before it can. Must not take long, and not throw.
 */
export interface Observer {
  /** `startMs`: when the execution was started. */
  committed(run: RunRef, startMs: number, events: readonly HistoryEvent[]): void;
}
