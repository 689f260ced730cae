import { isObject, type Json, type JsonObject } from '../json';
import { isDynamic, nameOf } from '../template/template';
import type { Place } from './diagnostic';
import type { Scope } from './validate';

/**
 * A variable that is assigned in a branch or an iteration must not be one of what is around it (AWS's page on
 * variables); those of catchers do not count, which come after it (recorded on AWS). Each scope is followed by those
 * inside of it.
 */
export function checkAssignments(scopes: readonly Scope[]): void {
  const executions = new Map<Scope, Scope[]>();
  for (const scope of scopes) {
    let outermost = scope;
    while (outermost.around) outermost = outermost.around;
    const own = executions.get(outermost);
    if (own) own.push(scope);
    else executions.set(outermost, [scope]);
  }
  for (const own of executions.values()) checkWithin(own);
}

/** Those of one execution: the children of a distributed Map see none but their own. */
function checkWithin(scopes: readonly Scope[]): void {
  const around: { scope: Scope; names: ReadonlySet<string> }[] = [];
  const outer = new Set<string>();
  for (const scope of scopes) {
    while (around.length > 0 && around.at(-1)!.scope !== scope.around) {
      for (const name of around.pop()!.names) outer.delete(name);
    }
    const names = new Set<string>();
    for (const { name, place, isCaught } of assignmentsIn(scope)) {
      if (outer.has(name)) place.report(`Variable '${name}' is assigned in an outer scope, too`);
      else if (!isCaught) names.add(name);
    }
    for (const name of names) outer.add(name);
    around.push({ scope, names });
  }
}

interface Assignment {
  name: string;
  place: Place;
  /** By a catcher. */
  isCaught: boolean;
}

function* assignmentsIn({ states, place }: Scope): Generator<Assignment> {
  for (const [name, state] of states) {
    const at = place.at('States').at(name);
    yield* namesIn(state, at, false);
    for (const list of ['Choices', 'Catch']) {
      for (const [index, item] of itemsOf(state.get(list)))
        if (isObject(item)) yield* namesIn(item, at.at(list).at(index), list === 'Catch');
    }
  }
}

function* namesIn(fields: JsonObject, place: Place, isCaught: boolean): Generator<Assignment> {
  const assign = fields.get('Assign');
  if (!isObject(assign)) return;
  for (const field of assign.keys()) {
    yield { name: isDynamic(field) ? nameOf(field) : field, place: place.at('Assign').at(field), isCaught };
  }
}

const itemsOf = (value: Json | undefined): Iterable<[number, Json]> => (Array.isArray(value) ? value.entries() : []);
