import { isObject, type Json, JsonSyntaxError, type MemberOffsets, parseJson } from '../json';
import type { Diagnostic } from './diagnostic';

export interface LocatedDiagnostic extends Diagnostic {
  /** From 1. */
  line: number;
  /** From 1, in UTF-16 units, as editors count. */
  column: number;
}

/**
 * Where each problem stands in the text it was found in, in the order of the text: at the name of the member, at the
 * item of a list, or at the document for a problem of the whole. What is not there is looked for in what is around it.
 */
export function locateDiagnostics(text: string, diagnostics: readonly Diagnostic[]): LocatedDiagnostic[] {
  const offsetOf = offsetsIn(text);
  const breaks = lineBreaks(text);
  return diagnostics
    .map((diagnostic) => ({ diagnostic, offset: offsetOf(diagnostic.path ?? []) }))
    .sort((a, b) => a.offset - b.offset)
    .map(({ diagnostic: { code, message, path }, offset }) => ({ code, message, path, ...position(breaks, offset) }));
}

/** Where what a path names stands in a text of JSON; where the text is none, for every path. */
export function offsetsIn(text: string): (path: readonly (string | number)[]) => number {
  const members: MemberOffsets = new Map();
  let root: Json;
  try {
    root = parseJson(text, members).value;
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return () => error.offset;
  }
  const start = text.search(/[^ \t\r\n]/);
  return (path) => {
    let offset = start;
    let value: Json | undefined = root;
    for (const step of path) {
      if (!isObject(value) && !Array.isArray(value)) break;
      const found = members.get(value)?.get(step);
      if (found === undefined) break;
      offset = found;
      value = isObject(value) ? value.get(String(step)) : value[Number(step)];
    }
    return offset;
  };
}

/** Offsets of the first characters of all lines but the first. */
function lineBreaks(text: string): number[] {
  const breaks: number[] = [];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) breaks.push(at + 1);
  return breaks;
}

function position(breaks: readonly number[], offset: number): { line: number; column: number } {
  let low = 0;
  let high = breaks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (breaks[middle]! <= offset) low = middle + 1;
    else high = middle;
  }
  return { line: low + 1, column: offset - (breaks[low - 1] ?? 0) + 1 };
}
