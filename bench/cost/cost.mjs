// npm run cost -- [--write] [--only NAME,...]
// What executions cost on AWS: runs them through the real adapters and counts what AWS would bill. docs/cost.md says how.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../scripts/bundle.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
// Beside the packages that the bundle leaves outside.
const folder = mkdtempSync(join(root, 'node_modules/.cost-'));
const outfile = join(folder, 'cost.cjs');

try {
  await bundle(join(root, 'bench/cost/main.ts'), outfile, {
    // The backends look for their jars beside their own sources.
    define: { __dirname: JSON.stringify(join(root, 'test/backends')) },
  });
  const { status } = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: 'inherit', cwd: root });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}
