import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The command as users have it: the build, in a process of its own. */
const CLI = resolve(__dirname, '../../dist/cli.js');

export interface Surroundings {
  /** Given as standard input; nothing by default. */
  input?: string;
  environment?: Record<string, string>;
  folder?: string;
}

export interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `stepwell WORDS` to its end. */
export async function stepwell(words: string[], surroundings: Surroundings = {}): Promise<Ended> {
  const running = launch(words, surroundings);
  running.child.stdin!.end(surroundings.input ?? '');
  return running.ended;
}

export interface Running {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** Resolves with all that was printed once the text is part of it. Rejects when the process ends without it. */
  says(text: string): Promise<string>;
}

export function launch(words: string[], { environment, folder }: Surroundings = {}): Running {
  const child = spawn(process.execPath, [CLI, ...words], { cwd: folder, env: { ...ownEnvironment(), ...environment } });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // The command may end without reading its input.
  child.stdin.on('error', () => {});
  const ended = once(child, 'close').then(([status]) => ({ status: status as number | null, stdout, stderr }));
  return {
    child,
    ended,
    says: (text) =>
      new Promise((found, reject) => {
        const look = () => {
          const printed = stdout + stderr;
          if (printed.includes(text)) found(printed);
        };
        child.stdout.on('data', look);
        child.stderr.on('data', look);
        void ended.then(() => reject(new Error(`ended without saying ${text}: ${stdout}${stderr}`)));
        look();
      }),
  };
}

/** Without settings of whoever runs the tests. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(STEPWELL_|NO_COLOR$)/.test(name)));
}

const servers = new Set<Running>();

export interface Served extends Running {
  url: string;
  /** All that was printed until it listened. */
  banner: string;
}

/** Runs `stepwell start WORDS` on a free port and waits until it listens. `endServers` ends it. */
export async function serve(words: string[], surroundings: Surroundings = {}): Promise<Served> {
  const running = launch(['start', ...words], {
    ...surroundings,
    environment: { STEPWELL_PORT: '0', ...surroundings.environment },
  });
  servers.add(running);
  void running.ended.then(() => servers.delete(running));
  const banner = await running.says('list-state-machines\n');
  return { ...running, banner, url: /listens on (\S+)/.exec(banner)![1]! };
}

/** For `afterEach`: no server outlives its test. */
export async function endServers(): Promise<void> {
  for (const { child, ended } of [...servers]) {
    child.kill('SIGKILL');
    await ended;
  }
}

export interface Answer {
  status: number;
  body: Record<string, string>;
}

/** Calls an action of the API. */
export async function call(url: string, action: string, input: object): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-amz-json-1.0', 'X-Amz-Target': `AWSStepFunctions.${action}` },
    body: JSON.stringify(input),
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

const folders: string[] = [];

/** An empty folder; `removeFolders` removes it. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stepwell-cli-'));
  folders.push(folder);
  return folder;
}

/** For `afterAll`. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}
