import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** Whether the AWS CLI and boto3 are in the run. They are installed over the network, so not by themselves. */
export const REAL_CLIENTS = Boolean(process.env.STEPWELL_REAL_CLIENTS);
export const REGION = 'us-east-1';

/** Where they are, once they are installed. */
export const FOLDER = resolve(__dirname, '../../.cache/clients');
const INSTALL_MAX_MS = 300_000;
const OUTPUT_BYTES_MAX = 20_000_000;
const run = promisify(execFile);

export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export const ANY_KEYS: Keys = { accessKeyId: 'any', secretAccessKey: 'any' };

export interface Target {
  url: string;
  keys?: Keys;
  region?: string;
}

/** For the top of a file or of a `describe`: the AWS CLI and boto3 are there before its tests run. */
export function installRealClients(): void {
  const words = ['install.py', 'requirements.txt'].map((file) => join(__dirname, file));
  beforeAll(() => run('python3', [words[0]!, FOLDER, words[1]!]), INSTALL_MAX_MS);
}

export interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

/** Runs `aws WORDS` to its end. */
export const runAws = (words: string[], target: Target): Promise<Ended> => runIn('bin/aws', words, target);

/** Runs a script of this folder, which finds the server by the variables that the server prints. */
export const runPython = (script: string, words: string[], target: Target): Promise<Ended> =>
  runIn('bin/python', [join(__dirname, script), ...words], target);

async function runIn(command: string, words: string[], target: Target): Promise<Ended> {
  const home = mkdtempSync(join(tmpdir(), 'stepwell-home-'));
  try {
    const options = { env: environment(home, target), maxBuffer: OUTPUT_BYTES_MAX };
    return { status: 0, ...(await run(join(FOLDER, command), words, options)) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: unknown } & Ended;
    if (typeof code !== 'number') throw error;
    return { status: code, stdout, stderr };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Nothing of whoever runs the tests: neither variables nor files. Each call is sent once. */
function environment(home: string, { url, keys = ANY_KEYS, region = REGION }: Target): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    HOME: home,
    AWS_CONFIG_FILE: join(home, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_MAX_ATTEMPTS: '1',
    AWS_ENDPOINT_URL_SFN: url,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    ...(keys.sessionToken !== undefined && { AWS_SESSION_TOKEN: keys.sessionToken }),
  };
}
