import { Reader, Refused } from '../reader';

/** The grammar of ASL paths (asl.md section 2): what a definition may contain, parsed once when it is created. */

export type Step =
  | { kind: 'member'; name: string }
  /** `fromEnd`: `[(@.length-1)]`, as -1. Any other that is below 0 finds nothing. */
  | { kind: 'index'; index: number; fromEnd?: true }
  | { kind: 'members'; names: string[] }
  | { kind: 'indexes'; indexes: number[] }
  | { kind: 'slice'; from: number | undefined; to: number | undefined }
  | { kind: 'every' }
  /** The node itself and everything below it; what follows is selected from each. */
  | { kind: 'descend' }
  /** `terms` counts the tests of the condition. */
  | { kind: 'filter'; condition: Condition; terms: number };

export type Condition =
  | { kind: 'and' | 'or'; sides: [Condition, Condition] }
  | { kind: 'not'; side: Condition }
  | { kind: 'exists'; operand: PathOperand }
  | { kind: 'compare'; operator: CompareOperator; sides: [Operand, Operand] };
type CompareOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';
type PathOperand = { kind: 'path'; from: '@' | '$'; steps: (string | number)[] };
export type Operand = PathOperand | { kind: 'literal'; value: string | number | boolean | null };

export interface Path {
  text: string;
  /** Whether it selects from the context object (`$$`) instead of the state's data. */
  ofContext: boolean;
  /** The variable that it selects from instead (`$name`). */
  variable: string | undefined;
  steps: Step[];
  /** Whether it names one node: members and single indexes only. */
  definite: boolean;
}

const LENGTH_MAX = 4096;
const STEPS_MAX = 64;
const FILTER_TERMS_MAX = 64;
const MEMBER_NAME = /[^\s.[\](),'"?@*:!&|<>=]+/y;
const FROM_END = /@\.length\s*-\s*\d{1,15}\s*(?=\))/y;

/** Parses a path that starts at `$`, `$$` or `$name`. Undefined for anything else, also for functions and scripts. */
export function parsePath(text: string): Path | undefined {
  if (text.length > LENGTH_MAX || text[0] !== '$') return undefined;
  const ofContext = text[1] === '$';
  const variable = ofContext ? undefined : variableAt(text, 1);
  const steps = new PathParser(text, 1 + (ofContext ? 1 : (variable?.length ?? 0))).steps();
  if (!steps) return undefined;
  const definite = steps.every((step) => step.kind === 'member' || step.kind === 'index');
  return { text, ofContext, variable, steps, definite };
}

const NAME = /\p{ID_Start}\p{ID_Continue}*/uy;
const NAME_LENGTH_MAX = 80;

/** The name of a variable that begins there (Unicode's identifiers, AWS's page on variables), however long it is. */
function variableAt(text: string, at: number): string | undefined {
  NAME.lastIndex = at;
  return NAME.exec(text)?.[0];
}

/** Whether a variable may be called so. `$states` is taken. */
export const isVariableName = (name: string): boolean =>
  variableAt(name, 0) === name && name.length <= NAME_LENGTH_MAX && name !== 'states';

/** A reference path names exactly one node of the state's data, without functions and negative indexes. */
export function isReferencePath(path: Path): boolean {
  return !path.ofContext && path.variable === undefined && isReference(path);
}

/** The same of the context object, or of a variable. */
export const isReference = (path: Path): boolean => path.definite && path.steps.every(isReferenceStep);

function isReferenceStep(step: Step): boolean {
  if (step.kind === 'index') return step.index >= 0 && !step.fromEnd;
  return step.kind !== 'member' || !step.name.endsWith('()');
}

class PathParser extends Reader {
  private filterTerms = 0;

  constructor(text: string, at: number) {
    super(text, at, ' ');
  }

  steps(): Step[] | undefined {
    try {
      const steps: Step[] = [];
      while (this.at < this.text.length) {
        this.step(steps);
        if (steps.length > STEPS_MAX) return undefined;
      }
      return steps;
    } catch (error) {
      if (error instanceof Refused) return undefined;
      throw error;
    }
  }

  private step(steps: Step[]): void {
    if (this.take('..')) {
      steps.push({ kind: 'descend' }, this.dotted());
    } else if (this.take('.')) {
      steps.push(this.dotted());
    } else if (this.peek() === '[') {
      steps.push(this.bracket());
    } else {
      throw new Refused();
    }
  }

  private dotted(): Step {
    if (this.take('*')) return { kind: 'every' };
    // `$.a.['b c']`, as AWS's page on paths has it.
    if (this.peek() === '[') return this.bracket();
    const name = this.match(MEMBER_NAME);
    // AWS has no functions in paths: it takes them for members (reported).
    return { kind: 'member', name: this.take('()') ? `${name}()` : name };
  }

  private bracket(): Step {
    this.want('[');
    this.space();
    let step: Step;
    const next = this.peek();
    if (this.take('*')) step = { kind: 'every' };
    else if (this.take('?')) step = this.filter();
    else if (next === "'" || next === '"') step = this.names();
    else if (this.take('(')) step = this.fromEnd();
    else step = this.numbers();
    this.space();
    this.want(']');
    return step;
  }

  private fromEnd(): Step {
    this.space();
    const [back] = /\d+/.exec(this.match(FROM_END))!;
    this.want(')');
    return { kind: 'index', index: -Number(back), fromEnd: true };
  }

  private names(): Step {
    const names = this.list(() => this.quoted());
    return names.length === 1 ? { kind: 'member', name: names[0]! } : { kind: 'members', names };
  }

  private numbers(): Step {
    const first = this.peek() === ':' ? undefined : this.integer();
    this.space();
    if (this.take(':')) {
      this.space();
      return { kind: 'slice', from: first, to: this.peek() === ']' ? undefined : this.integer() };
    }
    const indexes = [first!];
    while (this.take(',')) {
      this.space();
      indexes.push(this.integer());
      this.space();
    }
    return indexes.length === 1 ? { kind: 'index', index: indexes[0]! } : { kind: 'indexes', indexes };
  }

  private list<T>(item: () => T): T[] {
    const items = [item()];
    this.space();
    while (this.take(',')) {
      this.space();
      items.push(item());
      this.space();
      if (items.length > STEPS_MAX) throw new Refused();
    }
    return items;
  }

  private integer(): number {
    const value = Number(this.match(/-?\d+/y));
    if (!Number.isSafeInteger(value)) throw new Refused();
    return value;
  }

  /** A backslash makes the closing quote, and a backslash, plain; before anything else it is itself (recorded on AWS). */
  private quoted(): string {
    const quote = this.peek();
    this.at++;
    let value = '';
    for (;;) {
      const character = this.text[this.at++];
      if (character === undefined) throw new Refused();
      if (character === quote) return value;
      const next = this.text[this.at];
      const isEscape = character === '\\' && (next === quote || next === '\\');
      value += isEscape ? this.text[this.at++] : character;
    }
  }

  // ---- filters: [?( ... )]

  private filter(): Step {
    this.space();
    this.want('(');
    const termsBefore = this.filterTerms;
    const condition = this.either(0);
    this.space();
    this.want(')');
    return { kind: 'filter', condition, terms: this.filterTerms - termsBefore };
  }

  private either(depth: number): Condition {
    let left = this.both(depth);
    for (this.space(); this.take('||'); this.space()) left = { kind: 'or', sides: [left, this.both(depth)] };
    return left;
  }

  private both(depth: number): Condition {
    let left = this.term(depth);
    for (this.space(); this.take('&&'); this.space()) left = { kind: 'and', sides: [left, this.term(depth)] };
    return left;
  }

  private term(depth: number): Condition {
    if (++this.filterTerms > FILTER_TERMS_MAX || depth > 16) throw new Refused();
    this.space();
    if (this.peek() === '!' && this.text[this.at + 1] !== '=') {
      this.at++;
      return { kind: 'not', side: this.term(depth + 1) };
    }
    if (this.take('(')) {
      const inner = this.either(depth + 1);
      this.space();
      this.want(')');
      return inner;
    }
    return this.comparison();
  }

  private comparison(): Condition {
    const left = this.operand();
    this.space();
    const operator = (['==', '!=', '<=', '>=', '<', '>'] as const).find((candidate) => this.take(candidate));
    if (!operator) {
      if (left.kind !== 'path') throw new Refused();
      return { kind: 'exists', operand: left };
    }
    this.space();
    return { kind: 'compare', operator, sides: [left, this.operand()] };
  }

  private operand(): Operand {
    const next = this.peek();
    if (next === '@' || next === '$') {
      this.at++;
      return { kind: 'path', from: next, steps: this.operandSteps() };
    }
    if (next === "'" || next === '"') return { kind: 'literal', value: this.quoted() };
    const word = this.match(/true\b|false\b|null\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
    return { kind: 'literal', value: JSON.parse(word) as number | boolean | null };
  }

  private operandSteps(): (string | number)[] {
    const steps: (string | number)[] = [];
    for (;;) {
      if (this.peek() === '.' && this.text[this.at + 1] !== '.') {
        this.at++;
        steps.push(this.match(MEMBER_NAME));
      } else if (this.peek() === '[') {
        const step = this.bracket();
        if (step.kind === 'member') steps.push(step.name);
        else if (step.kind === 'index' && step.index >= 0) steps.push(step.index);
        else throw new Refused();
      } else {
        return steps;
      }
      if (steps.length > STEPS_MAX) throw new Refused();
    }
  }
}
