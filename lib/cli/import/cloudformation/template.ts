import type { SourceDocument } from '../documents';

type Members = Record<string, unknown>;

export interface Resource {
  Type: string;
  Condition?: string;
  Properties: Members;
  Metadata: Members;
}

/** A template of CloudFormation, as far as an import reads it. */
export interface Template {
  parameters: Record<string, Members>;
  mappings: Record<string, Record<string, Members>>;
  conditions: Members;
  resources: Record<string, Resource>;
  outputs: Record<string, Members>;
  /** Where its author wrote it. */
  document: SourceDocument;
}

export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Undefined for what is no template. */
export function templateIn(document: SourceDocument, value: unknown = document.value): Template | undefined {
  if (!isMembers(value) || !isMembers(value.Resources)) return undefined;
  const resources: Record<string, Resource> = Object.create(null);
  for (const [id, resource] of Object.entries(value.Resources)) {
    if (!isMembers(resource) || typeof resource.Type !== 'string') continue;
    resources[id] = {
      Type: resource.Type,
      Condition: typeof resource.Condition === 'string' ? resource.Condition : undefined,
      Properties: membersOf(resource.Properties),
      Metadata: membersOf(resource.Metadata),
    };
  }
  return {
    parameters: membersOf(value.Parameters) as Template['parameters'],
    mappings: membersOf(value.Mappings) as Template['mappings'],
    conditions: membersOf(value.Conditions),
    resources,
    outputs: membersOf(value.Outputs) as Template['outputs'],
    document,
  };
}

/** Without what every object of JavaScript has: `constructor` is no parameter. */
const membersOf = (value: unknown): Members => Object.assign(Object.create(null), isMembers(value) ? value : {});
