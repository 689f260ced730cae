import type { Elsewhere } from '../api/protocol';
import type { Functions } from '../ports/functions';
import type { ApiRefusal, OwnAnswer } from '../ports/own-api';
import { StoreUnavailable } from '../ports/store-error';
import { Arns } from '../runtime/arns';
import { createLambdaHost, type InvocationContext } from './lambda-service';
import { type LambdaSettings, syncLimits } from './lambda-settings';

const ACTION = 'StartSyncExecution';
/** The function found no free concurrency. */
const THROTTLED = 'Lambda.TooManyRequestsException';

/**
 * StartSyncExecution as the function behind API Gateway has it done: by the function `sync`, which may call what
 * executions call. It goes on to the end of its execution when nobody waits for it any more.
 */
export function bySyncFunction(functions: Functions, { name, region, account }: LambdaSettings): Elsewhere {
  const functionArn = new Arns(region, account).lambdaFunction(`${name}-sync`);
  return new Map([
    [
      ACTION,
      async (input) => {
        const result = await functions.invoke(functionArn, JSON.stringify(input));
        if ('payload' in result) return JSON.parse(result.payload) as OwnAnswer | ApiRefusal;
        if (result.error === THROTTLED) return { code: 'ThrottlingException', status: 400, message: 'Rate exceeded' };
        throw new StoreUnavailable(`${functionArn} failed: ${result.error}: ${result.cause}`);
      },
    ],
  ]);
}

/** The handler of that function: runs one execution to its end, of a request that was checked. */
export function createSyncHandler() {
  const invoke = createLambdaHost({ limitsOf: syncLimits });
  return (input: Record<string, unknown>, context: InvocationContext): Promise<OwnAnswer | ApiRefusal> =>
    invoke(context, ({ service }) => service.runtime.ports.ownApi.call(ACTION, input));
}
