import { slotAt } from '../../lib/engine/snapshot';
import type { AdvanceMessage, Delivery, Disposition, Handler, Queue } from '../../lib/ports/queue';
import { eventually } from './eventually';
import { newRun } from './samples';

/** A queue with its consumer. Deliveries begin with `consume`. */
export interface OpenQueue {
  queue: Queue<AdvanceMessage>;
  consume(handler: Handler<AdvanceMessage>): void;
  /** How long a handler has a message for itself. */
  leaseMs: number;
  close(): Promise<void>;
}

const advance = (): AdvanceMessage => ({ type: 'advance', run: newRun(), from: slotAt(1, 0) });
const idOf = (message: AdvanceMessage): string =>
  message.type === 'delete-machine' ? message.machineId : message.run.runId;

/** What arrived of each message, and when. */
class Arrivals {
  private readonly byId = new Map<
    string,
    { delivery: Delivery<AdvanceMessage>; receiveCount: number; atMs: number }[]
  >();

  record(delivery: Delivery<AdvanceMessage>): void {
    const arrival = { delivery, receiveCount: delivery.receiveCount, atMs: Date.now() };
    this.byId.set(idOf(delivery.message), [...this.of(delivery.message), arrival]);
  }

  of(message: AdvanceMessage) {
    return this.byId.get(idOf(message)) ?? [];
  }

  /** Waits until the message has arrived that often. */
  async wait(message: AdvanceMessage, times = 1) {
    return eventually(
      () => this.of(message),
      (arrivals) => arrivals.length >= times,
    );
  }
}

/** The contract of the port Queue, with the consumer that an adapter brings for it. */
export function describeQueue(name: string, open: () => Promise<OpenQueue>): void {
  describe(`queue: ${name}`, () => {
    let opened: OpenQueue;
    let arrivals: Arrivals;
    beforeEach(async () => {
      opened = await open();
      arrivals = new Arrivals();
    });
    afterEach(() => opened.close());

    /** Consumes; what the handler says of a delivery is what becomes of it. */
    const consume = (handler: (delivery: Delivery<AdvanceMessage>) => Disposition | Promise<Disposition>): void =>
      opened.consume(async (delivery) => {
        arrivals.record(delivery);
        return handler(delivery);
      });

    test('every message arrives, as it was sent', async () => {
      consume(() => 'delete');
      const run = newRun();
      const messages: AdvanceMessage[] = [
        ...Array.from({ length: 100 }, advance),
        { type: 'wake', run: newRun(), from: slotAt(7, 3) },
        { type: 'result', run, from: slotAt(9, 0), taskEventId: 4, claim: 'c', result: { output: '"ü\u{1f4a1}"' } },
        { type: 'delete-machine', machineName: 'm', machineId: newRun().machineId, emptyLooks: 1 },
      ];
      await Promise.all(messages.map((message) => opened.queue.send(message)));
      for (const message of messages) {
        const [first] = await arrivals.wait(message);
        expect(first!.delivery.message).toEqual(message);
        expect(first!.receiveCount).toBe(1);
      }
    });

    test('what was sent before anybody consumes arrives', async () => {
      const message = advance();
      await opened.queue.send(message);
      consume(() => 'delete');
      await arrivals.wait(message);
    });

    test('no message arrives before its time, and others need not wait for it', async () => {
      consume(() => 'delete');
      const beginMs = Date.now();
      const delayed = [300, 50, 200, 100, 250].map((ms) => ({ message: advance(), notBeforeMs: beginMs + ms }));
      for (const { message, notBeforeMs } of delayed) await opened.queue.send(message, { notBeforeMs });
      const prompt = advance();
      await opened.queue.send(prompt);
      await arrivals.wait(prompt);
      for (const { message, notBeforeMs } of delayed) {
        const [first] = await arrivals.wait(message);
        expect(first!.atMs).toBeGreaterThanOrEqual(notBeforeMs);
      }
    });

    test('a time that has passed is no hindrance', async () => {
      consume(() => 'delete');
      const message = advance();
      await opened.queue.send(message, { notBeforeMs: Date.now() - 60_000 });
      await arrivals.wait(message);
    });

    test('a message whose handler fails comes again, with a higher receive count', async () => {
      consume(({ receiveCount }) => {
        if (receiveCount === 1) throw new Error('the handler fails');
        return 'delete';
      });
      const message = advance();
      await opened.queue.send(message);
      const found = await arrivals.wait(message, 2);
      expect(found.map(({ receiveCount }) => receiveCount)).toEqual([1, 2]);
      expect(found[1]!.delivery.message).toEqual(message);
    });

    test('a message that fails does not keep others from their handlers', async () => {
      const poisoned = advance();
      consume(({ message }) => {
        if (idOf(message) === idOf(poisoned)) throw new Error('the handler fails');
        return 'delete';
      });
      await opened.queue.send(poisoned);
      await arrivals.wait(poisoned);
      const others = Array.from({ length: 20 }, advance);
      for (const message of others) await opened.queue.send(message);
      for (const message of others) await arrivals.wait(message);
    });

    test('a message that is wanted again later comes then, and not before', async () => {
      const againAfterMs = 200;
      let askedAtMs = 0;
      consume(({ receiveCount }) => {
        if (receiveCount > 1) return 'delete';
        askedAtMs = Date.now();
        return { againAfterMs };
      });
      const message = advance();
      await opened.queue.send(message);
      const found = await arrivals.wait(message, 2);
      expect(found[1]!.receiveCount).toBe(2);
      expect(found[1]!.atMs).toBeGreaterThanOrEqual(askedAtMs + againAfterMs);
    });

    test('a message that is wanted again at once comes again', async () => {
      consume(({ receiveCount }) => (receiveCount < 3 ? { againAfterMs: 0 } : 'delete'));
      const message = advance();
      await opened.queue.send(message);
      const found = await arrivals.wait(message, 3);
      expect(found.map(({ receiveCount }) => receiveCount)).toEqual([1, 2, 3]);
    });

    test('a deleted message does not come again when its lease is over', async () => {
      consume(() => 'delete');
      const deleted = advance();
      await opened.queue.send(deleted);
      await arrivals.wait(deleted);
      const marker = advance();
      await opened.queue.send(marker, { notBeforeMs: Date.now() + opened.leaseMs * 2 });
      await arrivals.wait(marker);
      expect(arrivals.of(deleted)).toHaveLength(1);
    });

    test('within the lease nobody else gets the message, and a slow handler does not hold up others', async () => {
      const { held, release } = hold();
      const slow = advance();
      consume(async ({ message }): Promise<Disposition> => {
        if (idOf(message) === idOf(slow)) await held;
        return 'delete';
      });
      await opened.queue.send(slow);
      const [arrival] = await arrivals.wait(slow);
      expect(arrival!.delivery.leaseUntilMs).toBeGreaterThan(arrival!.atMs);
      const others = Array.from({ length: 20 }, advance);
      for (const message of others) await opened.queue.send(message);
      for (const message of others) await arrivals.wait(message);
      if (Date.now() < arrival!.delivery.leaseUntilMs) expect(arrivals.of(slow)).toHaveLength(1);
      release();
    });

    test('a lease that is extended ends later', async () => {
      const { held, release } = hold();
      consume(async (): Promise<Disposition> => {
        await held;
        return 'delete';
      });
      const message = advance();
      await opened.queue.send(message);
      const [arrival] = await arrivals.wait(message);
      const { delivery } = arrival!;
      const beforeMs = delivery.leaseUntilMs;
      await eventually(Date.now, (nowMs) => nowMs > arrival!.atMs);
      await delivery.extend();
      expect(delivery.leaseUntilMs).toBeGreaterThan(beforeMs);
      expect(delivery.leaseUntilMs).toBeGreaterThan(Date.now());
      release();
    });

    test('a handler can send', async () => {
      const next = advance();
      consume(async ({ message }): Promise<Disposition> => {
        if (idOf(message) !== idOf(next)) await opened.queue.send(next);
        return 'delete';
      });
      await opened.queue.send(advance());
      await arrivals.wait(next);
    });
  });
}

function hold(): { held: Promise<void>; release: () => void } {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { held, release };
}
