import { decodeEvents } from '../engine/commit/decode';
import type { HistoryEvent } from '../engine/history-event';
import { Payload } from '../engine/payload';
import { firstEventIdOf } from '../engine/snapshot';
import type { Ports } from '../ports';
import type { Head } from '../ports/executions';
import type { VersionArns } from './arns';

export interface HistoryPage {
  events: HistoryEvent[];
  /** The event that the next page starts with. */
  nextEventId: number | undefined;
}

export interface HistoryQuery {
  /** The first event of the page; undefined for the first page. */
  startAt: number | undefined;
  order: 'up' | 'down';
  limit: number;
  /** Answers how many bytes of JSON an event makes. The page ends when they exceed `bytesMax`, but has one event. */
  sizeOf(event: HistoryEvent): number;
  bytesMax: number;
  version?: VersionArns;
}

/** Others have their turn after so many. */
const REST_BYTES = 500_000;

/** What reading a history asks of the world. */
interface HistoryPorts {
  journal: Pick<Ports['journal'], 'commitsAt'>;
  clock: Pick<Ports['clock'], 'sleep'>;
}

/** Reads a page of an execution's history. */
export async function readHistory(ports: HistoryPorts, head: Head, query: HistoryQuery): Promise<HistoryPage> {
  const { order, limit } = query;
  const events: HistoryEvent[] = [];
  let bytes = 0;
  let restAt = REST_BYTES;
  let at = query.startAt ?? (order === 'up' ? 1 : Number.MAX_SAFE_INTEGER);
  for (;;) {
    const commits = await ports.journal.commitsAt(head.runId, at, order);
    if (commits.length === 0) break;
    for (const commit of commits) {
      const decoded = decodeEvents(commit);
      if (order === 'down') decoded.reverse();
      for (const event of decoded) {
        // Of the moment of startDate, also where the first commit was written later than the head.
        if (event.id === 1) event.timestampMs = head.startMs;
        if (order === 'up' ? event.id < at : event.id > at) continue;
        bytes += query.sizeOf(event);
        if (events.length >= limit || (events.length > 0 && bytes > query.bytesMax)) {
          return { events, nextEventId: event.id };
        }
        events.push(event);
      }
      if (bytes < restAt) continue;
      restAt = bytes + REST_BYTES;
      await ports.clock.sleep(0);
    }
    // Commits without events may stand at the end.
    at = order === 'up' ? events.at(-1)!.id + 1 : firstEventIdOf(commits.at(-1)!.slot) - 1;
    if (at === 0) break;
  }
  if (events.length === 0 && query.startAt === undefined) events.push(startedEvent(head, query.version));
  return { events, nextEventId: undefined };
}

/** Event 1, until the first commit contains it. */
function startedEvent({ input, roleArn, startMs }: Head, version: VersionArns | undefined): HistoryEvent {
  const details = { input: Payload.ofText(input), roleArn, ...version };
  return { id: 1, previousEventId: 0, timestampMs: startMs, type: 'ExecutionStarted', details };
}
