import { serviceTaskOf } from '../asl/definition/integrations';
import { Payload } from '../engine/payload';
import type { TaskWait } from '../engine/snapshot';
import type { Trigger } from '../engine/trigger';
import type { Ports } from '../ports';
import type { RunRef } from '../ports/run-ref';
import { isAbsent } from './mailbox';
import type { Runs } from './runs';
import { openTask, type Seal } from './token';

/** Why a token is refused: not one of ours; its run is gone; the task is not awaited any more. */
export type TokenProblem = 'invalid' | 'unknown' | 'timed-out';

const CALL_PAUSES_MS = [10, 25, 75, 200, 500, 1_000];

const hasToken = ({ resource }: TaskWait): boolean => (serviceTaskOf(resource)?.pattern ?? 'request') !== 'request';

/** What activity workers, and others who have a token, say of their tasks. */
export class Completion {
  constructor(
    private readonly ports: Ports,
    private readonly runs: Runs,
    private readonly seal: Seal,
  ) {}

  /** The first answer wins; any later one is `timed-out` and changes nothing. `output` is compact JSON. */
  success(token: string, output: string): Promise<'done' | TokenProblem> {
    return this.answer(token, (taskEventId) => ({
      type: 'TaskSucceeded',
      taskEventId,
      claim: undefined,
      output: Payload.ofText(output),
    }));
  }

  failure(token: string, error: string | undefined, cause: string | undefined): Promise<'done' | TokenProblem> {
    return this.answer(token, (taskEventId) => ({ type: 'TaskFailed', taskEventId, claim: undefined, error, cause }));
  }

  /** Restarts the heartbeat clock. Writes no event. */
  async heartbeat(token: string): Promise<'done' | TokenProblem> {
    const found = await this.find(token);
    if (typeof found === 'string') return found;
    const { run, wait } = found;
    if (wait.heartbeatSeconds === undefined) return 'done';
    const nowMs = this.ports.clock.nowMs();
    const dueAtMs = nowMs + wait.heartbeatSeconds * 1000;
    const recorded = await this.ports.journal.beat(run.runId, wait.eventId, nowMs, dueAtMs);
    return recorded === 'recorded' ? 'done' : 'timed-out';
  }

  /** Whether a token would be taken now; for checks that come before those of the answer itself. */
  async problemOf(token: string): Promise<TokenProblem | undefined> {
    const found = await this.find(token);
    return typeof found === 'string' ? found : undefined;
  }

  private async answer(token: string, trigger: (taskEventId: number) => Trigger): Promise<'done' | TokenProblem> {
    const found = await this.find(token);
    if (typeof found === 'string') return found;
    await this.callAnswered(found.run, found.wait);
    const submitted = await this.runs.submit(found.run, [trigger(found.wait.eventId)], 'promise');
    if (isAbsent(submitted)) return 'unknown';
    return submitted.verdicts[0] === 'applied' ? 'done' : 'timed-out';
  }

  /**
   * Who has a token may answer before the call that sent it was: for a moment its answer is waited for, so that the
   * history tells both. A function may do all of its work first: not for that.
   */
  private async callAnswered({ runId }: RunRef, { eventId, kind, resource, submitted }: TaskWait): Promise<void> {
    if (kind !== 'service' || submitted || serviceTaskOf(resource)?.resourceType === 'lambda') return;
    for (const pauseMs of CALL_PAUSES_MS) {
      await this.ports.clock.sleep(pauseMs);
      const found = await this.runs.peek(runId);
      const frames = [...(found?.snapshot.frames.values() ?? [])];
      if (!frames.some(({ waiting }) => waiting.on === 'task' && waiting.eventId === eventId && !waiting.submitted)) {
        return;
      }
    }
  }

  private async find(token: string): Promise<{ run: RunRef; wait: TaskWait } | TokenProblem> {
    const task = openTask(this.seal, token);
    if (!task) return 'invalid';
    const found = await this.runs.peek(task.runId);
    if (!found) return 'unknown';
    for (const { waiting } of found.snapshot.frames.values()) {
      if (waiting.on !== 'task' || waiting.eventId !== task.taskEventId || waiting.claim === undefined) continue;
      // Functions, and services that are asked once, have no token.
      if (waiting.kind !== 'activity' && !hasToken(waiting)) continue;
      return { run: found.run, wait: waiting };
    }
    return 'timed-out';
  }
}
