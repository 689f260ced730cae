import { Payload } from '../engine/payload';
import { type ExecutionEnd, type ExecutionFacts, type ExecutionStatus, initialSnapshot } from '../engine/snapshot';
import type { Ports } from '../ports';
import type { Machine } from '../ports/registry';
import type { Arns } from './arns';
import { logEntries } from './execution-log';
import { ExpressRun, type ExpressWorld, Stopping } from './express-run';
import type { Limits } from './limits';
import type { Programs } from './programs';
import type { VersionStart } from './start';
import type { TaskCalls } from './task-calls';
import type { Worlds } from './world';

/** Once the process stops, executions may go on for so long: a second less than calls are waited for. */
const FINISH_MAX_MS = 14_000;

export interface ExpressStart {
  machine: Machine;
  /** Undefined for the machine as it is. */
  version: VersionStart | undefined;
  name: string;
  input: string;
  testCase: string | undefined;
}

export interface ExpressResult {
  executionArn: string;
  startMs: number;
  status: Exclude<ExecutionStatus, 'RUNNING'>;
  end: ExecutionEnd;
}

/**
 * Executions of EXPRESS machines that somebody waits for. They live in the memory of the process that was asked, from
 * start to end, and nothing of them is kept: no history, no name that is taken, no turn after a crash.
 */
export class ExpressExecutions {
  private readonly running = new Set<ExpressRun>();
  private isStopping = false;

  constructor(
    private readonly ports: Ports,
    private readonly programs: Programs,
    private readonly worlds: Worlds,
    private readonly calls: TaskCalls,
    private readonly arns: Arns,
    private readonly limits: Limits,
  ) {}

  /** Runs one to its end; `full` where as many run as there may. Rejects with StoreUnavailable; where the process stops, with Stopping. */
  async run(request: ExpressStart): Promise<ExpressResult | 'full'> {
    if (this.isStopping) throw new Stopping();
    if (this.running.size >= this.limits.syncExecutions) return 'full';
    const { ports } = this;
    const facts = this.factsOf(request);
    const { startMs } = facts;
    const runId = ports.ids.uuid();
    const world = this.worldOf(facts, runId);
    const run = new ExpressRun(world, this.calls, startMs + this.limits.syncSeconds * 1000);
    this.running.add(run);
    try {
      const program = await this.programs.get(facts);
      const { status, end } = await run.toEnd(program, initialSnapshot(facts, program.startAt));
      if (status === 'ABORTED') throw new Stopping();
      return { executionArn: world.caller.executionArn, startMs, status, end };
    } finally {
      // Until then it is in memory.
      void run.callsEnd().then(() => this.running.delete(run));
    }
  }

  /** Takes no more, and ends those that do not end by themselves soon. */
  beginStop(): void {
    if (this.isStopping) return;
    this.isStopping = true;
    const cancel = this.ports.clock.every(FINISH_MAX_MS, () => {
      cancel();
      for (const run of this.running) run.stop();
    });
  }

  private factsOf({ machine, version, name, input, testCase }: ExpressStart): ExecutionFacts {
    const { name: machineName, machineId, revision, roleArn } = { ...machine, ...version };
    return {
      machineName,
      machineId,
      name,
      revision,
      roleArn,
      startMs: this.ports.clock.nowMs(),
      input: Payload.ofText(input),
      ...(testCase !== undefined && { testCase }),
      ...this.arns.versionOf({ machineName, version: version?.version, alias: version?.alias }),
    };
  }

  private worldOf(facts: ExecutionFacts, runId: string): ExpressWorld {
    const { ports, limits } = this;
    const { machineName, machineId, name, startMs } = facts;
    const run = { machineName, machineId, name, runId };
    const executionArn = this.arns.express(machineName, name, runId);
    return {
      clock: ports.clock,
      caller: { run, executionArn, isStored: false },
      at: (nowMs) => ({
        ...this.worlds.of(run, facts, { nowMs, payload: notStored, isFirst: false, foreseen: undefined }),
        executionArn: () => executionArn,
        // No history is kept, and so none is too long.
        limits: { historyEvents: Number.POSITIVE_INFINITY, payloadBytes: limits.payloadBytes },
      }),
      tell: (events) => {
        ports.observer?.committed(run, startMs, events);
        const logging = ports.executionLog && this.programs.logging(facts);
        if (logging) ports.executionLog!.write(logEntries(executionArn, machineName, logging, events, 0));
      },
    };
  }
}

function notStored(): never {
  throw new Error('nothing of this execution is stored');
}
