import type { Program } from '../asl/definition/program';
import { mayReadVariables } from '../asl/definition/references';
import { Pace, type Pieces } from '../asl/pieces';
import type { Runtime } from '.';
import { patiently } from './patiently';
import type { RevisionRef } from './programs';

type References = Record<string, readonly string[]>;

/** The variables that each state of a definition reads, by its name; undefined where none does, as AWS says it. */
export async function variableReferences(
  { programs, ports }: Pick<Runtime, 'programs' | 'ports'>,
  revision: RevisionRef,
  definition: string,
): Promise<References | undefined> {
  if (!mayReadVariables(definition)) return undefined;
  return patiently(ports.clock, referencesIn(await programs.get(revision)));
}

function* referencesIn({ states }: Program): Pieces<References | undefined> {
  const pace = new Pace();
  const references: [string, readonly string[]][] = [];
  for (const name of states.keys()) {
    while (!states.prepare(name)) yield;
    if (pace.isOver()) yield;
    const { variables, ownNames } = states.get(name)!;
    const read = ownNames ? variables?.filter((one) => !ownNames.includes(one)) : variables;
    if (read && read.length > 0) references.push([name, read]);
  }
  return references.length > 0 ? Object.fromEntries(references) : undefined;
}
