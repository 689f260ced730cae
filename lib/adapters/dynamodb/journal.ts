import type { StoredCommit } from '../../engine/commit/decode';
import { firstEventIdOf, type Slot, slotAt } from '../../engine/snapshot';
import type { Journal, NewCommit } from '../../ports/journal';
import type { RunRef } from '../../ports/run-ref';
import { Beats } from './beats';
import type { Database, Item, Query } from './database';
import { PART_BYTES_MAX } from './packing';
import type { Retention } from './retention';
import type { Texts } from './texts';

/** What one read of commits for a history brings at most, in characters. */
const READ_MAX = 1_000_000;
const READ_COMMITS_MAX = 500;
/** Commits are mostly below 2 KB, and histories below a hundred of them: one request, and little read in vain. */
const PAGE = 100;
/** Keys have room for no more. */
const EVENT_ID_MAX = 999_999;

/** The logs of runs: a commit is written if its slot is empty, and that one condition is the whole concurrency control. */
export function createJournal(database: Database, texts: Texts, retention: Retention): Journal {
  const between = (runId: string, from: string, to: string) => ({
    text: '#runId = :runId AND #entry BETWEEN :from AND :to',
    values: { ':runId': runId, ':from': from, ':to': to },
  });
  const read = async (item: Item): Promise<StoredCommit> => ({
    slot: slotOf(String(item.entry)),
    body: await texts.read(String(item.runId), String(item.attempt), item),
  });
  /** The commit that holds the event, or would: the last one that begins at or before it. */
  const before = (runId: string, eventId: number, limit: number): Query => ({
    where: between(runId, FIRST_ENTRY, lastEntryOf(eventId)),
    order: 'down',
    limit,
    pageSize: PAGE,
  });
  const beats = new Beats(database, retention);

  return {
    isExclusive: false,

    async append({ runId }: RunRef, { slot, body, attempt, nextEventId, attentionAtMs, closed }: NewCommit) {
      const ttl = retention.journal();
      const place = await texts.write({ runId, attempt, ttl }, body, PART_BYTES_MAX);
      const item = { runId, entry: entryOf(slot), attempt, nextEventId, attentionAtMs, ttl, ...place };
      const refusal = await database.put(
        'journal',
        { ...item, size: body.length, closed: closed?.status },
        { text: 'attribute_not_exists(#runId)' },
      );
      return !refusal || refusal.item?.attempt === attempt ? 'appended' : 'lost';
    },

    async newest(runId) {
      const [item] = await database.all('journal', {
        where: between(runId, FIRST_ENTRY, LAST_ENTRY),
        order: 'down',
        limit: 1,
      });
      return item && read(item);
    },

    async range(runId, from, to) {
      const items = await database.all('journal', { where: between(runId, entryOf(from), entryOf(to)) });
      return Promise.all(items.map(read));
    },

    async commitsAt(runId, eventId, order) {
      if (order === 'down') {
        const items = database.query('journal', before(runId, eventId, READ_COMMITS_MAX));
        return Promise.all((await firstMegabyte(items)).map(read));
      }
      const [at] = await database.all('journal', before(runId, eventId, 1));
      if (!at || Number(at.nextEventId) <= eventId) return [];
      const where = between(runId, String(at.entry), LAST_ENTRY);
      const items = database.query('journal', { where, limit: READ_COMMITS_MAX, pageSize: PAGE });
      return Promise.all((await firstMegabyte(items)).map(read));
    },

    openBeat: (runId, taskEventId, dueAtMs) => beats.open(runId, taskEventId, dueAtMs),
    beat: (runId, taskEventId, nowMs, dueAtMs) => beats.beat(runId, taskEventId, nowMs, dueAtMs),
    closeBeat: (runId, taskEventId, nowMs) => beats.close(runId, taskEventId, nowMs),
  };
}

/** At least one. */
async function firstMegabyte(items: AsyncIterable<Item>): Promise<Item[]> {
  const taken: Item[] = [];
  let size = 0;
  for await (const item of items) {
    size += Number(item.size);
    if (taken.length > 0 && size > READ_MAX) break;
    taken.push(item);
  }
  return taken;
}

export const FIRST_ENTRY = 'C#';
export const LAST_ENTRY = 'C#~';

const sixDigits = (count: number): string => String(count).padStart(6, '0');

/** The sort key of a slot: ordered as slots are. */
function entryOf(slot: Slot): string {
  const eventId = firstEventIdOf(slot);
  return `C#${sixDigits(eventId)}.${sixDigits(slot - slotAt(eventId, 0))}`;
}

const lastEntryOf = (eventId: number): string => `C#${sixDigits(Math.min(eventId, EVENT_ID_MAX))}.~`;

const slotOf = (entry: string): Slot => slotAt(Number(entry.slice(2, 8)), Number(entry.slice(9)));
