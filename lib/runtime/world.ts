import { createHash } from 'node:crypto';
import type { ExecutionFacts } from '../engine/snapshot';
import type { World } from '../engine/turn';
import type { Ports } from '../ports';
import type { RunRef } from '../ports/run-ref';
import type { ActivityLookup } from './activity-lookup';
import type { Arns } from './arns';
import type { Limits } from './limits';
import type { Mocks } from './mocks';
import { type Seal, sealTask } from './token';

/** Asked for before the turn that will want to know it. */
export interface Foreseen {
  activityArn: string;
  exists: Promise<boolean>;
}

interface Moment extends Pick<World, 'nowMs' | 'payload'> {
  /** Whether this is the first turn of the execution. */
  isFirst: boolean;
  foreseen: Foreseen | undefined;
}

const ASKED_MAX = 1_000;

/** What the turns of this process may know of the outside. */
export class Worlds {
  /** The activity that the last first turn of a machine asked for: the next will, mostly. */
  private readonly asked = new Map<string, string>();

  constructor(
    private readonly ports: Ports,
    private readonly activities: ActivityLookup,
    private readonly arns: Arns,
    private readonly limits: Limits,
    private readonly seal: Seal,
    private readonly mocks: Mocks | undefined,
  ) {}

  of(run: RunRef, execution: ExecutionFacts, { nowMs, payload, isFirst, foreseen }: Moment): World {
    const { ports, arns, limits, seal, mocks } = this;
    return {
      nowMs,
      random: () => ports.ids.random(),
      payload,
      activityExists: (arn) => {
        if (isFirst && !ports.journal.isExclusive) this.note(run.machineId, arn);
        return foreseen?.activityArn === arn ? foreseen.exists : this.activityExists(arn);
      },
      giveWay: ports.clock.placeInLine(),
      isMocked: (stateName) => mocks?.has(execution, stateName) === true,
      executionArn: (machineName, name) => arns.execution(machineName, name),
      region: arns.region,
      stateMachineArn: (name) => arns.machine(name),
      mapRunArn: (machineName, name) => arns.mapRun(machineName, name),
      taskToken: (taskEventId) => sealTask(seal, { runId: run.runId, taskEventId }),
      hash: (algorithm, text) => createHash(algorithm.replace('-', '').toLowerCase()).update(text).digest('hex'),
      limits: { historyEvents: limits.historyEvents, payloadBytes: limits.payloadBytes },
    };
  }

  /** Asks for what the first turn of the execution will want to know, as far as that can be guessed. */
  foresee({ machineId }: RunRef): Foreseen | undefined {
    const activityArn = this.asked.get(machineId);
    if (activityArn === undefined) return undefined;
    const exists = this.activityExists(activityArn);
    // The turn that wants to know fails as this did.
    exists.catch(() => {});
    return { activityArn, exists };
  }

  private async activityExists(arn: string): Promise<boolean> {
    return (await this.activities.now(arn)) !== undefined;
  }

  private note(machineId: string, activityArn: string): void {
    if (this.asked.size >= ASKED_MAX) this.asked.clear();
    this.asked.set(machineId, activityArn);
  }
}
