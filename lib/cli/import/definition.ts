import { positionAt } from '../../asl/json';
import { substitute } from '../../client/substitutions';
import { type Documents, offsetsWhenAsked, type Path, type SourceDocument } from './documents';
import type { FoundDefinition } from './found';

/** What `${name}` in a definition stands for. All of these throw BadSubstitution. */
export type Substitutions = Record<string, unknown>;

/** A definition in a file of its own: JSON as it stands there, YAML as the JSON that it means. */
export function definitionFile(
  documents: Documents,
  file: string,
  shownFile: string,
  substitutions: Substitutions,
): FoundDefinition {
  const { isJson, text, value, placeOf } = documents.definition(file, substitutions);
  return { text: isJson ? text : JSON.stringify(value, null, 2), file: shownFile, placeOf };
}

/** A definition that is written as members of a template. */
export function definitionValue(
  value: unknown,
  document: SourceDocument,
  path: Path,
  shownFile: string,
  substitutions: Substitutions,
): FoundDefinition {
  return {
    text: substitute(JSON.stringify(value, null, 2), substitutions).text,
    file: shownFile,
    placeOf: (inner) => document.placeOf([...path, ...inner]),
  };
}

/** A definition that is one text of a template: its places are those of the text. */
export function definitionText(written: string, shownFile: string, substitutions: Substitutions): FoundDefinition {
  const { text, originOf } = substitute(written, substitutions);
  const offsetOf = offsetsWhenAsked(text);
  return { text, file: shownFile, placeOf: (path) => positionAt(written, originOf(offsetOf(path))) };
}
