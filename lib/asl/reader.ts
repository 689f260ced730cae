/** The text is not what is read here. Stays in the room of who reads. */
export class Refused extends Error {}

/** Goes through a text from the left: what paths and intrinsic functions are read with. */
export class Reader {
  constructor(
    protected readonly text: string,
    protected at: number,
    /** What `space` passes over. */
    private readonly blanks: string,
  ) {}

  protected peek(): string | undefined {
    return this.text[this.at];
  }

  protected take(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  /** Throws Refused. */
  protected want(word: string): void {
    if (!this.take(word)) throw new Refused();
  }

  /** What a sticky pattern finds here. Throws Refused for nothing. */
  protected match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (!found) throw new Refused();
    this.at += found.length;
    return found;
  }

  protected space(): void {
    while (this.at < this.text.length && this.blanks.includes(this.text[this.at]!)) this.at++;
  }
}
