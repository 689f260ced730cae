import { JsonText } from '../../lib/api/action';
import { ACTIONS } from '../../lib/api/actions';
import { ApiError } from '../../lib/api/errors';
import type { ClientSignal } from '../../lib/ports/activity-queues';
import type { SimulatedProcess } from './process';
import { noteFailure } from './queues';
import { job, type World } from './world';

const TRAVEL_MS = [1, 12] as const;
const TIMEOUT_MS = 30_000;
export const POLL_TIMEOUT_MS = 70_000;
const NOBODY_THERE_MS = 1_000;

/** What a client knows of its request at the end. */
export type Answer =
  | { answer: Record<string, unknown> }
  /** Refused for good: nothing was done. */
  | { code: string }
  /** No answer came, or one that says that nobody knows. */
  | 'unknown';

/** A connection that its client may hang up. */
class Connection implements ClientSignal {
  isGone = false;
  private readonly calls = new Set<() => void>();

  onGone(call: () => void): () => void {
    this.calls.add(call);
    return () => this.calls.delete(call);
  }

  hangUp(): void {
    this.isGone = true;
    for (const call of this.calls) call();
  }
}

/** Sends requests to whichever process a load balancer would pick. The handlers of the API answer them. */
export class Requests {
  private number = 0;

  constructor(
    private readonly world: World,
    private readonly alive: () => SimulatedProcess[],
  ) {}

  async send(action: string, input: object, { timeoutMs = TIMEOUT_MS, runId = '' } = {}): Promise<Answer> {
    const { world } = this;
    await world.sleep(world.dice.between(...TRAVEL_MS));
    const processes = this.alive();
    if (processes.length === 0) {
      await world.sleep(NOBODY_THERE_MS);
      return 'unknown';
    }
    const process = world.dice.pick(processes);
    const label = `${process.name} ${action}/${++this.number}`;
    const connection = new Connection();
    const isPoll = action === 'GetActivityTask';
    return new Promise((resolve) => {
      let isSettled = false;
      const settle = (answer: Answer) => {
        isSettled = true;
        resolve(answer);
      };
      world.after(timeoutMs, () => {
        if (isSettled) return;
        settle('unknown');
        process.whenAwake(() => connection.hangUp());
      });
      process.whenAwake(() =>
        job.run({ label }, async () => {
          world.trace(runId, () => `asked ${JSON.stringify(input).slice(0, 160)}`);
          if (!isPoll) process.take(connection, label);
          const answer = await this.perform(process, action, input, connection);
          if (!isPoll) process.finish(connection);
          world.trace(runId, () => `answers ${JSON.stringify(answer).slice(0, 160)}`);
          if (world.hit('answer to client lost', action)) return;
          world.after(world.dice.between(...TRAVEL_MS), () => {
            if (!isSettled) settle(answer);
          });
        }),
      );
    });
  }

  private async perform(
    process: SimulatedProcess,
    action: string,
    input: object,
    client: ClientSignal,
  ): Promise<Answer> {
    try {
      const answer = await ACTIONS.get(action)!.handle(process.runtime, input as never, { client });
      return { answer: answer instanceof JsonText ? JSON.parse(answer.text) : (answer as Record<string, unknown>) };
    } catch (error) {
      if (error instanceof ApiError) return { code: error.code };
      noteFailure(this.world, error, undefined);
      return 'unknown';
    }
  }
}
