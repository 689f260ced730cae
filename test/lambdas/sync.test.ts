import { type LambdaSettings, syncLimits } from '../../lib/host/lambda-settings';
import { bySyncFunction } from '../../lib/host/lambda-sync';
import type { FunctionResult } from '../../lib/ports/functions';
import { DEFAULT_LIMITS } from '../../lib/runtime/limits';

/** StartSyncExecution between the function behind API Gateway and the one that does it. */

const settings: LambdaSettings = {
  name: 'orders',
  region: 'eu-west-1',
  account: '123456789012',
  retentionMs: 0,
  pollSeconds: 20,
  limits: DEFAULT_LIMITS,
  logLevel: 'warn',
  isLogging: false,
  masterSecretArn: undefined,
};

async function ask(result: FunctionResult) {
  const invoked: string[][] = [];
  const functions = {
    invoke: async (functionArn: string, payload: string) => {
      invoked.push([functionArn, payload]);
      return result;
    },
  };
  const elsewhere = bySyncFunction(functions, settings);
  expect([...elsewhere.keys()]).toEqual(['StartSyncExecution']);
  const answer = await elsewhere.get('StartSyncExecution')!({ input: '[1.0]' });
  expect(invoked).toEqual([['arn:aws:lambda:eu-west-1:123456789012:function:orders-sync', '{"input":"[1.0]"}']]);
  return answer;
}

test.each([
  ['an answer', { answer: { status: 'SUCCEEDED', output: '[1.0]' } }],
  ['a refusal', { code: 'InvalidArn', status: 400, message: "Invalid Arn: 'x'" }],
])('%s comes back as it is', async (_, given) => {
  expect(await ask({ payload: JSON.stringify(given) })).toEqual(given);
});

test('no free concurrency: clients are throttled', async () => {
  expect(await ask({ error: 'Lambda.TooManyRequestsException', cause: 'Rate Exceeded.' })).toEqual({
    code: 'ThrottlingException',
    status: 400,
    message: 'Rate exceeded',
  });
});

test('a function that failed: the service is unavailable, and the log says why', async () => {
  const failed = ask({ error: 'Runtime.ExitError', cause: 'it ran out of memory' });
  await expect(failed).rejects.toThrow(/orders-sync failed: Runtime.ExitError: it ran out of memory/);
});

test.each<[pollSeconds: number, limit: number, seconds: number]>([
  [20, 300, 25],
  [60, 300, 60],
  [60, 10, 10],
])('polls of %i s, a limit of %i s: executions of %i s', (pollSeconds, syncSeconds, expected) => {
  const limits = { ...DEFAULT_LIMITS, syncSeconds };
  expect(syncLimits({ ...settings, pollSeconds, limits })).toEqual({ ...limits, syncSeconds: expected });
});
