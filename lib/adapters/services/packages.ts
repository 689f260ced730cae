import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Clients of AWS's services: packages that stand beside this one, or beside whoever uses it. */

/** What is used of `@aws-sdk/client-<service>`. */
export interface SdkClient {
  config: { serviceId: string };
  middlewareStack: { add(middleware: unknown, options: { step: string; name: string; priority?: 'low' }): void };
  send(command: SdkCommand): Promise<object>;
  destroy(): void;
}

interface SdkCommand {
  /** The operation: its last members answer the schemas of input and output. */
  schema?: readonly unknown[];
}

export interface SdkPackage {
  /** `cloudwatch-logs`, in `@aws-sdk/client-cloudwatch-logs`. */
  name: string;
  Client: new (config: object) => SdkClient;
  /** Undefined for an action that there is not. */
  commandOf(action: string): (new (input: object) => SdkCommand) | undefined;
}

const SCOPE = '@aws-sdk';
const PREFIX = 'client-';

/**
 * The package of a service as Resources name it: `cloudwatchlogs` is `@aws-sdk/client-cloudwatch-logs`. Undefined when
 * there is none. Loaded here and not before: most executions call no service.
 */
export function loadPackage(service: string): SdkPackage | undefined {
  for (const load of [createRequire(__filename), createRequire(join(process.cwd(), 'package.json'))]) {
    const name = nameIn(load, service);
    if (name === undefined) continue;
    const loaded = load(`${SCOPE}/${PREFIX}${name}`) as Record<string, unknown>;
    const Client = Object.entries(loaded).find(([key]) => /^[A-Z]\w*Client$/.test(key) && key !== '__Client')?.[1];
    if (typeof Client !== 'function') continue;
    return {
      name,
      Client: Client as SdkPackage['Client'],
      commandOf: (action) => {
        const key = `${action.charAt(0).toUpperCase()}${action.slice(1)}Command`;
        const exact =
          loaded[key] ?? loaded[Object.keys(loaded).find((one) => one.toLowerCase() === key.toLowerCase()) ?? ''];
        return typeof exact === 'function' ? (exact as new (input: object) => SdkCommand) : undefined;
      },
    };
  }
  return undefined;
}

/** Some services are called without the word that their package has at its end. */
const isNamed = (name: string, service: string): boolean => {
  const joined = name.replaceAll('-', '');
  return joined === service || joined === `${service}service`;
};

function nameIn(load: NodeJS.Require, service: string): string | undefined {
  for (const folder of load.resolve.paths(SCOPE) ?? []) {
    for (const entry of entriesOf(join(folder, SCOPE))) {
      if (entry.startsWith(PREFIX) && isNamed(entry.slice(PREFIX.length), service)) return entry.slice(PREFIX.length);
    }
  }
  return undefined;
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
