import { parseJson } from '../json';
import { parsePath } from '../path/grammar';
import { Reader, Refused } from '../reader';
import type { Argument, Call, Expression } from './expression';
import { INTRINSICS } from './intrinsics';

const NESTED_MAX = 10;
const LENGTH_MAX = 10_000;
const NAME = /States\.[A-Za-z0-9]+/y;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Parses what may stand in an `x.$` member: a path, or a call of an intrinsic function. Undefined for anything else. */
export function parseExpression(text: string): Expression | undefined {
  if (text[0] === '$') {
    const path = parsePath(text);
    return path && { kind: 'path', path };
  }
  if (text.length > LENGTH_MAX) return undefined;
  try {
    return new CallParser(text).whole();
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

/** `States.Name(argument, ...)`, nested up to ten deep (asl.md section 9). */
class CallParser extends Reader {
  constructor(text: string) {
    super(text, 0, ' \n\t');
  }

  whole(): Call {
    this.space();
    const call = this.call(1);
    this.space();
    if (this.at < this.text.length) throw new Refused();
    return call;
  }

  private call(depth: number): Call {
    if (depth > NESTED_MAX) throw new Refused();
    const start = this.at;
    const name = this.match(NAME);
    const intrinsic = INTRINSICS.get(name);
    if (!intrinsic) throw new Refused();
    this.space();
    this.want('(');
    const list: Argument[] = [];
    this.space();
    if (this.peek() !== ')') {
      list.push(this.argument(depth));
      for (this.space(); this.peek() === ','; this.space()) {
        this.at++;
        this.space();
        list.push(this.argument(depth));
      }
    }
    this.want(')');
    return { kind: 'call', name, text: this.text.slice(start, this.at), intrinsic, arguments: list };
  }

  private argument(depth: number): Argument {
    switch (this.peek()) {
      case '$':
        return this.path();
      case "'":
        return this.quoted();
      case 'S':
        return this.call(depth + 1);
      default:
        return { kind: 'literal', value: parseJson(this.match(SCALAR)).value, raw: undefined };
    }
  }

  /** Up to the comma or the bracket that ends the argument; those inside `[...]` are the path's own. */
  private path(): Argument {
    const start = this.at;
    for (let brackets = 0; this.at < this.text.length; this.at++) {
      const character = this.text[this.at]!;
      if (brackets === 0 && (character === ',' || character === ')')) break;
      if (character === '[') brackets++;
      else if (character === ']') brackets--;
      else if (brackets > 0 && (character === "'" || character === '"')) this.skipQuoted(character);
    }
    const path = parsePath(this.text.slice(start, this.at).trimEnd());
    if (!path) throw new Refused();
    return { kind: 'path', path };
  }

  private skipQuoted(quote: string): void {
    for (this.at++; this.at < this.text.length && this.text[this.at] !== quote; this.at++) {
      if (this.text[this.at] === '\\') this.at++;
    }
  }

  private quoted(): Argument {
    const start = this.at;
    this.skipQuoted("'");
    if (this.peek() !== "'") throw new Refused();
    const raw = this.text.slice(start + 1, this.at++);
    if (OPEN_BACKSLASH.test(raw)) throw new Refused();
    return { kind: 'literal', value: unescaped(raw), raw };
  }
}

/** One that makes nothing plain: AWS takes none (page "Intrinsic functions"). */
const OPEN_BACKSLASH = /^(?:[^\\]|\\['{}\\])*\\(?!['{}\\])/;

/** A backslash makes the four reserved characters plain. */
const unescaped = (raw: string): string => raw.replace(/\\(['{}\\])/g, '$1');
