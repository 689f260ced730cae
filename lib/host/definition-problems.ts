import { type Diagnostic, describeDiagnostics, pointerOf } from '../asl/definition/diagnostic';
import type { MachineType } from '../asl/definition/express';
import { validateDefinition } from '../asl/definition/validate';
import { findWarnings } from '../asl/definition/warnings';
import type { DefinitionDiagnostic } from '../runtime';

/** What is wrong with a definition, as an InvalidDefinition says it; empty when it is fine. */
export const problemsOf = (definition: string, type: MachineType): string =>
  describeDiagnostics(validateDefinition(definition, type).diagnostics);

/** So many of each severity are told: one more than a client can ask for. */
const TOLD_MAX = 101;

/** What ValidateStateMachineDefinition says of a definition. */
export function diagnosticsOf(text: string, type: MachineType): DefinitionDiagnostic[] {
  const { definition, diagnostics } = validateDefinition(text, type);
  const warnings = findWarnings(definition).slice(0, TOLD_MAX);
  return [
    // AWS finds nothing wrong with what is not built here.
    ...diagnostics.slice(0, TOLD_MAX).map((one) => shown(one, one.isUnbuilt ? 'WARNING' : 'ERROR')),
    ...warnings.map((one) => shown(one, 'WARNING')),
  ];
}

const PLACE = '\n at ';

function shown({ code, message, path }: Diagnostic, severity: DefinitionDiagnostic['severity']): DefinitionDiagnostic {
  if (code === 'INVALID_JSON_DESCRIPTION') {
    // Observed on AWS: both say where.
    return {
      severity,
      code,
      message,
      location: message.slice(message.lastIndexOf(`${PLACE}[Source: `) + PLACE.length),
    };
  }
  return { severity, code, message, location: path && pointerOf(path) };
}
