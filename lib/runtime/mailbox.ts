import type { StoredCommit } from '../engine/commit/decode';
import type { Held } from '../engine/commit/encode';
import type { Effect } from '../engine/effect';
import { canGoOn, type Slot, type Snapshot, slotOf } from '../engine/snapshot';
import type { Trigger, Verdict } from '../engine/trigger';
import type { RunRef } from '../ports/run-ref';
import type { Cover } from './cover';
import { isNew } from './standing';
import type { Foreseen } from './world';

export interface Submitted {
  verdicts: Verdict[];
  /** Where the execution stands now. Its frames move on with the next turn: look at them before awaiting anything. */
  snapshot: Snapshot;
  /**
   * What the appends asked for, for the worker to dispatch, whatever its verdicts: others may have shared the turn. Empty
   * where a promise covers them.
   */
  effects: Effect[];
  /** Whether the head of a closed execution is known to be closed too. */
  isHeadClosed: boolean;
  /** The commit that says all this by itself, where it is short and reading it again costs a call. */
  commit?: StoredCommit | undefined;
}

/** There is neither head nor commit. `certain`: and there never will be. */
export interface Absent {
  absent: 'yet' | 'certain';
}

export const isAbsent = (result: object): result is Absent => 'absent' in result;

export interface Submission {
  triggers: readonly Trigger[];
  cover: Cover;
  /** A fence: commit even if nothing changes; where the execution has ended, only if nothing stands at this slot. */
  fenceFrom: Slot | undefined;
  /** Nothing but the head is expected to be there. */
  isFirst: boolean;
  /** Known of what the turn will ask. */
  foreseen?: Foreseen | undefined;
  /** The newest commit, as somebody knew it a moment ago: spares the read. An append finds out what is newer. */
  known?: StoredCommit | undefined;
  resolve(result: Submitted | Absent): void;
  reject(error: unknown): void;
}

/** Written out: spreading objects of several shapes is slow, and this is done for every turn. */
export const submissionOf = (
  { triggers, cover, fenceFrom, isFirst, foreseen, known }: Omit<Submission, 'resolve' | 'reject'>,
  resolve: Submission['resolve'],
  reject: Submission['reject'],
): Submission => ({ triggers, cover, fenceFrom, isFirst, foreseen, known, resolve, reject });

/** What this process knows of one run: one turn at a time, and who waits for the next. */
export interface Mailbox {
  run: RunRef;
  held: Held | undefined;
  /** The commit that what is held was read from, or written to, if that is worth telling others. */
  told: StoredCommit | undefined;
  /** What the store was last told; undefined when that is not known here. */
  attentionAtMs: number | undefined;
  isHeadClosed: boolean;
  absent: boolean;
  /** Of a start that is yet to come. */
  promise: Promise<void> | undefined;
  waiting: Submission[];
  busy: boolean;
}

export const refOf = ({ machineName, machineId, name, runId }: RunRef): RunRef => ({
  machineName,
  machineId,
  name,
  runId,
});

export const isBehind = ({ busy, held }: Mailbox, { snapshot }: Held): boolean =>
  !busy && (!held || slotOf(held.snapshot) < slotOf(snapshot));

/** Whether somebody who submits knows a newer commit than what is held. */
export const isOutdated = ({ held }: Mailbox, batch: readonly Submission[]): boolean =>
  held !== undefined && batch.some(({ known }) => known && known.slot >= slotOf(held.snapshot));

export const newMailbox = (run: RunRef): Mailbox => ({
  run: refOf(run),
  held: undefined,
  told: undefined,
  attentionAtMs: undefined,
  isHeadClosed: false,
  absent: false,
  promise: undefined,
  waiting: [],
  busy: false,
});

/** Hands each submitter the verdicts on its own triggers, and the effects to the first: they are dispatched once. */
export function answer(
  batch: Submission[],
  verdicts: Verdict[],
  { held, told: commit, isHeadClosed }: Mailbox,
  effects: Effect[],
): void {
  let at = 0;
  for (const [index, { triggers, resolve }] of batch.entries()) {
    const own = verdicts.slice(at, at + triggers.length);
    resolve({ verdicts: own, snapshot: held!.snapshot, effects: index === 0 ? effects : [], isHeadClosed, commit });
    at += triggers.length;
  }
}

/** Whether the fence at that slot is needed. */
export const isFenced = ({ snapshot }: Held, fenceFrom: Slot | undefined): boolean =>
  fenceFrom !== undefined && (!snapshot.end || fenceFrom >= slotOf(snapshot));

/** Nothing has come for the run and it waits: what a promise finds whose write has landed. */
export function isQuiet(snapshot: Snapshot, batch: readonly Submission[]): boolean {
  if (isNew(snapshot)) return false;
  if (batch.some(({ triggers, fenceFrom }) => fenceFrom !== undefined || triggers.length > 0)) return false;
  for (const frame of snapshot.frames.values()) if (canGoOn(frame)) return false;
  return true;
}
