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

/** What the turns of this process may know of the outside. */
export class Worlds {
  constructor(
    private readonly ports: Ports,
    private readonly activities: ActivityLookup,
    private readonly arns: Arns,
    private readonly limits: Limits,
    private readonly seal: Seal,
    private readonly mocks: Mocks | undefined,
  ) {}

  of(run: RunRef, execution: ExecutionFacts, nowMs: number, payload: World['payload']): World {
    const { ports, arns, limits, seal, mocks } = this;
    return {
      nowMs,
      random: () => ports.ids.random(),
      payload,
      activityExists: async (arn) => (await this.activities.now(arn)) !== undefined,
      giveWay: () => ports.clock.sleep(0),
      isMocked: (stateName) => mocks?.has(execution, stateName) === true,
      executionArn: (machineName, name) => arns.execution(machineName, name),
      region: arns.region,
      stateMachineArn: (name) => arns.machine(name),
      taskToken: (taskEventId) => sealTask(seal, { runId: run.runId, taskEventId }),
      hash: (algorithm, text) => createHash(algorithm.replace('-', '').toLowerCase()).update(text).digest('hex'),
      limits: { historyEvents: limits.historyEvents, payloadBytes: limits.payloadBytes },
    };
  }
}
