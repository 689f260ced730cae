import { dirname, join, relative } from 'node:path';
import { BadSubstitution } from '../../../client/substitutions';
import type { Tags } from '../../../client/tags';
import { BadSetting } from '../../refusal';
import { definitionFile, definitionText, definitionValue, type Substitutions } from '../definition';
import type { Documents } from '../documents';
import type { Found, FoundActivity, FoundAlias, FoundDefinition, FoundMachine, FoundRefusal } from '../found';
import { stableName } from '../names';
import { nameOf } from './resources';
import type { Scope } from './scope';
import { isMembers, type Resource } from './template';
import { shown, Unresolved } from './unresolved';

/** Where files that a template names are: those of `cdk synth` by their key in the bucket of assets. */
export interface Surroundings {
  documents: Documents;
  assets: ReadonlyMap<string, string>;
}

type Reader = (scope: Scope, id: string, surroundings: Surroundings) => FoundMachine | FoundActivity | FoundAlias;

const READERS: Readonly<Record<string, [kind: FoundRefusal['kind'], read: Reader]>> = {
  'AWS::StepFunctions::StateMachine': ['state machine', machineOf],
  'AWS::Serverless::StateMachine': ['state machine', machineOf],
  'AWS::StepFunctions::Activity': ['activity', activityOf],
  'AWS::StepFunctions::StateMachineAlias': ['alias', aliasOf],
};

/** The machines and activities of a template, each with what it refers to resolved or refused by name. */
export function findMachines(scope: Scope, surroundings: Surroundings, found: Found): void {
  for (const [id, resource] of Object.entries(scope.template.resources)) {
    const [kind, read] = READERS[resource.Type] ?? [];
    if (!kind || !read) continue;
    const { value, reasons } = collect(scope, resource, () => read(scope, id, surroundings));
    if (reasons.length > 0) found.refusals.push({ kind, id, reasons });
    else if (value?.kind === 'state machine') found.machines.push(value);
    else if (value?.kind === 'activity') found.activities.push(value);
    else if (value?.kind === 'alias') found.aliases.push(value);
    if (value?.kind !== 'state machine') continue;
    const { AutoPublishAlias } = resource.Properties;
    if (AutoPublishAlias === undefined) continue;
    const name = scope.text(AutoPublishAlias);
    found.aliases.push({ kind: 'alias', id: `${id}Alias${name}`, name, machine: value.name, description: undefined });
  }
}

/** What a reader answers, or all that it misses. Nothing of a resource whose condition does not hold. */
function collect<Value>(scope: Scope, { Condition }: Resource, read: () => Value) {
  let value: Value | undefined;
  let problem: Error | undefined;
  const { unresolved } = scope.collecting(() => {
    try {
      if (Condition === undefined || scope.holds(Condition)) value = read();
    } catch (error) {
      if (!PROBLEMS.some((kind) => error instanceof kind)) throw error;
      problem = error as Error;
    }
  });
  // A text with a hole in it may be wrong for nothing else.
  const reasons = unresolved.length === 0 && problem ? [problem] : unresolved;
  return { value, reasons: [...new Set(reasons.map(({ message }) => message))] };
}

const PROBLEMS = [Unresolved, BadSetting, BadSubstitution];

function activityOf(scope: Scope, id: string): FoundActivity {
  const { Tags: tags } = scope.template.resources[id]!.Properties;
  return { kind: 'activity', id, name: stableName(nameOf(scope, id)), tags: tagsOf(scope, tags) };
}

function aliasOf(scope: Scope, id: string): FoundAlias {
  const { Name, Description, RoutingConfiguration, DeploymentPreference } = scope.template.resources[id]!.Properties;
  const routes = [scope.resolve(RoutingConfiguration), scope.resolve(DeploymentPreference)].flat().filter(isMembers);
  const version = String(routes[0]?.StateMachineVersionArn ?? '');
  return {
    kind: 'alias',
    id,
    name: stableName(Name === undefined ? id : scope.text(Name)),
    machine: version.split(':')[6] ?? '',
    description: Description === undefined ? undefined : scope.text(Description),
  };
}

function machineOf(scope: Scope, id: string, surroundings: Surroundings): FoundMachine {
  const { Properties: properties } = scope.template.resources[id]!;
  const name = stableName(nameOf(scope, id));
  const substitutions = plain(scope, properties.DefinitionSubstitutions) ?? {};
  return {
    kind: 'state machine',
    id,
    name,
    definition: definitionOf(scope, surroundings, id, substitutions),
    roleArn: roleOf(scope, properties.RoleArn ?? properties.Role, name),
    type: scope.resolve(properties.StateMachineType ?? properties.Type) === 'EXPRESS' ? 'EXPRESS' : 'STANDARD',
    loggingConfiguration: loggingOf(plain(scope, properties.LoggingConfiguration ?? properties.Logging)),
    tracingConfiguration: tracingOf(plain(scope, properties.TracingConfiguration ?? properties.Tracing)),
    tags: tagsOf(scope, properties.Tags),
  };
}

function definitionOf(
  scope: Scope,
  surroundings: Surroundings,
  id: string,
  substitutions: Substitutions,
): FoundDefinition {
  const { DefinitionString, Definition, DefinitionUri, DefinitionS3Location } =
    scope.template.resources[id]!.Properties;
  const { document } = scope.template;
  if (DefinitionString !== undefined) {
    // Where it stands in the template says little: it is one text there, with functions in between.
    return definitionText(scope.text(DefinitionString), `${id}.DefinitionString`, substitutions);
  }
  if (Definition !== undefined) {
    const path = ['Resources', id, 'Properties', 'Definition'];
    return definitionValue(scope.resolve(Definition), document, path, shownPath(document.file), substitutions);
  }
  const location = scope.resolve(DefinitionUri ?? DefinitionS3Location);
  if (location === undefined) throw new Unresolved(`the definition of ${id}`, 'the template gives it none');
  const file = assetOf(surroundings, dirname(document.file), location);
  if (file === undefined) {
    const hint = 'import what names a file here: the template before it was packaged, or the output of `sam build`';
    throw new Unresolved(`the definition at ${shown(location)}`, hint);
  }
  return definitionFile(surroundings.documents, file, shownPath(file), substitutions);
}

/** Undefined for what is in S3 and in no asset. */
function assetOf({ assets }: Surroundings, folder: string, location: unknown): string | undefined {
  if (typeof location === 'string') return /^(s3|https?):/.test(location) ? undefined : join(folder, location);
  return isMembers(location) ? assets.get(String(location.Key)) : undefined;
}

/** As the user would name it, from where the command runs. */
function shownPath(file: string): string {
  if (file === '-') return file;
  const path = relative(process.cwd(), file);
  return path === '' || path.startsWith('..') ? file : path;
}

/** Roles are kept and shown, not assumed: one that nobody knows gets a name. */
function roleOf(scope: Scope, given: unknown, name: string): string {
  const { value, unresolved } = scope.attempt(given);
  if (typeof value === 'string' && /^arn:/.test(value) && unresolved.length === 0) return value;
  const { partition, account } = scope.settings.identity;
  return `arn:${partition}:iam::${account}:role/${name.slice(0, 59)}-role`;
}

/** A list of Key and Value, or a map as SAM has it. */
function tagsOf(scope: Scope, given: unknown): Tags {
  const value = scope.resolve(given);
  const entries = Array.isArray(value)
    ? value.filter(isMembers).map(({ Key, Value }) => [Key, Value])
    : Object.entries(isMembers(value) ? value : {});
  return Object.fromEntries(entries.map(([key, text]) => [String(key), String(text ?? '')]));
}

/** The API writes small letters where CloudFormation writes capitals. */
function loggingOf(given: Record<string, unknown> | undefined): object | undefined {
  if (!given) return undefined;
  const { Level = 'OFF', IncludeExecutionData = false, Destinations = [] } = given;
  const destinations = (Destinations as Record<string, Record<string, unknown>>[]).map((destination) => ({
    cloudWatchLogsLogGroup: { logGroupArn: destination.CloudWatchLogsLogGroup?.LogGroupArn },
  }));
  const level = String(Level);
  return {
    level,
    includeExecutionData: String(IncludeExecutionData) === 'true',
    ...(destinations.length > 0 && { destinations }),
  };
}

const tracingOf = (given: Record<string, unknown> | undefined): object | undefined =>
  given && { enabled: String(given.Enabled) === 'true' };

function plain(scope: Scope, value: unknown): Record<string, unknown> | undefined {
  const found = scope.resolve(value);
  return isMembers(found) ? found : undefined;
}
