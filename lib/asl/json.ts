import { complaintOf } from './jackson';
import { LongText } from './long-text';
import { PIECE_CHARACTERS, type Pieces } from './pieces';

/**
 * JSON as AWS keeps it: member order, number texts and duplicate-key behaviour of the original survive a round trip,
 * which JavaScript's own JSON cannot promise (`{"2":0,"1":0}` changes its order there, `0.0` becomes `0`).
 */

/** A JSON object: members in the order of the text; of duplicate names the last value wins. */
export type JsonObject = Map<string, Json>;
export type Json = null | boolean | number | JsonNumber | string | Json[] | JsonObject;

/** A number whose text is not what JavaScript would print for it: `0.0`, `1E5`, `12345678901234567890`. */
export class JsonNumber {
  private known: number | undefined;

  constructor(readonly text: string) {}

  /** Made when it is first asked for: most are only handed on. */
  get value(): number {
    this.known ??= Number(this.text);
    return this.known;
  }
}

export const isObject = (value: Json | undefined): value is JsonObject => value instanceof Map;
export const isContainer = (value: Json): value is Json[] | JsonObject =>
  typeof value === 'object' && value !== null && !(value instanceof JsonNumber);
export const isNumber = (value: Json | undefined): value is number | JsonNumber =>
  typeof value === 'number' || value instanceof JsonNumber;
export const numberOf = (value: number | JsonNumber): number => (typeof value === 'number' ? value : value.value);

/** Nesting that is read; deeper documents are refused, so that no recursion over a value can exhaust the stack. */
export const DEPTH_MAX = 1000;

/** Text that is not JSON. `message` is worded as AWS's parser words it; `offset` counts UTF-16 units from 0. */
export class JsonSyntaxError extends Error {
  constructor(
    message: string,
    readonly offset: number,
    /** Where AWS's parser stands when it finds out: the place that its messages name. */
    readonly place: Position = { line: 1, column: 1 },
  ) {
    super(message);
  }
}

interface Position {
  line: number;
  column: number;
}

export interface ParsedJson {
  value: Json;
  /** Whether `stringifyJson(value)` is the very text that was parsed. */
  compact: boolean;
  /** Of such a text: its large members and where each stands, so that nobody has to print them. */
  large: readonly LargeMember[];
  /** How many values were read, objects and arrays with all that are in them. */
  count: number;
}

interface LargeMember {
  value: JsonObject | Json[];
  from: number;
  to: number;
}

/** Where in the text the members of each object and array stand: name or index -> offset. */
export type MemberOffsets = Map<JsonObject | Json[], Map<string | number, number>>;

/** Whether nothing stands there: AWS's parser reads that as no document, and does not complain. */
export const isBlank = (text: string): boolean => !/[^ \t\r\n]/.test(text);

/** Reads one document; `offsets` gets where each member stands. Throws JsonSyntaxError. Not to ask for `compact` is quicker. */
export function parseJson(text: string, offsets?: MemberOffsets, compact = true): ParsedJson {
  const parser = new Parser(text, offsets, compact);
  parser.read(Number.POSITIVE_INFINITY);
  return parser.parsed();
}

/** The same for a text that may be large, about so many characters in a piece. */
export function* parseInPieces(text: string, characters = PIECE_CHARACTERS): Pieces<ParsedJson> {
  const parser = new Parser(text, undefined);
  while (!parser.read(characters)) yield;
  return parser.parsed();
}

/** Line and column, both from 1, of an offset. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lastBreak = before.lastIndexOf('\n');
  return { line: before.split('\n').length, column: offset - lastBreak };
}

const tooDeep = (depth: number): string =>
  `Document nesting depth (${depth}) exceeds the maximum allowed (${DEPTH_MAX})`;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const TOKEN = /[\p{L}\p{N}_$]+/uy;
/** Whole numbers of so many digits are exact, and printed as they are written. */
const DIGITS_MAX = 15;
/** Forms that JavaScript does not print: no need to see what it would. */
const NEVER_PRINTED = /E|e\d|\.\d*0$/;
const isBehindValue = (code: number) =>
  code === COMMA || code === CLOSE_ARRAY || code === CLOSE_OBJECT || code <= SPACE;
const [SPACE, MINUS, ZERO, NINE] = [32, 45, 48, 57];
const [QUOTE, COMMA, OPEN_ARRAY, BACKSLASH, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [34, 44, 91, 92, 93, 123, 125];

class Parser {
  private value: Json = null;
  private count = 0;
  private readonly large: LargeMember[] = [];
  private at = 0;
  /**
   * What is not closed yet, the innermost last: no recursion, so that reading can pause anywhere. Of an array, where its
   * items begin in `items`: one that is made of as many as it has takes a tenth of the memory of one that grows.
   */
  private readonly open: (JsonObject | number)[] = [];
  private readonly starts: number[] = [];
  private readonly items: Json[] = [];
  private itemCount = 0;
  /** Of the members of open objects whose values are being read. */
  private readonly names: string[] = [];
  /** With `offsets`: of what is open. */
  private readonly places: Map<string | number, number>[] = [];

  constructor(
    private readonly text: string,
    private readonly offsets: MemberOffsets | undefined,
    private compact = true,
  ) {
    this.space();
  }

  parsed(): ParsedJson {
    const { value, compact, large, count } = this;
    return { value, compact, large: compact ? large : [], count };
  }

  /** Reads on, for about so many characters. Whether the document has come to its end. */
  read(characters: number): boolean {
    const until = this.at + characters;
    // Each round, a value begins here.
    while (this.at < until) {
      this.count++;
      const value = this.begin();
      if (value !== undefined && this.put(value)) return true;
    }
    return false;
  }

  /** A value that is all read; undefined for a container whose first member begins here. */
  private begin(): Json | undefined {
    switch (this.text.charCodeAt(this.at)) {
      case QUOTE:
        return this.string();
      case OPEN_OBJECT:
        return this.container(new Map(), CLOSE_OBJECT);
      case OPEN_ARRAY:
        return this.container(this.itemCount, CLOSE_ARRAY);
      case 116:
        return this.literal('true', true);
      case 102:
        return this.literal('false', false);
      case 110:
        return this.literal('null', null);
      default:
        return this.number();
    }
  }

  private container(opened: JsonObject | number, end: number): Json | undefined {
    if (this.open.push(opened) > DEPTH_MAX) throw new JsonSyntaxError(tooDeep(this.open.length), this.at);
    if (this.offsets) this.places.push(new Map());
    this.starts.push(this.at++);
    this.space();
    if (this.text.charCodeAt(this.at) === end) return this.close();
    this.member(opened);
    return undefined;
  }

  private close(): Json {
    this.at++;
    const value = this.closed(this.open.pop()!);
    const from = this.starts.pop()!;
    const isLarge = this.at - from >= LARGE_MIN && this.open.length < LARGE_LEVELS;
    if (isLarge) this.large.push({ value, from, to: this.at });
    return value;
  }

  private closed(opened: JsonObject | number): JsonObject | Json[] {
    if (typeof opened !== 'number') {
      this.offsets?.set(opened, this.places.pop()!);
      return opened.size === 0 ? NO_MEMBERS : opened;
    }
    const items = this.items.slice(opened, this.itemCount);
    this.itemCount = opened;
    this.offsets?.set(items, this.places.pop()!);
    return items;
  }

  /** Up to where the value of a container's next member begins. */
  private member(opened: JsonObject | number): void {
    const place = this.at;
    if (typeof opened === 'number') {
      if (this.offsets) this.places.at(-1)!.set(this.itemCount - opened, place);
      return;
    }
    if (this.text.charCodeAt(place) !== QUOTE) this.fail();
    const name = this.string();
    this.names.push(name);
    if (this.offsets) this.places.at(-1)!.set(name, place);
    this.space();
    if (this.text[this.at] !== ':') this.fail();
    this.at++;
    this.space();
  }

  /** Puts a value where it belongs, and closes what ends with it. Whether that is the document. */
  private put(read: Json): boolean {
    let value = read;
    while (this.open.length > 0) {
      const opened = this.open[this.open.length - 1]!;
      if (typeof opened === 'number') this.items[this.itemCount++] = value;
      else {
        const name = this.names.pop()!;
        if (opened.has(name)) this.compact = false;
        opened.set(name, value);
      }
      this.space();
      const next = this.text.charCodeAt(this.at);
      if (next === COMMA) {
        this.at++;
        this.space();
        this.member(opened);
        return false;
      }
      if (next !== (typeof opened === 'number' ? CLOSE_ARRAY : CLOSE_OBJECT)) this.fail();
      value = this.close();
    }
    this.value = value;
    this.space();
    if (this.at < this.text.length) this.fail();
    return true;
  }

  private string(): string {
    const { text } = this;
    const start = this.at++;
    let plain = true;
    for (; ; this.at++) {
      const code = text.charCodeAt(this.at);
      if (code === QUOTE) break;
      if (code === BACKSLASH) {
        plain = false;
        this.escape();
      } else if (code < 32 || Number.isNaN(code)) {
        this.fail();
      } else if (code >= 0xd800 && code <= 0xdfff) {
        plain = false;
      }
    }
    this.at++;
    if (plain) return text.slice(start + 1, this.at - 1);
    const raw = text.slice(start, this.at);
    const value = JSON.parse(raw) as string;
    if (this.compact && quoteJson(value) !== raw) this.compact = false;
    return value;
  }

  private escape(): void {
    const letter = this.text[++this.at] ?? '';
    if (letter === 'u') {
      if (!/^[0-9a-fA-F]{4}$/.test(this.text.slice(this.at + 1, this.at + 5))) this.fail();
      this.at += 4;
    } else if (letter === '' || !'"\\/bfnrt'.includes(letter)) this.fail();
  }

  private literal<T extends boolean | null>(word: string, value: T): T {
    TOKEN.lastIndex = this.at;
    if (TOKEN.exec(this.text)?.[0] !== word) this.fail();
    this.at += word.length;
    return value;
  }

  private number(): number | JsonNumber {
    const { text, at: start } = this;
    if (text.charCodeAt(start) === MINUS) this.at++;
    const first = this.at;
    let code = text.charCodeAt(first);
    let whole = 0;
    for (; code >= ZERO && code <= NINE; code = text.charCodeAt(++this.at)) whole = whole * 10 + code - ZERO;
    const digits = this.at - first;
    const isPlain = text.charCodeAt(first) === ZERO ? digits === 1 && first === start : digits > 0;
    if (!isPlain || digits > DIGITS_MAX || !isBehindValue(code)) return this.anyNumber(start);
    return first === start ? whole : -whole;
  }

  private anyNumber(start: number): number | JsonNumber {
    NUMBER.lastIndex = start;
    this.at = start;
    if (!NUMBER.test(this.text)) this.fail();
    this.at = NUMBER.lastIndex;
    if (!isBehindValue(this.text.charCodeAt(this.at)) && /[\w.$+-]/.test(this.text[this.at] ?? '')) this.fail();
    const text = this.text.slice(start, this.at);
    if (NEVER_PRINTED.test(text)) return new JsonNumber(text);
    const value = Number(text);
    return String(value) === text ? value : new JsonNumber(text);
  }

  private fail(): never {
    const { message, ...place } = complaintOf(this.text) ?? {
      message: 'Unexpected end-of-input',
      ...positionAt(this.text, this.at),
    };
    throw new JsonSyntaxError(message, this.at, place);
  }

  private space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
      this.compact = false;
      this.at++;
    }
  }
}

/** Characters of what is printed as quickly as it is remembered. */
export const LARGE_MIN = 2_000;
/** Deeper members are not looked at. */
export const LARGE_LEVELS = 3;

/** `{}`: nobody changes what was read, and an object takes two hundred bytes. */
const NO_MEMBERS: JsonObject = new Map();

/** The text of a JSON string, quotes included; control characters as AWS writes them (`\u001F`, upper case). */
export function quoteJson(text: string): string {
  if (isPlain(text)) return `"${text}"`;
  const quoted = JSON.stringify(text);
  if (!HEX_LETTERED.test(text)) return quoted;
  return quoted.replace(/\\(?:u00[0-9a-f]{2}|.)/g, (sequence) =>
    sequence.length === 6 ? `\\u${sequence.slice(2).toUpperCase()}` : sequence,
  );
}

/** Control characters that are escaped with a letter among the digits: all others are quoted as JSON.stringify does. */
const HEX_LETTERED = /[\u000b\u000e\u000f\u001a-\u001f]/;

const LOOKED_THROUGH_MAX = 40;

/** Whether a short text stands in JSON as it is: most do, and then this is quicker than to ask JSON.stringify. */
function isPlain(text: string): boolean {
  if (text.length > LOOKED_THROUGH_MAX) return false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 32 || code === QUOTE || code === BACKSLASH || (code >= 0xd800 && code <= 0xdfff)) return false;
  }
  return true;
}

/**
 * Compact JSON text: no white space, members in their order, numbers in their own text. Throws JsonSyntaxError for a
 * document that is nested deeper than one that is read may be.
 */
export function stringifyJson(value: Json, depth = 1): string {
  if (!isContainer(value)) return scalarText(value);
  const text = new LongText();
  print(value, depth, text);
  return text.toString();
}

function print(value: Json, depth: number, text: LongText): void {
  if (!isContainer(value)) return text.add(scalarText(value));
  if (depth > DEPTH_MAX) throw new JsonSyntaxError(tooDeep(depth), 0);
  if (Array.isArray(value)) {
    if (value.length === 0) return text.add('[]');
    for (let at = 0; at < value.length; at++) {
      text.add(at === 0 ? '[' : ',');
      print(value[at]!, depth + 1, text);
    }
    return text.add(']');
  }
  if (value.size === 0) return text.add('{}');
  let before = '{';
  // Quicker than a loop by far where objects are nested deeply.
  value.forEach((member, name) => {
    text.add(`${before + quoteJson(name)}:`);
    print(member, depth + 1, text);
    before = ',';
  });
  text.add('}');
}

function scalarText(value: Exclude<Json, Json[] | JsonObject>): string {
  if (typeof value === 'string') return quoteJson(value);
  return value instanceof JsonNumber ? value.text : String(value);
}
