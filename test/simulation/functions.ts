import { baseOf, decodeSnapshot } from '../../lib/engine/commit/decode';
import type { FunctionResult, Functions } from '../../lib/ports/functions';
import { isRefusing } from './machines';
import type { SimulatedProcess } from './process';
import type { SimulatedStore } from './store';
import { type HeldMessage, job, type World } from './world';

const SHORT_MS = [5, 2_000] as const;
const LONG_MS = [10_000, 200_000] as const;
const ONE_FAILS_OF = 6;

interface Invocation {
  process: SimulatedProcess;
  held: HeldMessage;
}

/**
 * Functions that answer the same to the same payload, sooner or later. They watch that none is invoked twice for one
 * task: only where the worker that invoked it before died, lost its lease, or could write down nothing at all.
 */
export class SimulatedFunctions {
  count = 0;
  private readonly invocations = new Map<string, Invocation[]>();

  constructor(
    private readonly world: World,
    private readonly store: SimulatedStore,
  ) {}

  portOf(process: SimulatedProcess): Functions {
    return { invoke: (functionArn, payload) => this.invoke(process, payload, functionArn) };
  }

  private invoke(process: SimulatedProcess, payload: string, functionArn: string): Promise<FunctionResult> {
    const { world } = this;
    const held = job.getStore()?.held;
    const calledMs = world.nowMs;
    return new Promise((resolve) => {
      process.whenAwake(() => {
        if (world.hit('dies before', 'functions.invoke')) return process.die('before functions.invoke');
        this.note(process, held, calledMs);
        const ms = world.hit('function takes long') ? world.dice.between(...LONG_MS) : world.dice.between(...SHORT_MS);
        if (world.hit('stalls', 'in functions.invoke')) process.stall('functions.invoke');
        world.after(ms, () => {
          if (world.hit('dies after', 'functions.invoke')) return process.die('after functions.invoke');
          process.whenAwake(() => resolve(answerTo(payload, functionArn)));
        });
      });
    });
  }

  /** A task's function, or its service, is called now; the worker looked at its lease when it began to. */
  note(process: SimulatedProcess, held: HeldMessage | undefined, calledMs: number): void {
    const { world } = this;
    if (!held?.runId) return world.violate('a function is invoked without a message');
    const { runId } = held;
    const task = `${runId}#${this.taskUnder(runId, held.claim) ?? held.taskEventId}`;
    const before = this.invocations.get(task) ?? [];
    const rival = before.find((invocation) => !isExcused(invocation, world.nowMs));
    world.trace(runId, () => `invokes the function of task ${task}`);
    this.count++;
    if (before.length > 0) world.count('a function is invoked again');
    // It looked at its lease, and stalled on the way out: no look can be late enough.
    const isOnItsWay = calledMs < world.nowMs && held.leaseUntilMs() <= world.nowMs;
    if (rival && isOnItsWay) world.count('a function is invoked by a worker that stalled on the way');
    else if (rival) world.violate(`the function of task ${task} is invoked again by ${process.name}`, runId);
    this.invocations.set(task, [...before, { process, held }]);
  }

  /**
   * Which task the claim holds, or held last: a message may run several, one after the other, and one that it began
   * may have been given up before it is invoked.
   */
  private taskUnder(runId: string, claim: string | undefined): number | undefined {
    if (claim === undefined) return undefined;
    const last = this.store.logs.get(runId)?.findLast(({ body }) => body.includes(claim));
    if (!last) return undefined;
    const { snapshot } = decodeSnapshot(this.store.range(runId, baseOf(last), last.slot));
    for (const { waiting } of snapshot.frames.values()) {
      if (waiting.on === 'task' && waiting.claim === claim) return waiting.eventId;
    }
    return undefined;
  }
}

const isExcused = ({ process, held }: Invocation, nowMs: number): boolean =>
  process.isDead || held.hasFailed || held.isDoubled() || held.leaseUntilMs() <= nowMs;

function answerTo(payload: string, functionArn: string): FunctionResult {
  if (isRefusing(payload, ONE_FAILS_OF)) return { error: 'E', cause: 'it would not' };
  return { payload: JSON.stringify({ by: functionArn.slice(-4), length: payload.length }) };
}
