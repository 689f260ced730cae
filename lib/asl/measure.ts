import type { Effort } from './effort';
import { isObject, type Json, JsonNumber } from './json';
import { knownLength } from './shared-text';

/** Large parts that were printed before are near the top. */
const LOOKED_UP_MAX = 100;

/**
 * About how many characters of JSON the value makes; looking ends where it is more than `most`. Not exact: a few
 * characters a value more or less do not matter. `nodeSteps` is what is to be done with each value in it; that it was
 * printed before saves this only where `isForText`.
 */
export function measure(value: Json, most: number, effort: Effort, nodeSteps = 1, isForText = true): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 2;
  let length = 0;
  let seen = 0;
  const stack: Json[] = [value];
  const addMember = (member: Json, name: string) => {
    length += name.length + 3;
    stack.push(member);
  };
  for (let node = stack.pop(); node !== undefined && length <= most; node = stack.pop()) {
    length += 2;
    seen++;
    if (typeof node === 'string') length += node.length;
    else if (node instanceof JsonNumber) length += node.text.length;
    else if (typeof node !== 'object' || node === null) continue;
    else if (isForText && seen < LOOKED_UP_MAX && knownLength(node) !== undefined) length += knownLength(node)!;
    else if (Array.isArray(node)) for (const item of node) stack.push(item);
    else if (isObject(node)) node.forEach(addMember);
  }
  effort.spend(seen * nodeSteps);
  return length;
}
