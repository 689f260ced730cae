import type { ExecutionStatus, Slot } from '../../engine/snapshot';
import type { ClosedHead, Executions, Head, HeadSummary, RedrivenHead, StartedBy } from '../../ports/executions';
import type { RunRef } from '../../ports/run-ref';
import { StoreUnavailable } from '../../ports/store-error';
import type { Database, Item } from './database';
import { listOf, listWithStatus, placeOfHead, redriveIn, versionIn } from './list-index';
import type { Retention } from './retention';
import type { StartedLists } from './started';
import type { Texts } from './texts';

/** A head is written again when it closes, and billed whole. Longer inputs stand beside the commits. */
const INPUT_BYTES_MAX = 1024;
/** A run is started once: its input needs no other attempt. */
const INPUT = 'input';

/**
 * Heads of executions. An item without `runId` is no head: it only says which runs may not start under that name
 * (`fenced`).
 */
export class Heads implements Pick<Executions, 'start' | 'get' | 'close' | 'reopen' | 'fence'> {
  constructor(
    private readonly database: Database,
    private readonly texts: Texts,
    private readonly retention: Retention,
    private readonly started: StartedLists,
  ) {}

  async start(head: Head, nowMs: number): Promise<'started' | { existing: Head }> {
    const { input, version, alias, ...rest } = head;
    const { machineId, runId, status } = head;
    const part = { runId, attempt: INPUT, ttl: this.retention.journal() };
    const [place] = await Promise.all([
      this.texts.write(part, input, INPUT_BYTES_MAX),
      this.started.note(listOf(machineId, runId)),
    ]);
    const index = { list: listWithStatus(listOf(machineId, runId), status), place: placeOfHead(head) };
    const refusal = await this.database.put('executions', { ...rest, ...place, ...index }, isFree(runId, nowMs));
    if (!refusal) return 'started';
    const { item } = refusal;
    if (item?.runId === runId) return 'started';
    if (item && isVisible(item, nowMs)) return { existing: await this.headOf(item) };
    throw new StoreUnavailable(`run ${runId} was given up before its start was written`);
  }

  async get(machineId: string, name: string, nowMs: number): Promise<Head | undefined> {
    const item = await this.database.get('executions', { machineId, name });
    return item && isVisible(item, nowMs) ? this.headOf(item) : undefined;
  }

  async close(
    { machineId, name, runId }: RunRef,
    { status, stopMs, expireAtMs }: ClosedHead,
    asOf: Slot,
  ): Promise<'closed' | 'behind'> {
    const refusal = await this.database.update(
      'executions',
      { machineId, name },
      {
        text: 'SET #status = :status, #stopMs = :stopMs, #expireAtMs = :expireAtMs, #ttl = :ttl, #list = :list, #asOf = :asOf',
        values: {
          ':status': status,
          ':stopMs': stopMs,
          ':expireAtMs': expireAtMs,
          ':ttl': this.retention.head(expireAtMs),
          ':list': listWithStatus(listOf(machineId, runId), status),
          ':asOf': closedAsOf(asOf),
        },
      },
      {
        // One that is closed already, too: an opening as of an earlier slot may be under way.
        text: `#runId = :runId AND ${IS_OLDER}`,
        values: { ':runId': runId },
      },
    );
    return refusal?.item?.runId === runId && refusal.item.status === RUNNING ? 'behind' : 'closed';
  }

  async reopen(
    { machineId, name, runId }: RunRef,
    { count, atMs }: RedrivenHead,
    asOf: Slot,
  ): Promise<'reopened' | 'behind'> {
    const list = listOf(machineId, runId);
    const [head] = await Promise.all([this.database.get('executions', { machineId, name }), this.started.note(list)]);
    if (head?.runId !== runId) return 'behind';
    const refusal = await this.database.update(
      'executions',
      { machineId, name },
      {
        text: 'SET #status = :status, #list = :list, #place = :place, #asOf = :asOf REMOVE #stopMs, #expireAtMs, #ttl',
        values: {
          ':status': RUNNING,
          ':list': listWithStatus(list, RUNNING),
          ':place': placeOfHead({ ...summaryOf(head), redrive: { count, atMs } }),
          ':asOf': reopenedAsOf(asOf),
        },
      },
      { text: `#runId = :runId AND ${IS_OLDER}`, values: { ':runId': runId } },
    );
    return !refusal || refusal.item?.asOf === reopenedAsOf(asOf) ? 'reopened' : 'behind';
  }

  async fence({ machineId, name, runId }: RunRef): Promise<'fenced' | 'started'> {
    const key = { machineId, name };
    const runs = { ':runs': new Set([runId]) };
    for (let item: Item | undefined; ; ) {
      const ttl = expiryWithFence(item, this.retention.fence());
      const refusal = await this.database.update(
        'executions',
        key,
        ttl === undefined
          ? { text: 'ADD #fenced :runs', values: runs }
          : { text: 'ADD #fenced :runs SET #ttl = :ttl', values: { ...runs, ':ttl': ttl } },
        isStill(item),
      );
      if (!refusal) return 'fenced';
      if (refusal.item?.runId === runId) return 'started';
      ({ item } = refusal);
      // Each repeat of a start may come here, and a head has only so much room.
      if (item && this.retention.outlastsFence(numberOrNone(item.expireAtMs))) return 'fenced';
    }
  }

  private async headOf(item: Item): Promise<Head> {
    return {
      ...summaryOf(item),
      expireAtMs: numberOrNone(item.expireAtMs),
      revision: Number(item.revision),
      roleArn: String(item.roleArn),
      input: await this.texts.read(String(item.runId), INPUT, item),
      traceHeader: item.traceHeader === undefined ? undefined : String(item.traceHeader),
      ...(item.startedBy !== undefined && { startedBy: item.startedBy as StartedBy }),
      ...(item.testCase !== undefined && { testCase: String(item.testCase) }),
    };
  }
}

const RUNNING = 'RUNNING' satisfies ExecutionStatus;

/** Of two writes of a head the one that is as of a later slot counts, whichever lands last; of one slot, the reopening. */
const closedAsOf = (slot: Slot): number => 2 * slot;
const reopenedAsOf = (slot: Slot): number => 2 * slot + 1;
const IS_OLDER = '(attribute_not_exists(#asOf) OR #asOf < :asOf)';

/** Nobody has the name, or one that has expired; and the run was not given up. */
const isFree = (runId: string, nowMs: number) => ({
  text:
    '(attribute_not_exists(#runId) OR #expireAtMs <= :nowMs) AND ' +
    '(attribute_not_exists(#fenced) OR NOT contains(#fenced, :runId))',
  values: { ':nowMs': nowMs, ':runId': runId },
});

/** The item is about the same run, in the same status. */
const isStill = (item: Item | undefined) =>
  item?.runId === undefined
    ? { text: 'attribute_not_exists(#runId)' }
    : { text: '#runId = :runId AND #status = :status', values: { ':runId': item.runId, ':status': item.status } };

/** A fence outlasts the head that it stands in. An open execution does not expire. */
function expiryWithFence(item: Item | undefined, ttl: number): number | undefined {
  if (item?.runId === undefined) return ttl;
  return item.ttl === undefined ? undefined : Math.max(Number(item.ttl), ttl);
}

/** Whether it is a head, and its retention is not over. */
export const isVisible = ({ runId, expireAtMs }: Item, nowMs: number): boolean =>
  runId !== undefined && (expireAtMs === undefined || Number(expireAtMs) > nowMs);

export const runOf = (item: Item): RunRef => ({
  machineName: String(item.machineName),
  machineId: String(item.machineId),
  name: String(item.name),
  runId: String(item.runId),
});

export const summaryOf = (item: Item): HeadSummary => ({
  ...runOf(item),
  status: item.status as ExecutionStatus,
  startMs: Number(item.startMs),
  stopMs: numberOrNone(item.stopMs),
  ...redriveIn(String(item.place)),
  ...versionIn(String(item.place)),
});

const numberOrNone = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value));
