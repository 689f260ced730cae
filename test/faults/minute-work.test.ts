import type { AwsService } from '../../lib/host/aws';
import { createLog } from '../../lib/host/log';
import { createMinuteWork } from '../../lib/host/minute-work';
import { Arns } from '../../lib/runtime/arns';
import { newRun } from '../contract/samples';
import { MemoryTimers } from '../runtime/memory-timers';
import type { Line } from './home';

/** Waits of more than 15 minutes: what the log says where they cannot be moved to the queue. */

const MINUTE_MS = 60_000;
/** The first that the mover looks at; in good order it passes the minutes that are ten minutes old. */
const OLDEST_MINUTES = 40;
const DENIED = 'not authorized to perform: sqs:SendMessage';

let timers: MemoryTimers;
let isRefusing: boolean;
let lines: Line[];

const nowMinute = () => Math.floor(Date.now() / MINUTE_MS);

beforeEach(() => {
  timers = new MemoryTimers(nowMinute() - OLDEST_MINUTES);
  isRefusing = true;
  lines = [];
});

/** The work of a minute, as the function `timers` and each process do it. */
function minute(): Promise<void> {
  const advance = {
    sendDue: async () => {
      if (isRefusing) throw new Error(DENIED);
    },
  };
  const runtime = { settings: { arns: new Arns('us-east-1', '123456789012') } };
  const service = { runtime, store: { timers }, advance } as unknown as AwsService;
  const log = createLog('warn', (line) => void lines.push(JSON.parse(line) as Line));
  return createMinuteWork(service, { log }).minute();
}

const waitSince = (minutes: number) =>
  timers.add({ type: 'wake', run: newRun(), from: 1 }, (nowMinute() - minutes) * MINUTE_MS);

const levels = () => lines.map(({ level }) => level);

test('those that could not be sent for once are a warning, with the reason', async () => {
  await waitSince(1);
  await minute();
  expect(lines).toEqual([expect.objectContaining({ level: 'warn', error: DENIED })]);
});

test('those that are late are an error in the log, each minute until they are moved: that is an alarm', async () => {
  await waitSince(20);
  for (const call of ['first', 'second']) {
    lines = [];
    await minute();
    expect([call, levels()]).toEqual([call, ['warn', 'error']]);
    expect(lines[0]).toMatchObject({ error: DENIED });
    expect(lines[1]).toMatchObject({ message: expect.stringContaining('timers are late'), failed: 1 });
  }
  isRefusing = false;
  lines = [];
  await minute();
  expect(levels()).toEqual([]);
  expect(timers.standing.size).toBe(0);
});

test('so it is where the store does not say which there are', async () => {
  timers.refusing = 'dueIn';
  await minute();
  expect(levels().at(-1)).toBe('error');
});

test('a cursor that cannot be moved fails the work, and with it the function', async () => {
  timers.refusing = 'moveCursor';
  await expect(minute()).rejects.toThrow('moveCursor refused');
});
