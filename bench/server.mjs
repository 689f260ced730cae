import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from './client.mjs';
import { freePort } from './free-port.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
// Not the system's folder for temporary files: that is often in memory, where a sync costs nothing.
const CACHE = join(ROOT, '.cache');
const FIRST_ANSWER_MAX_MS = 60_000;

const KEYS = { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any', AWS_REGION: 'us-east-1' };

/** How our own server is started. Peers are `{ name, command }`, a line for the shell with PORT in it. */
export const OURS = {
  name: 'Stepwell',
  command: 'node dist/cli.js start --port PORT --data DATA --lambda-endpoint http://127.0.0.1:LAMBDAPORT',
};

const running = new Set();
process.on('exit', () => {
  for (const server of running) server.kill();
});

/** Starts a server in a process group of its own, on a free port and a fresh data folder, and waits for an answer. */
export async function startServer({ command }, lambdaPort) {
  mkdirSync(CACHE, { recursive: true });
  const server = new Server(mkdtempSync(join(CACHE, 'bench-')));
  try {
    await server.start(command.replaceAll(/\bLAMBDAPORT\b/g, lambdaPort));
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

class Server {
  port;
  /** From the start of the process to the first answer. */
  firstAnswerMs;
  #folder;
  #process;
  #output = '';

  constructor(folder) {
    this.#folder = folder;
  }

  async start(command) {
    this.port = await freePort();
    const line = command.replaceAll(/\bPORT\b/g, this.port).replaceAll(/\bDATA\b/g, `"${this.#folder}"`);
    const startMs = performance.now();
    this.#process = spawn(line, {
      shell: true,
      detached: true,
      cwd: ROOT,
      env: { ...process.env, ...KEYS },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(this);
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.on('data', (chunk) => {
        this.#output = (this.#output + chunk).slice(-300);
      });
    }
    await this.#firstAnswer(startMs + FIRST_ANSWER_MAX_MS);
    this.firstAnswerMs = performance.now() - startMs;
  }

  /** Resident memory of the whole process group in bytes; undefined where there is no /proc. */
  memoryBytes() {
    if (process.platform !== 'linux') return undefined;
    let kibibytes = 0;
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        // "pid (name) state parent group ...", where the name may have any character.
        const group = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').pop().split(' ')[2];
        if (Number(group) !== this.#process.pid) continue;
        kibibytes += Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0);
      } catch {
        // It has ended in between.
      }
    }
    return kibibytes * 1024;
  }

  async stop() {
    const { exitCode, signalCode } = this.#process;
    if (exitCode === null && signalCode === null) {
      this.#signal('SIGTERM');
      await Promise.race([once(this.#process, 'exit'), sleep(3_000, undefined, { ref: false })]);
    }
    this.kill();
  }

  kill() {
    this.#signal('SIGKILL');
    running.delete(this);
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #signal(signal) {
    try {
      process.kill(process.platform === 'win32' ? this.#process.pid : -this.#process.pid, signal);
    } catch {
      // All of the group have ended.
    }
  }

  async #firstAnswer(untilMs) {
    for (;;) {
      const client = new Client(this.port);
      try {
        return await client.call('ListStateMachines');
      } catch (error) {
        const { exitCode, signalCode } = this.#process;
        if (exitCode !== null || signalCode !== null)
          throw new Error(`it ended with ${exitCode ?? signalCode}: ${this.#output}`);
        if (performance.now() > untilMs) throw new Error(`no answer in 60 s: ${error.message} ${this.#output}`);
      } finally {
        client.close();
      }
      await sleep(5);
    }
  }
}
