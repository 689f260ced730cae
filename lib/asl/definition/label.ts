import type { JsonObject } from '../json';
import { uuidFrom } from '../uuid';
import type { Place } from './diagnostic';
import { isDistributed } from './map-fields';
import type { Program } from './program';
import type { Scope } from './validate';

/** Of a distributed Map: its own, or one that follows from its name. Undefined for every other state. */
export function labelOf(name: string, state: JsonObject): string | undefined {
  if (!isDistributed(state)) return undefined;
  return (state.get('Label') as string | undefined) ?? uuidFrom(digestsOf(name));
}

/** FNV-1a of the text, of the text twice, and so on; in [0, 1). */
function digestsOf(text: string): () => number {
  let digest = 0x811c9dc5;
  return () => {
    for (let at = 0; at < text.length; at++) digest = Math.imul(digest ^ text.charCodeAt(at), 0x01000193) >>> 0;
    return digest / 2 ** 32;
  };
}

/** What an item of the distributed Map with that label runs; undefined where there is none. */
export function processorProgram(program: Program, label: string): Program | undefined {
  const startAt = program.processors.get(label);
  return startAt === undefined ? undefined : { ...program, startAt, timeoutSeconds: undefined };
}

/** Labels tell the distributed Map states of a machine apart (AWS's page on the Map state). */
export function checkLabels(scopes: readonly Scope[], root: Place): void {
  const seen = new Set<string>();
  for (const { states } of scopes) {
    for (const [name, state] of states) {
      const label = labelOf(name, state);
      if (label === undefined) continue;
      if (seen.has(label)) root.report(`Duplicate Label: ${label}`);
      seen.add(label);
    }
  }
}
