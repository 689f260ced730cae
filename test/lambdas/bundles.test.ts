import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FUNCTION_NAMES } from '../../lib/cdk/options';

interface Metafile {
  inputs: Record<string, unknown>;
  outputs: Record<string, { bytes: number; imports: { path: string }[]; inputs: Record<string, unknown> }>;
}

/**
 * Measured, and some more: a bundle that grows beyond takes longer to start, and somebody should know why. Modules are
 * those that stand in the bundle: an upper bound of what a cold start loads, which leaves alone what nobody asks for.
 */
const MOST: Record<string, { bytes: number; modules: number }> = {
  api: { bytes: 1_360_000, modules: 800 },
  advance: { bytes: 1_320_000, modules: 790 },
  task: { bytes: 1_320_000, modules: 790 },
  sync: { bytes: 1_320_000, modules: 790 },
  timers: { bytes: 1_320_000, modules: 790 },
  audit: { bytes: 1_320_000, modules: 790 },
  registration: { bytes: 510_000, modules: 535 },
};

const root = join(__dirname, '../..');
/** esbuild wants the plain globals that jest replaces. */
const script = `import { buildLambdas } from './scripts/build-lambdas.mjs';
console.log(JSON.stringify(await buildLambdas(process.argv[1])));`;
const folder = mkdtempSync(join(tmpdir(), 'stepwell-lambdas-'));
const words = ['--input-type=module', '-e', script, folder];
const bundles = JSON.parse(
  execFileSync(process.execPath, words, { cwd: root, encoding: 'utf8', maxBuffer: 100_000_000 }),
) as Record<string, Metafile>;

describe.each(Object.entries(bundles))('the bundle of %s', (name, { inputs, outputs }) => {
  const [output] = Object.values(outputs);

  test('is small, and has few modules', () => {
    const { bytes, modules } = MOST[name]!;
    expect(output!.bytes).toBeLessThan(bytes);
    expect(Object.keys(output!.inputs).length).toBeLessThan(modules);
  });

  test('carries neither SQLite, nor threads, nor what deploys it', () => {
    const strangers =
      /adapters\/embedded|libsql|function-thread|lambda\/local|prom-client|aws-cdk-lib|lib\/(cdk|cli)\//;
    expect(Object.keys(inputs).filter((file) => strangers.test(file))).toEqual([]);
    const outside = output!.imports.map(({ path }) => path.replace(/^node:/, ''));
    expect(outside.filter((path) => ['sqlite', 'worker_threads'].includes(path))).toEqual([]);
  });

  test('only the API, and what registers machines of other stacks, reads secrets', () => {
    const reads = Object.keys(inputs).some((file) => file.includes('client-secrets-manager'));
    expect(reads).toBe(name === 'api' || name === 'registration');
  });
});

test('there is one for each function of the stack, and one for those of other stacks', () => {
  expect(Object.keys(bundles).sort()).toEqual([...FUNCTION_NAMES, 'registration'].sort());
  expect(Object.keys(MOST).sort()).toEqual(Object.keys(bundles).sort());
});
