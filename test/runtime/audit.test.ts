import { slotOf } from '../../lib/engine/snapshot';
import type { AdvanceMessage, Delivery, TaskMessage } from '../../lib/ports/queue';
import type { RunRef } from '../../lib/ports/run-ref';
import { AuditRounds } from '../../lib/runtime/audit-rounds';
import { newActivity, newCommit, newId } from '../contract/samples';
import { ACTIVITY, activity, fail, lambda, machine, pass, wait } from '../engine/scenario';
import { openSharedStore, type SharedStore } from './shared-store';

/** The auditor beside other processes: a store that is not this process's alone, and queues whose messages are lost. */
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 365 * DAY_MS;

let store: SharedStore['store'];
let runtime: SharedStore['runtime'];
let start: SharedStore['start'];
let close: SharedStore['close'];
let nowMs: number;
let advanced: AdvanceMessage[];
let tasks: TaskMessage[];
let offers: unknown[];
let queues: string[];

beforeEach(async () => {
  nowMs = Date.UTC(2026, 0, 1);
  [advanced, tasks, offers, queues] = [[], [], [], []];
  ({ store, runtime, start, close } = await openSharedStore(() => nowMs, {
    advance: { send: async (message) => void advanced.push(message) },
    tasks: { send: async (message) => void tasks.push(message) },
    activityQueues: {
      create: async () => {},
      generations: async () => queues,
      delete: async (generation) => {
        queues = queues.filter((other) => other !== generation);
      },
      offer: async (_, offer) => void offers.push(offer),
      receive: async () => undefined,
      remove: async () => {},
      release: async () => {},
    },
    functions: { invoke: async () => ({ payload: '1' }) },
    services: { call: async () => ({ error: 'E', cause: 'not here' }) },
  }));
});

afterEach(() => close());

const leased = () => ({ leaseUntilMs: nowMs + 120_000 });

/** Starts an execution and has its first turn taken, whose effects are lost. */
async function started(definition: string, isTurned = true): Promise<{ run: RunRef; startMs: number }> {
  const { run, startMs } = await start(definition);
  if (isTurned) await runtime.runs.submit(run, [], leased());
  advanced.length = 0;
  return { run, startMs };
}

const claim = (run: RunRef) =>
  runtime.runs.submit(run, [{ type: 'TaskTaken', taskEventId: 3, claim: 'c', workerName: undefined }], leased());

const look = (execution: { run: RunRef; startMs: number }, inMs: number) => {
  nowMs += inMs;
  return runtime.auditor.look(execution);
};

const handle = (message: AdvanceMessage) => {
  const delivery: Delivery<AdvanceMessage> = { message, receiveCount: 1, ...leased(), extend: async () => {} };
  return runtime.advance.handle(delivery);
};

const headOf = ({ machineId, name }: RunRef) => store.executions.get(machineId, name, nowMs);

describe('a look', () => {
  test('does nothing while messages may be under way', async () => {
    const execution = await started(machine({ A: lambda() }));
    expect(await look(execution, 9 * MINUTE_MS)).toEqual([]);
    expect([advanced, tasks, offers]).toEqual([[], [], []]);
  });

  test('sends a function that no worker has begun after ten minutes', async () => {
    const execution = await started(machine({ A: lambda() }));
    expect(await look(execution, 10 * MINUTE_MS)).toEqual(['RunTask']);
    expect(tasks).toMatchObject([{ run: execution.run, taskEventId: 3 }]);
  });

  test('sends one that a worker has begun half an hour later, under the same claim', async () => {
    const execution = await started(machine({ A: lambda() }));
    nowMs += 25 * MINUTE_MS;
    await claim(execution.run);
    expect(await look(execution, 29 * MINUTE_MS)).toEqual([]);
    expect(await look(execution, MINUTE_MS)).toEqual(['RunTask']);
    expect(tasks).toMatchObject([{ taskEventId: 3, claim: 'c' }]);
  });

  test('knows when a function was begun though its execution went on elsewhere', async () => {
    const branches = [machine({ A: lambda() }), machine({ B: activity() })].map((text) => JSON.parse(text));
    const all = JSON.stringify({ StartAt: 'P', States: { P: { Type: 'Parallel', End: true, Branches: branches } } });
    await store.registry.createActivity(newActivity({ name: ACTIVITY.slice(ACTIVITY.lastIndexOf(':') + 1) }));
    const execution = await started(all);
    const { snapshot } = (await runtime.runs.peek(execution.run.runId))!;
    const idOf = (kind: string) => {
      for (const { waiting } of snapshot.frames.values()) {
        if (waiting.on === 'task' && waiting.kind === kind) return waiting.eventId;
      }
      throw new Error(`no ${kind}`);
    };
    const take = (kind: string) =>
      runtime.runs.submit(
        execution.run,
        [{ type: 'TaskTaken', taskEventId: idOf(kind), claim: kind, workerName: undefined }],
        leased(),
      );
    await take('lambda');
    nowMs += 20 * MINUTE_MS;
    await take('activity');
    expect(await look(execution, 9 * MINUTE_MS)).toEqual([]);
    expect(await look(execution, MINUTE_MS)).toEqual(['RunTask']);
  });

  test('offers a task again after a day', async () => {
    await store.registry.createActivity(newActivity({ name: ACTIVITY.slice(ACTIVITY.lastIndexOf(':') + 1) }));
    const execution = await started(machine({ A: activity() }));
    expect(await look(execution, DAY_MS - 1)).toEqual([]);
    expect(await look(execution, 1)).toEqual(['OfferActivity']);
    expect(offers).toMatchObject([{ run: execution.run, taskEventId: 3 }]);
  });

  test('wakes one that is overdue, and puts the timer of one that sleeps for long back', async () => {
    const execution = await started(machine({ A: wait({ Seconds: 3 * 86_400 }) }));
    expect(await look(execution, HOUR_MS)).toEqual([]);
    expect(advanced).toEqual([]);
    expect(await look(execution, DAY_MS)).toEqual([]);
    expect(advanced).toMatchObject([{ type: 'wake', run: execution.run }]);
    expect(await look(execution, 2 * DAY_MS + 10 * MINUTE_MS)).toEqual(['Wake']);
    await handle(advanced.at(-1)!);
    expect((await headOf(execution.run))!.status).toBe('SUCCEEDED');
  });

  test('has the first turn of a start taken', async () => {
    const execution = await started(machine({ A: pass() }), false);
    expect(await look(execution, 9 * MINUTE_MS)).toEqual([]);
    expect(await look(execution, MINUTE_MS)).toEqual(['Start']);
    await handle(advanced[0]!);
    expect((await headOf(execution.run))!.status).toBe('SUCCEEDED');
  });

  test('finishes a close that stopped half-way', async () => {
    const execution = await started(machine({ A: lambda() }));
    const append = runtime.ports.journal.append;
    // A store where head and commit are two writes.
    runtime.ports.journal.append = async (run, commit) => append(run, { ...commit, closed: undefined });
    await runtime.runs.submit(execution.run, [{ type: 'StopRequested', error: 'E', cause: undefined }], leased());
    expect((await headOf(execution.run))!.status).toBe('RUNNING');
    expect(await look(execution, 10 * MINUTE_MS)).toEqual(['Close']);
    expect(await headOf(execution.run)).toMatchObject({ status: 'ABORTED', stopMs: nowMs - 10 * MINUTE_MS });
  });

  test('closes again what a redrive has opened and never began; it cannot begin any more', async () => {
    const { run, startMs } = await started(machine({ F: fail('E') }));
    const from = slotOf((await runtime.runs.peek(run.runId))!.snapshot);
    await store.executions.reopen(run, { count: 1, atMs: nowMs }, from);
    expect((await headOf(run))?.status).toBe('RUNNING');
    expect(await look({ run, startMs }, 10 * MINUTE_MS)).toEqual(['Close']);
    expect((await headOf(run))?.status).toBe('FAILED');
    expect(await store.journal.append(run, newCommit(0, 0, { slot: from }))).toBe('lost');
    expect(await store.executions.reopen(run, { count: 1, atMs: nowMs }, from)).toBe('behind');
  });

  test('has one stopped whose state machine is gone', async () => {
    const execution = await started(machine({ A: wait({ Seconds: 86_400 }) }));
    nowMs += 6_000;
    await store.registry.removeMachine(execution.run.machineName, execution.run.machineId);
    expect(await look(execution, 0)).toEqual(['Stop']);
    await handle(advanced[0]!);
    expect((await headOf(execution.run))!.status).toBe('ABORTED');
  });

  test('times out one that is a year old, as of that moment', async () => {
    const execution = await started(machine({ A: wait({ Seconds: 99_999_999 }) }));
    expect(await look(execution, YEAR_MS - 1)).toEqual([]);
    expect(await look(execution, HOUR_MS)).toEqual(['TimeOut']);
    expect(await headOf(execution.run)).toMatchObject({
      status: 'TIMED_OUT',
      stopMs: execution.startMs + YEAR_MS,
    });
  });
});

describe('the rounds', () => {
  const notes = new Map<string, string>();
  let looks: string[];
  let renewed: (string | undefined)[];

  beforeEach(() => {
    notes.clear();
    [looks, renewed] = [[], []];
  });

  /** As another process each time. */
  const go = (untilMs = Number.POSITIVE_INFINITY) => {
    const { auditor, ports } = runtime;
    const look = auditor.look.bind(auditor);
    return new AuditRounds({
      auditor: Object.assign(Object.create(auditor), {
        look: (execution: Parameters<typeof look>[0]) => {
          looks.push(execution.run.runId);
          return look(execution);
        },
      }),
      executions: ports.executions,
      notes: { read: async (name) => notes.get(name), write: async (name, text) => void notes.set(name, text) },
      clock: ports.clock,
      renew: async (_, next) => {
        renewed.push(next);
        return next === undefined ? 'more' : undefined;
      },
      onRepair: () => {},
      onSwept: () => {},
      onFailure: (error) => {
        throw error;
      },
    }).go(untilMs);
  };

  test('look at an execution ten minutes and an hour after its start, and then daily', async () => {
    await go();
    const { startMs } = await started(machine({ A: wait({ Seconds: 86_400 * 100 }) }));
    const seen: number[] = [];
    for (let minutes = 10; minutes <= 3 * 24 * 60; minutes += 10) {
      nowMs = startMs + minutes * MINUTE_MS + 1;
      looks = [];
      await go();
      for (const _ of looks) seen.push(minutes);
    }
    expect(seen).toEqual([10, 60, 24 * 60, 2 * 24 * 60, 3 * 24 * 60]);
  });

  test('begin with all that are open', async () => {
    const some = [await started(machine({ A: lambda() })), await started(machine({ A: lambda() }))];
    nowMs++;
    await go();
    expect(looks.sort()).toEqual(some.map(({ run }) => run.runId).sort());
  });

  test('put expiries off daily, to the end', async () => {
    await go();
    await go();
    expect(renewed).toEqual([undefined, 'more']);
    nowMs += DAY_MS;
    await go();
    expect(renewed).toHaveLength(4);
  });

  test('go on where the time was over', async () => {
    await started(machine({ A: lambda() }));
    nowMs++;
    expect(await go(0)).toMatchObject({ isDone: false });
    let calls = 1;
    while (!(await go(0)).isDone && calls < 20) calls++;
    await go();
    expect(looks).toHaveLength(1);
    expect(renewed).toEqual([undefined, 'more']);
  });

  test('delete queues whose activity is gone, and leave the others', async () => {
    const kept = newActivity();
    await store.registry.createActivity(kept);
    queues = [newId(), kept.generation, newId()];
    await go();
    expect(queues).toEqual([kept.generation]);
  });

  test('go on with deletions that were under way', async () => {
    const { run } = await started(machine({ A: lambda() }));
    await store.registry.updateMachine(run.machineName, run.machineId, { status: 'DELETING' });
    await go();
    expect(advanced).toContainEqual(expect.objectContaining({ type: 'delete-machine', machineId: run.machineId }));
  });
});
