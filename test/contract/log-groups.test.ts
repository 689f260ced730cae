import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { LogGroups } from '../../lib/adapters/cloudwatch/log-groups';
import { createLogsCall } from '../../lib/adapters/cloudwatch/logs-call';
import { Sha256 } from '../../lib/adapters/lambda/sha256';
import type { LogEntry } from '../../lib/ports/execution-log';

const GROUP = 'arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vendedlogs/states/orders:*';
const AT = Date.UTC(2026, 3, 24, 11, 50, 7);
const STREAM = /^states\/orders\/2026-04-24-11-50\/[0-9a-f]{8}$/;

const entry = (text: string, change: Partial<LogEntry> = {}): LogEntry => ({
  logGroupArn: GROUP,
  machineName: 'orders',
  timestampMs: AT,
  text,
  ...change,
});

interface LogsCalled {
  action: string;
  body: { logGroupName: string; logStreamName: string; logEvents?: { timestamp: number; message: string }[] };
  authorization: string;
}

/** What CloudWatch Logs answers: 200, or an error by its name. */
type Answer = { status: number; code: string } | undefined;

describe('log groups', () => {
  let server: http.Server;
  let calls: LogsCalled[];
  let answer: (called: LogsCalled) => Answer;
  let dropped: { logGroupArn: string; count: number; message: string }[];
  let groups: LogGroups;

  beforeAll(async () => {
    process.env.AWS_ACCESS_KEY_ID = 'AKID';
    process.env.AWS_SECRET_ACCESS_KEY = 'secret';
    server = http.createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const called = {
        action: String(request.headers['x-amz-target']),
        body: JSON.parse(Buffer.concat(chunks).toString()) as LogsCalled['body'],
        authorization: String(request.headers.authorization),
      };
      calls.push(called);
      const refusal = answer(called);
      if (refusal?.status === 0) return void request.socket.destroy();
      response.writeHead(refusal?.status ?? 200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(refusal ? { __type: refusal.code, message: 'no' } : {}));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    delete process.env.AWS_ACCESS_KEY_ID;
    delete process.env.AWS_SECRET_ACCESS_KEY;
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  beforeEach(() => {
    calls = [];
    answer = () => undefined;
    dropped = [];
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    groups = new LogGroups({
      call: createLogsCall({ endpoint, region: 'us-east-1', sha256: Sha256 }),
      onDropped: (logGroupArn, count, { message }) => dropped.push({ logGroupArn, count, message }),
    });
  });
  const actions = () => calls.map(({ action }) => action.replace('Logs_20140328.', ''));
  const put = () => calls.filter(({ action }) => action.endsWith('PutLogEvents'));

  test('a stream is made as AWS calls it, and events are put into it, signed for their region', async () => {
    groups.write([entry('{"id":"1"}'), entry('{"id":"2"}', { timestampMs: AT + 5 })]);
    expect(groups.isWaiting).toBe(true);
    expect(calls).toEqual([]);
    await groups.flush();
    expect(groups.isWaiting).toBe(false);
    expect(actions()).toEqual(['CreateLogStream', 'PutLogEvents']);
    expect(calls[1]!.body).toEqual({
      logGroupName: '/aws/vendedlogs/states/orders',
      logStreamName: expect.stringMatching(STREAM),
      logEvents: [
        { timestamp: AT, message: '{"id":"1"}' },
        { timestamp: AT + 5, message: '{"id":"2"}' },
      ],
    });
    for (const { authorization } of calls) expect(authorization).toContain('/eu-west-1/logs/aws4_request');
  });

  test('a stream is made once, and one that is there is as good', async () => {
    answer = ({ action }) =>
      action.endsWith('CreateLogStream') ? { status: 400, code: 'ResourceAlreadyExistsException' } : undefined;
    for (const text of ['1', '2']) {
      groups.write([entry(text)]);
      await groups.flush();
    }
    expect(actions()).toEqual(['CreateLogStream', 'PutLogEvents', 'PutLogEvents']);
    expect(dropped).toEqual([]);
  });

  test('another machine, group or minute is another stream', async () => {
    const other = GROUP.replace('orders', 'returns');
    groups.write([
      entry('1'),
      entry('2', { machineName: 'returns' }),
      entry('3', { logGroupArn: other }),
      entry('4', { timestampMs: AT + 60_000 }),
    ]);
    await groups.flush();
    const streams = put().map(({ body }) => `${body.logGroupName} ${body.logStreamName}`);
    expect(new Set(streams).size).toBe(4);
  });

  test('events are put in the order of their times', async () => {
    groups.write([entry('late', { timestampMs: AT + 9 }), entry('early', { timestampMs: AT })]);
    await groups.flush();
    expect(put()[0]!.body.logEvents!.map(({ message }) => message)).toEqual(['early', 'late']);
  });

  test('a call has 10,000 events and a megabyte at most', async () => {
    groups.write(Array.from({ length: 10_001 }, (_, index) => entry(String(index))));
    await groups.flush();
    groups.write(Array.from({ length: 5 }, () => entry('x'.repeat(250_000))));
    await groups.flush();
    const sizes = put().map(({ body }) => body.logEvents!.length);
    expect(sizes.sort((a, b) => b - a)).toEqual([10_000, 4, 1, 1]);
  });

  test.each<[string, Answer]>([
    ['a fault', { status: 500, code: 'InternalFailure' }],
    ['throttling', { status: 400, code: 'ThrottlingException' }],
    ['no answer', { status: 0, code: '' }],
  ])('%s: what waits is sent again, so often, and then dropped', async (_, refusal) => {
    answer = () => refusal;
    groups.write([entry('1')]);
    for (let flush = 1; flush <= 2; flush++) {
      await groups.flush();
      expect(groups.isWaiting).toBe(true);
      expect(dropped).toEqual([]);
    }
    await groups.flush();
    expect(groups.isWaiting).toBe(false);
    expect(dropped).toEqual([{ logGroupArn: GROUP, count: 1, message: expect.any(String) }]);
  });

  test('a fault that passes loses nothing', async () => {
    let left = 1;
    answer = () => (left-- > 0 ? { status: 503, code: 'ServiceUnavailable' } : undefined);
    groups.write([entry('1')]);
    await groups.flush();
    await groups.flush();
    expect(put()).toHaveLength(1);
    expect(dropped).toEqual([]);
  });

  test.each(['ResourceNotFoundException', 'AccessDeniedException'])(
    '%s: dropped at once, and said why',
    async (code) => {
      answer = () => ({ status: 400, code: `com.amazonaws.logs#${code}` });
      groups.write([entry('1'), entry('2')]);
      await groups.flush();
      expect(groups.isWaiting).toBe(false);
      expect(dropped).toEqual([{ logGroupArn: GROUP, count: 2, message: `${code}: no` }]);
    },
  );

  test('more than can wait is dropped, and counted', async () => {
    groups.write(Array.from({ length: 40 }, () => entry('x'.repeat(250_000))));
    await groups.flush();
    expect(dropped).toEqual([{ logGroupArn: GROUP, count: 9, message: 'too many entries waited for CloudWatch Logs' }]);
    groups.write([entry('1')]);
    await groups.flush();
    expect(dropped).toHaveLength(1);
  });
});
