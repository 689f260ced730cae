/** DefinitionSubstitutions cannot be put in. */
export class BadSubstitution extends Error {}

/** A text with its substitutions put in. */
export interface Substituted {
  text: string;
  /** Where in the text before a character of it stood; one of a value: where its placeholder does. */
  originOf(offset: number): number;
}

/** No definition is longer. */
const LENGTH_MAX = 1_048_576;

/**
 * `${name}` becomes the value as it is, also outside of quotes, and again in what comes out: values may name others, as
 * in CloudFormation. Names without a value stay. Throws BadSubstitution for what has no end.
 */
export function substitute(text: string, values: Record<string, unknown>): Substituted {
  const rounds: Replacement[][] = [];
  for (let current = text; ; ) {
    const { replaced, next } = replaceOnce(current, values);
    if (replaced.length === 0) {
      return { text: current, originOf: (offset) => rounds.reduceRight(originIn, offset) };
    }
    // Values that do not lead back to themselves are through by then.
    if (rounds.length > Object.keys(values).length) {
      const names = [...new Set(replaced.map(({ name }) => name))].join(', ');
      throw new BadSubstitution(`its substitutions lead back to themselves: ${names}`);
    }
    rounds.push(replaced);
    current = next;
  }
}

interface Replacement {
  name: string;
  /** In the text before: the placeholder. */
  from: number;
  fromEnd: number;
  /** In the text after: the value. */
  to: number;
  toEnd: number;
}

function replaceOnce(text: string, values: Record<string, unknown>) {
  const replaced: Replacement[] = [];
  let next = '';
  let done = 0;
  for (const { 0: placeholder, 1: name, index: from } of text.matchAll(/\$\{([^{}]+)\}/g)) {
    if (!Object.hasOwn(values, name!)) continue;
    next += text.slice(done, from);
    const to = next.length;
    next += String(values[name!]);
    if (next.length > LENGTH_MAX) {
      throw new BadSubstitution(`with its substitutions it is longer than ${LENGTH_MAX} characters`);
    }
    done = from + placeholder.length;
    replaced.push({ name: name!, from, fromEnd: done, to, toEnd: next.length });
  }
  return { replaced, next: next + text.slice(done) };
}

function originIn(offset: number, replaced: Replacement[]): number {
  const last = replaced.findLast(({ to }) => to <= offset);
  if (!last) return offset;
  return offset < last.toEnd ? last.from : last.fromEnd + offset - last.toEnd;
}
