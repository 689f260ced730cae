import type { Executions, HeadSummary, OpenExecution } from '../../ports/executions';
import type { Database, Item } from './database';
import { isVisible, runOf, summaryOf } from './heads';
import { FIRST_ENTRY, LAST_ENTRY } from './journal';
import { listsOf, listWithStatus, placeOf, STATUSES } from './list-index';
import type { StartedLists } from './started';

/** At least so many are read of a list at a time. */
const PAGE_MIN = 10;
/** Lists of open executions that are read at once. */
const LISTS_AT_ONCE = 16;
const JOURNALS_AT_ONCE = 16;
/** So many commits are looked at for when an execution needs its next look. A look too many does no harm. */
const LOOK_BACK = 5;
/** Below all lists; a key cannot be empty. */
const BEGIN = ' ';
/** Above all places. */
const END = '~';

/** `from` is included, `before` is not. */
interface Places {
  from: string;
  before: string;
}

const ALL: Places = { from: BEGIN, before: END };

/** Below the places of all executions started then or later. */
const startOf = (startMs: number): string => placeOf({ startMs, runId: '' });

export interface OpenPage {
  items: Item[];
  /** Where the next page begins; undefined at the end. */
  next: string | undefined;
}

/** Lists of executions, from the index: it may be behind what was written a moment ago. */
export class Listing implements Pick<Executions, 'list' | 'open' | 'openOf' | 'countOpen'> {
  constructor(
    private readonly database: Database,
    private readonly started: StartedLists,
  ) {}

  async list(...[machineId, { status, after, limit, nowMs }]: Parameters<Executions['list']>): Promise<HeadSummary[]> {
    const statuses = status ? [status] : STATUSES;
    const lists = listsOf(machineId).flatMap((list) => statuses.map((one) => listWithStatus(list, one)));
    const pageSize = Math.max(PAGE_MIN, Math.ceil((limit * statuses.length) / lists.length));
    const before = after ? placeOf(after) : END;
    const found: HeadSummary[] = [];
    for await (const item of newestFirst(lists.map((list) => this.read(list, before, pageSize)))) {
      if (!isVisible(item, nowMs)) continue;
      const summary = summaryOf(item);
      // One that closes between two reads is found in both lists.
      if (found.at(-1)?.runId !== summary.runId) {
        if (found.length === limit) break;
        found.push(summary);
      } else if (summary.status !== 'RUNNING') found[found.length - 1] = summary;
    }
    return found;
  }

  async open({ attentionFromMs, attentionBeforeMs, next, limit }: Parameters<Executions['open']>[0]) {
    const page = await this.openPage(next, limit);
    const executions: OpenExecution[] = [];
    for (let at = 0; at < page.items.length; at += JOURNALS_AT_ONCE) {
      const some = page.items.slice(at, at + JOURNALS_AT_ONCE).map(async (item) => {
        return { run: runOf(item), attentionAtMs: await this.attentionAtMs(String(item.runId)) };
      });
      executions.push(...(await Promise.all(some)));
    }
    const isWanted = ({ attentionAtMs }: OpenExecution) =>
      attentionFromMs <= attentionAtMs && attentionAtMs < attentionBeforeMs;
    return { executions: executions.filter(isWanted), next: page.next };
  }

  async openByStart({ fromMs, beforeMs, next, limit }: Parameters<Executions['openByStart']>[0]) {
    const page = await this.openPage(next, limit, { from: startOf(fromMs), before: startOf(beforeMs) });
    return {
      executions: page.items.map((item) => ({ run: runOf(item), startMs: Number(item.startMs) })),
      next: page.next,
    };
  }

  async openOf(machineId: string, limit: number) {
    const lists = listsOf(machineId).map((list) => listWithStatus(list, 'RUNNING'));
    const found = await Promise.all(lists.map((list) => this.readAll(list, ALL, limit)));
    return found.flat().slice(0, limit).map(runOf);
  }

  /** Counting would read every open execution, and an index tells only how many there were a moment ago. */
  async countOpen(): Promise<undefined> {
    return undefined;
  }

  /** Goes through open executions of those places, list by list, the newest of each first. */
  async openPage(next: string | undefined, limit: number, places = ALL): Promise<OpenPage> {
    let [from, before] = next === undefined ? [BEGIN, places.before] : (JSON.parse(next) as [string, string]);
    const items: Item[] = [];
    // Long lists are read alone, short ones together.
    for (let atOnce = 1; ; atOnce = Math.min(atOnce * 2, LISTS_AT_ONCE)) {
      const lists = await this.started.lists(from, atOnce);
      const found = await Promise.all(
        lists.map((list) => {
          const left = list === from ? { ...places, before } : places;
          return this.readAll(listWithStatus(list, 'RUNNING'), left, limit);
        }),
      );
      for (const [index, list] of lists.entries()) {
        for (const item of found[index]!) {
          items.push(item);
          from = list;
          before = String(item.place);
          if (items.length === limit) return { items, next: JSON.stringify([from, before]) };
        }
      }
      if (lists.length < atOnce) return { items, next: undefined };
      // Behind the last of these.
      from = `${lists.at(-1)}${END}`;
      before = places.before;
    }
  }

  /** As its newest commits say. A head that is behind its closing commit needs a look at once. */
  private async attentionAtMs(runId: string): Promise<number> {
    const commits = await this.database.all('journal', {
      where: {
        text: '#runId = :runId AND #entry BETWEEN :from AND :to',
        values: { ':runId': runId, ':from': FIRST_ENTRY, ':to': LAST_ENTRY },
      },
      order: 'down',
      limit: LOOK_BACK,
      attributes: ['closed', 'attentionAtMs'],
    });
    if (commits[0]?.closed !== undefined) return 0;
    return Number(commits.find(({ attentionAtMs }) => attentionAtMs !== undefined)?.attentionAtMs ?? 0);
  }

  private read(list: string, before: string, pageSize: number): AsyncGenerator<Item, void> {
    const where = { text: '#list = :list AND #place < :before', values: { ':list': list, ':before': before } };
    return this.database.query('executions', { index: 'list', where, order: 'down', pageSize });
  }

  private async readAll(list: string, { from, before }: Places, limit: number): Promise<Item[]> {
    const values = { ':list': list, ':from': from, ':before': before };
    const where = { text: '#list = :list AND #place BETWEEN :from AND :before', values };
    const found = await this.database.all('executions', { index: 'list', where, order: 'down', limit: limit + 1 });
    // Both bounds are included, and the upper one was found before.
    return found.filter(({ place }) => place !== before).slice(0, limit);
  }
}

/** Merges lists that are in order, reading on in each only as far as it is needed. */
async function* newestFirst(lists: AsyncGenerator<Item, void>[]): AsyncGenerator<Item, void> {
  const read = async (list: AsyncGenerator<Item, void>) => ({ list, item: (await list.next()).value });
  const heads = await Promise.all(lists.map(read));
  for (;;) {
    let newest: (typeof heads)[number] | undefined;
    for (const head of heads) {
      if (head.item && (!newest?.item || String(head.item.place) > String(newest.item.place))) newest = head;
    }
    if (!newest?.item) return;
    yield newest.item;
    newest.item = (await read(newest.list)).item;
  }
}
