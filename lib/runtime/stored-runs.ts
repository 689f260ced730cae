import { baseOf, decodeSnapshot, payloadTexts, type StoredCommit } from '../engine/commit/decode';
import { type Held, holdInitial } from '../engine/commit/encode';
import { Payload, type PayloadRef } from '../engine/payload';
import { type ExecutionFacts, initialSnapshot, type Slot } from '../engine/snapshot';
import type { Ports } from '../ports';
import type { Head } from '../ports/executions';
import type { RunRef } from '../ports/run-ref';
import type { Arns } from './arns';
import type { Programs } from './programs';

/** Where runs stand, as heads and journals tell it. */
export class StoredRuns {
  constructor(
    private readonly ports: Ports,
    private readonly programs: Programs,
    private readonly arns: Arns,
  ) {}

  /** The text of a stored payload. */
  payload(run: RunRef, ref: PayloadRef): Promise<string> {
    return this.reader(run)(ref);
  }

  /** Reads texts of stored payloads one after the other: those of one commit that come in a row with one read of it. */
  reader({ runId }: RunRef): (ref: PayloadRef) => Promise<string> {
    let last: { slot: Slot; textAt: (index: number) => string } | undefined;
    return async ([slot, index]) => {
      if (last?.slot !== slot) {
        const [commit] = await this.ports.journal.range(runId, slot, slot);
        if (!commit) throw new Error(`run ${runId} has no commit ${slot}`);
        last = { slot, textAt: payloadTexts(commit) };
      }
      return last.textAt(index);
    };
  }

  /** The execution as its head began it; undefined where there is no such head. */
  async begun(run: RunRef): Promise<Held | undefined> {
    const head = await this.ports.executions.get(run.machineId, run.name, this.ports.clock.nowMs());
    return head?.runId === run.runId ? this.initial(head) : undefined;
  }

  /** The same, from a head that is at hand. */
  async initial(head: Head): Promise<Held> {
    const program = await this.programs.get(head);
    const { machineName, machineId, name, revision, roleArn, startMs, startedBy, testCase } = head;
    const input = Payload.ofText(head.input);
    const facts: ExecutionFacts = { machineName, machineId, name, revision, roleArn, startMs, input };
    if (testCase !== undefined) facts.testCase = testCase;
    if (startedBy?.isAwaited) facts.parent = { run: startedBy.run, taskEventId: startedBy.taskEventId };
    return holdInitial(initialSnapshot({ ...facts, ...this.arns.versionOf(head) }, program.startAt));
  }

  /** As it is after the commit, its newest. */
  async at(runId: string, newest: StoredCommit): Promise<Held> {
    const base = baseOf(newest);
    return decodeSnapshot(base === newest.slot ? [newest] : await this.ports.journal.range(runId, base, newest.slot));
  }
}
