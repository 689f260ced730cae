import type { StoredCommit } from '../../lib/engine/commit/decode';
import { firstEventIdOf, slotAt } from '../../lib/engine/snapshot';
import type { NewCommit } from '../../lib/ports/journal';
import type { OpenRecords, Records } from './records';
import { AS_OF, newCommit, newEventlessCommit, newHead, newId, newRun, runOf, succeededAt } from './samples';

const stored = ({ slot, body }: NewCommit): StoredCommit => ({ slot, body });
const slots = (commits: readonly StoredCommit[]): number[] => commits.map(({ slot }) => slot);
const sizeOf = (commits: readonly StoredCommit[]): number => commits.reduce((sum, { body }) => sum + body.length, 0);
/** Characters that need two to four bytes, and some that text formats stumble over. */
const ODD_TEXT = 'ü – \u2028 \u{1f4a1} \\u0000 \\n "quoted" \u007f';

/** The contract of the port Journal. */
export function describeJournal(name: string, open: OpenRecords): void {
  describe(`journal: ${name}`, () => {
    let records: Records;
    beforeAll(async () => {
      records = await open();
    });
    afterAll(() => records.close());

    describeAppending(() => records);
    describeReading(() => records);
    describeReadingOfEvents(() => records);
    describeClosing(() => records);
    describeBeats(() => records);
  });
}

function describeAppending(records: () => Records): void {
  test('an empty slot is filled and reads back as it was written', async () => {
    const { journal } = records();
    const run = newRun();
    const commit = newCommit(1, 3, { body: JSON.stringify(ODD_TEXT) });
    expect(await journal.append(run, commit)).toBe('appended');
    expect(await journal.newest(run.runId)).toEqual(stored(commit));
    expect(await journal.range(run.runId, commit.slot, commit.slot)).toEqual([stored(commit)]);
  });

  test('a filled slot is lost to another attempt and keeps its commit', async () => {
    const { journal } = records();
    const run = newRun();
    const winner = newCommit(1, 3);
    await journal.append(run, winner);
    expect(await journal.append(run, newCommit(1, 5, { body: '"rival"' }))).toBe('lost');
    expect(await journal.append(run, newCommit(1, 3, { body: winner.body }))).toBe('lost');
    expect(await journal.newest(run.runId)).toEqual(stored(winner));
    expect(await journal.range(run.runId, 0, slotAt(100, 0))).toEqual([stored(winner)]);
  });

  test('the same attempt again counts as appended', async () => {
    const { journal } = records();
    const run = newRun();
    const commit = newCommit(1, 3);
    expect(await journal.append(run, commit)).toBe('appended');
    expect(await journal.append(run, commit)).toBe('appended');
    expect(await journal.range(run.runId, 0, slotAt(100, 0))).toEqual([stored(commit)]);
  });

  test('an attempt is known again when others have gone on behind it', async () => {
    const { journal } = records();
    const run = newRun();
    const first = newCommit(1, 3);
    const second = newCommit(4, 4);
    await journal.append(run, first);
    await journal.append(run, second);
    expect(await journal.append(run, first)).toBe('appended');
    expect(await journal.range(run.runId, 0, slotAt(100, 0))).toEqual([stored(first), stored(second)]);
  });

  test('an event-less commit takes the slot that a commit with events wanted', async () => {
    const { journal } = records();
    const run = newRun();
    await journal.append(run, newCommit(1, 3));
    const fence = newEventlessCommit(4, 0);
    expect(await journal.append(run, fence)).toBe('appended');
    expect(await journal.append(run, newCommit(4, 6))).toBe('lost');
    const after = newCommit(4, 6, { slot: slotAt(4, 1) });
    expect(await journal.append(run, after)).toBe('appended');
    expect(await journal.newest(run.runId)).toEqual(stored(after));
  });

  test('of two writers racing for each slot exactly one wins, and its commit is the one that stands', async () => {
    const { journal } = records();
    const run = newRun();
    for (let eventId = 1; eventId <= 20; eventId++) {
      const rivals = ['left', 'right'].map((side) => newCommit(eventId, eventId, { body: JSON.stringify(side) }));
      const results = await Promise.all(rivals.map((commit) => journal.append(run, commit)));
      expect([...results].sort()).toEqual(['appended', 'lost']);
      expect(await journal.newest(run.runId)).toEqual(stored(rivals[results.indexOf('appended')]!));
    }
  });

  test('of a hundred racing appends to one slot exactly one wins', async () => {
    const { journal } = records();
    const run = newRun();
    const rivals = Array.from({ length: 100 }, (_, index) => newCommit(1, 2, { body: String(index) }));
    const results = await Promise.all(rivals.map((commit) => journal.append(run, commit)));
    const winners = rivals.filter((_, index) => results[index] === 'appended');
    expect(winners).toHaveLength(1);
    expect(results.filter((result) => result === 'lost')).toHaveLength(99);
    expect(await journal.range(run.runId, 0, slotAt(100, 0))).toEqual([stored(winners[0]!)]);
  });
}

function describeReading(records: () => Records): void {
  test('a run without commits has no newest one and an empty range', async () => {
    const { journal } = records();
    const { runId } = newRun();
    expect(await journal.newest(runId)).toBeUndefined();
    expect(await journal.range(runId, 0, slotAt(100, 0))).toEqual([]);
    expect(await journal.commitsAt(runId, 1, 'up')).toEqual([]);
    expect(await journal.commitsAt(runId, 1, 'down')).toEqual([]);
  });

  test('runs do not see each other', async () => {
    const { journal } = records();
    const [one, other] = [newRun(), newRun()];
    const commits = [newCommit(1, 3), newCommit(1, 7)] as const;
    await journal.append(one, commits[0]);
    await journal.append(other, commits[1]);
    expect(await journal.newest(one.runId)).toEqual(stored(commits[0]));
    expect(await journal.newest(other.runId)).toEqual(stored(commits[1]));
  });

  test('slots are ordered as numbers, not as text', async () => {
    const { journal } = records();
    const run = newRun();
    const commits = [
      newCommit(1, 8),
      newCommit(9, 9),
      newCommit(10, 99),
      newCommit(100, 24_999),
      newCommit(25_000, 25_000),
    ];
    for (const commit of commits) await journal.append(run, commit);
    expect(await journal.newest(run.runId)).toEqual(stored(commits[4]!));
    expect(slots(await journal.range(run.runId, 0, slotAt(30_000, 0)))).toEqual(slots(commits));
  });

  test('a range holds both its ends and what is between, ascending', async () => {
    const { journal } = records();
    const run = newRun();
    const commits = [
      newCommit(1, 3),
      newEventlessCommit(4, 0),
      newCommit(4, 4, { slot: slotAt(4, 1) }),
      newCommit(5, 9),
    ];
    for (const commit of commits) await journal.append(run, commit);
    expect(await journal.range(run.runId, slotAt(4, 0), slotAt(5, 0))).toEqual(commits.slice(1).map(stored));
    expect(await journal.range(run.runId, slotAt(4, 1), slotAt(4, 1))).toEqual([stored(commits[2]!)]);
    expect(await journal.range(run.runId, slotAt(6, 0), slotAt(9, 0))).toEqual([]);
  });

  test('a range is whole however large it is', async () => {
    const { journal } = records();
    const run = newRun();
    const commits = Array.from({ length: 8 }, (_, index) =>
      newCommit(index + 1, index + 1, { body: JSON.stringify(`${index}`.repeat(500_000)) }),
    );
    for (const commit of commits) await journal.append(run, commit);
    expect(await journal.range(run.runId, slotAt(1, 0), slotAt(8, 0))).toEqual(commits.map(stored));
  });
}

/** Goes through all events as a reader of a history does. Answers the slots of each read. */
async function readThrough(
  { journal }: Records,
  runId: string,
  commits: readonly NewCommit[],
  order: 'up' | 'down',
): Promise<{ reads: StoredCommit[][]; seen: number[] }> {
  const nextEventIds = new Map(commits.map(({ slot, nextEventId }) => [slot, nextEventId]));
  const reads: StoredCommit[][] = [];
  let at = order === 'up' ? 1 : Math.max(...nextEventIds.values()) - 1;
  for (;;) {
    const read = await journal.commitsAt(runId, at, order);
    if (read.length === 0) break;
    reads.push(read);
    const { slot } = read.at(-1)!;
    const next = order === 'up' ? nextEventIds.get(slot)! : firstEventIdOf(slot) - 1;
    // Every read brings the reader on.
    expect(order === 'up' ? next > at : next < at).toBe(true);
    at = next;
    if (at === 0) break;
  }
  return { reads, seen: reads.flatMap(slots) };
}

function describeReadingOfEvents(records: () => Records): void {
  const write = async (commits: readonly NewCommit[]): Promise<string> => {
    const run = newRun();
    for (const commit of commits) await records().journal.append(run, commit);
    return run.runId;
  };
  const three = () => [newCommit(1, 3), newCommit(4, 4), newCommit(5, 9)];

  test.each([
    ['up', 1, [1, 4, 5]],
    ['up', 2, [1, 4, 5]],
    ['up', 4, [4, 5]],
    ['up', 5, [5]],
    ['up', 9, [5]],
    ['down', 9, [5, 4, 1]],
    ['down', 5, [5, 4, 1]],
    ['down', 4, [4, 1]],
    ['down', 3, [1]],
    ['down', 1, [1]],
  ] as const)('%s from event %i: the commits of events %j', async (order, eventId, firstEventIds) => {
    const runId = await write(three());
    const commits = await records().journal.commitsAt(runId, eventId, order);
    expect(slots(commits)).toEqual(firstEventIds.map((first) => slotAt(first, 0)));
  });

  test('up from an event that is not there yet: none', async () => {
    const runId = await write(three());
    expect(await records().journal.commitsAt(runId, 10, 'up')).toEqual([]);
    expect(await records().journal.commitsAt(runId, 24_999, 'up')).toEqual([]);
  });

  test('down from beyond the end: from the newest commit on', async () => {
    const runId = await write(three());
    const commits = await records().journal.commitsAt(runId, Number.MAX_SAFE_INTEGER, 'down');
    expect(slots(commits)).toEqual([5, 4, 1].map((first) => slotAt(first, 0)));
  });

  test('event-less commits at the end hold no event, and those before one do not hide it', async () => {
    const commits = [newCommit(1, 3), newEventlessCommit(4, 0), newEventlessCommit(4, 1)];
    const runId = await write(commits);
    const { journal } = records();
    expect(await journal.commitsAt(runId, 4, 'up')).toEqual([]);
    const next = newCommit(4, 6, { slot: slotAt(4, 2) });
    await journal.append({ ...newRun(), runId }, next);
    expect((await journal.commitsAt(runId, 4, 'up'))[0]).toEqual(stored(next));
    expect((await journal.commitsAt(runId, 5, 'down'))[0]).toEqual(stored(next));
    expect((await journal.commitsAt(runId, 3, 'down'))[0]).toEqual(stored(commits[0]!));
  });

  test.each(['up', 'down'] as const)(
    'a read %s brings about 1 MB, and the reads together everything once',
    async (order) => {
      const commits = Array.from({ length: 12 }, (_, index) =>
        newCommit(index * 2 + 1, index * 2 + 2, { body: JSON.stringify('x'.repeat(300_000)) }),
      );
      const runId = await write(commits);
      const { reads, seen } = await readThrough(records(), runId, commits, order);
      const expected = slots(commits);
      expect(seen).toEqual(order === 'up' ? expected : expected.reverse());
      for (const read of reads) expect(sizeOf(read)).toBeLessThan(2_000_000);
      expect(reads.length).toBeLessThan(commits.length);
    },
  );

  test.each(['up', 'down'] as const)('a commit over 1 MB is brought %s all the same', async (order) => {
    const large = JSON.stringify('x'.repeat(3_000_000));
    const commits = [newCommit(1, 2), newCommit(3, 4, { body: large }), newCommit(5, 6, { body: large })];
    const runId = await write(commits);
    const { seen } = await readThrough(records(), runId, commits, order);
    expect(seen).toEqual(order === 'up' ? slots(commits) : slots(commits).reverse());
  });

  test.each(['up', 'down'] as const)(
    'a long row of event-less commits does not stop a reader going %s',
    async (order) => {
      const fences = Array.from({ length: 1_200 }, (_, index) => newEventlessCommit(3, index));
      const commits = [newCommit(1, 2), ...fences, newCommit(3, 4, { slot: slotAt(3, fences.length) })];
      const run = newRun();
      await Promise.all(commits.map((commit) => records().journal.append(run, commit)));
      const { seen } = await readThrough(records(), run.runId, commits, order);
      expect(seen).toContain(commits[0]!.slot);
      expect(seen).toContain(commits.at(-1)!.slot);
    },
  );

  test('a running execution is read on where the last read ended', async () => {
    const { journal } = records();
    const run = newRun();
    await journal.append(run, newCommit(1, 3));
    expect(await journal.commitsAt(run.runId, 4, 'up')).toEqual([]);
    const more = newCommit(4, 8);
    await journal.append(run, more);
    expect(await journal.commitsAt(run.runId, 4, 'up')).toEqual([stored(more)]);
  });
}

function describeClosing(records: () => Records): void {
  test('a closing commit closes the head with it, or leaves that to close()', async () => {
    const { journal, executions } = records();
    const head = newHead();
    const closed = succeededAt(head.startMs + 5);
    const read = () => executions.get(head.machineId, head.name, head.startMs + 10);
    await executions.start(head, head.startMs);
    const result = await journal.append(runOf(head), newCommit(1, 4, { closed }));
    if (result === 'closed') expect(await read()).toEqual({ ...head, ...closed });
    else {
      expect(result).toBe('appended');
      expect(await read()).toEqual(head);
    }
    await executions.close(runOf(head), closed, AS_OF);
    expect(await read()).toEqual({ ...head, ...closed });
  });

  test('a closing commit that loses its slot closes nothing', async () => {
    const { journal, executions } = records();
    const head = newHead();
    await executions.start(head, head.startMs);
    await journal.append(runOf(head), newCommit(1, 4));
    const late = newCommit(1, 4, { closed: succeededAt(head.startMs + 5) });
    expect(await journal.append(runOf(head), late)).toBe('lost');
    expect(await executions.get(head.machineId, head.name, head.startMs)).toEqual(head);
  });

  test('the same closing attempt again answers as the first time', async () => {
    const { journal, executions } = records();
    const head = newHead();
    await executions.start(head, head.startMs);
    const commit = newCommit(1, 4, { closed: succeededAt(head.startMs + 5) });
    const first = await journal.append(runOf(head), commit);
    expect(['appended', 'closed']).toContain(first);
    expect(await journal.append(runOf(head), commit)).toBe(first);
  });
}

function describeBeats(records: () => Records): void {
  const at = (seconds: number): number => 1_700_000_000_000 + seconds * 1000;
  const opened = async (dueAtMs: number, taskEventId = 3): Promise<string> => {
    const runId = newId();
    await records().journal.openBeat(runId, taskEventId, dueAtMs);
    return runId;
  };

  test('a beat in time is recorded and moves the due time on', async () => {
    const { journal } = records();
    const runId = await opened(at(10));
    expect(await journal.beat(runId, 3, at(9), at(19))).toBe('recorded');
    expect(await journal.closeBeat(runId, 3, at(11))).toEqual({ dueAtMs: at(19) });
    expect(await journal.beat(runId, 3, at(18), at(28))).toBe('recorded');
    expect(await journal.closeBeat(runId, 3, at(20))).toEqual({ dueAtMs: at(28) });
  });

  test('a beat that lands after a later one is recorded, and does not move the due time back', async () => {
    const { journal } = records();
    const runId = newId();
    await journal.openBeat(runId, 3, at(10));
    expect(await journal.beat(runId, 3, at(9), at(19))).toBe('recorded');
    expect(await journal.beat(runId, 3, at(5), at(15))).toBe('recorded');
    expect(await journal.beat(runId, 3, at(9), at(19))).toBe('recorded');
    expect(await journal.closeBeat(runId, 3, at(16))).toEqual({ dueAtMs: at(19) });
  });

  test('a beat after its due time is late and moves nothing', async () => {
    const { journal } = records();
    const runId = await opened(at(10));
    expect(await journal.beat(runId, 3, at(11), at(21))).toBe('late');
    expect(await journal.closeBeat(runId, 3, at(12))).toBe('closed');
  });

  test('opening twice changes nothing', async () => {
    const { journal } = records();
    const runId = await opened(at(10));
    await journal.openBeat(runId, 3, at(100));
    expect(await journal.closeBeat(runId, 3, at(11))).toBe('closed');
  });

  test('opening again does not take a recorded beat back', async () => {
    const { journal } = records();
    const runId = await opened(at(10));
    await journal.beat(runId, 3, at(9), at(19));
    await journal.openBeat(runId, 3, at(10));
    expect(await journal.closeBeat(runId, 3, at(11))).toEqual({ dueAtMs: at(19) });
  });

  test('a beat that is not due is not closed', async () => {
    const { journal } = records();
    const runId = await opened(at(10));
    expect(await journal.closeBeat(runId, 3, at(9))).toEqual({ dueAtMs: at(10) });
    expect(await journal.beat(runId, 3, at(9), at(19))).toBe('recorded');
  });

  test('once closed it stays closed: beats are late, closing again and opening again change nothing', async () => {
    const { journal } = records();
    const runId = await opened(at(10));
    expect(await journal.closeBeat(runId, 3, at(11))).toBe('closed');
    expect(await journal.beat(runId, 3, at(9), at(19))).toBe('late');
    await journal.openBeat(runId, 3, at(100));
    expect(await journal.beat(runId, 3, at(12), at(22))).toBe('late');
    expect(await journal.closeBeat(runId, 3, at(13))).toBe('closed');
  });

  test('tasks and runs do not share a beat', async () => {
    const { journal } = records();
    const runId = await opened(at(10), 3);
    await journal.openBeat(runId, 5, at(20));
    const other = await opened(at(30), 3);
    expect(await journal.closeBeat(runId, 3, at(11))).toBe('closed');
    expect(await journal.beat(runId, 5, at(19), at(29))).toBe('recorded');
    expect(await journal.closeBeat(other, 3, at(11))).toEqual({ dueAtMs: at(30) });
  });

  test('a beat and a closing that race agree: recorded and still open, or late and closed', async () => {
    const { journal } = records();
    for (let round = 0; round < 30; round++) {
      const runId = await opened(at(10));
      const beat = () => journal.beat(runId, 3, at(9), at(19));
      const close = () => journal.closeBeat(runId, 3, at(11));
      const results =
        round % 2 === 0
          ? await Promise.all([beat(), close()])
          : await Promise.all([close(), beat()]).then(([closing, beating]) => [beating, closing] as const);
      expect([
        ['recorded', { dueAtMs: at(19) }],
        ['late', 'closed'],
      ]).toContainEqual([...results]);
    }
  });
}
