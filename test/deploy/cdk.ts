import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ACCOUNT, type Emulator, REGION } from './emulator';

const ROOT = resolve(__dirname, '../..');
/** All that an emulator makes necessary: it has no TLS, and does not do the roles of a bootstrapped account. */
export const CONTEXT = { requiresTls: 'false', synthesizer: 'cli' };
const OUTPUT_BYTES_MAX = 50_000_000;
const run = promisify(execFile);

export type Outputs = Record<'Endpoint' | 'Region' | 'MasterSecretArn' | 'CreateFirstKey', string>;

/** The CDK's command on the app of this repository, as `npx cdk` runs it. */
export class Cdk {
  private readonly app: string;

  constructor(
    private readonly emulator: Emulator,
    private readonly folder: string,
    private readonly context: Record<string, string>,
  ) {
    this.app = join(folder, 'cdk.out');
  }

  /** Before the others: `bootstrap` would synthesize without what is deployed. */
  synth(): Promise<void> {
    const options = Object.entries({ ...CONTEXT, ...this.context }).flatMap(([key, value]) => [
      '-c',
      `${key}=${value}`,
    ]);
    return this.run('synth', '--quiet', '--output', this.app, ...options);
  }

  bootstrap(): Promise<void> {
    return this.run('bootstrap', `aws://${ACCOUNT}/${REGION}`, '--app', this.app);
  }

  async deploy(): Promise<Outputs> {
    const file = join(this.folder, 'outputs.json');
    await this.deployApp(this.app, '--outputs-file', file);
    const [outputs] = Object.values(JSON.parse(readFileSync(file, 'utf8')) as Record<string, Outputs>);
    return outputs!;
  }

  /** One that is synthesized into that folder. */
  deployApp(app: string, ...words: string[]): Promise<void> {
    return this.run('deploy', '--app', app, '--require-approval', 'never', ...words);
  }

  destroy(app = this.app): Promise<void> {
    return this.run('destroy', '--app', app, '--force', '--all');
  }

  private async run(...words: string[]): Promise<void> {
    const cli = createRequire(__filename).resolve('aws-cdk/bin/cdk');
    const env = { ...this.emulator.environment, HOME: this.folder, TMPDIR: this.folder };
    try {
      await run(process.execPath, [cli, ...words], { cwd: ROOT, env, maxBuffer: OUTPUT_BYTES_MAX });
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`cdk ${words[0]} failed: ${(stdout + stderr).trimEnd().split('\n').slice(-25).join('\n')}`);
    }
  }
}
