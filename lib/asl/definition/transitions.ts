import { isObject, type JsonObject } from '../json';
import type { Place } from './diagnostic';
import type { Scope } from './validate';

interface Target {
  name: string;
  /** Where it is named, from the state. */
  path: (string | number)[];
}

/** Missing targets, then a scope that cannot end, else unreachable states (asl.md section 8). */
export function checkTransitions({ place, startAt, states, broken }: Scope): void {
  if (typeof startAt !== 'string') return;
  const inside = place.at('States');
  let complete = !broken;
  const missing = (name: string, at: Place) => {
    complete = false;
    at.report(`Missing 'Next' target: ${name}`, 'MISSING_TRANSITION_TARGET');
  };
  if (!states.has(startAt)) missing(startAt, place.at('StartAt'));
  for (const [name, state] of states) {
    for (const target of targetsOf(state)) {
      if (!states.has(target.name))
        missing(
          target.name,
          target.path.reduce((at: Place, step) => at.at(step), inside.at(name)),
        );
    }
  }
  if (!broken && ![...states.values()].some(canEnd)) {
    complete = false;
    place.reportNowhere('Workflow has no terminal state', 'MISSING_END_STATE');
  }
  if (!complete) return;
  const reached = reachable(states, startAt);
  for (const name of states.keys()) {
    if (!reached.has(name)) inside.at(name).report(`State "${name}" is not reachable.`, 'MISSING_TRANSITION_TARGET');
  }
}

function canEnd(state: JsonObject): boolean {
  const type = state.get('Type');
  if (type === 'Succeed' || type === 'Fail') return true;
  // A state without any transition is reported already, as a state that lacks one.
  return type !== 'Choice' && !state.has('Next');
}

function targetsOf(state: JsonObject): Target[] {
  const targets: Target[] = [];
  const add = (value: unknown, ...path: (string | number)[]) => {
    if (typeof value === 'string') targets.push({ name: value, path });
  };
  add(state.get('Next'), 'Next');
  if (state.get('Type') === 'Choice') add(state.get('Default'), 'Default');
  for (const list of ['Choices', 'Catch']) {
    const items = state.get(list);
    if (!Array.isArray(items)) continue;
    items.forEach((item, index) => {
      if (isObject(item)) add(item.get('Next'), list, index, 'Next');
    });
  }
  return targets;
}

function reachable(states: Scope['states'], startAt: string): Set<string> {
  const reached = new Set([startAt]);
  for (const name of reached) {
    const state = states.get(name);
    if (state) for (const target of targetsOf(state)) reached.add(target.name);
  }
  return reached;
}
