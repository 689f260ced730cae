import { build } from 'esbuild';

/**
 * Bundles a script of this repository that is written in TypeScript into one file, to be run at once. Packages stay
 * outside: the file has to lie where they are found, below node_modules.
 */
export const bundle = (entry, outfile, more = {}) =>
  build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    packages: 'external',
    logLevel: 'error',
    ...more,
  });
