import type { Ports } from '../ports';
import type { Alias, Machine, Publications, Version } from '../ports/registry';
import { StoreUnavailable } from '../ports/store-error';

/** Of changes to one machine's versions and aliases that come at once, all but one try again. */
const TRIES_MAX = 20;
const JITTER_MS = [2, 50] as const;

export type Published = Pick<Publications, 'lastVersion' | 'versions' | 'aliases'>;

/** What is published of a machine. Until it changes, that is what its creation published. */
export async function readPublications(ports: Ports, machine: Machine): Promise<Published> {
  return (await ports.registry.publications(machine.machineId)) ?? asCreated(machine);
}

/**
 * Decides over what is published as it stands, and writes what is decided if it still stands then; else decides again.
 * `after` is left out by a decision that changes nothing. Rejects as `decide` does, and with StoreUnavailable.
 */
export async function changePublications<T>(
  { registry, clock, ids }: Ports,
  machine: Machine,
  decide: (before: Published) => { after?: Partial<Published>; result: T },
): Promise<T> {
  for (let attempt = 1; attempt <= TRIES_MAX; attempt++) {
    const stored = await registry.publications(machine.machineId);
    const before = stored ?? { edition: 0, ...asCreated(machine) };
    const { after, result } = decide(before);
    if (!after) return result;
    const next = { ...before, ...after, edition: before.edition + 1, attempt: ids.ulid() };
    if ((await registry.writePublications(machine.machineId, next)) === 'written') return result;
    const [least, most] = JITTER_MS;
    await clock.sleep(least + ids.random() * (most - least));
  }
  throw new StoreUnavailable(`versions of ${machine.name} changed ${TRIES_MAX} times meanwhile`);
}

function asCreated({ publishedVersion, versionDescription, creationMs }: Machine): Published {
  if (publishedVersion === undefined) return { lastVersion: 0, versions: [], aliases: [] };
  const version = { version: publishedVersion, revision: 1, description: versionDescription, creationMs };
  return { lastVersion: publishedVersion, versions: [version], aliases: [] };
}

/** The version that a start by the alias gets. `random`: in [0, 1). */
export function routed({ versions }: Published, { routing }: Alias, random: number): Version | undefined {
  let rest = random * 100;
  for (const { version, weight } of routing) {
    rest -= weight;
    if (rest < 0) return versions.find((published) => published.version === version);
  }
  return undefined;
}
