import type { AdvanceMessage } from './queue';

/**
 * Messages that wait for their time for longer than a queue holds them back, by the minute in which they are due
 * (minutes since 1970). All methods reject with StoreUnavailable when the store does not do its work.
 */
export interface Timers {
  /** The same message for the same time is one timer. */
  add(message: AdvanceMessage, atMs: number): Promise<void>;
  /** Some of the timers that are due in that minute; none only if there is none: what was added before is seen. */
  dueIn(minute: number, limit: number): Promise<Timer[]>;
  /** Idempotent. */
  remove(timer: Timer): Promise<void>;
  /** No minute before this one holds a timer. */
  cursor(): Promise<number>;
  /** Never back: of two that move it the one that is further counts. */
  moveCursor(minute: number): Promise<void>;
}

export interface Timer {
  message: AdvanceMessage;
  atMs: number;
}
