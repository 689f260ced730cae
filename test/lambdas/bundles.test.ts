import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Metafile {
  inputs: Record<string, unknown>;
  outputs: Record<string, { bytes: number; imports: { path: string }[]; inputs: Record<string, unknown> }>;
}

/** Measured, and a tenth more: a bundle that grows beyond takes longer to start, and somebody should know why. */
const BYTES_MAX = 1_380_000;
const MODULES_MAX = 820;

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

  test('is small, and loads few modules', () => {
    expect(output!.bytes).toBeLessThan(BYTES_MAX);
    expect(Object.keys(output!.inputs).length).toBeLessThan(MODULES_MAX);
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
  expect(Object.keys(bundles).sort()).toEqual(['advance', 'api', 'audit', 'registration', 'sync', 'task', 'timers']);
});
