import { decodeEvents } from '../engine/commit/decode';
import { type Effect, outstandingEffects } from '../engine/effect';
import { FIRST_SLOT, type Snapshot, slotOf, type TaskWait } from '../engine/snapshot';
import type { Ports } from '../ports';
import type { OpenExecution, StartedExecution } from '../ports/executions';
import type { RunRef } from '../ports/run-ref';
import type { Children } from './children';
import type { Discharge } from './discharge';
import type { Runs } from './runs';

const BATCH = 500;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const STARTED: readonly string[] = ['LambdaFunctionStarted', 'TaskStarted'];
/** An effect that is outstanding for so long has lost its message. */
const LOST_AFTER_MS = 10 * MINUTE_MS;
/** Workers may be away; another offer each time would fill the queue. */
const OFFER_LOST_AFTER_MS = DAY_MS;
/** No Lambda function runs for longer than 15 minutes: its worker is gone. */
const FUNCTION_LOST_AFTER_MS = 30 * MINUTE_MS;
/** Timers stand in a table, whoever lost it; to write them again changes nothing. */
const SLEEPER_LOST_AFTER_MS = DAY_MS;
/** An execution that runs for longer times out (quota "maximum execution time"). */
const AGE_MAX_MS = 365 * DAY_MS;

/** What a look found undone, and did: an effect; a first turn; the end of one that is too old, or that nobody wants. */
export type Repair = Effect['type'] | 'Start' | 'TimeOut' | 'Stop';

/**
 * Looks at open executions without being asked, and does again whatever is outstanding. After a crash this is the
 * recovery of a home whose queues live in memory.
 */
export class Auditor {
  constructor(
    private readonly ports: Ports,
    private readonly runs: Runs,
    private readonly discharge: Discharge,
    private readonly children: Children,
  ) {}

  /**
   * Brings back every execution that needs a look in that time, as if all messages were lost. Answers how many. For a
   * home whose queues live in memory.
   */
  async recover(attentionFromMs: number, attentionBeforeMs: number): Promise<number> {
    let count = 0;
    for (let next: string | undefined; ; ) {
      const found = await this.ports.executions.open({ attentionFromMs, attentionBeforeMs, next, limit: BATCH });
      for (const execution of found.executions) await this.revive(execution);
      count += found.executions.length;
      next = found.next;
      if (next === undefined) return count;
    }
  }

  /** Goes on with deletions of state machines that were under way. */
  async recoverDeletions(): Promise<void> {
    for (let afterName = ''; ; ) {
      const machines = await this.ports.registry.machines(afterName, BATCH);
      for (const { name: machineName, machineId, status } of machines) {
        if (status !== 'DELETING') continue;
        await this.ports.advance.send({ type: 'delete-machine', machineName, machineId, emptyLooks: 0 });
      }
      const last = machines.at(-1);
      if (!last) return;
      afterName = last.name;
    }
  }

  /** Ends executions that are older than a year. Answers how many. */
  async endOld(): Promise<number> {
    const beforeMs = this.ports.clock.nowMs() - AGE_MAX_MS;
    let count = 0;
    for (let next: string | undefined; ; ) {
      const found = await this.ports.executions.openByStart({ fromMs: 0, beforeMs, next, limit: BATCH });
      for (const execution of found.executions) await this.timeOut(execution);
      count += found.executions.length;
      next = found.next;
      if (next === undefined) return count;
    }
  }

  /** Deletes queues of activities that are gone: their deleter died between record and queue. Answers which. */
  async sweepActivityQueues(): Promise<string[]> {
    const { activityQueues, registry } = this.ports;
    // The queues first: a record is there before its queue is.
    const left = new Set(await activityQueues.generations());
    if (left.size === 0) return [];
    for (let afterName = ''; ; ) {
      const activities = await registry.activities(afterName, BATCH);
      for (const { generation } of activities) left.delete(generation);
      const last = activities.at(-1);
      if (!last) break;
      afterName = last.name;
    }
    for (const generation of left) await activityQueues.delete(generation);
    return [...left];
  }

  /**
   * Looks at one open execution beside others who work on it, and does what is outstanding for too long. Answers what
   * that was.
   */
  async look({ run, startMs }: StartedExecution): Promise<Repair[]> {
    const nowMs = this.ports.clock.nowMs();
    const found = await this.runs.peek(run.runId);
    if (!found) {
      if (startMs > nowMs - LOST_AFTER_MS) return [];
      await this.ports.advance.send({ type: 'advance', run, from: FIRST_SLOT });
      return ['Start'];
    }
    const { snapshot } = found;
    if (!snapshot.end && startMs <= nowMs - AGE_MAX_MS) {
      await this.timeOut({ run, startMs });
      return ['TimeOut'];
    }
    if (!snapshot.end && (await this.runs.orphans.has(run, false))) {
      await this.turn(run, snapshot);
      return ['Stop'];
    }
    if (await this.runs.isAbandoned(snapshot)) {
      await this.children.stop(run);
      return ['Stop'];
    }
    const repairs: Repair[] = [];
    for (const effect of outstandingEffects(snapshot, FIRST_SLOT)) {
      if (!(await this.isLost(run, effect, snapshot, nowMs))) continue;
      if (effect.type === 'Continue') await this.turn(run, snapshot);
      else await this.discharge.dispatch(run, effect, snapshot);
      if (effect.type !== 'Wake' || effect.atMs <= nowMs) repairs.push(effect.type);
    }
    return repairs;
  }

  private async isLost(run: RunRef, effect: Effect, snapshot: Snapshot, nowMs: number): Promise<boolean> {
    // No event since: what there is to do is at least as old.
    const isQuietFor = (ms: number) => snapshot.lastTimestampMs <= nowMs - ms;
    switch (effect.type) {
      case 'Continue':
      case 'Close':
      case 'LookAtChild':
      case 'StopChild':
      case 'TellParent':
        return isQuietFor(LOST_AFTER_MS);
      case 'Wake':
        return effect.atMs <= nowMs - LOST_AFTER_MS || isQuietFor(SLEEPER_LOST_AFTER_MS);
      case 'OfferActivity':
        return effect.scheduledMs <= nowMs - OFFER_LOST_AFTER_MS && (effect.deadlineMs ?? nowMs + 1) > nowMs;
      case 'RunTask': {
        const wait = taskOf(snapshot, effect.taskEventId);
        if (!wait) return false;
        // To start a child takes no time, and to start it again changes nothing.
        const isShort = wait.claim === undefined || wait.kind === 'child';
        if (isShort) return wait.scheduledMs <= nowMs - LOST_AFTER_MS;
        const beforeMs = nowMs - FUNCTION_LOST_AFTER_MS;
        return isQuietFor(FUNCTION_LOST_AFTER_MS) || this.isStartedBefore(run.runId, wait, beforeMs);
      }
    }
  }

  /** When a function was started stands in the history alone. */
  private async isStartedBefore(runId: string, { eventId, scheduledMs }: TaskWait, beforeMs: number): Promise<boolean> {
    if (scheduledMs > beforeMs) return false;
    for (let at: number | undefined = eventId; at !== undefined; ) {
      const commits = await this.ports.journal.commitsAt(runId, at, 'up');
      const events = commits.flatMap(decodeEvents).filter(({ id }) => id > eventId);
      for (const { timestampMs, previousEventId, type } of events) {
        if (timestampMs > beforeMs) return false;
        if (previousEventId === eventId && STARTED.includes(type)) return true;
      }
      const last = events.at(-1);
      at = last && last.id >= at ? last.id + 1 : undefined;
    }
    return false;
  }

  /** Has a turn taken: whatever it finds, it does. */
  private turn(run: RunRef, snapshot: Snapshot): Promise<void> {
    return this.ports.advance.send({ type: 'wake', run, from: slotOf(snapshot) });
  }

  private async timeOut({ run, startMs }: StartedExecution): Promise<void> {
    await this.runs.submit(run, [{ type: 'AgeExceeded', limitMs: startMs + AGE_MAX_MS }], 'promise');
  }

  private async revive({ run, attentionAtMs }: OpenExecution): Promise<void> {
    const from = FIRST_SLOT;
    const found = await this.runs.peek(run.runId);
    if (found && (await this.runs.isAbandoned(found.snapshot))) return this.children.stop(run);
    if (attentionAtMs > this.ports.clock.nowMs()) {
      await this.ports.advance.send({ type: 'wake', run, from }, { notBeforeMs: attentionAtMs });
      return;
    }
    await this.ports.advance.send({ type: 'advance', run, from });
    // Functions that were running when the process died: where no other process is, nobody else will end them.
    if (!this.ports.journal.isExclusive) return;
    for (const effect of found ? outstandingEffects(found.snapshot, from) : []) {
      if (effect.type === 'RunTask' && effect.claim !== undefined) {
        await this.discharge.dispatch(run, effect, found!.snapshot);
      }
    }
  }
}

function taskOf(snapshot: Snapshot, taskEventId: number): TaskWait | undefined {
  for (const { waiting } of snapshot.frames.values()) {
    if (waiting.on === 'task' && waiting.eventId === taskEventId) return waiting;
  }
  return undefined;
}
