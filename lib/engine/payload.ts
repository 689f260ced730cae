import { type Json, type ParsedJson, parseInPieces, parseJson } from '../asl/json';
import { PIECE_CHARACTERS, PIECE_ITEMS, type Pieces } from '../asl/pieces';
import { printJson, rememberParsed } from '../asl/shared-text';

/** Where a payload text is stored: the slot of a commit and the index in that commit's payload table. */
export type PayloadRef = readonly [slot: number, index: number];

/**
 * A JSON document on its way through an execution. It is parsed when first looked into and printed when first shown;
 * a state that passes its input on does neither. Identity matters: the same object is stored once in a commit.
 */
export class Payload {
  private parsed: Json | undefined;

  private constructor(
    private json: string | undefined,
    parsed: Json | undefined,
    /** Set once the text is stored, so that later commits can name it instead of repeating it. */
    public ref?: PayloadRef,
    private size?: number,
  ) {
    this.parsed = parsed;
  }

  static of(value: Json): Payload {
    return new Payload(undefined, value);
  }

  /** For text that is known to be JSON. */
  static ofText(text: string, ref?: PayloadRef): Payload {
    return new Payload(text, undefined, ref);
  }

  /** For text that is stored and was not read yet. `bytes`: where it is known how many it has. */
  static stored(ref: PayloadRef, bytes?: number): Payload {
    return new Payload(undefined, undefined, ref, bytes);
  }

  get isLoaded(): boolean {
    return this.json !== undefined || this.parsed !== undefined;
  }

  load(text: string): void {
    this.json = text;
  }

  /** Whether a look into it takes long, unless it is read in pieces before. */
  get isLong(): boolean {
    return this.parsed === undefined && this.isLarge;
  }

  /** Whether its text is long, and at hand. */
  get isLarge(): boolean {
    return this.json !== undefined && this.json.length > PIECE_CHARACTERS;
  }

  *readInPieces(): Pieces<void> {
    this.remember(yield* parseInPieces(this.known(this.json)));
  }

  /** Saves the parsing where the caller has done it. */
  remember(parsed: ParsedJson): void {
    this.parsed = parsed.value;
    rememberParsed(parsed, this.text);
  }

  /** The text of a long list, in pieces: nothing limits the items that an expression makes for a Map. */
  *printInPieces(): Pieces<void> {
    const list = this.parsed;
    if (this.json !== undefined || !Array.isArray(list) || list.length <= PIECE_ITEMS) return;
    const pieces: string[] = [];
    for (let from = 0; from < list.length; from += PIECE_ITEMS) {
      pieces.push(printJson(list.slice(from, from + PIECE_ITEMS)).slice(1, -1));
      yield;
    }
    this.json = `[${pieces.join(',')}]`;
  }

  get text(): string {
    this.json ??= printJson(this.known(this.parsed));
    return this.json;
  }

  get value(): Json {
    if (this.parsed === undefined) {
      this.remember(parseJson(this.known(this.json)));
    }
    return this.parsed!;
  }

  /** UTF-8 bytes of the text. */
  get bytes(): number {
    this.size ??= Buffer.byteLength(this.text);
    return this.size;
  }

  private known<T>(content: T | undefined): T {
    if (content === undefined) throw new Error('payload is not loaded');
    return content;
  }
}

/** What a null InputPath or OutputPath selects. */
export const EMPTY_OBJECT = Payload.ofText('{}');
