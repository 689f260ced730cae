import { isObject, type Json, JsonNumber } from '../../lib/asl/json';

/** The value as JSON.parse answers it. */
export function toPlain(value: Json): unknown {
  if (value instanceof JsonNumber) return value.value;
  if (Array.isArray(value)) return value.map(toPlain);
  if (!isObject(value)) return value;
  const plain: Record<string, unknown> = Object.create(null);
  for (const [name, member] of value) plain[name] = toPlain(member);
  return plain;
}
