import { createApi } from '../../lib/api/protocol';
import { type LambdaSettings, syncLimits } from '../../lib/host/lambda-settings';
import { bySyncFunction } from '../../lib/host/lambda-sync';
import type { FunctionResult } from '../../lib/ports/functions';
import type { ApiRefusal } from '../../lib/ports/own-api';
import { StoreUnavailable } from '../../lib/ports/store-error';
import type { Runtime } from '../../lib/runtime';
import { DEFAULT_LIMITS } from '../../lib/runtime/limits';

/** StartSyncExecution between the function behind API Gateway and the one that does it. */

const REQUEST = { method: 'POST', path: '/', query: '', client: { isGone: false, onGone: () => () => {} } };

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

describe('the function behind API Gateway', () => {
  /** One whose own runtime does nothing. */
  async function post(input: object, done: () => Promise<ApiRefusal>, allowedActions = ['StartSyncExecution']) {
    const asked: object[] = [];
    const runtime = { ports: { clock: { nowMs: () => 0 } }, settings: { limits: DEFAULT_LIMITS } } as Runtime;
    const api = createApi(runtime, {
      verifier: { verify: async () => ({ secretAccessKey: 's', principal: 'arn:me', allowedActions }) },
      elsewhere: new Map([
        [
          'StartSyncExecution',
          (given) => {
            asked.push(given);
            return done();
          },
        ],
      ]),
      onFault: () => {},
    });
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'AWSStepFunctions.StartSyncExecution',
    };
    const body = Buffer.from(JSON.stringify(input));
    const answer = await api({ ...REQUEST, headers, body });
    return { asked: asked.length, status: answer.status, body: JSON.parse(String(answer.body)) };
  }
  const input = { stateMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:m' };
  const unused = () => Promise.reject(new Error('not to be asked'));

  test.each<[string, () => Promise<ApiRefusal>, number, string]>([
    ['a refusal', async () => ({ code: 'InvalidName', status: 400, message: 'No' }), 400, 'InvalidName'],
    ['one of a newer release', async () => ({ code: 'Newer', status: 400, message: 'No' }), 500, 'InternalFailure'],
    ['no answer', () => Promise.reject(new StoreUnavailable('timed out')), 503, 'ServiceUnavailable'],
  ])('%s', async (_, done, status, name) => {
    const answer = await post(input, done);
    expect(answer).toMatchObject({ asked: 1, status, body: { __type: expect.stringMatching(`#${name}$`) } });
  });

  test('asks for nothing that its caller may not, or that has mistakes', async () => {
    expect(await post(input, unused, ['StartExecution'])).toMatchObject({
      asked: 0,
      body: { __type: expect.stringMatching('#AccessDeniedException$') },
    });
    expect(await post({}, unused)).toMatchObject({ asked: 0, status: 400 });
  });
});
