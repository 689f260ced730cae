import type { StoredCommit } from '../engine/commit/decode';
import { type Effect, outstandingEffects } from '../engine/effect';
import { type Slot, type Snapshot, slotOf } from '../engine/snapshot';
import type { Ports } from '../ports';
import type { RunRef } from '../ports/run-ref';
import type { ActivityLookup } from './activity-lookup';
import type { Children } from './children';
import type { Cover } from './cover';
import { isAbsent, type Submitted } from './mailbox';
import type { Runs } from './runs';

/** Brings an execution's effects into the world. Doing one twice is harmless. */
export class Discharge {
  constructor(
    private readonly ports: Ports,
    private readonly runs: Runs,
    private readonly activities: ActivityLookup,
    private readonly children: Children,
    private readonly retentionMs: number,
  ) {}

  /** Dispatches what the worker's own append asked for, and runs the execution on while bursts end early. */
  own(run: RunRef, submitted: Submitted, cover: Cover): Promise<void> {
    return this.all(run, submitted, submitted.effects, cover);
  }

  /** Dispatches everything that commits at or after `from` asked for and that is not done yet. */
  outstanding(run: RunRef, submitted: Submitted, from: Slot, cover: Cover): Promise<void> {
    return this.all(run, submitted, outstandingEffects(submitted.snapshot, from), cover);
  }

  private async all(run: RunRef, submitted: Submitted, effects: readonly Effect[], cover: Cover): Promise<void> {
    let { snapshot, isHeadClosed, commit } = submitted;
    let own = offeredBy(submitted.effects);
    for (;;) {
      const due = effects.filter((effect) => {
        // The message that a task was started under is the one that ends it.
        const isUnderWay = effect.type === 'RunTask' && effect.claim !== undefined;
        const isDone = effect.type === 'Close' && isHeadClosed;
        return !isUnderWay && !isDone;
      });
      // Of several tasks one is begun first, and the commit is old for all the others: a write in vain costs more than a read.
      const told =
        due.filter(({ type }) => type === 'RunTask' || type === 'OfferActivity').length === 1 ? commit : undefined;
      // Together: messages of one moment share a request.
      await allDone(due.map((effect) => this.dispatch(run, effect, snapshot, { commit: told, own })));
      if (!effects.some((effect) => effect.type === 'Continue')) return;
      const next = await this.runs.submit(run, [], cover);
      if (isAbsent(next)) return;
      ({ effects, snapshot, isHeadClosed, commit } = next);
      own = offeredBy(effects);
    }
  }

  /** `commit`: the newest, if it is at hand and holds all frames. `own`: tasks that were scheduled here. */
  async dispatch(
    run: RunRef,
    effect: Effect,
    snapshot: Snapshot,
    { commit, own }: { commit?: StoredCommit | undefined; own?: ReadonlySet<number> } = {},
  ): Promise<void> {
    const { since: from } = effect;
    switch (effect.type) {
      case 'Continue':
        return;
      case 'Wake':
        return this.ports.advance.send({ type: 'wake', run, from }, { notBeforeMs: effect.atMs });
      case 'RunTask': {
        const claim = effect.claim ?? this.ports.ids.ulid();
        return this.ports.tasks.send({ run, from, taskEventId: effect.taskEventId, claim, commit });
      }
      case 'OfferActivity': {
        const { taskEventId, activityArn, scheduledMs, deadlineMs } = effect;
        const activity = await this.activities.forOffer(activityArn, scheduledMs, own?.has(taskEventId) === true);
        // Deleted since: the task waits for its timeout, as on AWS.
        if (!activity) return;
        const offer = { run, from, taskEventId, scheduledMs, deadlineMs, commit };
        return this.ports.activityQueues.offer(activity.generation, offer);
      }
      case 'LookAtChild':
        return this.children.tellIfEnded(run, effect.taskEventId, snapshot);
      case 'StopChild':
        return this.children.stop(effect.child);
      case 'TellParent':
        return this.children.tellParent(effect.parent);
      case 'Close': {
        const result = await this.closeHead(run, snapshot);
        // A redrive opened it, and its commit is not there. It must not come any more; what follows closes the head.
        if (result === 'behind') await this.runs.fence(run, 'promise', Number.POSITIVE_INFINITY);
        return;
      }
    }
  }

  /** Of one that has ended. `behind`: a redrive has opened it since, and it stays open. */
  async closeHead(run: RunRef, snapshot: Snapshot): Promise<'closed' | 'behind' | undefined> {
    const { status, end } = snapshot;
    if (!end || status === 'RUNNING') return undefined;
    const closed = { status, stopMs: end.stopMs, expireAtMs: end.stopMs + this.retentionMs };
    return this.ports.executions.close(run, closed, slotOf(snapshot));
  }
}

function offeredBy(effects: readonly Effect[]): ReadonlySet<number> {
  const offered = new Set<number>();
  for (const effect of effects) if (effect.type === 'OfferActivity') offered.add(effect.taskEventId);
  return offered;
}

/** Rejects as the first does that fails, but not before all have ended: nothing goes on behind the worker's back. */
async function allDone(work: readonly Promise<void>[]): Promise<void> {
  if (work.length < 2) return work[0];
  await Promise.allSettled(work);
  await Promise.all(work);
}
