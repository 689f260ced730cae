import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../contract/eventually';
import { call, emptyFolder, endServers, removeFolders, type Served, serve, stepwell } from './command';

afterEach(endServers);
afterAll(removeFolders);

const GROUP = '/aws/vendedlogs/states/orders';
const loggingConfiguration = {
  level: 'ALL',
  destinations: [
    { cloudWatchLogsLogGroup: { logGroupArn: `arn:aws:logs:us-east-1:123456789012:log-group:${GROUP}:*` } },
  ],
};

/** Runs an execution of a machine that is logged. */
async function runLogged({ url }: Served): Promise<void> {
  const definition = '{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}';
  const machine = { name: 'orders', definition, roleArn: 'arn:aws:iam::123456789012:role/any', loggingConfiguration };
  const { body } = await call(url, 'CreateStateMachine', machine);
  await call(url, 'StartExecution', { stateMachineArn: body.stateMachineArn, name: 'first' });
}

const ENDED = '"type":"ExecutionSucceeded"';

test('without an option, what executions do is a line of standard error each', async () => {
  const server = await serve(['--memory']);
  await runLogged(server);
  const printed = await server.says(ENDED);
  const lines = printed.split('\n').filter((line) => line.startsWith('{"id"'));
  expect(lines.map((line) => JSON.parse(line).type)).toEqual([
    'ExecutionStarted',
    'PassStateEntered',
    'PassStateExited',
    'ExecutionSucceeded',
  ]);
  expect(JSON.parse(lines[0]!)).toMatchObject({ log_group: GROUP });
});

test('--execution-log FILE: they are appended to the file, and nothing is printed', async () => {
  const folder = emptyFolder();
  const file = join(folder, 'executions.log');
  for (const count of [1, 2]) {
    const server = await serve(['--memory'], { folder, environment: { STEPWELL_EXECUTION_LOG: 'executions.log' } });
    await runLogged(server);
    const ended = () => readFileSync(file, 'utf8').split(ENDED).length - 1;
    await eventually(
      async () => ended(),
      (found) => found === count,
    );
    server.child.kill('SIGTERM');
    expect((await server.ended).stderr).toBe('');
  }
});

test('what was written when the server is told to stop is in the file', async () => {
  const folder = emptyFolder();
  const server = await serve(['--memory', '--execution-log', 'executions.log'], { folder });
  await runLogged(server);
  server.child.kill('SIGTERM');
  await server.ended;
  expect(readFileSync(join(folder, 'executions.log'), 'utf8')).toContain(ENDED);
});

test('--log-level silent silences them too, unless there is a file', async () => {
  const server = await serve(['--memory', '--log-level', 'silent']);
  await runLogged(server);
  server.child.kill('SIGTERM');
  expect((await server.ended).stderr).toBe('');
});

test('a file that cannot be written: one line, and no server', async () => {
  const folder = emptyFolder();
  const { status, stderr } = await stepwell(['start', '--memory', '--execution-log', 'none/executions.log'], {
    folder,
  });
  expect(status).toBe(2);
  expect(stderr).toContain('--execution-log none/executions.log cannot be written (ENOENT); give another file.');
});
