import type { Program } from '../asl/definition/program';
import type { Effect } from '../engine/effect';
import type { HistoryEvent } from '../engine/history-event';
import { type LiveSnapshot, liveSnapshot, stepped } from '../engine/live';
import type { ExecutionEnd, ExecutionStatus, Frame, Snapshot, TaskWait } from '../engine/snapshot';
import { type Transition, transition } from '../engine/transition';
import type { Trigger } from '../engine/trigger';
import type { World } from '../engine/turn';
import type { Clock } from '../ports/clock';
import type { TaskResult } from '../ports/queue';
import { StoreUnavailable } from '../ports/store-error';
import { resultTrigger } from './result-trigger';
import type { Caller } from './service-calls';
import { taskClaimedBy } from './standing';
import type { TaskCalls } from './task-calls';

/** What one execution knows of the outside. */
export interface ExpressWorld {
  clock: Clock;
  caller: Caller;
  at(nowMs: number): World;
  /** Told of the events of each turn. */
  tell(events: readonly HistoryEvent[]): void;
}

interface Ended {
  status: Exclude<ExecutionStatus, 'RUNNING'>;
  end: ExecutionEnd;
}

/** This service itself could not be called. */
const UNAVAILABLE: TaskResult = { error: 'States.TaskFailed', cause: 'The service is temporarily unavailable' };

/** The process stops: executions that live in its memory are given up, whoever asks for them may ask another. */
export class Stopping extends StoreUnavailable {
  constructor() {
    super('the process stops, and the execution is given up');
  }
}

/** A turn takes so many at most: each seeks its task among all, and others wait meanwhile. */
const TRIGGERS_MAX = 100;

/** Longer timers ring at once. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** Drives one execution from start to end, in memory: turns, and whatever they ask for. */
export class ExpressRun {
  private snapshot!: LiveSnapshot;
  /** What has come for the next turns. */
  private arrived: Trigger[] = [];
  /** What a task failed of otherwise than tasks do. */
  private failure: { error: unknown } | undefined;
  /** Cuts the wait short that is under way. */
  private wake: AbortController | undefined;
  private claims = 0;
  private readonly tasks = new Set<Promise<void>>();

  /** It times out at that moment at the latest. */
  constructor(
    private readonly world: ExpressWorld,
    private readonly calls: TaskCalls,
    private readonly untilMs: number,
  ) {}

  /** Rejects where the engine does. */
  async toEnd(program: Program, initial: Snapshot): Promise<Ended> {
    this.snapshot = liveSnapshot(initial);
    let triggers = this.arrived.splice(0);
    let nowMs = initial.execution.startMs;
    for (;;) {
      const made = await transition(program, this.snapshot, triggers, this.world.at(nowMs));
      this.snapshot = stepped(this.snapshot, made);
      this.world.tell(made.events);
      const { status, end } = this.snapshot;
      if (end && status !== 'RUNNING') return { status, end };
      this.beginTasks(triggers, made);
      const takes = this.takes(made.effects);
      this.arrived.unshift(...takes);
      if (takes.length === 0 || this.arrived.length > TRIGGERS_MAX) await this.rest(made.effects);
      nowMs = this.nowMs;
      triggers = [...this.arrived.splice(0, TRIGGERS_MAX), ...this.due(nowMs)];
    }
  }

  /** Ends it as ABORTED with its next turn. */
  stop(): void {
    this.arrive({ type: 'StopRequested', error: undefined, cause: undefined });
  }

  /** Of one that has ended: its calls that nobody waits for any more have come back. */
  async callsEnd(): Promise<void> {
    await Promise.all(this.tasks);
  }

  private get nowMs(): number {
    return this.world.clock.nowMs();
  }

  /** Each task is taken as soon as it is there. */
  private takes(effects: readonly Effect[]): Trigger[] {
    return effects.flatMap((effect): Trigger[] =>
      effect.type === 'RunTask' && effect.claim === undefined
        ? [
            {
              type: 'TaskTaken',
              taskEventId: effect.taskEventId,
              claim: String(++this.claims),
              workerName: undefined,
            },
          ]
        : [],
    );
  }

  /** Those that this turn has started. */
  private beginTasks(triggers: readonly Trigger[], { changed }: Transition): void {
    for (const trigger of triggers) {
      const begun = trigger.type === 'TaskTaken' && taskClaimedBy(changed.values(), trigger.claim);
      if (!begun) continue;
      const task = this.runTask(begun.task, begun.frame).finally(() => this.tasks.delete(task));
      this.tasks.add(task);
    }
  }

  private async runTask(task: TaskWait, frame: Frame): Promise<void> {
    const { clock, caller } = this.world;
    try {
      const mocked = this.calls.mocked(this.snapshot, task, frame);
      // A row of tasks whose answers are at hand is no reason to let others wait.
      await clock.sleep(0);
      const result = mocked ?? (await this.calls.call(caller, task, task.input.text).catch(unavailable));
      this.arrive(await resultTrigger(clock, task.eventId, task.claim, result));
    } catch (error) {
      // The execution that the task waited for is given up, which is no failure of the task: so is this one.
      if (error instanceof Stopping) return this.stop();
      this.failure ??= { error };
      this.wake?.abort();
    }
  }

  private arrive(trigger: Trigger): void {
    this.arrived.push(trigger);
    this.wake?.abort();
  }

  /** Until something has come, or is due; where that is so already, others have their turn. */
  private async rest(effects: readonly Effect[]): Promise<void> {
    const goesOn = effects.some(({ type }) => type === 'Continue');
    if (goesOn || this.hasNews) await this.world.clock.sleep(0);
    else await this.news();
    if (this.failure) throw this.failure.error;
  }

  private get hasNews(): boolean {
    return this.arrived.length > 0 || this.failure !== undefined || this.due(this.nowMs).length > 0;
  }

  private async news(): Promise<void> {
    const { alarm } = this.snapshot;
    const nextMs = Math.min(this.untilMs, alarm?.atMs ?? this.untilMs);
    this.wake = new AbortController();
    await this.world.clock.sleep(Math.min(nextMs - this.nowMs, TIMER_MAX_MS), this.wake.signal);
    this.wake = undefined;
    // Many may wake in the same moment.
    await this.world.clock.sleep(0);
  }

  private due(nowMs: number): Trigger[] {
    if (nowMs >= this.untilMs) return [{ type: 'AgeExceeded', limitMs: this.untilMs }];
    const { alarm } = this.snapshot;
    return alarm && nowMs >= alarm.atMs ? [{ type: 'Woken', missedHeartbeats: [] }] : [];
  }
}

function unavailable(error: unknown): TaskResult {
  if (error instanceof StoreUnavailable && !(error instanceof Stopping)) return UNAVAILABLE;
  throw error;
}
