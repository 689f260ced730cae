// Fetches AWS's own runtime client of Node functions into .cache/, once: one file is all that is used of it. It is
// unpacked and not installed: its install script compiles a native HTTP client, in whose place native-client.cjs stands.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const PACKAGE = 'aws-lambda-ric@4.0.2';
const folder = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../../.cache/lambda-runtime');

if (!existsSync(join(folder, 'package/index.mjs'))) {
  mkdirSync(folder, { recursive: true });
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder, PACKAGE], { stdio: 'inherit' });
  const archive = readdirSync(folder).find((file) => file.endsWith('.tgz'));
  execFileSync('tar', ['-xzf', join(folder, archive), '-C', folder]);
}
