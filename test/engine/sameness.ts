import { Payload } from '../../lib/engine/payload';

/** How a payload that is not loaded is read. */
export type TextOf = (payload: Payload) => string;

/**
 * Where two snapshots, transitions or histories differ, as a path; undefined where they say the same. Payloads are
 * compared by their texts, wherever these are kept; a member that is undefined is a member that is not there.
 */
export function differenceOf(a: unknown, b: unknown, textOf: TextOf, path = ''): string | undefined {
  if (Object.is(a, b)) return undefined;
  if (!isComposite(a) || !isComposite(b)) return `${path}: ${shown(a)} and ${shown(b)}`;
  if (a instanceof Payload && b instanceof Payload) {
    return textOf(a) === textOf(b) ? undefined : `${path}: ${textOf(a)} and ${textOf(b)}`;
  }
  for (const key of new Set([...keysOf(a), ...keysOf(b)])) {
    const difference = differenceOf(memberOf(a, key), memberOf(b, key), textOf, `${path}/${String(key)}`);
    if (difference) return difference;
  }
  return undefined;
}

/** A copy, of everything but the payloads. */
export function copyOf<T>(value: T): T {
  if (!isComposite(value) || value instanceof Payload || typeof value === 'function') return value;
  if (value instanceof Map) return new Map([...value].map(([key, member]) => [key, copyOf(member)])) as T;
  if (Array.isArray(value)) return value.map(copyOf) as T;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, copyOf(member)])) as T;
}

const isComposite = (value: unknown): value is object => typeof value === 'object' && value !== null;

// A frame that is gone is a key without a frame: not the same as no key.
const keysOf = (value: object): unknown[] => (value instanceof Map ? [...value.keys()] : Object.keys(value));

function memberOf(value: object, key: unknown): unknown {
  if (value instanceof Map) return value.has(key) ? (value.get(key) ?? 'gone') : 'no key';
  return (value as Record<string, unknown>)[key as string];
}

const shown = (value: unknown): string =>
  value instanceof Payload ? 'a payload' : (JSON.stringify(value) ?? 'nothing');
