import { isObject, type Json, stringifyJson } from './json';
import { LongText } from './long-text';

/** As Java prints maps and lists: `{a=1, b=[x, y]}` (recorded on AWS). */
export function shownByJava(value: Json): string {
  if (typeof value === 'string') return value;
  const text = new LongText();
  show(value, text);
  return text.toString();
}

function show(value: Json, text: LongText): void {
  if (typeof value === 'string') return text.add(value);
  if (Array.isArray(value)) {
    text.add('[');
    for (let at = 0; at < value.length; at++) {
      if (at > 0) text.add(', ');
      show(value[at]!, text);
    }
    return text.add(']');
  }
  if (!isObject(value)) return text.add(stringifyJson(value));
  let before = '{';
  value.forEach((member, name) => {
    text.add(`${before + name}=`);
    show(member, text);
    before = ', ';
  });
  text.add(value.size === 0 ? '{}' : '}');
}
