import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { BadSetting } from '../../refusal';
import type { Documents } from '../documents';
import { type Found, type ImportSettings, nothingFound } from '../found';
import { findMachines, type Surroundings } from './machines';
import { Scope } from './scope';
import { stackNameOf } from './stack-name';
import { isMembers, type Template, templateIn } from './template';

/** A template that is deployed by itself. */
export interface Stack {
  name: string | undefined;
  template: Template;
  assets: ReadonlyMap<string, string>;
}

/** What stands in the templates and in those nested in them. Exports are seen by all of them. */
export function findInStacks(stacks: readonly Stack[], documents: Documents, settings: ImportSettings): Found {
  const found = nothingFound();
  const exports = new Map<string, { scope: Scope; value: unknown }>();
  const roots = stacks.map(({ name, template, assets }) => ({
    surroundings: { documents, assets },
    scope: new Scope(template, { ...settings, stackName: name, given: {}, around: undefined, exports }),
  }));
  for (const { scope, surroundings } of roots) nest(scope, surroundings, found);
  for (const { scope } of roots) addExports(scope, exports);
  for (const { scope, surroundings } of roots) findAll(scope, surroundings, found);
  return found;
}

const STACKS = ['AWS::CloudFormation::Stack', 'AWS::Serverless::Application'];
const DEPTH_MAX = 10;

/** Reads nested templates. One that is nowhere here is named, with all that would be in it. */
function nest(scope: Scope, surroundings: Surroundings, found: Found, depth = 0): void {
  const { template, settings } = scope;
  for (const [id, { Type, Condition, Properties, Metadata }] of Object.entries(template.resources)) {
    if (!STACKS.includes(Type) || depth > DEPTH_MAX) continue;
    if (Condition !== undefined && !scope.holds(Condition)) continue;
    const file = fileOf(dirname(template.document.file), Properties, Metadata, surroundings);
    const inner = file === undefined ? undefined : readTemplate(surroundings.documents, file);
    if (typeof inner === 'object') {
      const given = isMembers(Properties.Parameters) ? Properties.Parameters : {};
      const child = new Scope(inner, {
        ...settings,
        given,
        around: scope,
        stackName: settings.stackName && `${settings.stackName}-${id}`,
      });
      scope.nested.set(id, child);
      nest(child, surroundings, found, depth + 1);
    } else {
      const reason =
        inner ??
        'its template is no file here: import what `cdk synth` or `sam build` wrote, or the template before it was packaged';
      found.refusals.push({ kind: 'stack', id, reasons: [reason] });
    }
  }
}

/** The template, or why there is none. */
function readTemplate(documents: Documents, file: string): Template | string {
  try {
    return templateIn(documents.document(file)) ?? `${file} is no template`;
  } catch (error) {
    if (error instanceof BadSetting) return error.message;
    throw error;
  }
}

function fileOf(
  folder: string,
  { TemplateURL, Location }: Record<string, unknown>,
  metadata: Record<string, unknown>,
  { assets }: Surroundings,
): string | undefined {
  const asset = metadata['aws:asset:path'];
  if (typeof asset === 'string') return join(folder, asset);
  const given = TemplateURL ?? Location;
  if (typeof given === 'string') return /^(https?|s3):/.test(given) ? undefined : join(folder, given);
  const key = /([\w.-]+\.(?:json|ya?ml))"/.exec(JSON.stringify(given ?? ''))?.[1];
  return key === undefined ? undefined : assets.get(key);
}

function addExports(scope: Scope, exports: Map<string, { scope: Scope; value: unknown }>): void {
  for (const { Export, Value } of Object.values(scope.template.outputs)) {
    if (!isMembers(Export)) continue;
    const { value, unresolved } = scope.attempt(Export.Name);
    if (unresolved.length === 0) exports.set(String(value), { scope, value: Value });
  }
  for (const nested of scope.nested.values()) addExports(nested, exports);
}

function findAll(scope: Scope, surroundings: Surroundings, found: Found): void {
  findMachines(scope, surroundings, found);
  for (const nested of scope.nested.values()) findAll(nested, surroundings, found);
}

/** A template alone. Beside one that `cdk synth` wrote is the list of its assets. */
export function stackOfFile(documents: Documents, file: string, template: Template): Stack {
  const synthesized = /^(.+)\.template\.json$/.exec(basename(file))?.[1];
  if (synthesized === undefined) return { name: stackNameOf(documents, file), template, assets: new Map() };
  const list = join(dirname(file), `${synthesized}.assets.json`);
  return { name: synthesized, template, assets: existsSync(list) ? assetsIn(documents, list) : new Map() };
}

/** Files that `cdk synth` wrote, by their key in the bucket that they would be put into. */
export function assetsIn(documents: Documents, file: string): Map<string, string> {
  const assets = new Map<string, string>();
  const { files } = documents.document(file).value as { files?: Record<string, unknown> };
  for (const asset of Object.values(files ?? {})) {
    if (!isMembers(asset) || !isMembers(asset.source) || !isMembers(asset.destinations)) continue;
    for (const destination of Object.values(asset.destinations)) {
      const path = asset.source.path;
      if (isMembers(destination) && typeof path === 'string') {
        assets.set(String(destination.objectKey), join(dirname(file), path));
      }
    }
  }
  return assets;
}
