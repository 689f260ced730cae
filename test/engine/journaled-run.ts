import assert from 'node:assert/strict';
import { compileDefinition } from '../../lib/asl/definition/compile';
import { describeDiagnostics } from '../../lib/asl/definition/diagnostic';
import type { Program } from '../../lib/asl/definition/program';
import { validateDefinition } from '../../lib/asl/definition/validate';
import { baseOf, decodeEvents, decodeSnapshot, payloadTexts, type StoredCommit } from '../../lib/engine/commit/decode';
import { encodeCommit, type Held, holdInitial } from '../../lib/engine/commit/encode';
import { type Effect, outstandingEffects } from '../../lib/engine/effect';
import type { HistoryEvent } from '../../lib/engine/history-event';
import { type LiveSnapshot, liveSnapshot, stepped } from '../../lib/engine/live';
import { Payload, type PayloadRef } from '../../lib/engine/payload';
import { firstEventIdOf, initialSnapshot, slotAt, type TaskWait } from '../../lib/engine/snapshot';
import { type Transition, transition } from '../../lib/engine/transition';
import type { Trigger, Verdict } from '../../lib/engine/trigger';
import type { EngineLimits, World } from '../../lib/engine/turn';
import { FACTS } from './facts';
import { copyOf, differenceOf } from './sameness';

export const START_MS = Date.UTC(2026, 0, 1);
export const ROLE = 'arn:aws:iam::123456789012:role/work';

/** What surrounds an execution. Everything has a default. */
export interface Surroundings {
  /** The text given to StartExecution. */
  input?: string;
  limits?: Partial<EngineLimits>;
  activityExists?: (arn: string) => boolean;
  /** What is thrown, in turn; 0.5 when all are used. */
  dice?: number[];
  /** Hold only one turn in so many to everything; for executions of many turns with many frames. */
  checkedOneIn?: number;
  /** Triggers that come with the start. */
  startedWith?: Trigger[];
}

/**
 * One execution on a journal in memory, under a clock that is wound by hand. It does what a worker does: turn,
 * commit, dispatch, go on while bursts end early.
 *
 * Whatever a test is about, every turn is held to what must always be true: the transition is a function of its
 * arguments and leaves them alone, the journal gives back exactly what is held, a reader of the journal goes on as
 * the holder does, who keeps none stands at the same place, the history is lawful, the effects follow from the snapshot.
 */
export class JournaledRun {
  nowMs = START_MS;
  held: Held;
  /** The same, kept without a journal. */
  private live: LiveSnapshot;
  readonly commits: StoredCommit[] = [];
  /** As read back from the journal. */
  readonly events: HistoryEvent[] = [];
  /** Those of the last turn. */
  effects: Effect[] = [];
  /** All that were committed. */
  readonly turns: Transition[] = [];
  /** The last transition that was made, committed or not. */
  last: Transition | undefined;
  private readonly program: Program;
  private readonly wakes: number[] = [];
  private readonly beats = new Map<number, number>();
  private dice: number[];
  private thrown = 0;

  private constructor(
    definition: string,
    private readonly surroundings: Surroundings,
  ) {
    assert.equal(describeDiagnostics(validateDefinition(definition).diagnostics), '');
    this.program = compileDefinition(definition);
    this.dice = surroundings.dice ?? [];
    const facts = {
      machineName: 'machine',
      machineId: '01J',
      name: 'execution',
      revision: 3,
      roleArn: ROLE,
      startMs: START_MS,
      input: Payload.ofText(surroundings.input ?? '{}'),
    };
    const initial = initialSnapshot(facts, this.program.startAt);
    this.held = holdInitial(initial);
    this.live = liveSnapshot(initial);
  }

  static async start(definition: string, surroundings: Surroundings = {}): Promise<JournaledRun> {
    const run = new JournaledRun(definition, surroundings);
    await run.turn(...(surroundings.startedWith ?? []));
    return run;
  }

  get snapshot() {
    return this.held.snapshot;
  }

  get status() {
    return this.snapshot.status;
  }

  get output(): string | undefined {
    return this.snapshot.end?.output?.text;
  }

  /** Tasks that are awaited, oldest first. */
  tasks(stateName?: string): TaskWait[] {
    const found: TaskWait[] = [];
    for (const frame of this.snapshot.frames.values()) {
      const isAsked = stateName === undefined || frame.stateName === stateName;
      if (isAsked && frame.waiting.on === 'task') found.push(frame.waiting);
    }
    return found.sort((a, b) => a.eventId - b.eventId);
  }

  /** Applies the triggers in one turn, then runs on while bursts end early. */
  async turn(...triggers: Trigger[]): Promise<Verdict[]> {
    const { verdicts } = await this.once(triggers);
    while (this.effects.some((effect) => effect.type === 'Continue')) await this.once([]);
    return verdicts;
  }

  /** Winds the clock on. Every wake-up that is due on the way is delivered, at its time. */
  async wind(seconds: number): Promise<void> {
    const untilMs = this.nowMs + Math.round(seconds * 1000);
    for (;;) {
      this.wakes.sort((a, b) => a - b);
      const atMs = this.wakes[0];
      if (atMs === undefined || atMs > untilMs) break;
      this.wakes.shift();
      this.nowMs = Math.max(this.nowMs, atMs);
      await this.ring();
    }
    this.nowMs = untilMs;
  }

  /** The alarm rings now, early or late. */
  async ring(): Promise<Verdict[]> {
    const triggers: Trigger[] = [];
    const missedHeartbeats: number[] = [];
    for (const { eventId, heartbeatAtMs } of this.tasks()) {
      if (heartbeatAtMs === undefined || heartbeatAtMs > this.nowMs) continue;
      const dueAtMs = this.beats.get(eventId) ?? 0;
      if (dueAtMs > this.nowMs) triggers.push({ type: 'HeartbeatSeen', taskEventId: eventId, dueAtMs });
      else missedHeartbeats.push(eventId);
    }
    return this.turn(...triggers, { type: 'Woken', missedHeartbeats });
  }

  /** A heartbeat is recorded. The engine hears of it when the old deadline comes. */
  beat(task: TaskWait): void {
    assert(task.heartbeatSeconds !== undefined);
    this.beats.set(task.eventId, this.nowMs + task.heartbeatSeconds * 1000);
  }

  /** Wake-ups that were sent and did not ring yet, in seconds from the start. */
  get pendingWakes(): number[] {
    return this.wakes.map((atMs) => (atMs - START_MS) / 1000);
  }

  get alarmSeconds(): number | undefined {
    return this.snapshot.alarm && (this.snapshot.alarm.atMs - START_MS) / 1000;
  }

  /** Commits without an event, as the runtime does to fence off a write that is still under way. */
  async fence(): Promise<void> {
    await this.once([], true);
  }

  /** From the commit that holds all frames to the newest. */
  get currentCommits(): StoredCommit[] {
    const base = baseOf(this.commits.at(-1)!);
    return this.commits.filter(({ slot }) => slot >= base);
  }

  private async once(triggers: Trigger[], force = false): Promise<Transition> {
    const isChecked = this.turns.length % (this.surroundings.checkedOneIn ?? 1) === 0;
    const made = isChecked
      ? await this.checkedTransition(triggers)
      : await transition(this.program, this.held.snapshot, triggers, this.world('at once'));
    assert.equal(made.verdicts.length, triggers.length);
    this.dice = this.dice.slice(this.thrown);
    this.last = made;
    if (made.isEmpty && !force) {
      assert.deepEqual([made.events.length, made.changed.size], [0, 0]);
      this.effects = [];
      return made;
    }
    this.commit(made);
    if (isChecked) this.checkWritten(made);
    this.effects = made.effects;
    for (const effect of made.effects) if (effect.type === 'Wake') this.wakes.push(effect.atMs);
    return made;
  }

  private async checkedTransition(triggers: Trigger[]): Promise<Transition> {
    const { snapshot } = this.held;
    const before = copyOf(snapshot);
    const made = await transition(this.program, snapshot, triggers, this.world('at once'));
    const again = await transition(this.program, snapshot, triggers, this.world('later'));
    this.assertSame(again, made, 'same arguments, same transition');
    this.assertSame(snapshot, before, 'the snapshot that is passed in stays as it is');
    if (this.commits.length > 0) {
      const read = decodeSnapshot(this.currentCommits).snapshot;
      const byReader = await transition(this.program, read, triggers, this.world('later'));
      this.assertSame(byReader, made, 'who reads the journal goes on as who held it');
    }
    return made;
  }

  private commit(made: Transition): void {
    const encoded = encodeCommit(this.held, made);
    const commit = { slot: made.slot, body: encoded.body };
    assert(made.slot > (this.commits.at(-1)?.slot ?? 0), 'slots go up');
    this.commits.push(commit);
    this.turns.push(made);
    this.held = encoded.accept();
    this.live = stepped(this.live, made);
    for (const event of decodeEvents(commit)) {
      this.checkLawful(event);
      this.events.push(event);
    }
  }

  private checkLawful(event: HistoryEvent): void {
    assert.equal(event.id, this.events.length + 1, 'ids are dense');
    assert(event.previousEventId < event.id, `${event.id}<${event.previousEventId}`);
    assert(event.timestampMs >= (this.events.at(-1)?.timestampMs ?? START_MS), 'time does not go back');
  }

  /** The journal gives back what is held, and what the turn asks for is what is outstanding since its commit. */
  private checkWritten(made: Transition): void {
    this.assertSame(decodeEvents(this.commits.at(-1)!), made.events, 'the journal gives back the events');
    this.assertSame(decodeSnapshot(this.currentCommits), this.held, 'the journal gives back what is held');
    this.assertSame(this.live, this.snapshot, 'who keeps no journal stands where it does');
    assert.equal(baseOf(this.commits.at(-1)!), this.held.base);
    // An execution that has ended asks for nothing but the close, whichever of its last commits one looks from.
    const from = this.snapshot.end ? slotAt(firstEventIdOf(made.slot), 0) : made.slot;
    const listed = (effects: Effect[]) =>
      effects.map((effect) => JSON.stringify(effect.type === 'Close' ? { type: 'Close' } : effect)).sort();
    assert.deepEqual(listed(outstandingEffects(this.snapshot, from)), listed(made.effects));
  }

  private world(answers: 'at once' | 'later'): World {
    const { activityExists = () => true, limits } = this.surroundings;
    this.thrown = 0;
    const given = <T>(value: T) => (answers === 'at once' ? value : Promise.resolve(value));
    return {
      nowMs: this.nowMs,
      random: () => this.dice[this.thrown++] ?? 0.5,
      payload: (ref) => given(this.stored(ref)),
      giveWay: () => Promise.resolve(),
      activityExists: (arn) => given(activityExists(arn)),
      ...FACTS,
      limits: { historyEvents: 25_000, payloadBytes: 262_144, ...limits },
    };
  }

  private stored([slot, index]: PayloadRef): string {
    const commit = this.commits.find((candidate) => candidate.slot === slot);
    assert(commit, `a payload is in commit ${slot}, which does not exist`);
    return payloadTexts(commit)(index);
  }

  /** Where two snapshots, transitions or histories differ; undefined where they say the same. */
  difference(a: unknown, b: unknown): string | undefined {
    return differenceOf(a, b, (payload) => (payload.isLoaded ? payload.text : this.stored(payload.ref!)));
  }

  private assertSame(actual: unknown, expected: unknown, message: string): void {
    assert.equal(this.difference(actual, expected), undefined, message);
  }
}
