import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Documents } from '../documents';

/**
 * What a template is deployed as: what `sam deploy` is told in samconfig.toml beside it, else the name of the folder.
 * Undefined where neither says it. Throws BadSetting.
 */
export function stackNameOf(documents: Documents, file: string): string | undefined {
  if (file === '-') return undefined;
  // What `sam build` wrote is a folder of the project.
  const folder = dirname(resolve(file)).replace(/[\\/]\.aws-sam[\\/]build$/, '');
  const config = join(folder, 'samconfig.toml');
  const told = existsSync(config) ? stackNameIn(documents.text(config)) : undefined;
  return told ?? asStackName(basename(folder));
}

/** The tables in which SAM looks for it, the first that has it. */
const TABLES = ['default.deploy.parameters', 'default.global.parameters'];

/** No more of TOML than `sam deploy --guided` writes: tables, and texts on one line. */
function stackNameIn(toml: string): string | undefined {
  const names = new Map<string, string>();
  let table = '';
  for (const line of toml.split(/\r?\n/)) {
    table = /^\s*\[\s*([\w.-]+)\s*\]/.exec(line)?.[1] ?? table;
    const [, , name] = /^\s*stack_name\s*=\s*(["'])([A-Za-z][A-Za-z0-9-]*)\1/.exec(line) ?? [];
    if (name !== undefined) names.set(table, name);
  }
  return TABLES.map((each) => names.get(each)).find((name) => name !== undefined);
}

const LENGTH_MAX = 128;

/** Letters, digits and dashes, a letter first. */
function asStackName(text: string): string | undefined {
  const name = text.replace(/[^A-Za-z0-9]+/g, '-').replace(/^[^A-Za-z]+|-+$/g, '');
  return name.slice(0, LENGTH_MAX) || undefined;
}
