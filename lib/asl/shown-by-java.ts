import { isObject, type Json, stringifyJson } from './json';

/**
 * As Java prints maps and lists: `{a=1, b=[x, y]}` (recorded on AWS). Texts are only added to: joined, each would be
 * copied at every level.
 */
export function shownByJava(value: Json): string {
  if (typeof value === 'string') return value;
  let before = '';
  if (Array.isArray(value)) {
    let text = '[';
    for (const item of value) {
      text += before + shownByJava(item);
      before = ', ';
    }
    return `${text}]`;
  }
  if (!isObject(value)) return stringifyJson(value);
  let text = '{';
  for (const [name, member] of value) {
    text += `${before + name}=${shownByJava(member)}`;
    before = ', ';
  }
  return `${text}}`;
}
