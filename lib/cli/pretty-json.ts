import { isObject, type Json, parseJson, quoteJson, stringifyJson } from '../asl/json';

/** JSON text with a member a line; numbers and the order of members stay as they are. */
export function prettyJson(text: string): string {
  return print(parseJson(text).value, '');
}

function print(value: Json, indent: string): string {
  const inner = `${indent}  `;
  if (Array.isArray(value) && value.length > 0) {
    return `[\n${value.map((item) => inner + print(item, inner)).join(',\n')}\n${indent}]`;
  }
  if (isObject(value) && value.size > 0) {
    const members = [...value].map(([name, member]) => `${inner}${quoteJson(name)}: ${print(member, inner)}`);
    return `{\n${members.join(',\n')}\n${indent}}`;
  }
  return stringifyJson(value);
}
