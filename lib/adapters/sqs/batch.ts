import { StoreUnavailable } from '../../ports/store-error';
import { unavailable } from './failures';

/** What SQS said of one entry of a batch. */
interface EntryFailure {
  Id: string | undefined;
  Code: string | undefined;
  Message?: string | undefined;
  SenderFault: boolean | undefined;
}

export interface BatchAnswer {
  Successful?: { Id: string | undefined }[] | undefined;
  Failed?: EntryFailure[] | undefined;
}

/** SQS refused an entry; it would refuse it again. */
export class EntryRefused extends Error {
  constructor(
    readonly code: string,
    message: string | undefined,
  ) {
    super(`SQS: ${code}: ${message ?? ''}`);
  }
}

const ENTRIES_MAX = 10;

interface Waiting<Entry> {
  entry: Entry;
  bytes: number;
  resolve(): void;
  reject(error: Error): void;
}

/**
 * Calls that come together share a request, ten at most. Each learns its own fate: an entry that is refused rejects
 * alone with EntryRefused; what was not done, or whose answer is lost, with StoreUnavailable.
 */
export class Batch<Entry extends object> {
  private waiting: Waiting<Entry>[] = [];
  private readonly bytesMax: number;
  private readonly gatherMs: number;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly send: (entries: (Entry & { Id: string })[]) => Promise<BatchAnswer>,
    {
      bytesMax = Number.POSITIVE_INFINITY,
      gatherMs = 0,
    }: {
      /** Of all entries of one request together. */
      bytesMax?: number;
      /** So long a call waits for others; 0 for those of the same turn of the event loop. */
      gatherMs?: number;
    } = {},
  ) {
    this.bytesMax = bytesMax;
    this.gatherMs = gatherMs;
  }

  add(entry: Entry, bytes = 0): Promise<void> {
    return new Promise((resolve, reject) => {
      const count = this.waiting.push({ entry, bytes, resolve, reject });
      if (this.gatherMs === 0) {
        if (count === 1) setImmediate(() => this.flush());
      } else if (count === ENTRIES_MAX) this.flush();
      else if (count === 1) this.timer = setTimeout(() => this.flush(), this.gatherMs);
    });
  }

  private flush(): void {
    clearTimeout(this.timer);
    const waiting = this.waiting;
    this.waiting = [];
    let request: Waiting<Entry>[] = [];
    let bytes = 0;
    for (const one of waiting) {
      if (request.length === ENTRIES_MAX || (request.length > 0 && bytes + one.bytes > this.bytesMax)) {
        void this.call(request);
        request = [];
        bytes = 0;
      }
      request.push(one);
      bytes += one.bytes;
    }
    void this.call(request);
  }

  private async call(request: Waiting<Entry>[]): Promise<void> {
    try {
      const answer = await this.send(request.map(({ entry }, index) => ({ ...entry, Id: String(index) })));
      const done = new Set(answer.Successful?.map(({ Id }) => Id));
      const failed = new Map(answer.Failed?.map((failure) => [failure.Id, failure]));
      for (const [index, { resolve, reject }] of request.entries()) {
        const id = String(index);
        if (done.has(id)) resolve();
        else reject(errorOf(failed.get(id)));
      }
    } catch (error) {
      for (const { reject } of request) reject(unavailable(error));
    }
  }
}

function errorOf(failure: EntryFailure | undefined): Error {
  if (!failure) return new StoreUnavailable('SQS said nothing of an entry of a batch');
  const { Code = 'Unknown', Message, SenderFault } = failure;
  return SenderFault
    ? new EntryRefused(Code, Message)
    : new StoreUnavailable(`SQS: ${Code}: ${Message ?? ''}`, { cause: failure });
}
