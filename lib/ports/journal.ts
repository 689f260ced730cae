import type { StoredCommit } from '../engine/commit/decode';
import type { Slot } from '../engine/snapshot';
import type { ClosedHead } from './executions';
import type { RunRef } from './run-ref';

/**
 * One append-only log of commits for each run. A slot is filled once and never changed; appending to a filled slot is
 * refused, and that is the whole concurrency control. Reads see every append that was acknowledged before.
 * All methods reject with StoreUnavailable when the store does not do its work.
 */
export interface Journal {
  /** No other process writes here: what was read once stays true until this process changes it. */
  readonly isExclusive: boolean;
  /**
   * `lost`: another commit holds the slot. An earlier attempt of the same append that did land counts as appended.
   * `closed`: appended, and the head was closed in the same stroke, by stores that can; elsewhere that is still to do.
   */
  append(run: RunRef, commit: NewCommit): Promise<'appended' | 'closed' | 'lost'>;
  /** The commit with the highest slot. */
  newest(runId: string): Promise<StoredCommit | undefined>;
  /** Commits of those slots, both included, in ascending order. */
  range(runId: string, from: Slot, to: Slot): Promise<StoredCommit[]>;
  /**
   * Commits for reading events: from the one that holds event `eventId` on, up or down, as many as make about 1 MB
   * and at least one. Empty when there is no such event yet.
   */
  commitsAt(runId: string, eventId: number, order: 'up' | 'down'): Promise<StoredCommit[]>;

  /** Begins to count heartbeats of a task. Doing it again changes nothing. */
  openBeat(runId: string, taskEventId: number, dueAtMs: number): Promise<void>;
  /**
   * Records a heartbeat. `late` when the beat is closed or was due before `nowMs`. The due time never moves back: of
   * two beats the later counts, whichever lands last.
   */
  beat(runId: string, taskEventId: number, nowMs: number, dueAtMs: number): Promise<'recorded' | 'late'>;
  /** Closes the beat if it was due before `nowMs`, else tells when it is due: a beat that was recorded counts. */
  closeBeat(runId: string, taskEventId: number, nowMs: number): Promise<'closed' | { dueAtMs: number }>;
}

export interface NewCommit extends StoredCommit {
  /** Tells the writer's own attempt from a rival's. */
  attempt: string;
  nextEventId: number;
  /**
   * When the execution next needs a look even if every message is lost: 0 for at once, a time when it only sleeps.
   * Undefined: as before; a new execution begins with 0.
   */
  attentionAtMs: number | undefined;
  /** How the execution ended, in the commit that ends it. */
  closed: ClosedHead | undefined;
}
