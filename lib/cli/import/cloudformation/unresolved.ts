/** An expression that says nothing here: one line that says which it is, and what would help. */
export class Unresolved extends Error {
  constructor(expression: string, hint: string) {
    super(`nothing here says what ${expression} is; ${hint}`);
  }
}

/** How it is written in a template, on one line. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** The hint at the flag that says it. */
export const parameter = (name: string): string =>
  `give --parameter ${/^[\w.:@/-]+$/.test(name) ? `${name}=VALUE` : `'${name}=VALUE'`}`;

/** What `Ref: AWS::NoValue` is: a member or an item with it is none. */
export const NO_VALUE = Symbol('AWS::NoValue');

/** A function of ours, for what a source before CloudFormation does not know: an expression, and a hint. */
export const MISSING = 'Fn::Stepwell::Missing';
