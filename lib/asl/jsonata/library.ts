import type { RE2JS } from 're2js';

/** What is used of the jsonata package (2.2): its own types know neither the tree nor the options. */
export interface Parsed {
  evaluate(input: unknown, bindings: Record<string, unknown>): Promise<unknown>;
  assign(name: string | symbol, value: unknown): void;
  registerFunction(name: string, implementation: Implementation, signature: string): void;
  ast(): Node;
}

export interface Options {
  RegexEngine?: new (pattern: RegExp) => object;
  /** Items that a sequence may have. */
  sequence: number;
}

/** A node of an expression's tree: every kind has some of these. */
export interface Node {
  type: string;
  value?: unknown;
  steps?: Node[];
  lhs?: Node | Node[] | [Node, Node][];
  rhs?: Node;
  expression?: Node;
  expressions?: Node[];
  procedure?: Node;
  arguments?: Node[];
  body?: Node;
  condition?: Node;
  then?: Node;
  else?: Node;
  group?: Node;
  update?: Node;
  terms?: { expression: Node }[];
  /** Of a step: it binds names to items. */
  tuple?: boolean;
}

/** An environment of an evaluation; `base` is the outermost one. */
export interface Environment {
  lookup(name: string | symbol): unknown;
  base: Environment;
}

/** What a function gets as `this`. */
export interface Focus {
  environment: Environment;
  createSequence?(): unknown[];
}

export type Implementation = (this: Focus, ...parameters: never[]) => unknown;

export interface FunctionDefinition {
  _jsonata_function: true;
  implementation: Implementation;
  signature?: unknown;
}

/** Whether it is the library's form of a function: one of its own, or one that an expression makes. */
export const isFunction = (value: object): boolean => '_jsonata_function' in value || '_jsonata_lambda' in value;

/** Loaded when the first expression is parsed: most machines have none. */
let parser: ((text: string, options: Options) => Parsed) | undefined;

export function parseWith(options: Options, text: string): Parsed {
  parser ??= require('jsonata') as (text: string, options: Options) => Parsed;
  return parser(text, options);
}

let engine: typeof RE2JS | undefined;

/** Matches in time that grows with the text alone, whatever the pattern. */
export function regexLibrary(): typeof RE2JS {
  engine ??= (require('re2js') as { RE2JS: typeof RE2JS }).RE2JS;
  return engine;
}
