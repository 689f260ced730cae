// Runs tests on Node 24, where SQLite is Node's own. The binary comes from npm, in the package of this platform.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';

const home = resolve('.cache/node24');
const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const binary = resolve(home, 'node_modules', name, 'bin/node');
const run = (command, words, options = {}) => spawnSync(command, words, { stdio: 'inherit', ...options }).status;

if (!existsSync(binary)) {
  mkdirSync(home, { recursive: true });
  run('npm', ['install', '--prefix', home, '--no-save', '--no-audit', '--no-fund', `${name}@24`]);
}
process.exit(run(binary, ['node_modules/jest/bin/jest.js', ...process.argv.slice(2)]) ?? 1);
