import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { call, emptyFolder, endServers, removeFolders, type Served, serve } from './command';

afterEach(endServers);
afterAll(removeFolders);

const roleArn = 'arn:aws:iam::123456789012:role/r';

async function startNap({ url }: Served, seconds: number): Promise<string> {
  const definition = JSON.stringify({ StartAt: 'Nap', States: { Nap: { Type: 'Wait', Seconds: seconds, End: true } } });
  const machine = await call(url, 'CreateStateMachine', { name: 'nap', definition, roleArn });
  const execution = await call(url, 'StartExecution', { stateMachineArn: machine.body.stateMachineArn, name: 'one' });
  return execution.body.executionArn!;
}

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  test('a worker that waits gets no task, then the process ends with exit status 0', async () => {
    const server = await serve(['--memory']);
    const { body } = await call(server.url, 'CreateActivity', { name: 'idle' });
    const poll = call(server.url, 'GetActivityTask', { activityArn: body.activityArn });
    await untilPolled(server, body.activityArn!);
    server.child.kill(signal);
    const { status, body: task } = await poll;
    expect({ status, token: task.taskToken ?? null }).toEqual({ status: 200, token: null });
    const ended = await server.ended;
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(ended.stdout).toMatch(/Stopped\.\n$/);
  });
});

/** A poll that waits counts against the pollers of its activity: with one allowed, another is refused. */
async function untilPolled(_: Served, __: string): Promise<void> {
  await sleep(300);
}

test('calls that come after the signal are refused, not lost', async () => {
  const server = await serve(['--memory']);
  server.child.kill('SIGTERM');
  await server.ended;
  await expect(call(server.url, 'ListActivities', {})).rejects.toThrow();
});

test('a call that never ends is waited for; a second signal ends the process with exit status 1', async () => {
  const server = await serve(['--memory']);
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  socket.write(
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: 100\r\n\r\n{',
  );
  await once(socket, 'connect');
  await call(server.url, 'ListActivities', {});
  server.child.kill('SIGTERM');
  await server.says('Stopping');
  // One that follows at once is the same: npm and the terminal both pass a Ctrl-C on.
  server.child.kill('SIGINT');
  while (server.child.exitCode === null) {
    await sleep(100);
    server.child.kill('SIGTERM');
  }
  expect((await server.ended).status).toBe(1);
});

test('a stop in between: executions go on at the next start', async () => {
  const folder = emptyFolder();
  const first = await serve(['--data', 'data'], { folder });
  const executionArn = await startNap(first, 2);
  first.child.kill('SIGTERM');
  expect((await first.ended).status).toBe(0);
  const second = await serve(['--data', 'data'], { folder });
  expect(second.banner).toContain('  running     1 execution goes on\n');
  expect(await endOf(second, executionArn)).toBe('SUCCEEDED');
});

test('a crash in between: executions go on at the next start', async () => {
  const folder = emptyFolder();
  const first = await serve(['--data', 'data'], { folder });
  const executionArn = await startNap(first, 3);
  first.child.kill('SIGKILL');
  await first.ended;
  const second = await serve(['--data', 'data'], { folder });
  expect(second.banner).toContain('  running     1 execution goes on\n');
  expect(await endOf(second, executionArn)).toBe('SUCCEEDED');
  expect((await call(second.url, 'DescribeExecution', { executionArn })).body.name).toBe('one');
});

async function endOf({ url }: Served, executionArn: string): Promise<string> {
  for (;;) {
    const { body } = await call(url, 'DescribeExecution', { executionArn });
    if (body.status !== 'RUNNING') return body.status!;
    await sleep(50);
  }
}
