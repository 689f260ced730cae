import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles each file of lambdas/ into a folder of its own, with all that it needs: a function of Node 24 loads one file.
 * Answers what went into each.
 */
export async function buildLambdas(folder) {
  const names = readdirSync('lambdas').map((file) => basename(file, '.ts'));
  const results = await Promise.all(
    names.map((name) =>
      build({
        entryPoints: [`lambdas/${name}.ts`],
        outfile: join(folder, name, 'index.js'),
        bundle: true,
        minify: true,
        keepNames: true,
        platform: 'node',
        target: 'node24',
        format: 'cjs',
        metafile: true,
        legalComments: 'none',
        logLevel: 'warning',
      }),
    ),
  );
  return Object.fromEntries(names.map((name, at) => [name, results[at].metafile]));
}
