import { outstandingEffects } from '../engine/effect';
import { slotAt } from '../engine/snapshot';
import type { Ports } from '../ports';
import type { OpenExecution } from '../ports/executions';
import type { Discharge } from './discharge';
import type { Runs } from './runs';

const BATCH = 500;

/**
 * Looks at open executions without being asked, and does again whatever is outstanding. After a crash this is the
 * recovery of a home whose queues live in memory.
 */
export class Auditor {
  constructor(
    private readonly ports: Ports,
    private readonly runs: Runs,
    private readonly discharge: Discharge,
  ) {}

  /** Brings back every execution that needs a look in that time. Answers how many. */
  async recover(attentionFromMs: number, attentionBeforeMs: number): Promise<number> {
    let count = 0;
    for (let next: string | undefined; ; ) {
      const found = await this.ports.executions.open({ attentionFromMs, attentionBeforeMs, next, limit: BATCH });
      for (const execution of found.executions) await this.revive(execution);
      count += found.executions.length;
      next = found.next;
      if (next === undefined) return count;
    }
  }

  /** Goes on with deletions of state machines that were under way. */
  async recoverDeletions(): Promise<void> {
    for (let afterName = ''; ; ) {
      const machines = await this.ports.registry.machines(afterName, BATCH);
      for (const { name: machineName, machineId, status } of machines) {
        if (status !== 'DELETING') continue;
        await this.ports.advance.send({ type: 'delete-machine', machineName, machineId, emptyLooks: 0 });
      }
      const last = machines.at(-1);
      if (!last) return;
      afterName = last.name;
    }
  }

  private async revive({ run, attentionAtMs }: OpenExecution): Promise<void> {
    const from = slotAt(1, 0);
    if (attentionAtMs > this.ports.clock.nowMs()) {
      await this.ports.advance.send({ type: 'wake', run, from }, { notBeforeMs: attentionAtMs });
      return;
    }
    await this.ports.advance.send({ type: 'advance', run, from });
    // Functions that were running when the process died: nobody else will end them.
    const found = await this.runs.peek(run.runId);
    if (!found) return;
    for (const effect of outstandingEffects(found.snapshot, from)) {
      if (effect.type === 'RunLambda' && effect.claim !== undefined) {
        await this.discharge.dispatch(run, effect, found.snapshot);
      }
    }
  }
}
