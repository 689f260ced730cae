import type { WarningCode } from './warnings';

/** A problem in a definition. All problems are reported, up to 10,000; none is thrown. */
export interface Diagnostic {
  code:
    | 'INVALID_JSON_DESCRIPTION'
    | 'SCHEMA_VALIDATION_FAILED'
    | 'MISSING_TRANSITION_TARGET'
    | 'MISSING_END_STATE'
    | 'DUPLICATE_STATE_NAME'
    | 'INVALID_STATE_NAME'
    | 'INVALID_JSONATA_EXPRESSION'
    | 'UNSUPPORTED_JSONATA_EXPRESSION'
    | WarningCode;
  message: string;
  /** Member names and list indexes from the root; undefined where AWS names no place (`at null`). */
  path: readonly (string | number)[] | undefined;
  /** It is fine on AWS, and not built here yet. */
  isUnbuilt?: boolean;
}

/** The place as AWS writes it: `/States/C/Choices[0]/Next`, `/` for the root, `null` for none. */
export function pointerOf(path: Diagnostic['path']): string {
  if (!path) return 'null';
  return path.map((step) => (typeof step === 'number' ? `[${step}]` : `/${step}`)).join('') || '/';
}

/** Characters of problems that a message holds: an answer is no place for megabytes. */
const DESCRIBED_MAX = 100_000;

/** The text between the quotes of an InvalidDefinition message: `CODE: text at /pointer, CODE: ...`. */
export function describeDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const texts: string[] = [];
  let length = 0;
  for (const { code, message, path } of diagnostics) {
    if (length > DESCRIBED_MAX) return `${texts.join(', ')}, and more`;
    const text = `${code}: ${message} at ${pointerOf(path)}`;
    texts.push(text);
    length += text.length;
  }
  return texts.join(', ');
}

class Problem implements Diagnostic {
  constructor(
    readonly code: Diagnostic['code'],
    readonly message: string,
    private readonly place: Place,
    readonly isUnbuilt: boolean,
  ) {}

  /** Few problems of a broken definition are ever looked at, and deep ones have long paths. */
  get path() {
    return this.place.path;
  }
}

/** Nobody mends more of them at once, and looking for all in a document made of problems takes long. */
const FOUND_MAX = 10_000;

/** Thrown by `report` to end the search. */
export class TooManyProblems extends Error {}

/** A place in the definition that is being checked; problems are reported where they stand. */
export class Place {
  private constructor(
    private readonly found: Diagnostic[],
    private readonly parent: Place | undefined,
    private readonly step: string | number,
  ) {}

  static root(found: Diagnostic[]): Place {
    return new Place(found, undefined, '');
  }

  /** Spelled out only where it is asked for: most places are fine. */
  get path(): (string | number)[] {
    if (!this.parent) return [];
    const path = this.parent.path;
    path.push(this.step);
    return path;
  }

  at(step: string | number): Place {
    return new Place(this.found, this, step);
  }

  report(message: string, code: Diagnostic['code'] = 'SCHEMA_VALIDATION_FAILED'): void {
    this.add(new Problem(code, message, this, false));
  }

  /** Refuses by its name what AWS has and we have not yet. */
  refuse(what: string): void {
    this.add(new Problem('SCHEMA_VALIDATION_FAILED', `${what} not built into Stepwell yet`, this, true));
  }

  /** Of the whole, which AWS writes as `at null`. */
  reportNowhere(message: string, code: Diagnostic['code']): void {
    this.add({ code, message, path: undefined });
  }

  private add(problem: Diagnostic): void {
    if (this.found.length === FOUND_MAX) throw new TooManyProblems();
    this.found.push(problem);
  }
}
