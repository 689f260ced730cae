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

export function contextReads(compiled: object): ContextReads {
  const reads = { executionInput: false, enteredTime: false, mapItem: false };
  for (const path of pathsIn(compiled)) {
    reads.executionInput ||= readsContext(path, 'Execution', 'Input');
    reads.enteredTime ||= readsContext(path, 'State', 'EnteredTime');
    reads.mapItem ||= readsContext(path, 'Map');
  }
  return reads;
}

/** Every path in what `compileDefinition` makes, wherever it stands. Documents are Maps, and hold none. */
function* pathsIn(compiled: object): Generator<Path> {
  if ('ofContext' in compiled) yield compiled as Path;
  else if (!('value' in compiled)) {
    for (const member of Object.values(compiled)) {
      if (typeof member === 'object' && member !== null && !(member instanceof Map)) yield* pathsIn(member);
    }
  }
}
