import { withPauses } from '../pieces';
import { evaluationOf, tooLarge } from './evaluation';
import type { Focus, Implementation } from './library';
import { isLongToPrint, type Print, Printing } from './printing';

/** Functions of texts, in place of the library's own, which make a list of all characters or do much in one piece. */
export const TEXTS: Readonly<Record<string, (original: Implementation) => Implementation>> = {
  string: (original) =>
    async function string(this: Focus, arg: unknown, prettify = false) {
      const print: Print = (value) => original.apply(this, [value, prettify] as never) as string;
      return isLongToPrint(arg) ? printPatiently(this, arg, print, prettify) : print(arg);
    } as Implementation,
  // The library prints it, too, and reads that again.
  clone: (original) =>
    async function clone(this: Focus, arg: unknown) {
      const copy = (value: unknown) => original.apply(this, [value] as never);
      if (!isLongToPrint(arg)) return copy(arg);
      return JSON.parse(await printPatiently(this, arg, (value) => JSON.stringify(copy(value)), false));
    } as Implementation,
  length: (original) =>
    function length(this: Focus, str?: string) {
      return hasPairs(str) ? original.apply(this, [str] as never) : str?.length;
    } as Implementation,
  substring: (original) =>
    function substring(this: Focus, str: string | undefined, start: number, length?: number) {
      if (str === undefined || hasPairs(str)) return original.apply(this, [str, start, length] as never);
      const from = str.length + start < 0 ? 0 : start;
      if (length === undefined) return str.slice(from);
      if (length <= 0) return '';
      return str.slice(from, from >= 0 ? from + length : str.length + from + length);
    } as Implementation,
  pad: () =>
    function pad(this: Focus, str: string | undefined, width: number, char?: string) {
      if (str === undefined) return undefined;
      const missing = Math.abs(Math.trunc(width)) - (hasPairs(str) ? Array.from(str).length : str.length);
      if (missing <= 0) return str;
      evaluationOf(this.environment).reserveText(missing);
      const filler = Array.from(char || ' ');
      const rest = filler.slice(0, missing % filler.length).join('');
      const padding = filler.join('').repeat(Math.floor(missing / filler.length)) + rest;
      return width > 0 ? str + padding : padding + str;
    } as Implementation,
  replace: (original) =>
    async function replace(this: Focus, str?: string, pattern?: unknown, replacement?: unknown, limit?: number) {
      const isPlain = typeof pattern === 'string' && pattern !== '' && typeof replacement === 'string';
      if (str === undefined || !isPlain || (limit !== undefined && limit < 0)) {
        return original.apply(this, [str, pattern, replacement, limit] as never);
      }
      return replaceText(this, str, pattern, replacement, limit ?? Number.POSITIVE_INFINITY);
    } as Implementation,
  encodeUrl: inPieces,
  encodeUrlComponent: inPieces,
};

/** Texts with characters of two units are counted by making a list of them: they may not be longer. */
const PAIRED_LENGTH_MAX = 1_000_000;

/** Whether a character of it takes two units. */
function hasPairs(str: string | undefined): boolean {
  if (str === undefined || !/[\ud800-\udbff]/.test(str)) return false;
  if (str.length > PAIRED_LENGTH_MAX) throw tooLarge();
  return true;
}

/** Places in which a text is replaced in a few milliseconds. */
const PIECE_FOUND = 20_000;

async function printPatiently({ environment }: Focus, value: object, print: Print, prettify: boolean): Promise<string> {
  const evaluation = evaluationOf(environment);
  const { giveWay } = evaluation.surroundings;
  const text = await withPauses(new Printing(evaluation, print, prettify).print(value), giveWay);
  await giveWay();
  return text;
}

async function replaceText(
  { environment }: Focus,
  str: string,
  pattern: string,
  replacement: string,
  limit: number,
): Promise<string> {
  const evaluation = evaluationOf(environment);
  const pieces: string[] = [];
  let piece: string[] = [];
  let position = 0;
  for (let count = 0; count < limit; count++) {
    const at = str.indexOf(pattern, position);
    if (at < 0) break;
    piece.push(str.slice(position, at), replacement);
    position = at + pattern.length;
    evaluation.checkText(count * replacement.length);
    if (piece.length < 2 * PIECE_FOUND) continue;
    pieces.push(piece.join(''));
    piece = [];
    await evaluation.surroundings.giveWay();
  }
  piece.push(str.slice(position));
  pieces.push(piece.join(''));
  return pieces.join('');
}

const ENCODED_CHARACTERS = 200_000;

function inPieces(original: Implementation): Implementation {
  return async function encode(this: Focus, str?: string) {
    if (str === undefined || str.length <= ENCODED_CHARACTERS) return original.apply(this, [str] as never);
    const evaluation = evaluationOf(this.environment);
    const pieces: string[] = [];
    let length = 0;
    for (let from = 0; from < str.length; ) {
      let to = from + ENCODED_CHARACTERS;
      // Not between the two units of a character.
      if (/[\ud800-\udbff]/.test(str[to - 1] ?? '')) to++;
      const piece = original.apply(this, [str.slice(from, to)] as never) as string;
      length += piece.length;
      evaluation.checkText(length);
      pieces.push(piece);
      from = to;
      await evaluation.surroundings.giveWay();
    }
    return pieces.join('');
  } as Implementation;
}
