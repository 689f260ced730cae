import { isMembers } from './cloudformation/template';
import type { SourceDocument } from './documents';
import { type Found, type FoundAlias, type FoundMachine, type ImportSettings, nothingFound } from './found';
import { stableName } from './names';

/** What `terraform show -json` prints, of a state or of a plan. */

interface TerraformResource {
  address: string;
  mode?: string;
  type: string;
  name: string;
  values: Record<string, unknown>;
}

/** Undefined for what is no such output. */
export function findInTerraform({ value }: SourceDocument, settings: ImportSettings): Found | undefined {
  if (!isMembers(value) || typeof value.format_version !== 'string') return undefined;
  const root = [value.values, value.planned_values].find(isMembers);
  const all = resourcesIn(root?.root_module);
  const resources = all.filter(({ mode }) => mode !== 'data');
  const before = isMembers(value.prior_state) && isMembers(value.prior_state.values) ? value.prior_state.values : {};
  const here = arnsHere([...resourcesIn(before.root_module), ...all], settings);
  const found = nothingFound();
  for (const { address, type, name, values } of resources) {
    if (type === 'aws_sfn_activity') {
      found.activities.push({ kind: 'activity', id: address, name: nameOf(name, values), tags: tagsOf(values) });
    } else if (type === 'aws_sfn_alias') {
      found.aliases.push(aliasOf(address, values));
    } else if (type === 'aws_sfn_state_machine') {
      if (typeof values.definition === 'string') found.machines.push(machineOf(address, name, values, here, settings));
      else found.refusals.push({ kind: 'state machine', id: address, reasons: [UNKNOWN] });
    }
  }
  return found;
}

const UNKNOWN =
  'its definition is known after `terraform apply` only: it names what is not made yet. Import the state then: terraform show -json | stepwell import -';

function resourcesIn(module: unknown): TerraformResource[] {
  if (!isMembers(module)) return [];
  const own = Array.isArray(module.resources) ? module.resources : [];
  const inner = Array.isArray(module.child_modules) ? module.child_modules : [];
  return [...own.filter((each) => isMembers(each) && isMembers(each.values)), ...inner.flatMap(resourcesIn)];
}

/** A name that Terraform makes up is made of a prefix. */
function nameOf(name: string, { name: given, name_prefix: prefix }: Record<string, unknown>): string {
  if (typeof given === 'string' && given !== '') return given;
  return stableName(typeof prefix === 'string' && prefix !== '' ? prefix.replace(/-+$/, '') : name);
}

function machineOf(
  id: string,
  name: string,
  values: Record<string, unknown>,
  here: (text: string) => string,
  { identity }: ImportSettings,
): FoundMachine {
  const { definition, role_arn: role, type, logging_configuration: logging, tracing_configuration: tracing } = values;
  const own = nameOf(name, values);
  return {
    kind: 'state machine',
    id,
    name: own,
    definition: { text: here(definition as string), file: `${id}.definition`, placeOf: undefined },
    roleArn:
      typeof role === 'string' && role !== ''
        ? role
        : `arn:${identity.partition}:iam::${identity.account}:role/${own.slice(0, 59)}-role`,
    type: type === 'EXPRESS' ? 'EXPRESS' : 'STANDARD',
    loggingConfiguration: loggingOf(firstOf(logging)),
    tracingConfiguration: isMembers(firstOf(tracing)) ? { enabled: firstOf(tracing)!.enabled === true } : undefined,
    tags: tagsOf(values),
  };
}

function aliasOf(
  id: string,
  { name, description, routing_configuration: routes }: TerraformResource['values'],
): FoundAlias {
  const version = String(firstOf(routes)?.state_machine_version_arn ?? '');
  return {
    kind: 'alias',
    id,
    name: String(name),
    machine: version.split(':')[6] ?? '',
    description: typeof description === 'string' && description !== '' ? description : undefined,
  };
}

/** Blocks are lists. */
const firstOf = (block: unknown): Record<string, unknown> | undefined =>
  Array.isArray(block) && isMembers(block[0]) ? block[0] : undefined;

function loggingOf(block: Record<string, unknown> | undefined): object | undefined {
  const { level, include_execution_data: included, log_destination: logGroupArn } = block ?? {};
  if (typeof level !== 'string' || level === '') return undefined;
  const isSent = typeof logGroupArn === 'string' && logGroupArn !== '';
  return {
    level,
    includeExecutionData: included === true,
    ...(isSent && { destinations: [{ cloudWatchLogsLogGroup: { logGroupArn } }] }),
  };
}

/** `tags_all` has those of the provider too. */
function tagsOf({ tags_all: all, tags }: Record<string, unknown>): Record<string, string> {
  const given = [all, tags].find(isMembers) ?? {};
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, String(value ?? '')]));
}

const MOVED = /^aws_(lambda_(function|alias)|sfn_(state_machine|activity))$/;

/** Functions, machines and activities of the same configuration are here under the region and account of the service. */
function arnsHere(resources: TerraformResource[], { identity }: ImportSettings): (text: string) => string {
  const places = new Map<string, string>();
  for (const { type, values } of resources) {
    if (!MOVED.test(type) || typeof values.arn !== 'string') continue;
    const [arn, , service, , , ...rest] = values.arn.split(':');
    places.set(values.arn, [arn, identity.partition, service, identity.region, identity.account, ...rest].join(':'));
  }
  if (places.size === 0) return (text) => text;
  // The longest first: one name may begin another.
  const arns = [...places.keys()].sort((a, b) => b.length - a.length);
  const any = new RegExp(
    `(?:${arns.map((arn) => arn.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})(?![\\w-])`,
    'g',
  );
  return (text) => text.replace(any, (arn) => places.get(arn)!);
}
