import { isObject, type JsonObject } from '../asl/json';
import { decodeEvents } from '../engine/commit/decode';
import { Payload } from '../engine/payload';
import {
  type ChildTask,
  type ExecutionFacts,
  type ParentTask,
  type Snapshot,
  slotAt,
  type TaskWait,
} from '../engine/snapshot';
import type { Trigger } from '../engine/trigger';
import type { Ports } from '../ports';
import type { Head } from '../ports/executions';
import type { TaskResult } from '../ports/queue';
import type { RunRef } from '../ports/run-ref';
import type { Arns } from './arns';
import { childMachine } from './child-names';
import { type ChildEnd, outcomeOf } from './child-outcome';
import { readEnd } from './describe';
import { refOf } from './mailbox';
import { nestedName } from './own-calls';
import { resultTrigger } from './result-trigger';
import type { Runs } from './runs';
import { startExecution } from './start';

/** How often a task looks at an execution that somebody else started: that one tells nobody when it ends. */
const LOOK_LEAST_MS = 1_000;
const LOOK_MOST_MS = 60_000;

/**
 * Executions that tasks started and wait for. One that ends sends its task a message to look at it; whoever submits
 * looks too, and so does the auditor, so that no message has to arrive. What counts is the execution itself.
 */
export class Children {
  constructor(
    private readonly ports: Ports,
    private readonly runs: Runs,
    private readonly arns: Arns,
  ) {}

  /** For an execution that has ended. */
  tellParent({ run, taskEventId }: ParentTask): Promise<void> {
    return this.sendLook(run, taskEventId);
  }

  /** Once the task waits: the child may have ended before that, or be one that will not tell. */
  async tellIfEnded(run: RunRef, taskEventId: number, snapshot: Snapshot): Promise<void> {
    const wait = taskOf(snapshot, taskEventId);
    const child = wait?.submitted?.child;
    if (!child) return;
    const found = await this.read(child);
    if (found?.status !== 'RUNNING') return this.sendLook(run, taskEventId);
    const by = found.head.startedBy;
    if (by?.run.runId === run.runId && by.taskEventId === taskEventId && by.isAwaited) return;
    const nowMs = this.ports.clock.nowMs();
    const pauseMs = Math.min(LOOK_MOST_MS, Math.max(LOOK_LEAST_MS, (nowMs - wait.scheduledMs) / 10));
    await this.sendLook(run, taskEventId, nowMs + pauseMs);
  }

  /** What a look finds: that the child has ended, or that one which was to be stopped has. */
  async look(run: RunRef, taskEventId: number): Promise<Trigger[]> {
    const found = await this.runs.peek(run.runId);
    if (!found || found.snapshot.end) return [];
    const { snapshot } = found;
    const abandoned = snapshot.outbox.find((item) => item.taskEventId === taskEventId);
    if (abandoned) {
      const child = abandoned.child && (await this.read(abandoned.child));
      return child?.status === 'RUNNING' ? [] : [{ type: 'AbandonedEnded', taskEventId }];
    }
    const wait = taskOf(snapshot, taskEventId);
    if (!wait?.submitted?.child) return [];
    const child = await this.read(wait.submitted.child);
    if (child?.status === 'RUNNING') {
      await this.tellIfEnded(run, taskEventId, snapshot);
      return [];
    }
    return [await resultTrigger(this.ports.clock, taskEventId, undefined, outcomeOf(wait, child, this.arns))];
  }

  /** The child of an iteration of a distributed Map: the same, however often it is asked for. */
  async start(run: RunRef, execution: ExecutionFacts, task: ChildTask, input: string): Promise<TaskResult> {
    const { eventId: taskEventId, resource: mapRun } = task;
    const { machineName: name, machineId } = childMachine(run, mapRun);
    const { revision, roleArn, testCase } = execution;
    const result = await startExecution(this.ports, this.runs, {
      machine: { name, machineId, revision, roleArn },
      machineSeenMs: undefined,
      name: nestedName(run, taskEventId),
      input,
      traceHeader: undefined,
      startedBy: { run: refOf(run), taskEventId, isAwaited: true, mapRun },
      testCase,
    });
    if ('refused' in result) return { error: 'States.Runtime', cause: 'The name of the child is taken.' };
    return { submitted: 'null', child: refOf('started' in result ? result.started : result.repeated) };
  }

  async stop(child: RunRef): Promise<void> {
    await this.runs.submit(child, [{ type: 'StopRequested', error: undefined, cause: undefined }], 'promise');
  }

  /** A start was still under way when its task was given up: what it started is stopped, by the one who started it. */
  async dropIfAbandoned(
    run: RunRef,
    { outbox }: Snapshot,
    taskEventId: number,
    child: RunRef | undefined,
  ): Promise<void> {
    if (!outbox.some((item) => item.taskEventId === taskEventId)) return;
    if (child) await this.stop(child);
    // Under a promise: others may share the turn, and what they ask for is not dispatched here.
    else await this.runs.submit(run, [{ type: 'AbandonedEnded', taskEventId }], 'promise');
  }

  /**
   * The worker that made a start died, and the task was given up since: what it may have started is looked for by its
   * name, as the history tells it. The worker had that task in hand, or a later one that it began under the same message.
   */
  async dropStarted(run: RunRef, { outbox }: Snapshot, message: { taskEventId: number; claim: string }): Promise<void> {
    for (const { taskEventId, claim, child, mapRun } of outbox) {
      if (child || (taskEventId !== message.taskEventId && claim !== message.claim)) continue;
      const head = await this.startedBy(run, taskEventId, mapRun);
      // Should it land after this, its first turn finds that nobody waits.
      if (head) await this.stop(head);
    }
  }

  private async startedBy(run: RunRef, taskEventId: number, mapRun: string | undefined): Promise<Head | undefined> {
    const started = mapRun === undefined ? await this.nested(run, taskEventId) : this.childOf(run, taskEventId, mapRun);
    const { executions, clock } = this.ports;
    const head = started && (await executions.get(started.machineId, started.name, clock.nowMs()));
    return head?.startedBy?.run.runId === run.runId && head.startedBy.taskEventId === taskEventId ? head : undefined;
  }

  private childOf(run: RunRef, taskEventId: number, mapRun: string) {
    return { machineId: childMachine(run, mapRun).machineId, name: nestedName(run, taskEventId) };
  }

  private async nested(run: RunRef, taskEventId: number): Promise<{ machineId: string; name: string } | undefined> {
    const { journal, registry } = this.ports;
    const [commit] = await journal.commitsAt(run.runId, taskEventId, 'up');
    const scheduled = commit && decodeEvents(commit).find(({ id }) => id === taskEventId);
    const parameters = scheduled?.details?.parameters;
    if (!(parameters instanceof Payload) || !isObject(parameters.value)) return undefined;
    const text = (name: string): string => String((parameters.value as JsonObject).get(name) ?? '');
    const machine = await registry.machine(text('StateMachineArn').split(':')[6] ?? '');
    return machine && { machineId: machine.machineId, name: text('Name') || nestedName(run, taskEventId) };
  }

  private async read(child: RunRef): Promise<ChildEnd | undefined> {
    const head = await this.ports.executions.get(child.machineId, child.name, this.ports.clock.nowMs());
    return head?.runId === child.runId ? { head, ...(await readEnd(this.runs, head)) } : undefined;
  }

  /** Whatever comes of a look is written after the task was scheduled; when that was, no event tells of a child. */
  private sendLook(run: RunRef, taskEventId: number, notBeforeMs?: number): Promise<void> {
    const message = { type: 'look', run, from: slotAt(Math.max(taskEventId, 1), 0), taskEventId } as const;
    return this.ports.advance.send(message, notBeforeMs === undefined ? {} : { notBeforeMs });
  }
}

function taskOf({ frames }: Snapshot, taskEventId: number): TaskWait | undefined {
  for (const { waiting } of frames.values()) {
    if (waiting.on === 'task' && waiting.eventId === taskEventId) return waiting;
  }
  return undefined;
}
