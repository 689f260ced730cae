import type { JsonObject } from '../json';
import { uuidFrom } from '../uuid';
import { isDistributed } from './map-fields';
import type { Program } from './program';

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
