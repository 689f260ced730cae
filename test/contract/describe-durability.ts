import { slotAt } from '../../lib/engine/snapshot';
import type { Records } from './records';
import { AS_OF, newActivity, newCommit, newHead, newId, newMachine, newRun, runOf, succeededAt } from './samples';

/** What was acknowledged is there when the same store is opened again. `open` opens it; before, it was closed. */
export function describeDurability(name: string, open: () => Promise<Records>): void {
  /** Writes, lets go of the store, opens it again and reads. */
  const across = async <T>(
    write: (records: Records) => Promise<T>,
    read: (records: Records, written: T) => Promise<void>,
  ): Promise<void> => {
    const before = await open();
    const written = await write(before).finally(() => before.close());
    const after = await open();
    await read(after, written).finally(() => after.close());
  };

  describe(`durability: ${name}`, () => {
    test('commits, and who won their slots', () => {
      const run = newRun();
      const commits = [newCommit(1, 3), newCommit(4, 4)] as const;
      return across(
        async ({ journal }) => {
          for (const commit of commits) await journal.append(run, commit);
        },
        async ({ journal }) => {
          const [first, second] = commits.map(({ slot, body }) => ({ slot, body }));
          expect(await journal.newest(run.runId)).toEqual(second);
          expect(await journal.range(run.runId, 0, slotAt(9, 0))).toEqual([first, second]);
          expect(await journal.append(run, newCommit(4, 9))).toBe('lost');
          expect(await journal.append(run, commits[1])).toBe('appended');
        },
      );
    });

    test('open and closed executions, and their names', () => {
      const open = newHead({ input: ' {"a": 1.0}' });
      const closed = newHead({ machineId: open.machineId });
      const end = succeededAt(closed.startMs + 5);
      return across(
        async ({ executions }) => {
          await executions.start(open, open.startMs);
          await executions.start(closed, closed.startMs);
          await executions.close(runOf(closed), end, AS_OF);
          return executions.countOpen();
        },
        async ({ executions }, openCount) => {
          const nowMs = closed.startMs + 10;
          expect(await executions.get(open.machineId, open.name, nowMs)).toEqual(open);
          expect(await executions.get(closed.machineId, closed.name, nowMs)).toEqual({ ...closed, ...end });
          const taken = newHead({ machineId: open.machineId, name: closed.name });
          expect(await executions.start(taken, nowMs)).toEqual({ existing: { ...closed, ...end } });
          expect(await executions.openOf(open.machineId, 10)).toEqual([runOf(open)]);
          expect(await executions.countOpen()).toBe(openCount);
        },
      );
    });

    test('an execution that was closed by its commit', () => {
      const head = newHead();
      const closed = succeededAt(head.startMs + 5);
      return across(
        async ({ executions, journal }) => {
          await executions.start(head, head.startMs);
          return journal.append(runOf(head), newCommit(1, 4, { closed }));
        },
        async ({ executions, journal }, result) => {
          const found = await executions.get(head.machineId, head.name, head.startMs + 10);
          expect(found).toEqual(result === 'closed' ? { ...head, ...closed } : head);
          expect((await journal.newest(head.runId))?.slot).toBe(slotAt(1, 0));
        },
      );
    });

    test('when executions need a look', () => {
      const atMs = Date.now() + 3_600_000;
      const [sleeper, busy] = [newHead(), newHead()];
      return across(
        async ({ executions, journal }) => {
          await executions.start(sleeper, sleeper.startMs);
          await executions.start(busy, busy.startMs);
          await journal.append(runOf(sleeper), newCommit(1, 2, { attentionAtMs: atMs }));
        },
        async ({ executions }) => {
          const find = async (attentionFromMs: number, attentionBeforeMs: number) => {
            const query = { attentionFromMs, attentionBeforeMs, next: undefined, limit: 1_000 };
            return (await executions.open(query)).executions;
          };
          const now = await find(0, atMs);
          expect(now).toContainEqual({ run: runOf(busy), attentionAtMs: 0 });
          expect(now).not.toContainEqual({ run: runOf(sleeper), attentionAtMs: atMs });
          expect(await find(atMs, atMs + 1)).toContainEqual({ run: runOf(sleeper), attentionAtMs: atMs });
        },
      );
    });

    test('heartbeats that were recorded, and closed beats', () => {
      const [beating, closed] = [newId(), newId()];
      return across(
        async ({ journal }) => {
          await journal.openBeat(beating, 3, 1_000);
          await journal.beat(beating, 3, 900, 2_000);
          await journal.openBeat(closed, 3, 1_000);
          await journal.closeBeat(closed, 3, 1_500);
        },
        async ({ journal }) => {
          expect(await journal.closeBeat(beating, 3, 1_500)).toEqual({ dueAtMs: 2_000 });
          expect(await journal.beat(closed, 3, 900, 3_000)).toBe('late');
        },
      );
    });

    test('state machines with their definitions, changes and removals', () => {
      const [kept, changed, removed] = [newMachine(), newMachine(), newMachine()];
      const definition = JSON.stringify('ü\u{1f4a1}'.repeat(300_000));
      return across(
        async ({ registry }) => {
          for (const machine of [kept, changed, removed]) await registry.createMachine(machine, definition);
          await registry.updateMachine(changed.name, changed.machineId, { status: 'DELETING', tags: [] });
          await registry.removeMachine(removed.name, removed.machineId);
          return registry.countMachines();
        },
        async ({ registry }, count) => {
          expect(await registry.machine(kept.name)).toEqual(kept);
          expect((await registry.revision(kept.machineId, 1))?.definition === definition).toBe(true);
          expect(await registry.machine(changed.name)).toEqual({ ...changed, status: 'DELETING', tags: [] });
          expect(await registry.machine(removed.name)).toBeUndefined();
          expect(await registry.countMachines()).toBe(count);
        },
      );
    });

    test('activities, changes and removals', () => {
      const [changed, removed] = [newActivity(), newActivity()];
      const tags = [{ key: 'a', value: 'b' }];
      return across(
        async ({ registry }) => {
          for (const activity of [changed, removed]) await registry.createActivity(activity);
          await registry.updateActivity(changed.name, changed.generation, { tags });
          await registry.removeActivity(removed.name);
          return registry.countActivities();
        },
        async ({ registry }, count) => {
          expect(await registry.activity(changed.name)).toEqual({ ...changed, tags });
          expect(await registry.activity(removed.name)).toBeUndefined();
          expect(await registry.countActivities()).toBe(count);
        },
      );
    });

    test('the secret: tokens outlive the process', () =>
      across(
        ({ registry }) => registry.secret(),
        async ({ registry }, secret) => {
          expect(await registry.secret()).toEqual(secret);
        },
      ));
  });
}
