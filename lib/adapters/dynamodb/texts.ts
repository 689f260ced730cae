import type { Database, Item } from './database';
import { type Packed, pack, packDeflated, sizeOf, split, unpack } from './packing';

/** Where a text stands: in the item that names it, or in so many parts beside the commits of its run. */
export type TextPlace = { text: Packed } | { parts: number };

/** Bodies of commits and inputs of executions. */
export class Texts {
  constructor(private readonly database: Database) {}

  /**
   * Answers what the item that names the text says of it. Parts are written before that item, under the attempt that
   * writes it: whoever finds the item finds them, and those of an attempt that lost expire.
   */
  async write(
    { runId, attempt, ttl }: { runId: string; attempt: string; ttl: number },
    text: string,
    inlineBytesMax: number,
  ): Promise<TextPlace> {
    const packed = await pack(text);
    if (sizeOf(packed) <= inlineBytesMax) return { text: packed };
    const parts = split(typeof packed === 'string' ? await packDeflated(text) : packed);
    await Promise.all(
      parts.map((part, index) => this.database.put('journal', { runId, entry: entryOf(attempt, index), part, ttl })),
    );
    return { parts: parts.length };
  }

  async read(runId: string, attempt: string, item: Item): Promise<string> {
    if (item.text !== undefined) return unpack(item.text as Packed);
    const count = Number(item.parts);
    const where = {
      text: '#runId = :runId AND #entry BETWEEN :first AND :last',
      values: { ':runId': runId, ':first': entryOf(attempt, 0), ':last': entryOf(attempt, count - 1) },
    };
    const found = await this.database.all('journal', { where });
    if (found.length !== count) throw new Error(`run ${runId} has ${found.length} of ${count} parts of ${attempt}`);
    return unpack(Buffer.concat(found.map(({ part }) => part as Uint8Array)));
  }
}

const entryOf = (attempt: string, index: number): string => `P#${attempt}#${String(index).padStart(3, '0')}`;
