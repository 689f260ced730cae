// Bundles the sources into dist/: the command, the library, and the threads that they start; the functions of a
// deployment, and the app that deploys them.
// `--fast` leaves the type declarations out.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { build } from 'esbuild';
import { buildLambdas } from './build-lambdas.mjs';

const isFast = process.argv.includes('--fast');
if (!isFast) rmSync('dist', { recursive: true, force: true });

await build({
  entryPoints: {
    app: 'bin/app.ts',
    cli: 'bin/cli.ts',
    cdk: 'lib/cdk/index.ts',
    index: 'lib/index.ts',
    'writer-thread': 'lib/adapters/embedded/writer-thread.ts',
    'function-thread': 'lib/adapters/lambda/function-thread.ts',
    'definition-check-thread': 'lib/host/definition-check-thread.ts',
  },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  packages: 'external',
  sourcemap: 'linked',
  logLevel: 'warning',
});

await buildLambdas('dist/lambdas');

if (!isFast) {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.types.json'], { stdio: 'inherit' });
}
