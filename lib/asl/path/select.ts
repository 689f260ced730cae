import { Effort } from '../effort';
import { isContainer, isObject, type Json, type JsonObject } from '../json';
import { measure } from '../measure';
import { shownByJava } from '../shown-by-java';
import { satisfying } from './filter';
import type { Path, Step } from './grammar';

/** What a path finds: a value, or why there is none, in AWS's words (asl.md section 5). */
export type Selection = { found: true; value: Json } | Miss;

/** That is told only where it is asked for: a Choice rule may look for what is not there, again and again. */
export class Miss {
  readonly found = false;

  constructor(
    private readonly tell: () => string,
    /**
     * `too much`: there may be something, but finding or holding it takes too much. `past the end`: a last index that
     * the array has not got. `no array`: an index into something else. `no variable`: nothing was assigned to it.
     */
    readonly why?: 'too much' | 'past the end' | 'no array' | 'no variable',
  ) {}

  get reason(): string {
    return this.tell();
  }
}

const tooMuch = (reason: string): Miss => new Miss(() => reason, 'too much');

/**
 * Applies a path to what it selects from: undefined for a variable that holds nothing. A definite path finds its node or fails; any other finds a list, empty when nothing matches.
 * Fails when the effort is exhausted by it, and when what it selects, the same nodes again and again perhaps, is several
 * times what a document may be.
 */
export function selectPath(path: Path, root: Json | undefined, effort = new Effort()): Selection {
  if (root === undefined) return new Miss(() => `Variable '${path.variable}' is not defined`, 'no variable');
  if (path.definite) return selectNode(path.steps, path.steps.length, root);
  const firstOpen = path.steps.findIndex((step) => step.kind !== 'member' && step.kind !== 'index');
  const start = selectNode(path.steps, firstOpen, root);
  if (!start.found) return missingBeforeOpen(start, path.steps, firstOpen);
  const walk = new Walk(root, effort);
  walk.from(start.value, path.steps, firstOpen);
  if (effort.isExhausted) return tooMuch('The path takes too many steps');
  if (measure(walk.results, SELECTED_MAX, effort) > SELECTED_MAX) return tooMuch('The path selects too much');
  return { found: true, value: walk.results };
}

/** A node that is gone through. */
const VISIT_STEPS = 2;
/** What a filter costs for each test in it, each time it is read anew (measured: 20 us). */
const FILTER_STEPS = 1_000;
/** And then for each candidate, and more for each test (measured: 2 us and 0.3 us). */
const CANDIDATE_STEPS = 100;
const TEST_STEPS = 15;
/** What is found is printed later. */
const RESULT_STEPS = 4;
/** Children that are only looked at cost less than those that are visited. */
const LOOKS_PER_STEP = 4;

/** Characters of JSON that a list of selected nodes may make. */
const SELECTED_MAX = 1_000_000;

function selectNode(steps: Step[], count: number, root: Json): Selection {
  let value: Json = root;
  for (let i = 0; i < count; i++) {
    const step = steps[i]!;
    let next: Json | undefined;
    if (step.kind === 'member') next = isObject(value) ? value.get(step.name) : undefined;
    else if (step.kind === 'index') next = Array.isArray(value) ? itemAt(value, step) : undefined;
    if (next === undefined) return missed(steps, i, count, value);
    value = next;
  }
  return { found: true, value };
}

/** AWS counts from the end of an array only where `@.length` says so (reported). */
const itemAt = (array: Json[], { index, fromEnd }: Extract<Step, { kind: 'index' }>): Json | undefined =>
  array[fromEnd ? array.length + index : index];

function missed(steps: Step[], at: number, count: number, value: Json): Miss {
  const isIndex = steps[at]!.kind === 'index';
  const isPastEnd = isIndex && Array.isArray(value) && at === steps.length - 1;
  const why = isPastEnd ? 'past the end' : isIndex && !Array.isArray(value) ? 'no array' : undefined;
  return new Miss(() => whyMissing(steps, at, count, value), why);
}

/** Jayway's texts, the library behind AWS: a missing leaf and a missing inner property read differently (recorded). */
function whyMissing(steps: Step[], at: number, count: number, value: Json): string {
  const step = steps[at]!;
  const here = printSteps(steps, at + 1);
  if (step.kind === 'index') {
    return Array.isArray(value)
      ? `Index out of bounds when evaluating path ${here}`
      : `Filter: ${printSteps([step], 1).slice(1)} can only be applied to arrays. Current context is: ${shownByJava(value)}`;
  }
  if (!isObject(value)) {
    const name = printSteps(steps.slice(at), 1).slice(1);
    return `Property ${name} not found in path ${printSteps(steps, at)}`;
  }
  return at === count - 1 ? `No results for path: ${here}` : `Missing property in path ${here}`;
}

function missingBeforeOpen(start: Miss, steps: Step[], firstOpen: number): Miss {
  const leaf = `No results for path: ${printSteps(steps, firstOpen)}`;
  const tell = () =>
    start.reason === leaf ? `Missing property in path ${printSteps(steps, firstOpen)}` : start.reason;
  return new Miss(tell, start.why);
}

function printSteps(steps: Step[], count: number): string {
  let text = '$';
  for (const step of steps.slice(0, count)) {
    if (step.kind === 'member') text += `['${step.name}']`;
    else if (step.kind === 'index') text += step.fromEnd ? `[(@.length-${-step.index})]` : `[${step.index}]`;
  }
  return text;
}

/** Collects what an indefinite path selects, in document order. */
class Walk {
  readonly results: Json[] = [];

  constructor(
    private readonly root: Json,
    private readonly effort: Effort,
  ) {}

  from(value: Json, steps: Step[], at: number): void {
    this.effort.spend(VISIT_STEPS);
    if (this.effort.isExhausted) return;
    const step = steps[at];
    if (!step) {
      this.effort.spend(RESULT_STEPS);
      this.results.push(value);
      return;
    }
    if (step.kind === 'descend') this.descend(value, steps, at);
    else for (const child of this.pick(value, step)) this.from(child, steps, at + 1);
  }

  /** Everything below in pre-order; an explicit stack, since documents may be nested deeply. */
  private descend(value: Json, steps: Step[], at: number): void {
    const stack = [value];
    for (let node = stack.pop(); node !== undefined && !this.effort.isExhausted; node = stack.pop()) {
      this.from(node, steps, at + 1);
      this.effort.spend(pushContainers(node, stack) / LOOKS_PER_STEP);
    }
  }

  private pick(value: Json, step: Exclude<Step, { kind: 'descend' }>): Json[] {
    switch (step.kind) {
      case 'member':
        return isObject(value) ? present([value.get(step.name)]) : [];
      case 'members':
        return isObject(value) ? present(step.names.map((name) => value.get(name))) : [];
      case 'index':
        return Array.isArray(value) ? present([itemAt(value, step)]) : [];
      case 'indexes':
        return Array.isArray(value) ? present(step.indexes.map((index) => value[index])) : [];
      case 'slice':
        return Array.isArray(value) ? value.slice(step.from, step.to) : [];
      case 'every':
        return childrenOf(value);
      case 'filter': {
        // Only objects match, whatever the condition says (AWS's page on paths).
        const candidates = (Array.isArray(value) ? value : [value]).filter(isObject);
        this.effort.spend(FILTER_STEPS * step.terms + candidates.length * (CANDIDATE_STEPS + step.terms * TEST_STEPS));
        if (this.effort.isExhausted) return [];
        return satisfying(step.condition, candidates, this.root).map((index) => candidates[index]!);
      }
    }
  }
}

const present = (values: (Json | undefined)[]): Json[] => values.filter((value) => value !== undefined);

/** Objects and lists in it, so that the first is popped first. Answers how many children were looked at. */
function pushContainers(value: Json, stack: Json[]): number {
  if (Array.isArray(value)) {
    for (let i = value.length - 1; i >= 0; i--) if (isContainer(value[i]!)) stack.push(value[i]!);
    return value.length;
  }
  if (!isObject(value)) return 0;
  const first = stack.length;
  // No copy of all members: most of them are no containers.
  for (const member of value.values()) if (isContainer(member)) stack.push(member);
  for (let low = first, high = stack.length - 1; low < high; low++, high--) {
    [stack[low], stack[high]] = [stack[high]!, stack[low]!];
  }
  return value.size;
}

function childrenOf(value: Json): Json[] {
  if (Array.isArray(value)) return value;
  return isObject(value) ? [...value.values()] : [];
}

/**
 * A copy of `root` with `value` at a reference path: missing parents become objects, an array index must exist.
 * Undefined when the path does not fit the root (States.ResultPathMatchFailure).
 */
export function placeAtPath(path: Path, root: Json, value: Json): Json | undefined {
  return place(path.steps, 0, root, value);
}

function place(steps: Step[], at: number, target: Json | undefined, value: Json): Json | undefined {
  const step = steps[at];
  if (!step) return value;
  if (step.kind === 'index') {
    if (!Array.isArray(target) || step.index >= target.length) return undefined;
    const inner = place(steps, at + 1, target[step.index], value);
    return inner === undefined ? undefined : target.with(step.index, inner);
  }
  if (step.kind !== 'member' || (target !== undefined && !isObject(target))) return undefined;
  const inner = place(steps, at + 1, target?.get(step.name), value);
  if (inner === undefined) return undefined;
  const copy: JsonObject = new Map(target);
  return copy.set(step.name, inner);
}
