import { ACTIVITY } from '../engine/scenario';
import { type Ledger, type ResultEntry, type Standing, type StartEntry, taskOfToken } from './ledger';
import { isRefusing } from './machines';
import { ARNS } from './process';
import { type Answer, POLL_TIMEOUT_MS, type Requests } from './requests';
import type { World } from './world';

const AGAIN_MS = [100, 8_000] as const;
const TRIES_MAX = 12;
const WORK_MS = [50, 5_000] as const;
const LATE_WORK_MS = [5_000, 90_000] as const;
const BEAT_EVERY_MS = [900, 6_000] as const;
const ONE_REFUSES_OF = 5;

/** Those who use the service: they start, work, stop, read and delete, and try again when no answer comes. */
export class Clients {
  isOver = false;
  private markers = 0;

  constructor(
    private readonly world: World,
    private readonly requests: Requests,
    private readonly ledger: Ledger,
  ) {}

  /** Something that has to be done before the world comes to rest. */
  async busy(work: () => Promise<void>): Promise<void> {
    this.world.underWay++;
    await work();
    this.world.underWay--;
  }

  async start(entry: StartEntry, inMs: number): Promise<void> {
    const { machineName, name, input } = entry;
    await this.world.sleep(inMs);
    let isUnsure = false;
    for (let tries = 1; tries <= TRIES_MAX; tries++) {
      const request = { stateMachineArn: ARNS.machine(machineName), name, input };
      const answer = await this.requests.send('StartExecution', request);
      if (answer === 'unknown') isUnsure = true;
      else if ('code' in answer) {
        if (isUnsure && answer.code === 'ExecutionAlreadyExists') this.world.count('a start was there already');
        entry.standing = isUnsure || entry.standing === 'acknowledged' ? entry.standing : 'refused';
        return;
      } else {
        const startMs = Math.round((answer.answer.startDate as number) * 1000);
        if (entry.startMs !== undefined && entry.startMs !== startMs) {
          this.world.violate(`StartExecution of ${name} was answered ${entry.startMs} and ${startMs}`);
        }
        entry.standing = 'acknowledged';
        entry.startMs = startMs;
        // Now and then it asks once more, as one would whose answer was lost.
        if (this.world.dice.next() < 0.8) return;
      }
      await this.world.sleep(this.world.dice.between(...AGAIN_MS));
    }
  }

  /** A worker of the activity: polls, beats, answers; may die with the task in its hands. */
  async work(workerName: string): Promise<void> {
    const { world } = this;
    while (!this.isOver) {
      const request = { activityArn: ACTIVITY, workerName };
      const polled = await this.requests.send('GetActivityTask', request, { timeoutMs: POLL_TIMEOUT_MS });
      if (polled === 'unknown' || 'code' in polled) {
        await world.sleep(world.dice.between(...AGAIN_MS));
        continue;
      }
      const { taskToken, input } = polled.answer as { taskToken?: string; input?: string };
      if (taskToken === undefined) continue;
      this.noteHands(taskToken, workerName);
      if (world.hit('worker dies')) await world.sleep(world.dice.between(...AGAIN_MS));
      else await this.busy(() => this.doTask(taskToken, input!));
    }
  }

  private noteHands(token: string, workerName: string): void {
    const { hands } = this.ledger;
    const other = hands.get(token);
    const { runId, taskEventId } = taskOfToken(token);
    this.world.trace(runId, () => `${workerName} has task ${taskEventId} in its hands`);
    if (other) this.world.violate(`task ${taskEventId} is in the hands of ${other} and ${workerName}`, runId);
    hands.set(token, workerName);
  }

  async doTask(taskToken: string, input: string): Promise<void> {
    const { world } = this;
    const workMs = world.hit('worker is late') ? world.dice.between(...LATE_WORK_MS) : world.dice.between(...WORK_MS);
    const doneMs = world.nowMs + workMs;
    const everyMs = world.dice.between(...BEAT_EVERY_MS);
    while (world.nowMs + everyMs < doneMs) {
      await world.sleep(everyMs);
      await this.beat(taskToken);
    }
    if (doneMs > world.nowMs) await world.sleep(doneMs - world.nowMs);
    await this.answer(taskToken, input);
    // Some answer twice, and differently.
    if (world.dice.next() < 0.15) await this.answer(taskToken, input);
  }

  private async beat(taskToken: string): Promise<void> {
    const sentMs = this.world.nowMs;
    const told = await this.requests.send('SendTaskHeartbeat', { taskToken }, taskOfToken(taskToken));
    if (told === 'unknown') return;
    const { nowMs: answeredMs } = this.world;
    this.ledger.beats.push({ ...taskOfToken(taskToken), isTaken: 'answer' in told, sentMs, answeredMs });
  }

  private async answer(taskToken: string, input: string): Promise<void> {
    const marker = `m${++this.markers}m`;
    const entry: ResultEntry = { ...taskOfToken(taskToken), marker, standing: 'unknown' };
    this.ledger.results.push(entry);
    const isRefused = isRefusing(input, ONE_REFUSES_OF);
    const request = isRefused
      ? { taskToken, error: 'F', cause: marker }
      : { taskToken, output: JSON.stringify({ marker }) };
    entry.standing = await this.untilKnown(isRefused ? 'SendTaskFailure' : 'SendTaskSuccess', request, entry.runId);
  }

  /** Sends until an answer comes. A refusal says nothing if an earlier try may have been taken. */
  private async untilKnown(action: string, request: object, runId = ''): Promise<Standing> {
    for (let tries = 1; tries <= TRIES_MAX; tries++) {
      const told = await this.requests.send(action, request, { runId });
      if (told !== 'unknown' && 'answer' in told) return 'acknowledged';
      if (told !== 'unknown') return tries === 1 ? 'refused' : 'unknown';
      if (this.world.hit('client gives up', action)) return 'unknown';
      await this.world.sleep(this.world.dice.between(...AGAIN_MS));
    }
    return 'unknown';
  }

  async stop({ machineName, name }: StartEntry, inMs: number): Promise<void> {
    await this.world.sleep(inMs);
    const executionArn = ARNS.execution(machineName, name);
    for (let tries = 1; tries <= TRIES_MAX; tries++) {
      const told: Answer = await this.requests.send('StopExecution', { executionArn, error: 'Stopped', cause: 'here' });
      if (told !== 'unknown') {
        if ('answer' in told) {
          const stopMs = Math.round((told.answer.stopDate as number) * 1000);
          this.ledger.stops.push({ machineName, name, stopMs });
        }
        return;
      }
      if (this.world.hit('client gives up', 'StopExecution')) return;
      await this.world.sleep(this.world.dice.between(...AGAIN_MS));
    }
  }

  /** Asks until it is granted, or refused for good; under one token, as one does who does not know. */
  async redrive({ machineName, name }: StartEntry, inMs: number): Promise<void> {
    await this.world.sleep(inMs);
    const executionArn = ARNS.execution(machineName, name);
    const clientToken = `t${++this.markers}`;
    for (let tries = 1; tries <= TRIES_MAX; tries++) {
      const told: Answer = await this.requests.send('RedriveExecution', { executionArn, clientToken });
      if (told !== 'unknown' && 'answer' in told) {
        const redriveMs = Math.round((told.answer.redriveDate as number) * 1000);
        this.ledger.redrives.push({ machineName, name, clientToken, redriveMs });
        this.world.count('redrives granted');
        // Now and then it asks once more, as one would whose answer was lost.
        if (this.world.dice.next() < 0.7) return;
      } else if (told !== 'unknown' && told.code !== 'ExecutionNotRedrivable') return;
      if (this.world.hit('client gives up', 'RedriveExecution')) return;
      await this.world.sleep(this.world.dice.between(...AGAIN_MS));
    }
  }

  async read({ machineName, name }: StartEntry, inMs: number): Promise<void> {
    await this.world.sleep(inMs);
    const request = { executionArn: ARNS.execution(machineName, name) };
    const told = await this.requests.send('GetExecutionHistory', request);
    if (told === 'unknown' || 'code' in told) return;
    this.ledger.readings.push({ machineName, name, events: told.answer.events as unknown[] });
  }

  async deleteMachine(machineName: string, inMs: number): Promise<void> {
    await this.world.sleep(inMs);
    const request = { stateMachineArn: ARNS.machine(machineName) };
    const standing = await this.untilKnown('DeleteStateMachine', request);
    if (standing === 'acknowledged') this.ledger.deleted.add(machineName);
  }
}
