import { randomBytes } from 'node:crypto';
import type { ExecutionLog, LogEntry } from '../../ports/execution-log';
import { CallFailed, type LogsCall } from './logs-call';

export interface LogGroupsSettings {
  call: LogsCall;
  /** Told of entries that are dropped, and why. */
  onDropped(logGroupArn: string, count: number, error: Error): void;
}

/** What a call of PutLogEvents takes (its API page). */
const BATCH_EVENTS_MAX = 10_000;
const BATCH_BYTES_MAX = 1_048_576;
const EVENT_BYTES = 26;
/** Bytes that wait for CloudWatch; what comes then is dropped. */
const WAITING_BYTES_MAX = 8_000_000;
/** So often a batch is sent before it is dropped, by a flush each. */
const SENDS_MAX = 3;

interface Batch {
  logGroupArn: string;
  stream: string;
  events: { timestamp: number; message: string }[];
  bytes: number;
  sends: number;
}

/**
 * The log groups of CloudWatch that state machines name. Entries wait here for the next flush. Each process has a stream
 * of its own in a group for each state machine and minute, called as AWS calls them.
 */
export class LogGroups implements ExecutionLog {
  private batches: Batch[] = [];
  private waitingBytes = 0;
  private readonly process = randomBytes(4).toString('hex');
  /** How many entries there was no room for, since the last flush. */
  private readonly overflow = new Map<string, number>();
  /** Streams that this process made. */
  private readonly made = new Set<string>();

  constructor(private readonly settings: LogGroupsSettings) {}

  write(entries: readonly LogEntry[]): void {
    for (const { logGroupArn, machineName, timestampMs, text } of entries) {
      const bytes = Buffer.byteLength(text) + EVENT_BYTES;
      if (this.waitingBytes + bytes > WAITING_BYTES_MAX) {
        this.overflow.set(logGroupArn, (this.overflow.get(logGroupArn) ?? 0) + 1);
        continue;
      }
      const batch = this.batchFor(logGroupArn, streamOf(machineName, timestampMs, this.process), bytes);
      batch.events.push({ timestamp: timestampMs, message: text });
      batch.bytes += bytes;
      this.waitingBytes += bytes;
    }
  }

  get isWaiting(): boolean {
    return this.batches.length > 0;
  }

  /** Sends what waits. Never rejects: what could not be sent waits for the next flush, or is dropped. */
  async flush(): Promise<void> {
    const { batches, overflow } = this;
    this.batches = [];
    for (const [logGroupArn, count] of overflow) {
      this.settings.onDropped(logGroupArn, count, new Error('too many entries waited for CloudWatch Logs'));
    }
    overflow.clear();
    await Promise.all(batches.map((batch) => this.send(batch)));
  }

  private batchFor(logGroupArn: string, stream: string, bytes: number): Batch {
    const found = this.batches.find(
      (batch) =>
        batch.logGroupArn === logGroupArn &&
        batch.stream === stream &&
        batch.events.length < BATCH_EVENTS_MAX &&
        batch.bytes + bytes <= BATCH_BYTES_MAX,
    );
    if (found) return found;
    const batch: Batch = { logGroupArn, stream, events: [], bytes: 0, sends: 0 };
    this.batches.push(batch);
    return batch;
  }

  private async send(batch: Batch): Promise<void> {
    const { logGroupArn, stream, events } = batch;
    batch.sends++;
    try {
      await this.makeStream(logGroupArn, stream);
      // Chronological order is wanted; a turn that waited may come after a later one.
      events.sort((a, b) => a.timestamp - b.timestamp);
      await this.settings.call(logGroupArn, 'PutLogEvents', { logStreamName: stream, logEvents: events });
    } catch (error) {
      if (isPassing(error) && batch.sends < SENDS_MAX) {
        this.batches.push(batch);
        return;
      }
      this.settings.onDropped(logGroupArn, events.length, error as Error);
    }
    this.waitingBytes -= batch.bytes;
  }

  private async makeStream(logGroupArn: string, stream: string): Promise<void> {
    const key = `${logGroupArn} ${stream}`;
    if (this.made.has(key)) return;
    try {
      await this.settings.call(logGroupArn, 'CreateLogStream', { logStreamName: stream });
    } catch (error) {
      if (!(error instanceof CallFailed && error.code === 'ResourceAlreadyExistsException')) throw error;
    }
    if (this.made.size >= STREAMS_KEPT_MAX) this.made.clear();
    this.made.add(key);
  }
}

const STREAMS_KEPT_MAX = 1_000;

/** Whether the same may go well later: no answer, throttling, a fault of theirs. */
const isPassing = (error: unknown): boolean =>
  !(error instanceof CallFailed) || error.status >= 500 || error.code === 'ThrottlingException';

/** As AWS calls them: `states/<state machine>/2024-04-24-11-50/00000000`. */
const streamOf = (machineName: string, timestampMs: number, process: string): string =>
  `states/${machineName}/${new Date(timestampMs).toISOString().slice(0, 16).replace(/[T:]/g, '-')}/${process}`;
