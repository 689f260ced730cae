import type { ExecutionFacts, TaskWait } from '../engine/snapshot';
import type { Trigger } from '../engine/trigger';
import type { Ports } from '../ports';
import type { Delivery, Disposition, TaskMessage, TaskResult } from '../ports/queue';
import type { Arns } from './arns';
import type { Children } from './children';
import { isCovered, leaseError } from './cover';
import type { Discharge } from './discharge';
import { isAbsent, type Submitted } from './mailbox';
import { resultTrigger } from './result-trigger';
import type { Runs } from './runs';
import { taskClaimedBy } from './standing';
import type { TaskCalls } from './task-calls';

/** A message's lease is extended this often while its function runs. */
const EXTEND_EVERY_MS = 20_000;
const RECORD_AGAIN_MS = 500;
/** The message with a result that could not be written goes first, so that its function is not called again. */
const LOOK_AGAIN_MS = 30_000;

const GIVEN_UP = 'given-up';

interface Begun {
  task: TaskWait;
  execution: ExecutionFacts;
  /** What a test answers in place of whoever would. */
  mocked: TaskResult | undefined;
}

/**
 * Runs Lambda functions, and calls services. Order: append Started under the message's claim, call, append the result,
 * dispatch, and only then delete. A task that another message has is dropped; one that this very message has, delivered
 * again, is called again: its worker died. That is the only at-least-once that a user can see.
 */
export class TaskWork {
  constructor(
    private readonly ports: Ports,
    private readonly runs: Runs,
    private readonly discharge: Discharge,
    private readonly calls: TaskCalls,
    private readonly children: Children,
    private readonly arns: Arns,
  ) {}

  async handle(delivery: Delivery<TaskMessage>): Promise<Disposition> {
    let begun: Begun | typeof GIVEN_UP | undefined = await this.take(delivery);
    while (begun) {
      // A try may land yet, and what it begins is this message's to run: it is kept.
      if (begun === GIVEN_UP) return { againAfterMs: LOOK_AGAIN_MS };
      const { task, execution, mocked } = begun;
      const payload = task.input.isLoaded
        ? task.input.text
        : await this.runs.stored.payload(delivery.message.run, task.input.ref!);
      if (task.heartbeatAtMs !== undefined) {
        await this.ports.journal.openBeat(delivery.message.run.runId, task.eventId, task.heartbeatAtMs);
      }
      // The last before the call: while anything was awaited, another worker may have got the message, and invoked it.
      if (!isCovered(delivery, this.ports.clock.nowMs())) throw leaseError();
      const result = mocked ?? (await this.call(delivery, execution, task, payload));
      begun = await this.record(delivery, task.eventId, result);
    }
    return 'delete';
  }

  /** The task that is this message's to run: the one it names, or a later one that was begun under its claim. */
  private async take(delivery: Delivery<TaskMessage>): Promise<Begun | undefined> {
    const { run, from, taskEventId, claim, commit } = delivery.message;
    const isAgain = delivery.receiveCount > 1;
    if (isAgain) await this.runs.fence(run, delivery, from);
    const trigger = { type: 'TaskTaken', taskEventId, claim, workerName: undefined } as const;
    const submitted = await this.runs.submit(run, [trigger], delivery, isAgain ? undefined : commit);
    if (isAbsent(submitted)) return undefined;
    const begun = this.begunUnder(claim, submitted);
    if (isAgain) await this.children.dropStarted(run, submitted.snapshot, delivery.message);
    if (isAgain) await this.discharge.outstanding(run, submitted, from, delivery);
    else await this.discharge.own(run, submitted, delivery);
    return begun;
  }

  /** The task that was begun under that claim. */
  private begunUnder(claim: string, { snapshot }: Submitted): Begun | undefined {
    const found = taskClaimedBy(snapshot.frames.values(), claim);
    if (!found) return undefined;
    const { task, frame } = found;
    return { task, execution: snapshot.execution, mocked: this.calls.mocked(snapshot, task, frame) };
  }

  private async call(
    delivery: Delivery<TaskMessage>,
    execution: ExecutionFacts,
    task: TaskWait,
    payload: string,
  ): Promise<TaskResult> {
    const stop = this.ports.clock.every(EXTEND_EVERY_MS, () => {
      // Nobody waits for this: a lease that could not be extended shows at the append.
      delivery.extend().catch(() => {});
    });
    try {
      const { run } = delivery.message;
      if (task.kind === 'child') return await this.children.start(run, execution, task, payload);
      const executionArn = this.arns.execution(run.machineName, run.name);
      return await this.calls.call({ run, executionArn, isStored: true }, task, payload);
    } finally {
      stop();
    }
  }

  /**
   * Records a result, and answers the function that follows on it, begun in the same commit. Tries while the lease
   * lasts: whether a try that failed was written is unknown, and what follows on it is this message's to run.
   */
  private async record(
    delivery: Delivery<TaskMessage>,
    taskEventId: number,
    result: TaskResult,
  ): Promise<Begun | typeof GIVEN_UP | undefined> {
    const { run, from, claim } = delivery.message;
    const triggers: Trigger[] = [await resultTrigger(this.ports.clock, taskEventId, claim, result)];
    if (this.ports.clock.nowMs() < (delivery.beginsUntilMs ?? Number.POSITIVE_INFINITY)) {
      triggers.push({ type: 'NextFunctionTaken', claim });
    }
    let isAgain = false;
    for (; isCovered(delivery, this.ports.clock.nowMs()); isAgain = true) {
      try {
        const submitted = await this.runs.submit(run, triggers, delivery);
        if (isAbsent(submitted)) return undefined;
        const next = this.begunUnder(claim, submitted);
        if (isAgain) await this.discharge.outstanding(run, submitted, from, delivery);
        else await this.discharge.own(run, submitted, delivery);
        const child = 'submitted' in result ? result.child : undefined;
        await this.children.dropIfAbandoned(run, submitted.snapshot, taskEventId, child);
        return next;
      } catch {
        await this.ports.clock.sleep(RECORD_AGAIN_MS);
      }
    }
    // It cannot be appended under this lease: it travels as a message, and is never thrown away.
    await this.ports.advance.send({ type: 'result', run, from, taskEventId, claim, result });
    // Where nobody else writes, what failed does not land later.
    return isAgain && !this.ports.journal.isExclusive ? GIVEN_UP : undefined;
  }
}
