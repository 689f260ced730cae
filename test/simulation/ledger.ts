/** What the clients were told: it has to be true at the end. */
export interface Ledger {
  starts: StartEntry[];
  results: ResultEntry[];
  stops: { name: string; machineName: string; stopMs: number }[];
  /** Redrives that were granted. */
  redrives: { name: string; machineName: string; clientToken: string; redriveMs: number }[];
  beats: BeatEntry[];
  /** Histories that were read while executions ran. */
  readings: { name: string; machineName: string; events: unknown[] }[];
  /** Tokens that came to a worker, and to which. */
  hands: Map<string, string>;
  deleted: Set<string>;
  /** State machines that somebody will delete. */
  doomed: Set<string>;
}

export type Standing = 'acknowledged' | 'refused' | 'unknown';

export interface StartEntry {
  machineName: string;
  machineId: string;
  name: string;
  input: string;
  /** When it is asked for first, from the beginning. */
  plannedMs: number;
  standing: Standing;
  startMs: number | undefined;
  /** Somebody stopped it, or its state machine was deleted. */
  isMeddledWith: boolean;
}

interface BeatEntry {
  runId: string;
  taskEventId: number;
  isTaken: boolean;
  sentMs: number;
  answeredMs: number;
}

export interface ResultEntry {
  runId: string;
  taskEventId: number;
  /** Stands in its output or cause, and nowhere else. */
  marker: string;
  standing: Standing;
}

export const newLedger = (): Ledger => ({
  starts: [],
  results: [],
  stops: [],
  redrives: [],
  beats: [],
  readings: [],
  hands: new Map(),
  deleted: new Set(),
  doomed: new Set(),
});

/** Which task a token names. */
export function taskOfToken(token: string): { runId: string; taskEventId: number } {
  const [, runId, taskEventId] = Buffer.from(token, 'base64url').subarray(17).toString().split(' ');
  return { runId: runId!, taskEventId: Number(taskEventId) };
}
