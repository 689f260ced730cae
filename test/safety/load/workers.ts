import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from '../../dice';
import { type Answer, activityArn, type WireClient } from '../wire';
import type { HandedToken } from './lambda-endpoint';
import type { Ledger, TaskRecord } from './ledger';
import { ACTIVITIES } from './machines';

const HEARTBEAT_SECONDS: Record<string, number | undefined> = { orders: 2, callback: 2 };
const BEAT_EVERY_MS = 600;
const NOT_AWAITED = ['TaskTimedOut', 'TaskDoesNotExist'];

/** Activity workers, and those whom functions give tokens: most answer, some after a while with heartbeats, some report a failure, some never answer. */
export class Workers {
  private isFinishing = false;
  private isDiligent = false;
  private readonly loops: Promise<void>[] = [];
  private callbacks = 0;
  readonly surprises: string[] = [];

  constructor(
    private readonly wire: WireClient,
    private readonly ledger: Ledger,
    private readonly dice: Dice,
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
      // A poll that got no answer, or a refusal, is a new poll, under a new name: the old one may have taken a task.
      const input = { activityArn: activityArn(activity), workerName };
      const answer = await this.wire.call('GetActivityTask', input).catch(() => undefined);
      if (answer?.status !== 200) {
        if (answer && answer.status < 500) this.surprise('GetActivityTask', answer);
        else this.ledger.failedPolls.add(workerName);
        await sleep(dice.between(20, 200));
      } else if (answer.body.taskToken !== undefined) {
        const { taskToken, input } = answer.body;
        const record = recordOf('activity', JSON.parse(input).id, taskToken, HEARTBEAT_SECONDS[activity]);
        await this.work(workerName, record, dice).catch(() => {});
      }
    }
  }

  /** A function was given this token; it may be given the same again, when its server died meanwhile. */
  callBack({ taskToken, execution }: HandedToken): void {
    const record = recordOf('callback', execution, taskToken, HEARTBEAT_SECONDS.callback);
    this.loops.push(this.work(`callback-${++this.callbacks}`, record, this.dice).catch(() => {}));
  }

  private async work(workerName: string, record: TaskRecord, dice: Dice): Promise<void> {
    this.ledger.tasks.set(workerName, record);
    const mood = this.isDiligent ? 1 : dice.next();
    if (mood < 0.05) return;
    if (mood < 0.25) await this.beat(record, dice.between(1, 4));
    else if (!this.isDiligent) await sleep(dice.between(0, 200));
    const id = randomUUID();
    const taskToken = record.token;
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

const recordOf = (
  kind: TaskRecord['kind'],
  execution: string,
  token: string,
  heartbeatSeconds: number | undefined,
): TaskRecord => ({ kind, execution, token, heartbeatSeconds, beatMs: undefined, result: undefined });
