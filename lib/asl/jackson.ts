/**
 * What AWS's parser, Jackson 2.12, says of text that is not JSON, and where it stands then. AWS passes its words on, so
 * they are built as Jackson builds them (ReaderBasedJsonParser), from the state that it would be in.
 */
export interface Complaint {
  message: string;
  line: number;
  column: number;
}

/** Undefined for a text that Jackson reads, and for one that is blank: it finds nothing there to read. */
export function complaintOf(text: string): Complaint | undefined {
  const scanner = new Scanner(text);
  try {
    scanner.scan();
    return undefined;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { message: error.message, ...scanner.place() };
  }
}

const EXCERPT_MAX = 500;
/** A longer text is read as a stream, of which nothing is shown. */
const SHOWN_MAX = 32_768;

/** A place in a text, as Jackson writes it. */
export function sourceAt(text: string, { line, column }: { line: number; column: number }): string {
  return `[Source: ${shown(text)}; line: ${line}, column: ${column}]`;
}

function shown(text: string): string {
  if (text.length > SHOWN_MAX) return '(StringReader)';
  const left = text.length - EXCERPT_MAX;
  return `(String)"${text.slice(0, EXCERPT_MAX)}"${left > 0 ? `[truncated ${left} chars]` : ''}`;
}

/** The same message for somebody who has the text. */
export const withoutSource = (message: string): string =>
  message.replace(/\[Source: .*?; line: (\d+), column: (\d+)\]/gs, 'line $1, column $2');

class Refused extends Error {}

interface Open {
  kind: 'root' | 'Array' | 'Object';
  line: number;
  column: number;
  isEmpty: boolean;
}

const NOTHING = -1;
const [QUOTE, PLUS, COMMA, MINUS, DOT, SLASH, COLON] = [34, 43, 44, 45, 46, 47, 58];
const [OPEN_ARRAY, BACKSLASH, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [91, 92, 93, 123, 125];
const WORDS: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' };
const TOKENS = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
const TOKEN_MAX = 256;
const NO_DIGIT = 'expected digit (0-9) to follow minus sign, for valid numeric value';
/** As Java tells them. */
const IDENTIFIER_START = /[\p{L}\p{Nl}\p{Sc}\p{Pc}]/u;
const IDENTIFIER_PART = /[\p{L}\p{N}\p{Sc}\p{Pc}\p{M}\p{Cf}\u0000-\u0008\u000e-\u001b\u007f-\u009f]/u;

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isExponent = (code: number): boolean => code === 69 || code === 101;

class Scanner {
  private at = 0;
  private line = 1;
  private lineStart = 0;
  private readonly open: Open[] = [{ kind: 'root', line: 1, column: 0, isEmpty: true }];
  private isRead = false;

  constructor(private readonly text: string) {}

  place(): { line: number; column: number } {
    return { line: this.line, column: this.at - this.lineStart + 1 };
  }

  scan(): void {
    for (let code = this.next(); code !== NOTHING; code = this.next()) {
      if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) this.close(code);
      else this.value(this.within.kind === 'root' ? this.root(code) : this.member(code));
    }
  }

  private get within(): Open {
    return this.open[this.open.length - 1]!;
  }

  /** The character that begins the document's value. A second document is not looked at, but its first token is. */
  private root(code: number): number {
    if (this.isRead) {
      const from = this.at - 1;
      if (code !== QUOTE) this.value(code);
      const type = tokenOf(this.text.slice(from, this.at));
      this.fail(
        `Trailing token (of type ${type}) found after value (bound as \`com.fasterxml.jackson.databind.JsonNode\`): not allowed as per \`DeserializationFeature.FAIL_ON_TRAILING_TOKENS\``,
      );
    }
    this.isRead = true;
    return code;
  }

  /** The character that begins a member's value: behind a comma, and in an object behind its name. */
  private member(code: number): number {
    const { within } = this;
    let first = code;
    if (!within.isEmpty) {
      if (code !== COMMA) this.unexpected(code, `was expecting comma to separate ${within.kind} entries`);
      first = this.nextOf(within);
    }
    within.isEmpty = false;
    if (within.kind !== 'Object') return first;
    if (first !== QUOTE) this.unexpected(first, 'was expecting double-quote to start field name');
    this.string('name', ' in field name');
    const colon = this.nextOf(within);
    if (colon !== COLON) this.unexpected(colon, 'was expecting a colon to separate field name and value');
    return this.nextOf(within);
  }

  private close(code: number): void {
    const { within } = this;
    const wanted = code === CLOSE_ARRAY ? 'Array' : 'Object';
    if (within.kind !== wanted) {
      const other = code === CLOSE_ARRAY ? '}' : ']';
      const start = sourceAt(this.text, within);
      const closer = String.fromCharCode(code);
      this.fail(`Unexpected close marker '${closer}': expected '${other}' (for ${within.kind} starting at ${start})`);
    }
    this.open.pop();
  }

  private value(code: number): void {
    if (code === QUOTE) return this.string('string value', ': was expecting closing quote for a string value');
    if (code === OPEN_ARRAY || code === OPEN_OBJECT) {
      const kind = code === OPEN_ARRAY ? 'Array' : 'Object';
      this.open.push({ kind, line: this.line, column: this.at - this.lineStart, isEmpty: true });
      return;
    }
    if (code === CLOSE_OBJECT) this.unexpected(code, 'expected a value');
    if (code === MINUS || isDigit(code)) return this.number(code);
    const word = WORDS[String.fromCharCode(code)];
    if (word !== undefined) return this.word(word, 1);
    this.oddValue(code);
  }

  private oddValue(code: number): never {
    const letter = String.fromCharCode(code);
    if (letter === 'N' || letter === 'I') this.nonStandard(letter === 'N' ? 'NaN' : 'Infinity', 1);
    if (code === PLUS) this.oddNumber(this.take(' in a Number value'), '+');
    if (IDENTIFIER_START.test(letter)) this.invalidToken(letter);
    return this.unexpected(code, `expected a valid value ${TOKENS}`);
  }

  private nonStandard(word: string, from: number): never {
    this.word(word, from);
    return this.fail(`Non-standard token '${word}': enable JsonParser.Feature.ALLOW_NON_NUMERIC_NUMBERS to allow`);
  }

  // ---- words

  private word(word: string, from: number): void {
    for (let index = from; index < word.length; index++) {
      if (this.text[this.at] !== word[index]) this.invalidToken(word.slice(0, index));
      this.at++;
    }
    const after = this.text[this.at];
    if (after !== undefined && after >= '0' && IDENTIFIER_PART.test(after)) this.invalidToken(word);
  }

  private invalidToken(matched: string): never {
    let token = matched;
    for (; this.at < this.text.length; this.at++) {
      const letter = this.text[this.at]!;
      if (!IDENTIFIER_PART.test(letter)) break;
      token += letter;
      if (token.length < TOKEN_MAX) continue;
      token += '...';
      this.at++;
      break;
    }
    return this.fail(`Unrecognized token '${token}': was expecting ${TOKENS}`);
  }

  // ---- numbers

  private number(first: number): void {
    const isNegative = first === MINUS;
    let code = isNegative ? this.take('No digit following minus sign') : first;
    if (!isDigit(code)) this.oddNumber(code, '-');
    if (code === 48 && isDigit(this.text.charCodeAt(this.at))) {
      this.fail('Invalid numeric value: Leading zeroes not allowed');
    }
    const isQuick = code !== 48;
    code = this.digits();
    // Jackson reads most numbers ahead of where it says that it stands.
    const said = isQuick ? this.at : undefined;
    if (code === DOT) code = this.part(code, 'Decimal point not followed by a digit', said);
    if (isExponent(code)) code = this.exponent(said);
    if (code === NOTHING) return;
    if (this.within.kind === 'root' && !isSpace(code)) {
      this.unexpected(code, 'Expected space separating root-level values');
    }
    this.at--;
  }

  /** Behind digits: the character there, which is taken. */
  private digits(): number {
    while (isDigit(this.text.charCodeAt(this.at))) this.at++;
    return this.at < this.text.length ? this.text.charCodeAt(this.at++) : NOTHING;
  }

  /** What follows a dot or an exponent's sign: digits, one at least. */
  private part(before: number, problem: string, said: number | undefined): number {
    const from = this.at;
    const code = this.digits();
    if (this.at - from > (code === NOTHING ? 0 : 1)) return code;
    if (code === NOTHING) return this.oddCharacter(before, problem);
    this.at = said ?? this.at;
    return this.oddCharacter(code, problem);
  }

  private exponent(said: number | undefined): number {
    const wanted = 'expected a digit for number exponent';
    const first = this.take(wanted);
    const code = first === MINUS || first === PLUS ? this.take(wanted) : first;
    this.at--;
    return this.part(code, 'Exponent indicator not followed by a digit', said);
  }

  /** A sign, and no digit. */
  private oddNumber(code: number, sign: '+' | '-'): never {
    let found = code;
    if (String.fromCharCode(code) === 'I') {
      found = this.take(' in a Number value');
      const letter = String.fromCharCode(found);
      if (letter === 'N') this.nonStandard(`${sign}INF`, 3);
      if (letter === 'n') this.nonStandard(`${sign}Infinity`, 3);
    }
    return this.oddCharacter(found, NO_DIGIT);
  }

  private oddCharacter(code: number, problem: string): never {
    return this.fail(`Unexpected character (${describe(code)}) in numeric value: ${problem}`);
  }

  // ---- strings

  private string(what: string, atEnd: string): void {
    for (;;) {
      const code = this.take(atEnd);
      if (code === QUOTE) return;
      if (code === BACKSLASH) this.escape();
      else if (code < 32) {
        this.fail(
          `Illegal unquoted character (${describe(code)}): has to be escaped using backslash to be included in ${what}`,
        );
      }
    }
  }

  private escape(): void {
    const atEnd = ' in character escape sequence';
    const code = this.take(atEnd);
    const letter = String.fromCharCode(code);
    if ('btnfr"/\\'.includes(letter)) return;
    if (letter !== 'u') this.fail(`Unrecognized character escape ${describe(code)}`);
    for (let digit = 0; digit < 4; digit++) {
      const code = this.take(atEnd);
      if (!/[0-9A-Fa-f]/.test(String.fromCharCode(code))) {
        this.unexpected(code, 'expected a hex-digit for character escape sequence');
      }
    }
  }

  // ---- characters

  private take(atEnd: string): number {
    if (this.at >= this.text.length) this.fail(`Unexpected end-of-input${atEnd}`);
    return this.text.charCodeAt(this.at++);
  }

  /** The next that is no white space; NOTHING at the end of a document that is whole. */
  private next(): number {
    const code = this.pastSpace();
    const { within } = this;
    if (code === NOTHING && within.kind !== 'root') {
      const start = sourceAt(this.text, within);
      this.fail(`Unexpected end-of-input: expected close marker for ${within.kind} (start marker at ${start})`);
    }
    return code;
  }

  /** The next within a member. */
  private nextOf({ kind }: Open): number {
    const code = this.pastSpace();
    if (code === NOTHING) this.fail(`Unexpected end-of-input within/between ${kind} entries`);
    return code;
  }

  private pastSpace(): number {
    while (this.at < this.text.length) {
      const code = this.text.charCodeAt(this.at++);
      if (code === SLASH) {
        this.unexpected(
          code,
          "maybe a (non-standard) comment? (not recognized as one since Feature 'ALLOW_COMMENTS' not enabled for parser)",
        );
      }
      if (code > 32) return code;
      if (!isSpace(code)) {
        this.fail(
          `Illegal character (${describe(code)}): only regular white space (\\r, \\n, \\t) is allowed between tokens`,
        );
      }
      if (code === 13 && this.text[this.at] === '\n') this.at++;
      if (code === 10 || code === 13) {
        this.line++;
        this.lineStart = this.at;
      }
    }
    return NOTHING;
  }

  private unexpected(code: number, wanted: string): never {
    return this.fail(`Unexpected character (${describe(code)}): ${wanted}`);
  }

  private fail(message: string): never {
    throw new Refused(message);
  }
}

const isSpace = (code: number): boolean => code === 32 || code === 9 || code === 10 || code === 13;

function describe(code: number): string {
  if (code < 32 || (code >= 127 && code <= 159)) return `(CTRL-CHAR, code ${code})`;
  const wide = code > 255 ? ` / 0x${code.toString(16)}` : '';
  return `'${String.fromCharCode(code)}' (code ${code}${wide})`;
}

const TOKEN_TYPES: Readonly<Record<string, string>> = {
  '"': 'VALUE_STRING',
  '[': 'START_ARRAY',
  '{': 'START_OBJECT',
  t: 'VALUE_TRUE',
  f: 'VALUE_FALSE',
  n: 'VALUE_NULL',
};

const tokenOf = (token: string): string =>
  TOKEN_TYPES[token[0]!] ?? (/[.eE]/.test(token) ? 'VALUE_NUMBER_FLOAT' : 'VALUE_NUMBER_INT');
