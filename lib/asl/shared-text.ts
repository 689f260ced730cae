import {
  DEPTH_MAX,
  type Json,
  JsonNumber,
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
  if (typeof value !== 'object' || value === null || value instanceof JsonNumber) return stringifyJson(value, depth);
  const known = printed.get(value);
  if (known && depth - 1 + depthOf(value) <= DEPTH_MAX) return known.text;
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

function depthOf(value: Json): number {
  if (typeof value !== 'object' || value === null || value instanceof JsonNumber) return 0;
  const known = printed.get(value);
  if (known?.depth !== undefined) return known.depth;
  let depth = 0;
  for (const child of value.values()) depth = Math.max(depth, depthOf(child));
  if (known) known.depth = depth + 1;
  return depth + 1;
}
