import type { Node } from './library';

/**
 * What an expression reads of the data that it is evaluated over, of which there is none in Step Functions: names at the
 * top level, `$` and `$$`. Only the first step of a path stands there; a function's body does, too (reported of AWS).
 */
export function topLevelReferences(root: Node): string[] {
  const names = new Set<string>();
  const stack: (Node | undefined)[] = [root];
  const push = (nodes: readonly (Node | undefined)[]) => {
    // The first is looked at first.
    for (let at = nodes.length - 1; at >= 0; at--) stack.push(nodes[at]);
  };
  while (stack.length > 0) {
    const node = stack.pop();
    if (!node) continue;
    if (node.type === 'name') names.add(String(node.value));
    if (node.type === 'variable' && (node.value === '' || node.value === '$')) names.add(`$${node.value}`);
    push(evaluatedAtTop(node));
  }
  return [...names];
}

/** The nodes within it that are evaluated over the same data. */
function evaluatedAtTop(node: Node): (Node | undefined)[] {
  switch (node.type) {
    case 'path':
      return [node.steps?.[0]];
    case 'unary':
      if (node.value === '[') return node.expressions ?? [];
      return node.value === '{' ? ((node.lhs ?? []) as [Node, Node][]).flat() : [node.expression];
    case 'binary':
    case 'apply':
      return [node.lhs as Node, node.rhs];
    case 'function':
    case 'partial':
      return [node.procedure, ...(node.arguments ?? [])];
    case 'lambda':
      return [node.body];
    case 'condition':
      return [node.condition, node.then, node.else];
    case 'block':
      return node.expressions ?? [];
    case 'bind':
      return [node.rhs];
    default:
      return [];
  }
}

/** Members of `$states` that it names. */
export const statesMemberOf = ({ type, steps }: Node): string | undefined => {
  const [first, second] = (type === 'path' && steps) || [];
  const isStates = first?.type === 'variable' && first.value === 'states';
  return isStates && second?.type === 'name' ? String(second.value) : undefined;
};
