import { FIRST_SLOT, type Slot, type Snapshot, slotOf } from '../engine/snapshot';
import type { Trigger } from '../engine/trigger';
import type { Ports } from '../ports';
import type { AdvanceMessage, Delivery, Disposition } from '../ports/queue';
import type { RunRef } from '../ports/run-ref';
import type { Children } from './children';
import type { MachineDeletion } from './delete-machine';
import type { Discharge } from './discharge';
import { type Absent, isAbsent, type Submitted } from './mailbox';
import { resultTrigger } from './result-trigger';
import type { Runs } from './runs';

/** A promise may overtake the write that it covers: it is looked at again after this. */
const EARLY_PROMISE_MS = 5_000;
/** But first after these: a write mostly lands within milliseconds, and somebody waits for what it asks for. */
const EARLY_PROMISE_PAUSES_MS = [1, 3, 10, 75, 200, 500] as const;

/** Handles turn messages. Order: fence if delivered before, transition and append, dispatch, and only then delete. */
export class Advance {
  constructor(
    private readonly ports: Ports,
    private readonly runs: Runs,
    private readonly discharge: Discharge,
    private readonly deletion: MachineDeletion,
    private readonly children: Children,
  ) {}

  async handle(delivery: Delivery<AdvanceMessage>): Promise<Disposition> {
    const { message, receiveCount } = delivery;
    if (message.type === 'delete-machine') return this.deletion.advance(message, delivery);
    const { run, from } = message;
    const isAgain = receiveCount > 1;
    if (isAgain) await this.runs.fence(run, delivery, from);
    const isPromise = message.type === 'advance';
    const isOfStart = isPromise && !isAgain && from === FIRST_SLOT;
    const handledMs = this.ports.clock.nowMs();
    const triggers = message.type === 'advance' ? [] : await this.triggersOf(message);
    const foreseen = isOfStart ? this.runs.foresee(run) : undefined;
    const look = () =>
      isOfStart ? this.runs.first(run, delivery, foreseen) : this.runs.submit(run, triggers, delivery);
    let submitted = await look();
    for (const pauseMs of isPromise && !isAgain ? EARLY_PROMISE_PAUSES_MS : []) {
      if (!isUnwritten(submitted, from)) break;
      await this.ports.clock.sleep(pauseMs);
      submitted = await look();
    }
    if (isAbsent(submitted)) return this.withoutRun(run, submitted.absent === 'certain', isAgain);
    const { alarm } = submitted.snapshot;
    if (isPromise && !isAgain && isEmptySlot(submitted.snapshot, from)) return { againAfterMs: EARLY_PROMISE_MS };
    if (isPromise || isAgain) await this.discharge.outstanding(run, submitted, from, delivery);
    else {
      await this.discharge.own(run, submitted, delivery);
      // Sent by a clock that is ahead of this one: nobody else wakes for this alarm.
      const isEarly = message.type === 'wake' && alarm?.since === from && alarm.atMs > handledMs;
      if (isEarly) await this.discharge.dispatch(run, { type: 'Wake', ...alarm }, submitted.snapshot);
    }
    if (message.type === 'result') await this.dropAbandoned(message, submitted);
    return 'delete';
  }

  private async triggersOf(
    message: Exclude<AdvanceMessage, { type: 'advance' | 'delete-machine' }>,
  ): Promise<Trigger[]> {
    switch (message.type) {
      case 'wake':
        return this.wake(message.run);
      case 'look':
        return this.children.look(message.run, message.taskEventId);
      case 'result':
        return [await resultTrigger(this.ports.clock, message.taskEventId, message.claim, message.result)];
    }
  }

  /** The alarm rang: heartbeats that were recorded move deadlines on, the others count as missed from now. */
  private async wake(run: RunRef): Promise<Trigger[]> {
    const nowMs = this.ports.clock.nowMs();
    const triggers: Trigger[] = [];
    const missedHeartbeats: number[] = [];
    const found = await this.runs.peek(run.runId, true);
    for (const { waiting } of found?.snapshot.frames.values() ?? []) {
      if (waiting.on !== 'task' || waiting.heartbeatAtMs === undefined || waiting.heartbeatAtMs > nowMs) continue;
      const beat = await this.ports.journal.closeBeat(run.runId, waiting.eventId, nowMs);
      if (beat === 'closed') missedHeartbeats.push(waiting.eventId);
      else triggers.push({ type: 'HeartbeatSeen', taskEventId: waiting.eventId, dueAtMs: beat.dueAtMs });
    }
    return [...triggers, { type: 'Woken', missedHeartbeats }];
  }

  private async dropAbandoned(
    { run, taskEventId, result }: Extract<AdvanceMessage, { type: 'result' }>,
    { snapshot }: Submitted,
  ): Promise<void> {
    const child = 'submitted' in result ? result.child : undefined;
    await this.children.dropIfAbandoned(run, snapshot, taskEventId, child);
  }

  /** No head. A start that is still under way must not succeed once its promise is gone. */
  private async withoutRun(run: RunRef, isCertain: boolean, isAgain: boolean): Promise<Disposition> {
    if (isCertain) return 'delete';
    if (!isAgain) return { againAfterMs: EARLY_PROMISE_MS };
    const fenced = await this.ports.executions.fence(run);
    return fenced === 'fenced' ? 'delete' : { againAfterMs: 0 };
  }
}

const isUnwritten = (submitted: Submitted | Absent, from: Slot): boolean =>
  isAbsent(submitted) ? submitted.absent === 'yet' : isEmptySlot(submitted.snapshot, from);

/** Whether the write that a promise covers has not landed. The first slot stands for the head, which has. */
const isEmptySlot = (snapshot: Snapshot, from: Slot): boolean => from !== FIRST_SLOT && from >= slotOf(snapshot);
