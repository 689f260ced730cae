import { randomBytes } from 'node:crypto';
import { Batch, type BatchAnswer, EntryRefused } from '../../lib/adapters/sqs/batch';
import { BodyTooLong } from '../../lib/adapters/sqs/body';
import { advanceMessages, type MessageFormat, offers, taskMessages, Unreadable } from '../../lib/adapters/sqs/messages';
import { slotAt } from '../../lib/engine/snapshot';
import type { Offer } from '../../lib/ports/activity-queues';
import type { AdvanceMessage, TaskMessage } from '../../lib/ports/queue';
import { StoreUnavailable } from '../../lib/ports/store-error';
import { newRun } from './samples';

const BYTES_MAX = 1_048_576;
const HALF_A_PAIR = String.fromCharCode(0xd800);
const work = { run: newRun(), from: slotAt(7, 2) };
const task: TaskMessage = { ...work, taskEventId: 4, claim: 'c' };
const offer: Offer = { ...work, taskEventId: 4, scheduledMs: 1, deadlineMs: undefined };
const result = (output: string): AdvanceMessage => ({ type: 'result', ...task, result: { output } });

describe('bodies of messages', () => {
  const advances: AdvanceMessage[] = [
    { type: 'advance', ...work },
    { type: 'wake', ...work },
    result('{"a": 1.0}'),
    result(`"\u007f\ufffe\uffff${HALF_A_PAIR}\u{1f4a1}"`),
    { type: 'result', ...task, result: { error: 'E', cause: 'why' } },
    { type: 'result', ...task, result: { error: undefined, cause: undefined } },
    { type: 'result', ...task, result: { submitted: '{}' } },
    { type: 'result', ...task, result: { submitted: '{}', child: newRun() } },
    { type: 'look', ...work, taskEventId: 4 },
    { type: 'look', ...work, taskEventId: -4 },
    { type: 'result', ...task, taskEventId: -4, result: { submitted: 'null', child: newRun() } },
    { type: 'delete-machine', machineName: 'm', machineId: 'i', emptyLooks: 1 },
  ];

  test.each(advances)('a message is read as it was written: $type', async (message) => {
    expect(await advanceMessages.read(await advanceMessages.write(message, BYTES_MAX))).toEqual(message);
  });

  test('tasks and offers too', async () => {
    expect(await taskMessages.read(await taskMessages.write(task, BYTES_MAX))).toEqual(task);
    expect(await offers.read(await offers.write(offer, BYTES_MAX))).toEqual(offer);
    const timed = { ...offer, deadlineMs: 9 };
    expect(await offers.read(await offers.write(timed, BYTES_MAX))).toEqual(timed);
    const child = { ...task, taskEventId: -4 };
    expect(await taskMessages.read(await taskMessages.write(child, BYTES_MAX))).toEqual(child);
    const commit = { slot: slotAt(4, 0), body: '{"n":5}' };
    expect(await offers.read(await offers.write({ ...offer, commit }, BYTES_MAX))).toEqual({ ...offer, commit });
    expect(await taskMessages.read(await taskMessages.write({ ...task, commit }, BYTES_MAX))).toEqual({
      ...task,
      commit,
    });
  });

  test('SQS takes every character in them', async () => {
    const body = await advanceMessages.write(result(`"\ufffe\uffff${HALF_A_PAIR}\u0001\u{1f4a1}"`), BYTES_MAX);
    expect(body).toMatch(/^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u);
  });

  test('they are JSON that says its version', async () => {
    expect(JSON.parse(await taskMessages.write(task, BYTES_MAX))).toEqual({ v: 1, ...task });
  });

  test('a long one is deflated, where that makes it shorter', async () => {
    const repeated = await advanceMessages.write(result(`"${'-'.repeat(262_142)}"`), BYTES_MAX);
    expect(repeated.length).toBeLessThan(2_000);
    const random = result(`"${randomBytes(196_605).toString('base64')}"`);
    expect((await advanceMessages.write(random, BYTES_MAX)).length).toBeLessThan(270_000);
  });

  test('one that does not fit in any form is refused before it is sent', async () => {
    const random = result(`"${randomBytes(900_000).toString('base64')}"`);
    await expect(advanceMessages.write(random, BYTES_MAX)).rejects.toThrow(BodyTooLong);
  });

  const refused = <Message>(format: MessageFormat<Message>, body: string) =>
    expect(format.read(body)).rejects.toThrow(Unreadable);
  const { machineId: _, ...runWithoutMachine } = work.run;

  test.each<[string, string]>([
    ['no text', ''],
    ['not JSON', 'advance'],
    ['not an object', '[1]'],
    ['no version', JSON.stringify(task)],
    ['another version', JSON.stringify({ v: 2, ...task })],
    ['a member is missing', JSON.stringify({ v: 1, ...task, claim: undefined })],
    ['a member too many', JSON.stringify({ v: 1, ...task, more: 1 })],
    ['a member of another type', JSON.stringify({ v: 1, ...task, claim: 1 })],
    ['a slot that is no count', JSON.stringify({ v: 1, ...task, from: -1 })],
    ['a slot that is not whole', JSON.stringify({ v: 1, ...task, from: 0.5 })],
    ['a run that is incomplete', JSON.stringify({ v: 1, ...task, run: runWithoutMachine })],
    ['a run of another shape', JSON.stringify({ v: 1, ...task, run: { ...work.run, more: 1 } })],
    ['a member named like an inherited one', `{"v":1,"__proto__":${JSON.stringify(task)}}`],
    ['deflated, but not really', 'deflate:AAAA'],
  ])('unreadable: %s', (_, body) => refused(taskMessages, body));

  test('unreadable: a type that nobody knows', () =>
    refused(advanceMessages, JSON.stringify({ v: 1, type: 'retreat', ...work })));

  test('unreadable: a result that is both', () =>
    refused(advanceMessages, JSON.stringify({ v: 1, type: 'result', ...task, result: { output: '1', error: 'E' } })));
});

describe('calls that share requests', () => {
  const outcomesOf = async (answer: () => Promise<BatchAnswer>, count: number) => {
    const batch = new Batch<object>(answer);
    const outcomes = await Promise.allSettled(Array.from({ length: count }, () => batch.add({})));
    return outcomes.map((outcome) => (outcome.status === 'fulfilled' ? 'done' : outcome.reason.constructor));
  };

  test('each learns its own fate: done, refused, not done, not mentioned', async () => {
    const failed = (Id: string, SenderFault: boolean) => ({ Id, SenderFault, Code: 'Failed', Message: 'why' });
    const answer = async () => ({ Successful: [{ Id: '0' }], Failed: [failed('1', true), failed('2', false)] });
    expect(await outcomesOf(answer, 4)).toEqual(['done', EntryRefused, StoreUnavailable, StoreUnavailable]);
  });

  test('a request that fails fails for all', async () => {
    const answer = () => Promise.reject(new Error('socket hang up'));
    expect(await outcomesOf(answer, 2)).toEqual([StoreUnavailable, StoreUnavailable]);
  });

  test('those of a later turn of the event loop go in another request', async () => {
    const requests: number[] = [];
    const batch = new Batch<object>(async (entries) => {
      requests.push(entries.length);
      return { Successful: entries };
    });
    await Promise.all([batch.add({}), batch.add({})]);
    await batch.add({});
    expect(requests).toEqual([2, 1]);
  });

  test('where they may wait for others, those of later turns go along, and ten go at once', async () => {
    const requests: number[] = [];
    const answer = async (entries: { Id: string }[]) => {
      requests.push(entries.length);
      return { Successful: entries };
    };
    const patient = new Batch<object>(answer, { gatherMs: 20 });
    const first = patient.add({});
    await new Promise(setImmediate);
    await Promise.all([first, patient.add({})]);
    expect(requests).toEqual([2]);

    const endless = new Batch<object>(answer, { gatherMs: 2 ** 31 - 1 });
    await Promise.all(Array.from({ length: 10 }, () => endless.add({})));
    expect(requests).toEqual([2, 10]);
  });
});
