import { isObject, type JsonObject } from '../json';
import type { Diagnostic } from './diagnostic';
import type { Scope } from './validate';

interface Target {
  name: string;
  /** Where it is named, from the state. */
  path: (string | number)[];
}

/** Missing targets, then a scope that cannot end, else unreachable states (asl.md section 8). */
export function checkTransitions(scope: Scope, diagnostics: Diagnostic[]): void {
  if (typeof scope.startAt !== 'string') return;
  let complete = !scope.broken;
  const report = (code: Diagnostic['code'], message: string, path: Diagnostic['path']) => {
    complete = false;
    diagnostics.push({ code, message, path });
  };
  const missing = (name: string, path: (string | number)[]) =>
    report('MISSING_TRANSITION_TARGET', `Missing 'Next' target: ${name}`, [...scope.place.path, ...path]);

  if (!scope.states.has(scope.startAt)) missing(scope.startAt, ['StartAt']);
  for (const [name, state] of scope.states) {
    for (const target of targetsOf(state)) {
      if (!scope.states.has(target.name)) missing(target.name, ['States', name, ...target.path]);
    }
  }
  if (!scope.broken && ![...scope.states.values()].some(canEnd)) {
    report('MISSING_END_STATE', 'Workflow has no terminal state', undefined);
  }
  if (!complete) return;
  const reached = reachable(scope, scope.startAt);
  for (const name of scope.states.keys()) {
    if (reached.has(name)) continue;
    report('MISSING_TRANSITION_TARGET', `State "${name}" is not reachable.`, [...scope.place.path, 'States', name]);
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

function reachable(scope: Scope, startAt: string): Set<string> {
  const reached = new Set([startAt]);
  for (const name of reached) {
    const state = scope.states.get(name);
    if (state) for (const target of targetsOf(state)) reached.add(target.name);
  }
  return reached;
}
