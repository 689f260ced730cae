import { createHash } from 'node:crypto';
import type { World } from '../../lib/engine/turn';

/** The facts that the world of a test knows of its deployment. */
export const FACTS: Pick<
  World,
  'region' | 'executionArn' | 'stateMachineArn' | 'mapRunArn' | 'taskToken' | 'hash' | 'isMocked'
> = {
  region: 'us-east-1',
  executionArn: (machineName, name) => `arn:aws:states:us-east-1:123456789012:execution:${machineName}:${name}`,
  stateMachineArn: (name) => `arn:aws:states:us-east-1:123456789012:stateMachine:${name}`,
  mapRunArn: (machineName, name) => `arn:aws:states:us-east-1:123456789012:mapRun:${machineName}/${name}`,
  isMocked: () => false,
  taskToken: (taskEventId) => `token of ${taskEventId}`,
  hash: (algorithm, text) => createHash(algorithm.replace('-', '').toLowerCase()).update(text).digest('hex'),
};
