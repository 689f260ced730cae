import { canGoOn, type Frame, type Slot, type Snapshot, slotOf } from './snapshot';

/**
 * What the world must do for an execution. An effect is outstanding until a later commit shows that it was done;
 * doing it again is harmless.
 */
export type Effect =
  /** Run the execution on: a burst ended early. */
  | { type: 'Continue'; since: Slot }
  | { type: 'RunLambda'; taskEventId: number; since: Slot; claim: string | undefined }
  | {
      type: 'OfferActivity';
      taskEventId: number;
      activityArn: string;
      scheduledMs: number;
      /** Offering it later is pointless. */
      deadlineMs: number | undefined;
      since: Slot;
    }
  | { type: 'Wake'; atMs: number; since: Slot }
  /** Write the status into the head. */
  | { type: 'Close'; since: Slot };

/** The effects that this snapshot asks for, of commits at or after `from`. */
export function outstandingEffects(snapshot: Snapshot, from: Slot): Effect[] {
  if (snapshot.end) {
    // The last slot that its closing commit may have: event-less ones may stand before and behind it.
    const since = slotOf(snapshot) - 1;
    return since >= from ? [{ type: 'Close', since }] : [];
  }
  const effects = effectsOf(snapshot.frames.values(), from);
  const { alarm } = snapshot;
  if (alarm && alarm.since >= from) effects.push({ type: 'Wake', ...alarm });
  return effects;
}

/** Those that follow from what the frames wait for. */
export function effectsOf(frames: Iterable<Frame | undefined>, from: Slot): Effect[] {
  const effects: Effect[] = [];
  let goesOn: Effect | undefined;
  for (const frame of frames) {
    if (!frame) continue;
    const { waiting } = frame;
    // Whichever commit brought it here, it has not gone on: several bursts may end before it has its turn.
    if (canGoOn(frame)) goesOn = { type: 'Continue', since: 'since' in waiting ? waiting.since : from };
    if (waiting.on !== 'task' || waiting.since < from) continue;
    const { eventId: taskEventId, since, claim } = waiting;
    if (waiting.kind === 'lambda') effects.push({ type: 'RunLambda', taskEventId, since, claim });
    else if (claim === undefined) {
      effects.push({
        type: 'OfferActivity',
        taskEventId,
        activityArn: waiting.resource,
        scheduledMs: waiting.scheduledMs,
        deadlineMs: waiting.timeoutAtMs,
        since,
      });
    }
  }
  if (goesOn) effects.push(goesOn);
  return effects;
}
