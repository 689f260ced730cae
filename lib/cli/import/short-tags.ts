/** CloudFormation's functions in the short form of YAML: `!GetAtt a.b` for `{ "Fn::GetAtt": ["a", "b"] }`. */

const OWN_NAMES: Record<string, string> = { Ref: 'Ref', Condition: 'Condition' };

/** The value of a node with that tag; the tags of YAML itself change nothing. */
export function shortTag(tag: string | undefined, value: unknown): unknown {
  const name = /^!(\w+)$/.exec(tag ?? '')?.[1];
  if (name === undefined) return value;
  if (name === 'GetAtt' && typeof value === 'string') return { 'Fn::GetAtt': splitAttribute(value) };
  return { [OWN_NAMES[name] ?? `Fn::${name}`]: value };
}

/** `Nested.Outputs.Arn`: the resource, and its attribute with all its dots. */
export function splitAttribute(text: string): [resource: string, attribute: string] {
  const dot = text.indexOf('.');
  return dot < 0 ? [text, ''] : [text.slice(0, dot), text.slice(dot + 1)];
}
