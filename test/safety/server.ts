import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';

const CLI = resolve(__dirname, '../../dist/cli.js');
const READY_MAX_MS = 60_000;
const LINES_MAX = 200;

export interface ServerSettings {
  /** What follows `stepwell start`; the port is any that is free. */
  flags: readonly string[];
  /** What stands before the script: `--require probe.cjs`. */
  nodeFlags?: readonly string[];
}

/** The real built server in a process of its own. */
export class ServerProcess {
  /** Resolves with the URL once it listens; rejects when it ends before. */
  readonly ready: Promise<string>;
  /** Resolves once the process is gone. */
  readonly gone: Promise<void>;
  /** The last lines that it wrote to standard error. */
  readonly complaints: string[] = [];
  readonly child: ChildProcess;
  private hasEnded = false;

  constructor({ flags, nodeFlags = [] }: ServerSettings) {
    const words = [...nodeFlags, CLI, 'start', '--port', '0', ...flags];
    this.child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env: cleanEnvironment() });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.complaints.push(...text.trimEnd().split('\n'));
      this.complaints.splice(0, this.complaints.length - LINES_MAX);
    });
    this.gone = new Promise((done) => {
      this.child.once('close', () => {
        this.hasEnded = true;
        done();
      });
    });
    this.ready = this.listening();
    // Whoever kills it while it starts does not wait for this.
    this.ready.catch(() => {});
  }

  static async start(settings: ServerSettings): Promise<{ server: ServerProcess; url: string }> {
    const server = new ServerProcess(settings);
    return { server, url: await server.ready };
  }

  get isRunning(): boolean {
    return !this.hasEnded && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Ends it as a crash would: it gets no chance to finish anything. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.gone;
  }

  private listening(): Promise<string> {
    return new Promise((found, failed) => {
      let text = '';
      const timer = setTimeout(() => failed(new Error(`the server does not listen: ${text}`)), READY_MAX_MS);
      this.child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        const url = /listens on (http:\S+)/.exec(text)?.[1];
        if (!url) return;
        clearTimeout(timer);
        found(url);
      });
      void this.gone.then(() => {
        clearTimeout(timer);
        const how = this.child.signalCode ?? `status ${this.child.exitCode}`;
        failed(new Error(`the server ended (${how}) before it listened: ${this.complaints.join('\n')}`));
      });
    });
  }
}

/** Settings of the machine that runs the tests do not reach the server. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(STEPWELL_|AWS_|NODE_OPTIONS$)/.test(name)),
  );
}
