// node test/harness/serve.mjs [--lambda-endpoint URL] [--poll-seconds N]
// Runs the harness for clients of any kind, on the app as it is built. Says where it is in one line of JSON.
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundle } from '../../scripts/bundle.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
// Beside the packages that the bundle leaves outside.
const folder = mkdtempSync(join(root, 'node_modules/.harness-'));

/** Files find what lies beside them, wherever they are bundled to. */
const places = {
  name: 'places',
  setup({ onLoad }) {
    onLoad({ filter: /\/test\/.*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      return { contents: text.replaceAll('__dirname', JSON.stringify(dirname(path))), loader: 'ts' };
    });
  },
};

try {
  const outfile = join(folder, 'serve.cjs');
  await bundle(join(root, 'test/harness/serve.ts'), outfile, { plugins: [places] });
  const { serve } = (await import(pathToFileURL(outfile).href)).default;
  await serve(process.argv.slice(2));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
