import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { nearest } from '../../nearest';
import { BadSetting } from '../../refusal';
import type { Documents } from '../documents';
import { assetsIn, type Stack } from './stacks';
import { isMembers, templateIn } from './template';

interface Artifact {
  type?: string;
  properties?: { templateFile?: string; stackName?: string; directoryName?: string };
  displayName?: string;
}

/** The stacks of what `cdk synth` wrote, those of its stages too. Throws BadSetting. */
export function readAssembly(documents: Documents, folder: string, wanted: readonly string[]): Stack[] {
  const all = stacksIn(documents, folder, new Set());
  if (wanted.length === 0) return all.map(({ stack }) => stack);
  const names = all.flatMap(({ ids }) => ids);
  for (const name of wanted) {
    if (names.includes(name)) continue;
    const near = nearest(name, names);
    throw new BadSetting(
      `--stack: there is no stack "${name}" in ${folder}. ${near ? `Did you mean ${near}?` : `There are ${names.join(', ')}.`}`,
    );
  }
  return all.filter(({ ids }) => ids.some((id) => wanted.includes(id))).map(({ stack }) => stack);
}

interface Listed {
  stack: Stack;
  /** What a user may call it: its name, and its place in the app. */
  ids: string[];
}

function stacksIn(documents: Documents, folder: string, seen: Set<string>): Listed[] {
  if (seen.has(folder)) return [];
  seen.add(folder);
  const manifest = documents.document(join(folder, 'manifest.json')).value;
  const artifacts = isMembers(manifest) && isMembers(manifest.artifacts) ? manifest.artifacts : {};
  return Object.entries(artifacts as Record<string, Artifact>).flatMap(([id, artifact]) => {
    const { type, properties = {}, displayName } = artifact;
    if (type === 'cdk:cloud-assembly' && properties.directoryName) {
      return stacksIn(documents, join(folder, properties.directoryName), seen);
    }
    if (type !== 'aws:cloudformation:stack' || !properties.templateFile) return [];
    const template = templateIn(documents.document(join(folder, properties.templateFile)));
    // A stack may have no resource.
    if (!template) return [];
    const list = join(folder, properties.templateFile.replace(/template\.json$/, 'assets.json'));
    const assets = existsSync(list) ? assetsIn(documents, list) : new Map<string, string>();
    const name = properties.stackName ?? id;
    return [{ stack: { name, template, assets }, ids: [...new Set([name, id, displayName ?? id])] }];
  });
}
