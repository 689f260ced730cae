import { describeDiagnostics } from '../asl/definition/diagnostic';
import { validateDefinition } from '../asl/definition/validate';

/** What is wrong with a definition, as an InvalidDefinition says it; empty when it is fine. */
export const problemsOf = (definition: string): string =>
  describeDiagnostics(validateDefinition(definition).diagnostics);
