import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from '../../dice';
import { type Answer, activityArn, type WireClient } from '../wire';
import type { Ledger, TaskRecord } from './ledger';
import { ACTIVITIES } from './machines';

const HEARTBEAT_SECONDS: Record<string, number | undefined> = { orders: 2 };
const BEAT_EVERY_MS = 600;
const NOT_AWAITED = ['TaskTimedOut', 'TaskDoesNotExist'];

/** Activity workers: most answer, some after a while with heartbeats, some report a failure, some never answer. */
export class Workers {
  private isFinishing = false;
  private isDiligent = false;
  private readonly loops: Promise<void>[] = [];
  readonly surprises: string[] = [];

  constructor(
    private readonly wire: WireClient,
    private readonly ledger: Ledger,
    dice: Dice,
    count: number,
  ) {
    for (let i = 0; i < count; i++) {
      this.loops.push(this.run(ACTIVITIES[i % ACTIVITIES.length]!, `w${i}`, dice.fork()));
    }
  }

  /** From now on every task is done at once, so that everything ends soon. */
  hurry(): void {
    this.isDiligent = true;
  }

  /** Takes no more tasks. The caller hangs up first: polls are long. */
  async finish(): Promise<void> {
    this.isFinishing = true;
    await Promise.all(this.loops);
  }

  private async run(activity: string, prefix: string, dice: Dice): Promise<void> {
    for (let count = 1; !this.isFinishing; count++) {
      const workerName = `${prefix}-${count}`;
      // A poll whose connection was lost is a new poll, under a new name: the old one may have taken a task.
      const input = { activityArn: activityArn(activity), workerName };
      const answer = await this.wire.call('GetActivityTask', input).catch(() => undefined);
      if (answer?.status !== 200) {
        if (answer && answer.status < 500) this.surprise('GetActivityTask', answer);
        else if (answer) this.ledger.refusedPolls.add(workerName);
        await sleep(dice.between(20, 200));
      } else if (answer.body.taskToken !== undefined) {
        await this.work(activity, workerName, answer.body, dice).catch(() => {});
      }
    }
  }

  private async work(
    activity: string,
    workerName: string,
    task: { taskToken: string; input: string },
    dice: Dice,
  ): Promise<void> {
    const record: TaskRecord = {
      execution: JSON.parse(task.input).id,
      token: task.taskToken,
      heartbeatSeconds: HEARTBEAT_SECONDS[activity],
      beatMs: undefined,
      result: undefined,
    };
    this.ledger.tasks.set(workerName, record);
    const mood = this.isDiligent ? 1 : dice.next();
    if (mood < 0.05) return;
    if (mood < 0.25) await this.beat(record, dice.between(1, 4));
    else if (!this.isDiligent) await sleep(dice.between(0, 200));
    const id = randomUUID();
    const { taskToken } = task;
    const isSuccess = this.isDiligent || dice.next() < 0.8;
    record.result = { kind: isSuccess ? 'success' : 'failure', id, verdict: 'not answered' };
    const answer = isSuccess
      ? await this.wire.ask('SendTaskSuccess', { taskToken, output: JSON.stringify({ id }) })
      : await this.wire.ask('SendTaskFailure', {
          taskToken,
          error: dice.next() < 0.7 ? 'Worker.Failed' : 'Worker.Fatal',
          cause: id,
        });
    record.result.verdict = answer.error === undefined ? 'acknowledged' : 'refused';
    if (answer.error !== undefined && !NOT_AWAITED.includes(answer.error)) this.surprise('SendTask', answer);
  }

  private async beat(record: TaskRecord, count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      await sleep(BEAT_EVERY_MS);
      const sentMs = Date.now();
      const answer = await this.wire.ask('SendTaskHeartbeat', { taskToken: record.token });
      if (answer.error === undefined) record.beatMs = sentMs;
      else if (!NOT_AWAITED.includes(answer.error)) this.surprise('SendTaskHeartbeat', answer);
    }
  }

  private surprise(action: string, answer: Answer): void {
    this.surprises.push(`${action}: ${JSON.stringify(answer.body)}`);
  }
}
