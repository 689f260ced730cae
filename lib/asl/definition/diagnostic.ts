/** A problem in a definition. All problems found are reported, none is thrown. */
export interface Diagnostic {
  code:
    | 'INVALID_JSON_DESCRIPTION'
    | 'SCHEMA_VALIDATION_FAILED'
    | 'MISSING_TRANSITION_TARGET'
    | 'MISSING_END_STATE'
    | 'DUPLICATE_STATE_NAME';
  message: string;
  /** Member names and list indexes from the root; undefined where AWS names no place (`at null`). */
  path: readonly (string | number)[] | undefined;
}

/** The place as AWS writes it: `/States/C/Choices[0]/Next`, `/` for the root, `null` for none. */
export function pointerOf(path: Diagnostic['path']): string {
  if (!path) return 'null';
  return path.map((step) => (typeof step === 'number' ? `[${step}]` : `/${step}`)).join('') || '/';
}

/** The text between the quotes of an InvalidDefinition message: `CODE: text at /pointer, CODE: ...`. */
export function describeDiagnostics(diagnostics: Diagnostic[]): string {
  return diagnostics.map(({ code, message, path }) => `${code}: ${message} at ${pointerOf(path)}`).join(', ');
}

/** A place in the definition that is being checked; problems are reported where they stand. */
export class Place {
  constructor(
    readonly path: readonly (string | number)[],
    private readonly found: Diagnostic[],
  ) {}

  at(...steps: (string | number)[]): Place {
    return new Place([...this.path, ...steps], this.found);
  }

  report(message: string, code: Diagnostic['code'] = 'SCHEMA_VALIDATION_FAILED'): void {
    this.found.push({ code, message, path: this.path });
  }
}
