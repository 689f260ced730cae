import { createHash } from 'node:crypto';

const LONGEST = 80;

/** A name made of what a source calls it: always the same, and one that the API takes. */
export function stableName(id: string): string {
  const name = id.replace(/[^A-Za-z0-9_-]/g, '-');
  if (name.length <= LONGEST) return name;
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 8);
  return `${name.slice(0, LONGEST - hash.length - 1)}-${hash}`;
}
