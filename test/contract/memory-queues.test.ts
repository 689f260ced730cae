import { MemoryActivityQueues } from '../../lib/adapters/embedded/memory-activity-queues';
import { MemoryQueue } from '../../lib/adapters/embedded/memory-queue';
import { slotAt } from '../../lib/engine/snapshot';
import { createIds, systemClock } from '../../lib/host/system';
import type { AdvanceMessage } from '../../lib/ports/queue';
import { describeActivityQueues } from './describe-activity-queues';
import { describeQueue } from './describe-queue';
import { eventually } from './eventually';
import { newRun } from './samples';

const LEASE_MS = 250;
const HORIZON_MS = 3_600_000;

const newMemoryQueue = (concurrency = 100, failures: unknown[] = []): MemoryQueue<AdvanceMessage> =>
  new MemoryQueue({
    clock: systemClock,
    concurrency,
    leaseMs: LEASE_MS,
    horizonMs: HORIZON_MS,
    onFailure: (error) => failures.push(error),
  });

describeQueue('memory', async () => {
  const queue = newMemoryQueue();
  return {
    queue,
    consume: (handler) => queue.consume(handler),
    leaseMs: LEASE_MS,
    close: async () => queue.stop(),
  };
});

describeActivityQueues(
  'memory',
  async (leaseMs) => ({
    queues: new MemoryActivityQueues(systemClock, createIds(), leaseMs),
    leaseMs,
    close: async () => {},
  }),
  { isOrdered: true },
);

describe('a queue in memory', () => {
  const advance = (): AdvanceMessage => ({ type: 'advance', run: newRun(), from: slotAt(1, 0) });

  test('no more handlers run at once than it was told, and all messages have their turn', async () => {
    const queue = newMemoryQueue(3);
    let running = 0;
    let most = 0;
    let done = 0;
    queue.consume(async () => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
      done++;
      return 'delete';
    });
    for (let count = 0; count < 50; count++) await queue.send(advance());
    await eventually(
      () => done,
      (count) => count === 50,
    );
    expect(most).toBe(3);
    queue.stop();
  });

  test('it says which handler failed and why', async () => {
    const failures: unknown[] = [];
    const queue = newMemoryQueue(100, failures);
    const error = new Error('the handler fails');
    queue.consume(async ({ receiveCount }) => {
      if (receiveCount === 1) throw error;
      return 'delete';
    });
    await queue.send(advance());
    await eventually(
      () => failures.length,
      (count) => count > 0,
    );
    expect(failures).toEqual([error]);
    queue.stop();
  });

  test('once stopped it delivers nothing more', async () => {
    const queue = newMemoryQueue();
    const arrived: AdvanceMessage[] = [];
    queue.consume(async ({ message }) => {
      arrived.push(message);
      return 'delete';
    });
    const dueMs = Date.now() + 30;
    await queue.send(advance(), { notBeforeMs: dueMs });
    queue.stop();
    await queue.send(advance());
    await eventually(Date.now, (nowMs) => nowMs > dueMs + 30);
    expect(arrived).toEqual([]);
  });
});
