import { type ChoiceTest, isOperandPath } from '../choice';
import type { Path } from '../path/grammar';
import { Pace, type Pieces } from '../pieces';
import type { Argument, Expression } from '../template/expression';
import type { Template } from '../template/template';
import type { State } from './program';

/** By the text of the definition, rather yes than no: those without variables are not gone through. */
export const mayReadVariables = (definition: string): boolean => /\$(?:\p{ID_Start}|\\u)|\\u0024/u.test(definition);

type Node = Template | Argument | ChoiceTest;

/** The names of the variables that the state reads, not those inside of its branches or iterations. */
export function* variablesRead(state: State): Pieces<string[]> {
  const names = new Set<string>();
  const read = ({ variable }: Path) => {
    if (variable !== undefined) names.add(variable);
  };
  const pace = new Pace();
  const nodes: Node[] = [];
  for (const part of partsOf(state)) {
    if (typeof part !== 'object' || part === null) continue;
    if ('kind' in part) nodes.push(part);
    else read(part);
  }
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    if (pace.isOver()) yield;
    if (node.kind === 'path') read(node.path);
    else if (node.kind === 'is') read(node.variable);
    else if (node.kind === 'compare') {
      read(node.variable);
      if (isOperandPath(node.operand)) read(node.operand);
    } else for (const inner of innerOf(node)) nodes.push(inner);
  }
  return [...names].sort();
}

type Part = Node | Path | string | number | null | undefined;

/** Everything in it that may name a variable. */
function* partsOf(state: State): Generator<Part> {
  yield state.inputPath;
  yield state.outputPath;
  if ('parameters' in state) yield state.parameters;
  if ('resultSelector' in state) yield state.resultSelector;
  if ('assign' in state) yield state.assign;
  if ('catch' in state) for (const { assign } of state.catch) yield assign;
  switch (state.type) {
    case 'Task':
      yield state.timeoutSeconds;
      yield state.heartbeatSeconds;
      break;
    case 'Wait':
      if ('secondsPath' in state.until) yield state.until.secondsPath;
      if ('timestampPath' in state.until) yield state.until.timestampPath;
      break;
    case 'Choice':
      for (const { test, assign } of state.choices) yield* [test, assign];
      break;
    case 'Fail':
      yield* [state.error, state.cause];
      break;
    case 'Map':
      yield* [state.itemsPath, state.itemSelector, state.maxConcurrency];
      yield* [state.toleratedFailureCount, state.toleratedFailurePercentage];
      break;
  }
}

type Leaf = Extract<Node, { kind: 'path' | 'is' | 'compare' }>;

function* innerOf(node: Exclude<Node, Leaf>): Generator<Template | Expression | Argument | ChoiceTest> {
  switch (node.kind) {
    case 'expression':
      yield node.expression;
      break;
    case 'call':
      yield* node.arguments;
      break;
    case 'array':
      yield* node.items;
      break;
    case 'object':
      for (const [, template] of node.members) yield template;
      break;
    case 'and':
    case 'or':
      yield* node.tests;
      break;
    case 'not':
      yield node.test;
  }
}
