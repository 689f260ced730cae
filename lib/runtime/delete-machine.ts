import { FIRST_SLOT } from '../engine/snapshot';
import type { Ports } from '../ports';
import type { AdvanceMessage, Delivery, Disposition } from '../ports/queue';

const BATCH = 100;
const EMPTY_LOOKS = 2;
/** Those that were found end at once: the first empty look need not wait as long as the second. */
const AFTER_OPEN_MS = 1_500;
/**
 * A message is its own next look for so many receives; the next goes on with another. Each that sent another on would
 * multiply while deletions of messages fail; none that did would end among the dead letters.
 */
const RECEIVES_MAX = 5;

/**
 * Deleting a state machine: no new executions, each running one is ended at its next turn, and the record goes once
 * two looks some time apart found none. A start that slipped through is stopped by its first turn.
 */
export class MachineDeletion {
  constructor(
    private readonly ports: Ports,
    private readonly pauseMs: number,
  ) {}

  async begin(machineName: string, machineId: string): Promise<void> {
    await this.ports.advance.send({ type: 'delete-machine', machineName, machineId, emptyLooks: 0 });
    await this.ports.registry.updateMachine(machineName, machineId, { status: 'DELETING' });
  }

  async advance(
    message: AdvanceMessage & { type: 'delete-machine' },
    { receiveCount }: Pick<Delivery<AdvanceMessage>, 'receiveCount'>,
  ): Promise<Disposition> {
    const { machineName, machineId } = message;
    const { registry } = this.ports;
    const machine = await registry.machine(machineName);
    if (machine?.machineId !== machineId) return 'delete';
    // Whoever was asked to delete it has told the queue, and then nobody else: the rest is done here.
    if (machine.status !== 'DELETING') await registry.updateMachine(machineName, machineId, { status: 'DELETING' });
    const open = await this.ports.executions.openOf(machineId, BATCH);
    // Their turns find the machine gone and stop them.
    for (const run of open) await this.ports.advance.send({ type: 'advance', run, from: FIRST_SLOT });
    const emptyLooks = open.length > 0 ? 0 : message.emptyLooks + 1;
    if (emptyLooks >= EMPTY_LOOKS) {
      await registry.removeMachine(machineName, machineId);
      return 'delete';
    }
    const pauseMs = open.length > 0 ? Math.min(this.pauseMs, AFTER_OPEN_MS) : this.pauseMs;
    if (emptyLooks === message.emptyLooks && receiveCount < RECEIVES_MAX) return { againAfterMs: pauseMs };
    const notBeforeMs = this.ports.clock.nowMs() + pauseMs;
    await this.ports.advance.send({ ...message, emptyLooks }, { notBeforeMs });
    return 'delete';
  }
}
