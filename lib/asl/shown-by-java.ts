import { isObject, type Json, stringifyJson } from './json';

/** As Java prints maps and lists: `{a=1, b=[x, y]}` (recorded on AWS). */
export function shownByJava(value: Json): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(shownByJava).join(', ')}]`;
  if (!isObject(value)) return stringifyJson(value);
  return `{${[...value].map(([name, member]) => `${name}=${shownByJava(member)}`).join(', ')}}`;
}
