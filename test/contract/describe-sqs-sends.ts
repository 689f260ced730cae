import { randomBytes } from 'node:crypto';
import type { SendMessageBatchCommandInput, SQSClient } from '@aws-sdk/client-sqs';
import { createSqsClients, type SqsClients } from '../../lib/adapters/sqs/clients';
import type { Timers } from '../../lib/adapters/sqs/queue';
import { systemClock } from '../../lib/host/system';
import type { AdvanceMessage } from '../../lib/ports/queue';
import { StoreUnavailable } from '../../lib/ports/store-error';
import { eventually } from './eventually';
import { advanceQueue, type Backend, countsOf, newAdvance, runIdIn } from './sqs-queues';

const DELAY_MAX_MS = 900_000;

/** Sees what is sent, and may change it. Answers the entries of each request. */
function watchSends(client: SQSClient, change = (_: SendMessageBatchCommandInput): void => {}): number[] {
  const requests: number[] = [];
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName === 'SendMessageBatchCommand') {
        const input = args.input as SendMessageBatchCommandInput;
        requests.push(input.Entries!.length);
        change(input);
      }
      return next(args);
    },
    { step: 'initialize' },
  );
  return requests;
}

/** The first request of sends is done, and its answer lost. */
function loseFirstAnswer(client: SQSClient): void {
  let isLost = false;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const answer = await next(args);
      if (context.commandName !== 'SendMessageBatchCommand' || isLost) return answer;
      isLost = true;
      throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    },
    { step: 'deserialize', priority: 'high' },
  );
}

const resultOf = (output: string): AdvanceMessage => {
  const { run, from } = newAdvance() as AdvanceMessage & { type: 'advance' };
  return { type: 'result', run, from, taskEventId: 4, claim: 'c', result: { output } };
};

/** What a send through SQS adds to the port's contract. */
export function describeSqsSends(backend: () => Backend): void {
  describe('sending through SQS', () => {
    let clients: SqsClients;
    beforeEach(() => {
      clients = createSqsClients(backend().connection);
    });
    afterEach(() => clients.close());

    test('sends of one turn of the event loop go ten at a time', async () => {
      const requests = watchSends(clients.calls);
      const { queue, name } = await advanceQueue(backend(), { clients });
      await Promise.all(Array.from({ length: 25 }, () => queue.send(newAdvance())));
      expect(requests.sort((one, other) => other - one)).toEqual([10, 10, 5]);
      expect(await countsOf(backend(), name)).toMatchObject({ waiting: 25 });
    });

    test('requests stay below what SQS takes at once', async () => {
      const requests = watchSends(clients.calls);
      const { queue, name } = await advanceQueue(backend(), { clients, messageBytesMax: 100_000 });
      await Promise.all(Array.from({ length: 4 }, () => queue.send(resultOf(`"${'-'.repeat(40_000)}"`))));
      expect(requests.sort()).toEqual([2, 2]);
      expect(await countsOf(backend(), name)).toMatchObject({ waiting: 4 });
    });

    test.each([
      ['of random text', () => JSON.stringify(randomBytes(196_606).toString('base64').slice(0, 262_142))],
      ['of which every other character must be escaped', () => JSON.stringify('\\"'.repeat(65_535))],
      ['of signs that take four bytes', () => JSON.stringify('\u{1f4a1}'.repeat(65_535))],
    ])('a result of the greatest length arrives as it was: %s', async (_, output) => {
      const { queue } = await advanceQueue(backend(), { clients });
      const message = resultOf(output());
      const arrived: AdvanceMessage[] = [];
      queue.consume(async (delivery) => {
        arrived.push(delivery.message);
        return 'delete';
      });
      await queue.send(message);
      await eventually(
        () => arrived.length,
        (count) => count > 0,
      );
      expect(arrived).toEqual([message]);
      await queue.stop();
    });

    test('an entry that is refused fails alone', async () => {
      watchSends(clients.calls, ({ Entries }) => {
        Entries![1]!.DelaySeconds = 901;
      });
      const { queue, name } = await advanceQueue(backend(), { clients });
      const outcomes = await Promise.allSettled([1, 2, 3].map(() => queue.send(newAdvance())));
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect((outcomes[1] as PromiseRejectedResult).reason).toMatchObject({ code: 'InvalidParameterValue' });
      expect(await countsOf(backend(), name)).toMatchObject({ waiting: 2 });
    });

    test('nobody answers: StoreUnavailable', async () => {
      const nowhere = createSqsClients({ ...backend().connection, endpoint: 'http://127.0.0.1:1' });
      const { queue } = await advanceQueue(backend(), { clients: nowhere });
      await expect(queue.send(newAdvance())).rejects.toThrow(StoreUnavailable);
      nowhere.close();
    });

    test('the answer is lost: the message is there, perhaps twice', async () => {
      loseFirstAnswer(clients.calls);
      const { queue } = await advanceQueue(backend(), { clients });
      const message = newAdvance();
      await queue.send(message);
      const arrived = new Set<string>();
      queue.consume(async (delivery) => {
        arrived.add(runIdIn(delivery.message));
        return 'delete';
      });
      await eventually(
        () => arrived.size,
        (count) => count > 0,
      );
      expect([...arrived]).toEqual([runIdIn(message)]);
      await queue.stop();
    });

    test('the answer is lost where a message must not be there twice: StoreUnavailable, and one message', async () => {
      loseFirstAnswer(clients.onceOnly);
      const { queue, name } = await advanceQueue(backend(), { clients, isSentAgain: false });
      await expect(queue.send(newAdvance())).rejects.toThrow(StoreUnavailable);
      expect(await countsOf(backend(), name)).toMatchObject({ waiting: 1 });
    });

    test('up to 15 minutes ahead SQS delays it, later it goes to the timers', async () => {
      const nowMs = Date.now();
      const kept: { message: AdvanceMessage; atMs: number }[] = [];
      const timers: Timers<AdvanceMessage> = {
        async add(message, atMs) {
          kept.push({ message, atMs });
        },
      };
      const { queue, name } = await advanceQueue(backend(), {
        clients,
        clock: { ...systemClock, nowMs: () => nowMs },
        timers,
      });
      await queue.send(newAdvance(), { notBeforeMs: nowMs + DELAY_MAX_MS });
      expect(kept).toEqual([]);
      expect(await countsOf(backend(), name)).toMatchObject({ delayed: 1 });
      const later = newAdvance();
      const atMs = nowMs + DELAY_MAX_MS + 1;
      await queue.send(later, { notBeforeMs: atMs });
      expect(kept).toEqual([{ message: later, atMs }]);
      // By the clock of the one who keeps timers it is due within 15 minutes.
      await queue.sendDue(later, atMs);
      expect(kept).toHaveLength(1);
      expect(await countsOf(backend(), name)).toMatchObject({ delayed: 2 });
    });
  });
}
