import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort, HOST } from '../backends/free-port';

/** Of ARNs that the journey of test/clients expects. An access key that is an account's number is that account's root. */
export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';

const FOLDER = resolve(__dirname, '../../.cache/ministack');
const INSTALLER = resolve(__dirname, '../clients/install.py');
const REQUIREMENTS = join(__dirname, 'requirements.txt');
const INSTALL_MAX_MS = 300_000;
const START_MAX_MS = 60_000;
const STOP_MAX_MS = 15_000;
const LOOK_EVERY_MS = 200;
const OUTPUT_BYTES_MAX = 50_000_000;
const run = promisify(execFile);

/** Installs the emulator, over the network the first time. Answers why it is not there. */
export function whyNoEmulator(): string | undefined {
  try {
    execFileSync('python3', [INSTALLER, FOLDER, REQUIREMENTS], { stdio: 'pipe', timeout: INSTALL_MAX_MS });
    return undefined;
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: Buffer };
    if (code === 'ENOENT') return 'there is no python3';
    const lines = String(stderr ?? error).trimEnd();
    return `MiniStack could not be installed: ${lines.split('\n').at(-1)}`;
  }
}

/** An AWS account in a process of this machine, which enforces the policies of roles and resources. */
export class Emulator {
  private constructor(
    readonly endpoint: string,
    private readonly child: ChildProcess,
    private readonly logFile: string,
  ) {}

  static async start(folder: string): Promise<Emulator> {
    const port = await freePort();
    const logFile = join(folder, 'ministack.log');
    const log = openSync(logFile, 'w');
    const child = spawn(join(FOLDER, 'bin/python'), [join(__dirname, 'emulate.py')], {
      stdio: ['ignore', log, log],
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        TMPDIR: folder,
        GATEWAY_PORT: String(port),
        // By itself it listens on all addresses.
        BIND_HOST: HOST,
        MINISTACK_ACCOUNT_ID: ACCOUNT,
        AUTH: 'true',
        // Functions inherit it.
        NODE_OPTIONS: `--require ${join(__dirname, 'localhost-names.cjs')}`,
        LOG_LEVEL: 'INFO',
      },
    });
    closeSync(log);
    const emulator = new Emulator(`http://${HOST}:${port}`, child, logFile);
    try {
      await emulator.answering();
    } catch (error) {
      await emulator.stop();
      throw error;
    }
    return emulator;
  }

  /** For whoever is this account's root: the CDK's command, boto, the SDK. */
  get environment(): NodeJS.ProcessEnv {
    return {
      PATH: process.env.PATH,
      LANG: 'C.UTF-8',
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      AWS_ACCESS_KEY_ID: ACCOUNT,
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      CDK_DEFAULT_ACCOUNT: ACCOUNT,
      CDK_DEFAULT_REGION: REGION,
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      CI: 'true',
    };
  }

  /** What `account.py WORDS` prints. */
  async ask<Answer>(...words: string[]): Promise<Answer> {
    const script = join(__dirname, 'account.py');
    const { stdout } = await run(join(FOLDER, 'bin/python'), [script, ...words], {
      env: this.environment,
      maxBuffer: OUTPUT_BYTES_MAX,
    });
    return JSON.parse(stdout) as Answer;
  }

  /** What it said itself. */
  log(): string[] {
    return readFileSync(this.logFile, 'utf8').split('\n');
  }

  /** Its functions end with it, if it is asked. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'close');
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_MAX_MS);
    await ended;
    clearTimeout(timer);
  }

  private async answering(): Promise<void> {
    const giveUpMs = Date.now() + START_MAX_MS;
    for (;;) {
      const answer = await fetch(`${this.endpoint}/_ministack/health`).catch((error: Error) => error);
      if (!(answer instanceof Error) && answer.ok) return;
      if (this.child.exitCode !== null) throw new Error(`the emulator ended: ${this.log().slice(-5).join('\n')}`);
      if (Date.now() > giveUpMs) throw new Error(`nobody answers after ${START_MAX_MS} ms`);
      await sleep(LOOK_EVERY_MS);
    }
  }
}
