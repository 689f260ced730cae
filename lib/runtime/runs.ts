import type { StoredCommit } from '../engine/commit/decode';
import { type EncodedCommit, encodeCommit, type Held } from '../engine/commit/encode';
import type { HistoryEvent } from '../engine/history-event';
import { FIRST_SLOT, type Slot, type Snapshot, slotOf } from '../engine/snapshot';
import { type Transition, transition } from '../engine/transition';
import type { Trigger } from '../engine/trigger';
import type { Ports } from '../ports';
import type { Head } from '../ports/executions';
import type { NewCommit } from '../ports/journal';
import type { RunRef } from '../ports/run-ref';
import { StoreUnavailable } from '../ports/store-error';
import type { Arns } from './arns';
import { type Cover, isCovered, leaseError } from './cover';
import { logEntries } from './execution-log';
import {
  type Absent,
  answer,
  isBehind,
  isFenced,
  isOutdated,
  isQuiet,
  type Mailbox,
  newMailbox,
  refOf,
  type Submission,
  type Submitted,
  submissionOf,
} from './mailbox';
import { Orphans } from './orphans';
import type { Programs } from './programs';
import { attentionOf, isLively, isNew, taskClaimedBy } from './standing';
import { StoredRuns } from './stored-runs';
import type { Foreseen, Worlds } from './world';

const API_PATIENCE_MS = 15_000;
const JITTER_MS = [10, 500] as const;
/** Characters of a commit that travels with a message: nowhere near what SQS counts as a second request (64 KB). */
const TOLD_MAX = 16_384;
/** Executions that wait for results of tasks stay in memory, at most this many. */
const HELD_MAX = 10_000;

/**
 * The runs that this process works on. Whatever arrives for a run during a commit shares the next one. Other
 * processes may work on the same run: the slot of the journal decides, and the loser reads again.
 */
export class Runs {
  private readonly mailboxes = new Map<string, Mailbox>();
  private attempts = 0;
  private readonly attemptPrefix: string;
  readonly orphans: Orphans;
  readonly stored: StoredRuns;

  constructor(
    private readonly ports: Ports,
    private readonly programs: Programs,
    private readonly worlds: Worlds,
    private readonly retentionMs: number,
    private readonly arns: Arns,
  ) {
    this.attemptPrefix = ports.ids.ulid();
    this.orphans = new Orphans(ports.registry, ports.clock, ports.journal.isExclusive);
    this.stored = new StoredRuns(ports, programs, arns);
  }

  /**
   * Applies the triggers and runs the execution on; resolves when that is durable. Rejects with StoreUnavailable.
   * `known`: its newest commit, as somebody knew it a moment ago.
   */
  submit(run: RunRef, triggers: readonly Trigger[], cover: Cover, known?: StoredCommit): Promise<Submitted | Absent> {
    return this.enqueue(run, { triggers, cover, fenceFrom: undefined, isFirst: false, known });
  }

  /**
   * Runs the first turn, for a promise that came with the start. It reads no journal: what is there already, the append
   * finds out.
   */
  first(run: RunRef, cover: Cover, foreseen?: Foreseen): Promise<Submitted | Absent> {
    return this.enqueue(run, { triggers: [], cover, fenceFrom: undefined, isFirst: true, foreseen });
  }

  /**
   * Asks for what a first turn will want to know, while the start may be still under way: only where asking takes time.
   * It is not known to have begun: no later than a moment ago.
   */
  foresee(run: RunRef): Foreseen | undefined {
    if (this.ports.journal.isExclusive) return undefined;
    // The turn joins this look, or fails as it did.
    this.orphans.has(run, true).catch(() => {});
    return this.worlds.foresee(run);
  }

  /**
   * Appends an event-less commit at the next slot, so that a write still under way there must fail and read again. To one
   * that has ended only a redrive may be under way: one that was promised from a slot where nothing stands.
   */
  fence(run: RunRef, cover: Cover, from: Slot): Promise<Submitted | Absent> {
    return this.enqueue(run, { triggers: [], cover, fenceFrom: from, isFirst: false });
  }

  /**
   * Where a run stands; undefined when it has no commit. `isNext`: triggers for it follow at once, and need not read it
   * again.
   */
  async peek(runId: string, isNext = false): Promise<{ run: RunRef; snapshot: Snapshot } | undefined> {
    const mailbox = this.mailboxes.get(runId);
    if (mailbox?.held && this.ports.journal.isExclusive) return { run: mailbox.run, snapshot: mailbox.held.snapshot };
    const newest = await this.ports.journal.newest(runId);
    if (!newest) return undefined;
    const held = await this.stored.at(runId, newest);
    const run = refOf({ runId, ...held.snapshot.execution });
    const kept = this.mailboxes.get(runId);
    if (!kept && isNext) this.mailboxes.set(runId, { ...newMailbox(run), held });
    else if (!kept) this.retire({ ...newMailbox(run), held });
    // An append on top of what is older would lose its slot.
    else if (isBehind(kept, held)) Object.assign(kept, { held, attentionAtMs: undefined });
    return { run, snapshot: held.snapshot };
  }

  /**
   * Promises a start while its machine is being asked for, where that was seen lately: mostly it is the same still.
   * Each is begun, or withdrawn.
   */
  promiseStart(machineName: string, name: string): RunRef | undefined {
    const machineId = this.orphans.idOf(machineName);
    if (machineId === undefined) return undefined;
    const mailbox = this.open({ machineName, machineId, name, runId: this.ports.ids.ulid() });
    mailbox.busy = true;
    mailbox.promise = this.ports.advance.send({ type: 'advance', run: mailbox.run, from: FIRST_SLOT });
    // Whoever begins it finds that out.
    mailbox.promise.catch(() => {});
    return mailbox.run;
  }

  /** What was promised and is not begun does not come any more. */
  withdraw({ runId }: RunRef): void {
    const mailbox = this.mailboxes.get(runId);
    if (!mailbox?.promise) return;
    Object.assign(mailbox, { promise: undefined, absent: true });
    void this.drain(mailbox);
  }

  /**
   * Promises, then writes the head, with the first turn where the store takes both. The rest follows with the promise.
   * `machineSeenMs`: when its machine was asked for, and was there.
   */
  async begin(head: Head, machineSeenMs: number | undefined): Promise<'started' | { existing: Head }> {
    const { ports } = this;
    if (machineSeenMs !== undefined) this.orphans.note(head, machineSeenMs);
    const mailbox = this.open(head);
    const { run, promise } = mailbox;
    Object.assign(mailbox, { busy: true, promise: undefined });
    try {
      const initial = await this.stored.initial(head);
      const from = slotOf(initial.snapshot);
      const first = ports.executions.takesFirstCommit ? await this.firstTurn(run, initial) : undefined;
      await (promise ?? ports.advance.send({ type: 'advance', run, from }));
      if (first?.task) await ports.tasks.send({ run, from, ...first.task });
      const result = await ports.executions.start(head, ports.clock.nowMs(), first?.commit);
      if (result !== 'started') mailbox.absent = true;
      else {
        mailbox.held = first?.encoded.accept() ?? initial;
        mailbox.attentionAtMs = first?.commit.attentionAtMs ?? 0;
        mailbox.isHeadClosed = first?.commit.closed !== undefined;
        if (first) this.tell(run, initial.snapshot, first.events);
      }
      return result;
    } finally {
      mailbox.busy = false;
      void this.drain(mailbox);
    }
  }

  /**
   * The first event is of the very moment of startDate. A function that is all the first turn asks for is begun in it,
   * under the message that will run it.
   */
  private async firstTurn(run: RunRef, initial: Held) {
    const claim = this.ports.ids.ulid();
    const { startMs } = initial.snapshot.execution;
    const made = await this.transitionOf(run, initial, [{ type: 'NextFunctionTaken', claim }], { nowMs: startMs });
    const encoded = encodeCommit(initial, made);
    const taken = taskClaimedBy(made.changed.values(), claim);
    return {
      commit: this.commitOf(made, encoded, attentionOf(initial, made)),
      encoded,
      events: made.events,
      task: taken && { taskEventId: taken.task.eventId, claim },
    };
  }

  private enqueue(run: RunRef, submission: Omit<Submission, 'resolve' | 'reject'>) {
    return new Promise<Submitted | Absent>((resolve, reject) => {
      const mailbox = this.open(run);
      mailbox.waiting.push(submissionOf(submission, resolve, reject));
      if (!mailbox.busy) void this.drain(mailbox);
    });
  }

  private open(run: RunRef): Mailbox {
    let mailbox = this.mailboxes.get(run.runId);
    if (!mailbox) {
      mailbox = newMailbox(run);
      this.mailboxes.set(run.runId, mailbox);
    }
    return mailbox;
  }

  private async drain(mailbox: Mailbox): Promise<void> {
    mailbox.busy = true;
    while (mailbox.waiting.length > 0) {
      const batch = mailbox.waiting;
      mailbox.waiting = [];
      try {
        await this.turn(mailbox, batch);
      } catch (error) {
        mailbox.held = undefined;
        for (const submission of batch) submission.reject(error);
      }
    }
    mailbox.busy = false;
    this.retire(mailbox);
  }

  /** Forgets what can be read again: all but executions that go on at once, or whose task is in somebody's hands. */
  private retire(mailbox: Mailbox): void {
    const { runId } = mailbox.run;
    mailbox.told = undefined;
    this.mailboxes.delete(runId);
    if (!mailbox.held || !isLively(mailbox.held.snapshot, !this.ports.journal.isExclusive)) return;
    this.mailboxes.set(runId, mailbox);
    if (this.mailboxes.size <= HELD_MAX) return;
    for (const [id, candidate] of this.mailboxes) {
      if (candidate.busy) continue;
      this.mailboxes.delete(id);
      if (this.mailboxes.size <= HELD_MAX) return;
    }
  }

  /** One transition and its commit for all that wait; again where another process had the slot. */
  private async turn(mailbox: Mailbox, all: Submission[]): Promise<void> {
    const { ports } = this;
    const giveUpMs = ports.clock.nowMs() + API_PATIENCE_MS;
    let batch = all;
    if (isOutdated(mailbox, batch)) mailbox.held = undefined;
    // What was kept may be old by now. An append finds that out by itself; to answer without one takes a fresh look.
    let isFresh = ports.journal.isExclusive;
    for (let attempt = 1; batch.length > 0; attempt++) {
      // Where nobody else writes, what is held is believed at once: it must never be behind the journal.
      if (!mailbox.held && (await this.find(mailbox, attempt === 1 ? batch : []))) isFresh = true;
      const { held } = mailbox;
      if (!held) {
        for (const submission of batch) submission.resolve({ absent: mailbox.absent ? 'certain' : 'yet' });
        return;
      }
      const made = await this.nextOf(mailbox.run, held, batch);
      if (!made || (made.isEmpty && !batch.some(({ fenceFrom }) => isFenced(held, fenceFrom)))) {
        if (isFresh) return answer(batch, made?.verdicts ?? [], mailbox, []);
        mailbox.held = undefined;
        continue;
      }
      const promised = batch.some((submission) => submission.cover === 'promise');
      if (promised) await ports.advance.send({ type: 'advance', run: mailbox.run, from: made.slot });
      const live = this.withoutExpired(batch);
      if (live.length < batch.length) {
        batch = live;
        continue;
      }
      await this.reopen(mailbox, held, made);
      const encoded = encodeCommit(held, made);
      const attentionAtMs = attentionOf(held, made);
      const isNews = attentionAtMs !== mailbox.attentionAtMs;
      mailbox.attentionAtMs = undefined;
      const commit = this.commitOf(made, encoded, isNews ? attentionAtMs : undefined);
      const result = await ports.journal.append(mailbox.run, commit);
      if (result !== 'lost') {
        mailbox.held = encoded.accept();
        mailbox.told = this.toldOf(commit, encoded.base);
        mailbox.attentionAtMs = attentionAtMs;
        mailbox.isHeadClosed = result === 'closed';
        this.tell(mailbox.run, made.next, made.events);
        return answer(batch, made.verdicts, mailbox, promised ? [] : made.effects);
      }
      mailbox.held = undefined;
      if (promised && ports.clock.nowMs() > giveUpMs) throw new StoreUnavailable(`${attempt} appends lost their slot`);
      // What was kept was old: nobody is in the way.
      if (!isFresh) continue;
      const [least, most] = JITTER_MS;
      await ports.clock.sleep(least + ports.ids.random() * (most - least));
    }
  }

  /** Reads where the run stands, or believes what those who submit know of it. Answers whether it was read. */
  private async find(mailbox: Mailbox, batch: readonly Submission[]): Promise<boolean> {
    const { run } = mailbox;
    const isBelieved = !this.ports.journal.isExclusive;
    if (isBelieved && batch.length > 0 && batch.every(({ isFirst }) => isFirst)) {
      mailbox.held = await this.stored.begun(run);
      mailbox.told = undefined;
      return false;
    }
    const known = isBelieved && batch.find((submission) => submission.known)?.known;
    const newest = known || (await this.ports.journal.newest(run.runId));
    mailbox.held = newest ? await this.stored.at(run.runId, newest) : await this.stored.begun(run);
    mailbox.told = newest && this.toldOf(newest, mailbox.held?.base);
    return !known;
  }

  /** The next turn; undefined where nothing has come for a run that waits. */
  private async nextOf(run: RunRef, held: Held, batch: readonly Submission[]): Promise<Transition | undefined> {
    const isAtRest = isQuiet(held.snapshot, batch);
    if (isAtRest && held.snapshot.end) return undefined;
    const triggers = batch.length === 1 ? batch[0]!.triggers : batch.flatMap((submission) => submission.triggers);
    const foreseen = isNew(held.snapshot) ? batch.find((submission) => submission.foreseen)?.foreseen : undefined;
    // Together: a first turn asks for its machine, and mostly for an activity.
    const asked = isAtRest ? undefined : this.transitionOf(run, held, triggers, { foreseen });
    const [isOrphaned, made] = await Promise.all([this.isGivenUp(run, held.snapshot), asked]);
    if (!isOrphaned) return made;
    return this.transitionOf(run, held, [...triggers, { type: 'StopRequested', error: undefined, cause: undefined }]);
  }

  private async isGivenUp(run: RunRef, snapshot: Snapshot): Promise<boolean> {
    const isFirst = isNew(snapshot);
    return (await this.orphans.has(run, isFirst)) || (isFirst && (await this.isAbandoned(snapshot)));
  }

  /** A commit as it is told to others: where they would have to read it, if it is short and says all. */
  private toldOf({ slot, body }: StoredCommit, base: Slot | undefined): StoredCommit | undefined {
    const isWorthIt = !this.ports.journal.isExclusive && base === slot && body.length <= TOLD_MAX;
    return isWorthIt ? { slot, body } : undefined;
  }

  /** For a redrive, before its commit: whoever looks for open executions finds it, whatever becomes of this process. */
  private async reopen(mailbox: Mailbox, { snapshot }: Held, { next: { redrive }, slot }: Transition): Promise<void> {
    if (!redrive || redrive === snapshot.redrive) return;
    const { count, atMs } = redrive;
    await this.ports.executions.reopen(mailbox.run, { count, atMs }, slot);
    mailbox.attentionAtMs = undefined;
  }

  /** Those who count, and those who log: of what is durable now. */
  private tell(run: RunRef, { execution, redrive }: Telling, events: readonly HistoryEvent[]): void {
    const { observer, executionLog } = this.ports;
    observer?.committed(run, execution.startMs, events);
    const logging = executionLog && this.programs.logging(execution);
    if (!logging) return;
    const executionArn = this.arns.execution(execution.machineName, execution.name);
    executionLog.write(logEntries(executionArn, execution.machineName, logging, events, redrive?.count ?? 0));
  }

  /**
   * Whether the task that waited for this execution has given it up. Asked at its first turn, since its start may land
   * late, and by the auditor.
   */
  async isAbandoned({ execution: { parent }, end }: Snapshot): Promise<boolean> {
    if (!parent || end) return false;
    const found = await this.peek(parent.run.runId);
    return found?.snapshot.outbox.some(({ taskEventId }) => taskEventId === parent.taskEventId) ?? false;
  }

  private async transitionOf(
    run: RunRef,
    held: Held,
    triggers: readonly Trigger[],
    { nowMs = this.ports.clock.nowMs(), foreseen }: { nowMs?: number; foreseen?: Foreseen | undefined } = {},
  ): Promise<Transition> {
    const { snapshot } = held;
    const program = await this.programs.get(snapshot.execution);
    const moment = { nowMs, payload: this.stored.reader(run), isFirst: isNew(snapshot), foreseen };
    const world = this.worlds.of(run, snapshot.execution, moment);
    return transition(program, snapshot, triggers, world);
  }

  private withoutExpired(batch: Submission[]): Submission[] {
    const nowMs = this.ports.clock.nowMs();
    return batch.filter(({ cover, reject }) => {
      const isLive = isCovered(cover, nowMs);
      if (!isLive) reject(leaseError());
      return isLive;
    });
  }

  private commitOf(made: Transition, { body }: EncodedCommit, attentionAtMs: number | undefined): NewCommit {
    const { end, status, nextEventId } = made.next;
    const closed =
      end && status !== 'RUNNING'
        ? { status, stopMs: end.stopMs, expireAtMs: end.stopMs + this.retentionMs }
        : undefined;
    return {
      slot: made.slot,
      body,
      attempt: `${this.attemptPrefix}-${++this.attempts}`,
      nextEventId,
      attentionAtMs,
      closed,
    };
  }
}

type Telling = Pick<Snapshot, 'execution' | 'redrive'>;
