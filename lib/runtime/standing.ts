import type { Held } from '../engine/commit/encode';
import { canGoOn, type Frame, type Snapshot, type TaskWait } from '../engine/snapshot';
import type { Transition } from '../engine/transition';

/** What where an execution stands means to those that look after it. */

/** Whether its first turn is still to come. */
export const isNew = ({ nextEventId }: Snapshot): boolean => nextEventId === 1;

/** `isOffered`: also one whose task nobody has yet, where reading it again costs a call. */
export function isLively({ frames }: Snapshot, isOffered: boolean): boolean {
  for (const frame of frames.values()) {
    if (canGoOn(frame) || (frame.waiting.on === 'task' && (isOffered || frame.waiting.claim !== undefined)))
      return true;
  }
  return false;
}

/** When the execution needs a look if every message is lost: only one that sleeps, or waits for a token, can wait. */
export function attentionOf(held: Held, { changed, next }: Transition): number {
  const needsLook = (frame: Frame) => canGoOn(frame) || (frame.waiting.on === 'task' && !isWithItsToken(frame.waiting));
  for (const frame of changed.values()) if (frame && needsLook(frame)) return 0;
  for (const [id, frame] of held.frames) if (!changed.has(id) && needsLook(frame)) return 0;
  return next.alarm?.atMs ?? 0;
}

/** Whether nothing is to be done for a task until its token comes back. */
const isWithItsToken = ({ submitted }: TaskWait): boolean => submitted !== undefined && !submitted.child;

/** The task that was started under a claim, and whose call is not answered yet. */
export function taskClaimedBy(
  frames: Iterable<Frame | undefined>,
  claim: string,
): { task: TaskWait; frame: Frame } | undefined {
  for (const frame of frames) {
    const task = frame?.waiting;
    if (frame && task?.on === 'task' && task.claim === claim && !task.submitted) return { task, frame };
  }
  return undefined;
}
