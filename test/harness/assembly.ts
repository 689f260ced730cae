import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
}

/** What `cdk synth` made of the app: the template of its stack, and the folders of its functions' code. */
export interface Assembly {
  resources: ReadonlyMap<string, Resource>;
  outputs: Readonly<Record<string, { Value: unknown }>>;
  /** The folder of an asset, by the key under which it would stand in the bucket. */
  asset(key: string): string;
  remove(): void;
}

export interface Surroundings {
  account: string;
  region: string;
  /** Options of the app, as `-c name=value` would give them. */
  context?: Readonly<Record<string, string>>;
}

const ROOT = resolve(__dirname, '../..');
const CDK = join(ROOT, 'node_modules/aws-cdk/bin/cdk');
const run = promisify(execFile);

interface Assets {
  files: Record<string, { source: { path: string }; destinations: Record<string, { objectKey: string }> }>;
}

/** Synthesizes the built app as its users do. */
export async function synthesize({ account, region, context = {} }: Surroundings): Promise<Assembly> {
  const folder = mkdtempSync(join(tmpdir(), 'stepwell-assembly-'));
  const options = Object.entries(context).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // The build is there: whoever runs tests has made it, and others use it at this moment.
  const words = ['synth', '--quiet', '--no-notices', '--build', 'true', '--output', folder, ...options];
  await run(process.execPath, [CDK, ...words], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      CDK_DEFAULT_ACCOUNT: account,
      CDK_DEFAULT_REGION: region,
      CDK_DISABLE_CLI_TELEMETRY: 'true',
    },
  });
  return readAssembly(folder);
}

function readAssembly(folder: string): Assembly {
  const [name, ...others] = readdirSync(folder).filter((file) => file.endsWith('.template.json'));
  if (name === undefined || others.length > 0) throw new Error(`not one template in ${folder}`);
  const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const { Resources, Outputs } = read(name);
  const { files }: Assets = read(name.replace('.template.', '.assets.'));
  const sources = new Map<string, string>();
  for (const { source, destinations } of Object.values(files)) {
    for (const { objectKey } of Object.values(destinations)) sources.set(objectKey, join(folder, source.path));
  }
  return {
    resources: new Map(Object.entries(Resources)),
    outputs: Outputs ?? {},
    asset(key) {
      const source = sources.get(key);
      if (source === undefined) throw new Error(`the template names an asset that was not made: ${key}`);
      return source;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
