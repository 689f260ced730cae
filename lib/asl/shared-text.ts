import { endOfString } from './elements';
import {
  DEPTH_MAX,
  isContainer,
  type Json,
  type JsonObject,
  LARGE_LEVELS,
  LARGE_MIN,
  type ParsedJson,
  quoteJson,
  stringifyJson,
} from './json';

/**
 * Texts of large objects and lists that are parts of several documents: states pass them on, and each prints its
 * output. Values are never changed, so what was printed once holds.
 */
const printed = new WeakMap<object, Printed>();

interface Printed {
  text: string;
  /** How deep it is nested; counted when it is first asked for. */
  depth: number | undefined;
}

/** Items of longer lists are not looked at. */
const SHORT_MAX = 100;

/** What `stringifyJson` answers; large members of a document are printed once. */
export function printJson(value: Json): string {
  return print(value, 1);
}

/** Saves the printing where the text is known. */
export function rememberText(value: Json, text: string): void {
  if (typeof value === 'object' && value !== null && text.length >= LARGE_MIN) {
    printed.set(value, { text, depth: undefined });
  }
}

/** The same for what was read, and for its large members. */
export function rememberParsed({ value, compact, large }: ParsedJson, text: string): void {
  if (compact) rememberText(value, text);
  for (const { value, from, to } of large) rememberText(value, text.slice(from, to));
}

/** How long the text of an object or a list is, if it was printed before. */
export const knownLength = (value: object): number | undefined => printed.get(value)?.text.length;

function print(value: Json, depth: number): string {
  if (!isContainer(value)) return stringifyJson(value, depth);
  const known = printed.get(value);
  if (known) {
    known.depth ??= depthOf(known.text);
    if (depth - 1 + known.depth <= DEPTH_MAX) return known.text;
  }
  const text = depth < LARGE_LEVELS ? printMembers(value, depth) : stringifyJson(value, depth);
  rememberText(value, text);
  return text;
}

function printMembers(value: JsonObject | Json[], depth: number): string {
  if (Array.isArray(value)) {
    if (value.length > SHORT_MAX) return stringifyJson(value, depth);
    return `[${value.map((item) => print(item, depth + 1)).join(',')}]`;
  }
  let text = '{';
  for (const [name, member] of value) {
    text += `${(text.length > 1 ? ',' : '') + quoteJson(name)}:${print(member, depth + 1)}`;
  }
  return `${text}}`;
}

/** Of compact JSON. Its text is gone through in a tenth of the time that its values take. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 34: // "
        at = endOfString(text, at) - 1;
        break;
      case 91: // [
      case 123: // {
        deepest = Math.max(deepest, ++depth);
        break;
      case 93: // ]
      case 125: // }
        depth--;
    }
  }
  return deepest;
}
