import type { Payload } from '../engine/payload';
import type { Snapshot, TaskWait } from '../engine/snapshot';
import type { Ports } from '../ports';
import type { ClientSignal, ReceivedOffer } from '../ports/activity-queues';
import type { Activity } from '../ports/registry';
import type { ActivityLookup } from './activity-lookup';
import { isCovered, leaseError } from './cover';
import type { Discharge } from './discharge';
import { isAbsent, type Submitted } from './mailbox';
import type { Runs } from './runs';
import { type Seal, sealTask } from './token';

export interface ActivityTask {
  taskToken: string;
  input: string;
}

/** Why a worker may not wait. */
export type PollProblem = 'no-activity' | 'too-many-pollers';

/** So long one waits on the word of a moment ago; most tasks that come at all come sooner. */
const BELIEVED_FOR_MS = 1_000;

/** Hands tasks of activities to workers that wait for them. */
export class Polling {
  private readonly pollers = new Map<string, number>();

  constructor(
    private readonly ports: Ports,
    private readonly runs: Runs,
    private readonly discharge: Discharge,
    private readonly activities: ActivityLookup,
    private readonly seal: Seal,
    private readonly settings: { holdMs: number; pollersMax: number },
  ) {}

  /** Waits for a task, the oldest first. Undefined when none came in time; a worker that hung up gets none. */
  async next(
    activityArn: string,
    workerName: string | undefined,
    client: ClientSignal,
  ): Promise<ActivityTask | undefined | PollProblem> {
    const untilMs = this.ports.clock.nowMs() + this.settings.holdMs;
    const believed = this.activities.seenLately(activityArn);
    const activity = believed ?? (await this.activities.now(activityArn));
    if (!activity) return 'no-activity';
    const others = this.pollers.get(activityArn) ?? 0;
    if (others >= this.settings.pollersMax) return 'too-many-pollers';
    this.pollers.set(activityArn, others + 1);
    try {
      const soonMs = believed ? Math.min(untilMs, this.ports.clock.nowMs() + BELIEVED_FOR_MS) : untilMs;
      const task = await this.wait(activity, workerName, client, soonMs);
      if (task || client.isGone || soonMs === untilMs) return task;
      const still = await this.activities.now(activityArn);
      return still ? await this.wait(still, workerName, client, untilMs) : 'no-activity';
    } finally {
      const left = this.pollers.get(activityArn)! - 1;
      if (left > 0) this.pollers.set(activityArn, left);
      else this.pollers.delete(activityArn);
    }
  }

  private async wait(
    { generation }: Activity,
    workerName: string | undefined,
    client: ClientSignal,
    untilMs: number,
  ): Promise<ActivityTask | undefined> {
    for (;;) {
      const received = await this.ports.activityQueues.receive(generation, { untilMs, client });
      if (!received) return undefined;
      const task = await this.take(generation, received, workerName, client);
      if (task === 'hung-up') return undefined;
      if (task) return task;
    }
  }

  private async take(
    generation: string,
    received: ReceivedOffer,
    workerName: string | undefined,
    client: ClientSignal,
  ): Promise<ActivityTask | 'hung-up' | undefined> {
    const { activityQueues, clock } = this.ports;
    const { run, taskEventId, deadlineMs, commit } = received.offer;
    try {
      if (client.isGone) {
        await activityQueues.release(generation, received);
        return 'hung-up';
      }
      let task: ActivityTask | undefined;
      if (deadlineMs === undefined || deadlineMs > clock.nowMs()) {
        const trigger = { type: 'TaskTaken', taskEventId, claim: received.id, workerName } as const;
        const known = received.isAgain ? undefined : commit;
        const submitted = await this.runs.submit(run, [trigger], received, known);
        if (!isAbsent(submitted)) task = await this.handOut(received, submitted);
      }
      if (task && !isCovered(received, clock.nowMs())) throw leaseError();
      // Deleted before it is answered: an offer that comes again was never answered.
      await activityQueues.remove(generation, received);
      // Where that took so long, another poll may have it by now, and answer it.
      if (task && clock.nowMs() >= received.leaseUntilMs) throw leaseError();
      return task;
    } catch (error) {
      await activityQueues.release(generation, received);
      throw error;
    }
  }

  private async handOut(received: ReceivedOffer, submitted: Submitted): Promise<ActivityTask | undefined> {
    const [verdict] = submitted.verdicts;
    const { run, taskEventId, from } = received.offer;
    // Ended in the same turn that it was taken in, perhaps: by a stop, or by its deadline.
    const wait = verdict === 'applied' || verdict === 'yours' ? taskOf(submitted.snapshot, taskEventId) : undefined;
    // It came again: whoever had it may have died before it dispatched what its turn asked for. One that is merely late
    // dispatches only what its own append was handed, for others that shared it; of many offers, each would offer all
    // the others anew. Either goes before the beat: should the beat not be written, the offer comes again.
    if (verdict === 'yours' || (verdict !== 'applied' && received.isAgain)) {
      await this.discharge.outstanding(run, submitted, from, received);
    } else await this.discharge.own(run, submitted, received);
    if (!wait) return undefined;
    if (wait.heartbeatAtMs !== undefined) {
      await this.ports.journal.openBeat(run.runId, taskEventId, wait.heartbeatAtMs);
    }
    const input = await this.textOf(run, wait.input);
    return { taskToken: sealTask(this.seal, { runId: run.runId, taskEventId }), input };
  }

  private async textOf(run: ReceivedOffer['offer']['run'], payload: Payload): Promise<string> {
    return payload.isLoaded ? payload.text : this.runs.stored.payload(run, payload.ref!);
  }
}

function taskOf(snapshot: Snapshot, taskEventId: number): TaskWait | undefined {
  for (const { waiting } of snapshot.frames.values()) {
    if (waiting.on === 'task' && waiting.eventId === taskEventId) return waiting;
  }
  return undefined;
}
