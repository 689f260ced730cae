import type { Alias, Machine, Version } from '../ports/registry';
import type { Runtime } from '../runtime';
import { changePublications, type Published } from '../runtime/publications';
import { ApiError, referenceNotFound } from './errors';
import { machineResourceOf, versionNumberOf } from './names';

/** What clients call the first revision, which has no id. */
const INITIAL = 'INITIAL';

export interface VersionRequest {
  /** The version is to be of this revision, as clients know it. */
  revisionId?: string | undefined;
  description?: string | undefined;
}

/**
 * Publishes the machine's revision. One that is published already keeps its version, whatever the description says.
 * Throws ConflictException when another revision is wanted, or a later one is published; ServiceQuotaExceededException.
 */
export function publish(runtime: Runtime, machine: Machine, request: VersionRequest): Promise<Version> {
  const { ports, settings } = runtime;
  const { revision, revisionId = INITIAL } = machine;
  const wanted = request.revisionId ?? revisionId;
  if (wanted !== revisionId) {
    throw new ApiError(
      'ConflictException',
      `Failed to publish the State Machine version for revision ${wanted}. The current State Machine revision is ${revisionId}.`,
    );
  }
  return changePublications<Version>(ports, machine, ({ lastVersion, versions }) => {
    const newest = versions.at(-1);
    if (newest?.revision === revision) return { result: newest };
    if (newest && newest.revision > revision) {
      throw new ApiError('ConflictException', 'The state machine was updated by another request at the same time.');
    }
    if (versions.length >= settings.limits.versionsPerMachine) {
      const text = `The maximum number of versions of a state machine has been reached: ${versions.length}`;
      throw new ApiError('ServiceQuotaExceededException', text);
    }
    const creationMs = ports.clock.nowMs();
    const version = { version: lastVersion + 1, revision, description: request.description, creationMs };
    const after = { lastVersion: version.version, versions: [...versions, version] };
    checkSize(after);
    return { after, result: version };
  });
}

/** They are kept together, and read with every start by an alias. */
const PUBLISHED_CHARACTERS_MAX = 350_000;

/** Throws ServiceQuotaExceededException for descriptions that together outgrow a record. */
export function checkSize(after: Partial<Published>): void {
  if (Buffer.byteLength(JSON.stringify(after)) <= PUBLISHED_CHARACTERS_MAX) return;
  throw new ApiError('ServiceQuotaExceededException', 'Versions and aliases have too long descriptions');
}

export interface FoundAlias {
  machine: Machine;
  name: string;
}

/** The machine and the name in an alias's ARN. Throws InvalidArn, ResourceNotFound. */
export async function findMachineOfAlias(runtime: Runtime, arn: string): Promise<FoundAlias> {
  const resource = machineResourceOf(runtime.settings.arns, arn);
  const name = resource?.qualifier;
  if (!resource || name === undefined || versionNumberOf(name) !== undefined) throw referenceNotFound(arn);
  const machine = await runtime.ports.registry.machine(resource.name);
  if (!machine) throw referenceNotFound(arn);
  return { machine, name };
}

/** Throws ResourceNotFound. */
export function aliasIn({ aliases }: Published, name: string, arn: string): Alias {
  const alias = aliases.find((one) => one.name === name);
  if (!alias) throw referenceNotFound(arn);
  return alias;
}
