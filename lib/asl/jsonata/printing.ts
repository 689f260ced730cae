import type { Pieces } from '../pieces';
import type { Evaluation } from './evaluation';
import { isFunction } from './library';

/** Parts of a value, itself among them, that are printed in a few milliseconds, however deep they are nested. */
const PIECE_PARTS = 5_000;

/** The library's own $string, with line breaks or without. */
export type Print = (value: unknown) => string;

/** Whether to print it takes more than a piece of work. */
export const isLongToPrint = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !('outerWrapper' in value) && partsOf(value) > PIECE_PARTS;

/** How many parts a value has; some number over `PIECE_PARTS` where it has more than those. */
function partsOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  let count = 0;
  const stack: object[] = [value];
  for (let at = stack.pop(); at; at = stack.pop()) {
    count++;
    if (!Array.isArray(at) && isFunction(at)) continue;
    const parts: unknown[] = Array.isArray(at) ? at : Object.values(at);
    if (count + parts.length > PIECE_PARTS) return count + parts.length;
    for (const part of parts) {
      if (typeof part === 'object' && part !== null) stack.push(part);
      else count++;
    }
  }
  return count;
}

/**
 * What the library's $string makes of a long list or object: it would do that in one piece, in a time that grows with
 * the square of the depth, and indent what is over any limit before that is seen.
 */
export class Printing {
  private length = 0;

  constructor(
    private readonly evaluation: Evaluation,
    private readonly library: Print,
    private readonly prettify: boolean,
  ) {}

  /** `level`: how many lists and objects are around it. */
  *print(value: object, level = 0): Pieces<string> {
    const [open, close] = Array.isArray(value) ? '[]' : '{}';
    const members = Array.isArray(value) ? yield* this.items(value, level) : yield* this.members(value, level);
    if (members.length === 0) return `${open}${close}`;
    const text = this.prettify
      ? `${open}\n${members.join(',\n')}\n${indentation(level)}${close}`
      : `${open}${members.join(',')}${close}`;
    this.evaluation.checkText(text.length);
    return text;
  }

  /** Short items together, long ones each by itself. */
  private *items(list: unknown[], level: number): Pieces<string[]> {
    const texts: string[] = [];
    let from = 0;
    let parts = 0;
    const flush = (to: number) => {
      if (to > from) texts.push(this.inner(list.slice(from, to), level));
      parts = 0;
    };
    for (let at = 0; at < list.length; at++) {
      const count = partsOf(list[at]);
      parts += count;
      if (count > PIECE_PARTS) {
        flush(at);
        texts.push(this.indented(level + 1) + (yield* this.print(list[at] as object, level + 1)));
        from = at + 1;
      } else if (parts > PIECE_PARTS) {
        flush(at + 1);
        from = at + 1;
        yield;
      }
    }
    flush(list.length);
    return texts;
  }

  private *members(object: object, level: number): Pieces<string[]> {
    const texts: string[] = [];
    let some: Record<string, unknown> = Object.create(null);
    let parts = 0;
    const flush = () => {
      const text = this.inner(some, level);
      if (text !== '') texts.push(text);
      some = Object.create(null);
      parts = 0;
    };
    for (const [name, member] of Object.entries(object)) {
      const count = partsOf(member);
      if (count > PIECE_PARTS) {
        flush();
        const text = yield* this.print(member, level + 1);
        texts.push(`${this.indented(level + 1)}${JSON.stringify(name)}:${this.prettify ? ' ' : ''}${text}`);
        continue;
      }
      some[name] = member;
      parts += count;
      if (parts <= PIECE_PARTS) continue;
      flush();
      yield;
    }
    flush();
    return texts;
  }

  /** What stands between the brackets of a short list or object. */
  private inner(value: object, level: number): string {
    const whole = this.library(value);
    const bracket = this.prettify ? 2 : 1;
    const text = whole.length <= 2 ? '' : whole.slice(bracket, -bracket);
    this.length += text.length;
    this.evaluation.checkText(this.length);
    if (!this.prettify || level === 0 || text === '') return text;
    const indented = indentation(level);
    // No string has a line break in it: there it is escaped.
    return indented + text.replaceAll('\n', `\n${indented}`);
  }

  private indented(level: number): string {
    return this.prettify ? indentation(level) : '';
  }
}

const indentation = (level: number): string => '  '.repeat(level);
