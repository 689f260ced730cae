import type { Identity } from '../../client/identity';
import type { Tags } from '../../client/tags';
import type { Path, Position } from './documents';

/** What an import was told. */
export interface ImportSettings {
  identity: Identity;
  /** What `--parameter` says of parameters, resources, attributes and exports, by name. */
  parameters: ReadonlyMap<string, string>;
  /** What `--stack` says; all when empty. */
  stacks: readonly string[];
}

/** The text of a definition, and how to find a place of it in the file that its author edits. */
export interface FoundDefinition {
  text: string;
  /** How its place is called. */
  file: string;
  /** Where a problem at that path stands in the file; undefined: in the text itself. */
  placeOf: ((path: Path) => Position) | undefined;
}

export interface FoundMachine {
  kind: 'state machine';
  /** How its source calls it. */
  id: string;
  name: string;
  definition: FoundDefinition;
  roleArn: string;
  type: 'STANDARD' | 'EXPRESS';
  loggingConfiguration: object | undefined;
  tracingConfiguration: object | undefined;
  tags: Tags;
}

export interface FoundActivity {
  kind: 'activity';
  id: string;
  name: string;
  tags: Tags;
}

/** Versions have numbers of their own here: an alias leads to the version that the import publishes. */
export interface FoundAlias {
  kind: 'alias';
  id: string;
  name: string;
  /** The name of its state machine. */
  machine: string;
  description: string | undefined;
}

/** What is there, and cannot be brought in. */
export interface FoundRefusal {
  kind: 'state machine' | 'activity' | 'alias' | 'stack';
  id: string;
  reasons: string[];
}

export interface Found {
  machines: FoundMachine[];
  activities: FoundActivity[];
  aliases: FoundAlias[];
  refusals: FoundRefusal[];
}

export const nothingFound = (): Found => ({ machines: [], activities: [], aliases: [], refusals: [] });
