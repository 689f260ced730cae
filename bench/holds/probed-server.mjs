import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = join(ROOT, '.cache');

/** How each kind of store is asked for. */
const STORES = { memory: () => ['--memory'], durable: (folder) => ['--data', folder] };
export const STORE_NAMES = Object.keys(STORES);

/** The built server on a free port, whose event loop is watched by the probe of the fuzz test. */
export class ProbedServer {
  port;
  #child;
  #folder;

  static async start(store) {
    const server = new ProbedServer();
    mkdirSync(CACHE, { recursive: true });
    server.#folder = mkdtempSync(join(CACHE, 'holds-'));
    process.on('exit', () => server.#kill());
    const flags = [
      '--port',
      '0',
      ...STORES[store](server.#folder),
      '--function',
      'echo=bench/holds/functions.cjs#echo',
    ];
    const probe = join(ROOT, 'test/safety/fuzz/loop-probe.cjs');
    const words = ['--require', probe, 'dist/cli.js', 'start'];
    server.#child = spawn(process.execPath, [...words, ...flags], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    server.port = await server.#listens();
    return server;
  }

  /** The longest hold since this was asked last, in milliseconds of the loop's own time. */
  async longestHoldMs() {
    const told = once(this.#child, 'message');
    this.#child.send('tell');
    return (await told)[0].heldMs;
  }

  async stop() {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
    this.#kill();
  }

  #listens() {
    return new Promise((resolve, reject) => {
      let output = '';
      this.#child.stdout.on('data', (chunk) => {
        output += chunk;

        const port = /listens on http:\/\/[^:]+:(\d+)/.exec(output)?.[1];
        if (port) resolve(Number(port));
      });
      this.#child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${output}`)));
    });
  }

  #kill() {
    this.#child?.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
