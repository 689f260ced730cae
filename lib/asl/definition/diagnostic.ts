import type { WarningCode } from './warnings';

/** A problem in a definition. All problems are reported, up to 10,000; none is thrown. */
export interface Diagnostic {
  code:
    | 'INVALID_JSON_DESCRIPTION'
    | 'SCHEMA_VALIDATION_FAILED'
    | 'MISSING_TRANSITION_TARGET'
    | 'MISSING_END_STATE'
    | 'DUPLICATE_STATE_NAME'
    | WarningCode;
  message: string;
  /** Member names and list indexes from the root; undefined where AWS names no place (`at null`). */
  path: readonly (string | number)[] | undefined;
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

export type QueryLanguage = 'JSONPath' | 'JSONata';

/** A place in the definition that is being checked; problems are reported where they stand. */
export class Place {
  private constructor(
    private readonly found: Diagnostic[],
    private readonly parent: Place | undefined,
    private readonly step: string | number,
    /** What its fields are written in. */
    readonly queryLanguage: QueryLanguage,
  ) {}

  static root(found: Diagnostic[], queryLanguage: QueryLanguage = 'JSONPath'): Place {
    return new Place(found, undefined, '', queryLanguage);
  }

  /** Spelled out only where it is asked for: most places are fine. */
  get path(): (string | number)[] {
    if (!this.parent) return [];
    const path = this.parent.path;
    path.push(this.step);
    return path;
  }

  at(step: string | number): Place {
    return new Place(this.found, this, step, this.queryLanguage);
  }

  /** The same place, its fields in another query language. */
  in(queryLanguage: QueryLanguage): Place {
    return new Place(this.found, this.parent, this.step, queryLanguage);
  }

  report(message: string, code: Diagnostic['code'] = 'SCHEMA_VALIDATION_FAILED'): void {
    this.add(new Problem(code, message, this));
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
