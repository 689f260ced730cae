import type { ExecutionStatus } from '../snapshot';

/**
 * How a commit is stored: one JSON text with short names, since every event of every execution goes through it.
 * Readers of old stores depend on it: add members, never change what one means.
 */
export interface CommitBody {
  /** Next event id, event-less commits at it, last timestamp, next frame id. */
  n: number;
  s?: number;
  t: number;
  f: number;
  /** Alarm: when, since. */
  a?: [atMs: number, since: number];
  /** Executions that are to be stopped; the claim of a start that was under way, and its map run. */
  o?: [taskEventId: number, since: number, child?: StoredRun | null, claim?: string, mapRun?: string][];
  /** The end: status, stop time, output, error, cause. */
  x?: [ExecutionStatus, number, StoredPayload | null, string | null, string | null];
  /** Where it stood when it ended otherwise than well. */
  d?: StoredFrame[];
  /** Redrives: how many, the last time, requests granted lately. In the commit of a redrive, and where all frames are. */
  g?: [count: number, atMs: number, ...granted: [clientToken: string, atMs: number][]];
  /** Events: type, previous event id, then the fields of the type. Their ids count up from the slot's event id; their time is `t`. */
  e: StoredEvent[];
  /** Payload table: what events, and frames of this commit, refer to by index. Equal texts once. */
  p: string[];
  /** Frames that changed, or all of them, and ids of those that are gone. */
  c: StoredFrame[];
  r?: number[];
  /** Slot of the commit that holds all frames; absent where this one does. */
  b?: number;
  /** Facts of the execution: machine name and id, execution name, revision, role, start, input, who waits for it. In commits that hold all frames. */
  i?: [string, string, string, number, string, number, StoredPayload, parent?: [taskEventId: number, run: StoredRun]];
  /** ARNs of the version and the alias that it was started by, beside `i`, until event 1 says so. */
  v?: [versionArn: string | null, aliasArn: string | null];
  /** The test case that it is run by, beside `i`. */
  m?: string;
  /** Variables that were assigned; all that hold something, where all frames are. Those of frames that are gone for good go with them. */
  w?: StoredVariable[];
}

export type StoredEvent = [type: number, previousEventId: number, ...fields: (string | number | null | StoredScope)[]];

/** Names and indexes in the payload table, in turn. */
export type StoredScope = (string | number)[];

/** `bytes`: where the text does not stand here. */
export type StoredVariable = [frameId: number, name: string, value: StoredPayload, bytes?: number];

export type StoredRun = [machineName: string, machineId: string, name: string, runId: string];

/** Index in this commit's table; or the text itself, up to 1 KB; or [slot, index] of another commit. */
export type StoredPayload = number | string | [slot: number, index: number];

export type StoredFrame = [
  id: number,
  parentId: number | null,
  index: number,
  stateName: string,
  enteredEventId: number,
  lastEventId: number,
  input: StoredPayload,
  retries: readonly number[],
  waiting: StoredWaiting,
  enteredMs?: number | null,
  itemAt?: number,
];

/** Index of the iteration, null for several; output. */
export type StoredOutputs = [index: number | null, output: StoredPayload];

export type StoredIterations = [
  startedEventId: number,
  items: StoredPayload,
  length: number,
  concurrency: number,
  running: number,
  started: number,
  nextItemAt: number,
  freedBy: number,
  outputBytes: number,
  ...outputs: StoredOutputs[],
];

export type StoredMapRun = [
  name: string,
  toleratedCount: number | null,
  toleratedPercentage: number | null,
  failed: number,
  redrives: number,
];

export type StoredWaiting =
  | ['entry', since: number]
  | ['time' | 'retry', untilMs: number]
  | ['branches', remaining: number, startedEventId: number]
  | ['siblings', output: StoredPayload]
  | ['children', mapRun: StoredMapRun, ...StoredIterations]
  | ['iterations', ...StoredIterations]
  | ['outputs', ...outputs: StoredOutputs[]]
  | [
      'lambda' | 'activity' | 'service' | 'child',
      resource: string,
      eventId: number,
      input: StoredPayload,
      scheduledMs: number,
      since: number,
      timeoutAtMs: number | null,
      heartbeatSeconds: number | null,
      heartbeatAtMs: number | null,
      claim: string | null,
      /** 0: a test answers it; 1: it was submitted; a run: and that one is waited for. */
      submitted?: 0 | 1 | StoredRun,
    ];

/** Texts up to this many UTF-16 units stand in the frame itself. */
export const INLINE_TEXT_MAX = 1024;

/** A snapshot up to this size is written whole with every commit. */
export const WHOLE_SNAPSHOT_MAX = 4096;
