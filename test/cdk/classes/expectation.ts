import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

/** What becomes of a machine that is made of a class of aws-cdk-lib. */
export type Expectation =
  /** It runs: the service or the function that is called, if any, and with which parameters among others. */
  | { make: Make; runs: true; calls?: string; with?: object; input?: object; output?: unknown }
  /** It is refused when it is created, and the message names this. */
  | { make: Make; refused: string }
  /** Nobody makes one of it: others extend it. */
  | { base: true };

/** A chain with a state of the class in it, with no more properties than it needs. */
export type Make = (scope: Construct) => sfn.IChainable;

export const refusedIntegration = (make: Make, resource: string): Expectation => ({
  make,
  refused: `The service integration 'arn:aws:states:::${resource}' is`,
});
