/** A variable of the Serverless Framework: `${self:custom.table, 'orders'}`, with others inside of it. */

export interface Variable {
  /** `self`, `opt`, `env`, `file`, `sls`, `aws`, `param`, ... */
  source: string;
  /** In parentheses, as a file has it. */
  parameter: Part[] | undefined;
  address: Part[];
  /** What counts when it is nothing: tried in their order. */
  fallbacks: Alternative[];
}

export type Alternative = { literal: unknown } | { variable: Variable };
/** Text between variables, and variables. */
export type Part = string | Variable;

/** CloudFormation's own `${AWS::Region}` and `${Name}` are no variables of Serverless. */
const START = /^([A-Za-z][\w-]*)(?=\(|:(?!:))/;

/** The parts of a text. What looks like a variable and is none stays text. */
export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let plain = '';
  for (let at = 0; at < text.length; ) {
    const end = text.startsWith('${', at) ? closing(text, at + 2) : -1;
    const variable = end < 0 ? undefined : variableIn(text.slice(at + 2, end));
    if (variable) {
      if (plain !== '') parts.push(plain);
      plain = '';
      parts.push(variable);
      at = end + 1;
    } else plain += text[at++];
  }
  if (plain !== '') parts.push(plain);
  return parts;
}

/** Where the brace that was opened before is closed. */
function closing(text: string, from: number): number {
  let depth = 0;
  let quote = '';
  for (let at = from; at < text.length; at++) {
    const letter = text[at]!;
    if (quote) quote = letter === quote ? '' : quote;
    else if (letter === "'" || letter === '"') quote = letter;
    else if (letter === '{') depth++;
    else if (letter === '}' && depth-- === 0) return at;
  }
  return -1;
}

function variableIn(text: string): Variable | undefined {
  const [first, ...others] = split(text);
  const variable = sourceIn(first!.trim());
  return variable && { ...variable, fallbacks: others.map((other) => alternativeIn(other.trim())) };
}

function sourceIn(text: string): Variable | undefined {
  const source = START.exec(text)?.[1];
  if (source === undefined) return undefined;
  let rest = text.slice(source.length);
  let parameter: Part[] | undefined;
  if (rest.startsWith('(')) {
    const end = closingParenthesis(rest);
    if (end < 0) return undefined;
    parameter = partsOf(rest.slice(1, end).trim());
    rest = rest.slice(end + 1);
  }
  if (rest !== '' && !rest.startsWith(':')) return undefined;
  return { source, parameter, address: partsOf(rest.slice(1)), fallbacks: [] };
}

function closingParenthesis(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) return at;
  }
  return -1;
}

/** At commas that stand neither in quotes nor in what is inside. */
function split(text: string): string[] {
  const found: string[] = [];
  let from = 0;
  let depth = 0;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!;
    if (quote) quote = letter === quote ? '' : quote;
    else if (letter === "'" || letter === '"') quote = letter;
    else if (letter === '{' || letter === '(') depth++;
    else if (letter === '}' || letter === ')') depth--;
    else if (letter === ',' && depth === 0) {
      found.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...found, text.slice(from)];
}

const WORDS: Record<string, unknown> = { true: true, false: false, null: null };

function alternativeIn(text: string): Alternative {
  const quoted = /^(['"])(.*)\1$/s.exec(text);
  if (quoted) return { literal: quoted[2] };
  if (text in WORDS) return { literal: WORDS[text] };
  if (/^-?\d+(\.\d+)?$/.test(text)) return { literal: Number(text) };
  const [inner] = text.startsWith('${') ? partsOf(text) : [sourceIn(text)];
  return typeof inner === 'object' ? { variable: inner } : { literal: text };
}

/** As its author wrote it, for messages. */
export function shownVariable({ source, parameter, address }: Variable): string {
  const write = (parts: Part[]) =>
    parts.map((part) => (typeof part === 'string' ? part : shownVariable(part))).join('');
  const inner = parameter ? `(${write(parameter)})` : '';
  return `\${${source}${inner}${address.length > 0 || !parameter ? `:${write(address)}` : ''}}`;
}
