import { substitute } from '../../client/registered';
import type { Documents, Path, SourceDocument } from './documents';
import type { FoundDefinition } from './found';

/** A definition in a file of its own: JSON as it stands there, YAML as the JSON that it means. */
export function definitionFile(documents: Documents, file: string, shownFile: string): FoundDefinition {
  const document = documents.document(file);
  if (document.isJson) return { text: document.text, file: shownFile, placeOf: undefined };
  return definitionValue(document.value, document, [], shownFile);
}

/** A definition that is written as members of a template. */
export function definitionValue(
  value: unknown,
  document: SourceDocument,
  path: Path,
  shownFile: string,
): FoundDefinition {
  return {
    text: JSON.stringify(value, null, 2),
    file: shownFile,
    placeOf: (inner) => document.placeOf([...path, ...inner]),
  };
}

export const substituted = (definition: FoundDefinition, values: Record<string, unknown>): FoundDefinition => ({
  ...definition,
  text: substitute(definition.text, values),
});
