import { SCHEMA_VERSION } from '../../lib/adapters/dynamodb/schema';
import type { AwsService } from '../../lib/host/aws';
import { watchSchema } from '../../lib/host/schema-watch';
import { eventually } from '../contract/eventually';
import { serveOn, startBackends } from './backends';

/** A process whose tables are taken over by a newer Stepwell while it runs. */

const MINUTE_MS = 60_000;
const NEWER = `the tables have format ${SCHEMA_VERSION + 1}, written by a newer Stepwell; this one knows ${SCHEMA_VERSION}`;

describe('the mark of the tables', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  test('is looked at each minute, and what is newer is told once', async () => {
    const state = { version: SCHEMA_VERSION, isThere: true };
    const database = {
      putOnce: async () => {
        if (!state.isThere) throw new Error('the store does not answer');
        return { version: state.version };
      },
    };
    const told: string[] = [];
    const service = { store: { database }, check: async () => {} } as unknown as AwsService;
    const watch = watchSchema(service, ({ message }) => told.push(message));
    await jest.advanceTimersByTimeAsync(MINUTE_MS);
    state.isThere = false;
    await jest.advanceTimersByTimeAsync(MINUTE_MS);
    expect([watch.isNewer, told]).toEqual([false, []]);
    Object.assign(state, { version: SCHEMA_VERSION + 1, isThere: true });
    await jest.advanceTimersByTimeAsync(5 * MINUTE_MS);
    expect([watch.isNewer, told]).toEqual([true, [NEWER]]);
    watch.end();
    expect(jest.getTimerCount()).toBe(0);
  });
});

test('a process on such tables says so in its log, takes no more messages, and is not ready', async () => {
  let version = SCHEMA_VERSION;
  const backends = await startBackends((operation, input) => {
    if (operation === 'AmazonSQS.ListQueues') return {};
    const isMark = operation.endsWith('.GetItem') && input.includes('"schema"');
    return isMark ? { Item: { version: { N: String(version) } } } : undefined;
  });
  const polls = () => backends.asked.filter((operation) => operation === 'AmazonSQS.ReceiveMessage').length;
  try {
    const { service, lines } = await serveOn(backends.endpoint);
    // Its first work of the minute is done.
    await eventually(
      () => lines,
      () => lines.some(({ message }) => message === 'open executions were looked at'),
    );
    // Two queues, each polled twice.
    await eventually(polls, (count) => count === 4);
    backends.answerAll();
    await eventually(polls, (count) => count === 8);
    version++;
    const ready = service.pages['/ready']!;
    expect(await ready()).toMatchObject({ status: 503, body: '{"status":"the tables are of a newer version"}' });
    backends.answerAll();
    await ready();
    expect(lines.filter(({ level }) => level === 'error')).toEqual([
      expect.objectContaining({ message: expect.stringContaining('takes no more work'), error: NEWER }),
    ]);
    await service.close();
    expect(polls()).toBe(8);
  } finally {
    backends.stop();
  }
});
