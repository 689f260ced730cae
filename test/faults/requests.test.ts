import { createLog } from '../../lib/host/log';
import { openApi } from '../../lib/host/open-api';
import { StoreUnavailable } from '../../lib/ports/store-error';
import type { Runtime } from '../../lib/runtime';
import { DEFAULT_LIMITS } from '../../lib/runtime/limits';

/** What the log says of a request that could not be answered. */

const EXECUTION = 'arn:aws:states:us-east-1:123456789012:execution:orders:one';
const SECRET = 'a card number';

/** An API all of whose actions fail; `key`: undefined where nobody is known. */
async function post(action: string, input: object, isKnown = true) {
  const lines: Record<string, unknown>[] = [];
  const fail = async () => {
    throw new StoreUnavailable('DynamoDB does not answer');
  };
  const runtime = { ports: { clock: { nowMs: () => 0 } }, settings: { limits: DEFAULT_LIMITS } } as Runtime;
  const api = openApi(runtime, {
    region: 'us-east-1',
    keys: isKnown ? undefined : { find: fail },
    log: createLog('debug', (line) => void lines.push(JSON.parse(line))),
    elsewhere: new Map(['StopExecution', 'StartExecution', 'ListActivities'].map((name) => [name, fail])),
  });
  const now = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const answer = await api({
    method: 'POST',
    path: '/',
    query: '',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AWSStepFunctions.${action}`,
      ...(!isKnown && {
        host: 'localhost',
        'x-amz-date': now,
        authorization: `AWS4-HMAC-SHA256 Credential=KEY/${now.slice(0, 8)}/us-east-1/states/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
      }),
    },
    body: Buffer.from(JSON.stringify(input)),
    client: { isGone: false, onGone: () => () => {} },
  });
  const requestId = answer.headers[answer.headers.indexOf('x-amzn-RequestId') + 1];
  return { status: answer.status, body: String(answer.body), requestId, lines };
}

test('one line, with its action and the execution that it names, and nothing else of what it says', async () => {
  const { status, requestId, lines } = await post('StopExecution', { executionArn: EXECUTION, cause: SECRET });
  expect(status).toBe(503);
  expect(lines).toEqual([
    {
      time: expect.any(String),
      level: 'error',
      message: 'a request failed',
      requestId,
      action: 'StopExecution',
      executionArn: EXECUTION,
      error: 'DynamoDB does not answer',
      stack: expect.any(String),
    },
  ]);
});

test('one that names no execution has its action', async () => {
  const stateMachineArn = 'arn:aws:states:us-east-1:123456789012:stateMachine:orders';
  const { lines } = await post('StartExecution', { stateMachineArn, input: JSON.stringify(SECRET) });
  expect(lines).toEqual([expect.objectContaining({ action: 'StartExecution' })]);
  expect(JSON.stringify(lines)).not.toContain(SECRET);
  expect(lines[0]).not.toHaveProperty('executionArn');
});

test('clients see none of it', async () => {
  const { body } = await post('ListActivities', {});
  expect(body).not.toContain('DynamoDB');
});

test('one that could not be verified has its action only: whose it is, nobody knows', async () => {
  const { status, lines } = await post('StopExecution', { executionArn: EXECUTION }, false);
  expect(status).toBe(503);
  expect(lines).toEqual([expect.objectContaining({ action: 'StopExecution', error: 'DynamoDB does not answer' })]);
  expect(lines[0]).not.toHaveProperty('executionArn');
});

test("a request that is wrong is its client's: no line", async () => {
  const { status, lines } = await post('StopExecution', { executionArn: 1 });
  expect([status, lines]).toEqual([400, []]);
});
