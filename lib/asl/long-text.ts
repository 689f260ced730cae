/** A piece of so many characters is put together at once. */
const PIECE = 4_096;

/**
 * A text that is added to, many times. One that JavaScript adds up refers to all that it was made of until somebody reads
 * it; here that is garbage while it is young, which halves the time that it takes.
 */
export class LongText {
  private readonly pieces: string[] = [];
  private last = '';

  add(text: string): void {
    this.last += text;
    if (this.last.length > PIECE) this.cut();
  }

  toString(): string {
    if (this.pieces.length === 0) return this.last;
    this.cut();
    return this.pieces.join('');
  }

  private cut(): void {
    // Reading it is what puts it together.
    this.last.charCodeAt(0);
    this.pieces.push(this.last);
    this.last = '';
  }
}
