/**
 * Work that may take long, in pieces of a few milliseconds: whoever does it lets others have their turn between them.
 * What is read and compiled of a definition is such work, since all of a mebibyte may be one state.
 */
export type Pieces<T> = Generator<undefined, T, undefined>;

/** All of it, without a pause. */
export function atOnce<T>(work: Pieces<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** All of it, with pauses. */
export async function withPauses<T>(work: Pieces<T>, giveWay: () => Promise<void>): Promise<T> {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    await giveWay();
  }
}

/** Characters of JSON, paths and intrinsic functions that are read in a few milliseconds. */
export const PIECE_CHARACTERS = 32_000;
/** Items of a list that are made, counted or printed in a few milliseconds. */
export const PIECE_ITEMS = 20_000;
/** What is made of a list's item or an object's member takes as long as reading this many. */
const ITEM_CHARACTERS = 20;

/** Counts what was done in a piece of work. */
export class Pace {
  private left = PIECE_CHARACTERS;

  /** One more item, and the texts that were read for it. Whether the piece has become long enough. */
  isOver(characters = 0): boolean {
    this.left -= ITEM_CHARACTERS + characters;
    if (this.left > 0) return false;
    this.left = PIECE_CHARACTERS;
    return true;
  }
}
