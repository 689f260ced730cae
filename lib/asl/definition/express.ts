import type { Json } from '../json';
import { isDistributed } from './map-fields';
import { ACTIVITY_ARN } from './resource';
import type { Scope } from './validate';

/** Decided at creation, for good. */
export type MachineType = 'STANDARD' | 'EXPRESS';

/**
 * Tasks that wait for somebody else's answer: no state machine of type EXPRESS does (texts recorded on AWS). Nor does one
 * start executions of its own.
 */
export function checkExpress({ place, states }: Scope): void {
  for (const [name, state] of states) {
    if (isDistributed(state)) {
      place.at('States').at(name).report("Express state machine does not support Map states in mode 'DISTRIBUTED'");
    }
    const unsupported = state.get('Type') === 'Task' ? waitOf(state.get('Resource')) : undefined;
    if (unsupported === undefined) continue;
    place.at('States').at(name).at('Resource').report(`Express state machine does not support ${unsupported}`);
  }
}

const SUFFIX = /^arn:[a-z0-9-]+:states:.*\.(sync|waitForTaskToken)(?::2)?$/;

/** As AWS's texts name it: one of them ends with a space. */
function waitOf(resource: Json | undefined): string | undefined {
  if (typeof resource !== 'string') return undefined;
  if (ACTIVITY_ARN.test(resource)) return 'Activity ARN';
  const suffix = SUFFIX.exec(resource)?.[1];
  if (suffix === undefined) return undefined;
  return suffix === 'sync' ? "'.sync' service integration" : "'.waitForTaskToken' service integration ";
}
