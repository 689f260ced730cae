import type { Path } from '../path/grammar';

/** Parts of the context object (asl.md section 9). */
export type ContextPart = 'Execution' | 'StateMachine' | 'State' | 'Task' | 'Map';

/** Whether the path may look at this part of the context object, or at this member of it. */
export function readsContext(path: Path, part: ContextPart, member?: string): boolean {
  if (!path.ofContext) return false;
  const [first, second] = path.steps;
  if (first?.kind !== 'member') return true;
  if (first.name !== part) return false;
  return member === undefined || second?.kind !== 'member' || second.name === member;
}

/** What a definition reads of the context object that is kept for it while an execution runs. */
export interface ContextReads {
  /** `$$.Execution.Input` */
  executionInput: boolean;
  /** `$$.State.EnteredTime` */
  enteredTime: boolean;
  /** `$$.Map`: the item of an iteration. */
  mapItem: boolean;
}

/** In JSONata it stands in `$states.context`; whoever takes `$states` as a whole may look at all of it. */
const READ = /(?:\$\$|\$states(?!\.(?:input|result|errorOutput|context)\b)|\$states\.context)(?:\.(\w+)(?:\.(\w+))?)?/g;

/**
 * By the text of the definition: going through all that is compiled takes long. Rather too much than too little: a text
 * that no path is, or one that is written with escapes, counts too.
 */
export function contextReads(definition: string): ContextReads {
  const reads = { executionInput: false, enteredTime: false, mapItem: false };
  const isEscaped = definition.includes('\\u0024') || (/\$\$|\$states/.test(definition) && definition.includes('\\u'));
  if (isEscaped) return { executionInput: true, enteredTime: true, mapItem: true };
  for (const [, part, member] of definition.matchAll(READ)) {
    if (reads.executionInput && reads.enteredTime && reads.mapItem) break;
    const isAny = part === undefined;
    reads.executionInput ||= isAny || (part === 'Execution' && (member ?? 'Input') === 'Input');
    reads.enteredTime ||= isAny || (part === 'State' && (member ?? 'EnteredTime') === 'EnteredTime');
    reads.mapItem ||= isAny || part === 'Map';
  }
  return reads;
}
