import { execFile } from 'node:child_process';
import { Agent, type RequestOptions } from 'node:http';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { SFNClientConfig } from '@aws-sdk/client-sfn';
import { HOST } from '../backends/free-port';
import { FOLDER as CLIENTS } from '../clients/real-clients';
import type { Outputs } from './cdk';
import type { Emulator } from './emulator';

const CLI = resolve(__dirname, '../../dist/cli.js');
const run = promisify(execFile);

/** A key of the deployment, by the command that the stack's output names, as a user pastes it. */
export async function createFirstKey(emulator: Emulator, { CreateFirstKey }: Outputs) {
  const command = `${CreateFirstKey.replace('npx stepwell', `"${process.execPath}" "${CLI}"`)} --json`;
  const env = { ...emulator.environment, PATH: `${join(CLIENTS, 'bin')}:${process.env.PATH}` };
  const { stdout } = await run('bash', ['-c', command], { env });
  const { accessKeyId, secretAccessKey } = JSON.parse(stdout) as { accessKeyId: string; secretAccessKey: string };
  return { accessKeyId, secretAccessKey };
}

/** Where the emulated API Gateway answers for the endpoint that the stack names: https://API.execute-api.../STAGE/. */
export function gatewayUrl({ endpoint }: Emulator, { Endpoint }: Outputs): string {
  const { hostname, pathname } = new URL(Endpoint);
  return `http://${hostname.split('.')[0]}.execute-api.localhost:${new URL(endpoint).port}${pathname}`;
}

/** Not every machine finds names under localhost. */
export function atLoopback(): Partial<SFNClientConfig> {
  const lookup: RequestOptions['lookup'] = (_, { all }, found) => {
    if (all) found(null, [{ address: HOST, family: 4 }]);
    else found(null, HOST, 4);
  };
  return { requestHandler: { httpAgent: new Agent({ lookup }) } };
}

/** Notes each action that was answered, by the name of its command: the SDK tells its logger. */
export function notingIn(answered: Set<string>): Partial<SFNClientConfig> {
  const info = ({ commandName }: { commandName: string }) => answered.add(commandName.replace(/Command$/, ''));
  const nothing = () => {};
  return { logger: { trace: nothing, debug: nothing, info, warn: nothing, error: nothing } };
}
