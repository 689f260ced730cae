import {
  type Abandoned,
  canGoOn,
  type Frame,
  type ParentTask,
  type RunName,
  type Slot,
  type Snapshot,
  slotOf,
} from './snapshot';

/**
 * What the world must do for an execution. An effect is outstanding until a later commit shows that it was done;
 * doing it again is harmless.
 */
export type Effect =
  /** Run the execution on: a burst ended early. */
  | { type: 'Continue'; since: Slot }
  /** Invoke the function, call the service. */
  | { type: 'RunTask'; taskEventId: number; since: Slot; claim: string | undefined }
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
  /** See whether the execution that a task waits for has ended. */
  | { type: 'LookAtChild'; taskEventId: number; since: Slot }
  /** End an execution that nobody waits for any more. */
  | { type: 'StopChild'; taskEventId: number; child: RunName; since: Slot }
  /** Write the status into the head. */
  | { type: 'Close'; since: Slot }
  /** Let the task that waits for this execution know that it has ended. */
  | { type: 'TellParent'; parent: ParentTask; since: Slot };

/** The effects that this snapshot asks for, of commits at or after `from`. */
export function outstandingEffects(snapshot: Snapshot, from: Slot): Effect[] {
  if (snapshot.end) {
    // The last slot that its closing commit may have: event-less ones may stand before and behind it.
    const since = slotOf(snapshot) - 1;
    return since >= from ? [...closingEffects(snapshot, since), ...stopsOf(snapshot.outbox, from)] : [];
  }
  const effects = [...effectsOf(snapshot.frames.values(), from), ...stopsOf(snapshot.outbox, from)];
  const { alarm } = snapshot;
  if (alarm && alarm.since >= from) effects.push({ type: 'Wake', ...alarm });
  return effects;
}

/** What is to be done for an execution that has ended. */
export function closingEffects({ execution }: Pick<Snapshot, 'execution'>, since: Slot): Effect[] {
  const { parent } = execution;
  return parent
    ? [
        { type: 'Close', since },
        { type: 'TellParent', parent, since },
      ]
    : [{ type: 'Close', since }];
}

/** Those that the outbox asks for. */
export function stopsOf(outbox: readonly Abandoned[], from: Slot): Effect[] {
  return outbox.flatMap(({ taskEventId, child, since }): Effect[] =>
    child && since >= from ? [{ type: 'StopChild', taskEventId, child, since }] : [],
  );
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
    const { eventId: taskEventId, since, claim, submitted } = waiting;
    if (submitted) {
      if (submitted.child) effects.push({ type: 'LookAtChild', taskEventId, since });
    } else if (waiting.kind !== 'activity' || waiting.isMocked)
      effects.push({ type: 'RunTask', taskEventId, since, claim });
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
