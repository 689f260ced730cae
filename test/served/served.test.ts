import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetActivityTaskCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { ROLE_ARN, refusalOf, taskOf } from '../api/service';
import { emptyFolder, endServers, removeFolders, type Served, serve, stepwell } from '../cli/command';
import { eventually } from '../contract/eventually';
import { type Deployment, deploy } from './deployment';
import { describeKills } from './describe-kills';

afterAll(async () => {
  await endServers();
  removeFolders();
});

const SERVED = ['--store', 'dynamodb', '--queues', 'sqs'];
const SECRET = { STEPWELL_MASTER_SECRET: 'x'.repeat(32) };

describe('what cannot be served is said in one line', () => {
  test.each([
    [['--store', 'dynamodb'], 'the store and the queues go together: give --store dynamodb --queues sqs, or neither.'],
    [['--store', 'postgres'], '--store is "postgres"; give embedded or dynamodb.'],
    [SERVED.concat('--memory'), '--memory is for the embedded store; leave it out with --store dynamodb.'],
    [SERVED.concat('--name', 'a.b'), '--name is "a.b"; give up to 50 letters, digits, - and _.'],
    [
      SERVED.concat('--dynamodb-endpoint', 'here'),
      '--dynamodb-endpoint is "here"; give a URL like http://127.0.0.1:8000.',
    ],
    [SERVED.concat('--retention-days', '0'), '--retention-days is "0"; give a whole number from 1 to 3650.'],
  ])('%j', async (words, line) => {
    const environment = SECRET;
    expect(await stepwell(['start', ...words], { environment })).toEqual({
      status: 2,
      stdout: '',
      stderr: `stepwell: ${line}\n`,
    });
  });

  test('no keys', async () => {
    const { status, stderr } = await stepwell(['start', ...SERVED]);
    expect([status, stderr]).toEqual([
      2,
      'stepwell: with --store dynamodb every request is verified; give --master-secret-file FILE for keys that `stepwell keys create` makes, or --auth KEYFILE.\n',
    ]);
  });

  test('a short master secret', async () => {
    const { status, stderr } = await stepwell(['start', ...SERVED], {
      environment: { STEPWELL_MASTER_SECRET: 'short' },
    });
    expect([status, stderr]).toEqual([
      2,
      'stepwell: STEPWELL_MASTER_SECRET: the secret has fewer than 32 characters; `openssl rand -hex 32` makes one.\n',
    ]);
  });

  test('nobody at that address', async () => {
    const words = [...SERVED, '--dynamodb-endpoint', 'http://127.0.0.1:1', '--wait-seconds', '0'];
    const { status, stderr } = await stepwell(['start', ...words], { environment: SECRET });
    expect([status, stderr]).toEqual([
      1,
      'stepwell: DynamoDB at http://127.0.0.1:1 cannot be used (ECONNREFUSED); start it, or say with --dynamodb-endpoint where it is.\n',
    ]);
  });
});

/** Needs Java: `node scripts/emulators.mjs --fetch` fetches the servers. */
if (process.env.STEPWELL_BACKENDS) {
  jest.setTimeout(120_000);
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await deploy();
  }, 180_000);
  afterAll(() => deployment?.stop());

  const twoServers = async () => {
    const servers = await Promise.all([serve(deployment.words), serve(deployment.words)]);
    const [one, other] = servers.map((server) => deployment.client(server)) as [SFNClient, SFNClient];
    return { one, other, servers: servers as [Served, Served] };
  };
  /** A process that dies leaves polls behind that take messages with them, for two minutes: no good start for a test. */
  const stopServers = async (servers: readonly Served[]) => {
    for (const { child } of servers) child.kill('SIGTERM');
    await Promise.all(servers.map((server) => server.ended));
  };
  const get = async (server: Served, path: string) => {
    const response = await fetch(`${server.url}${path}`);
    return { status: response.status, text: await response.text() };
  };
  let count = 0;
  const named = (kind: string) => `${kind}-${++count}`;

  async function machine(client: SFNClient, fields: object = {}) {
    const { activityArn } = await client.send(new CreateActivityCommand({ name: named('work') }));
    const definition = JSON.stringify(taskOf(activityArn!, fields));
    const created = await client.send(
      new CreateStateMachineCommand({ name: named('machine'), definition, roleArn: ROLE_ARN }),
    );
    return { activityArn: activityArn!, stateMachineArn: created.stateMachineArn! };
  }
  const ended = (client: SFNClient, executionArn: string) =>
    eventually(
      () => client.send(new DescribeExecutionCommand({ executionArn })),
      ({ status }) => status !== 'RUNNING',
    );

  test('what one process starts, another works on: the whole life of an execution', async () => {
    const { one, other, servers } = await twoServers();
    const { activityArn, stateMachineArn } = await machine(one, { HeartbeatSeconds: 60 });
    const { executionArn } = await one.send(new StartExecutionCommand({ stateMachineArn, input: '{"n":1}' }));
    const task = await other.send(new GetActivityTaskCommand({ activityArn, workerName: 'w' }));
    expect(task.input).toBe('{"n":1}');
    await one.send(new SendTaskHeartbeatCommand({ taskToken: task.taskToken }));
    await other.send(new SendTaskSuccessCommand({ taskToken: task.taskToken, output: '"done"' }));
    expect(await ended(one, executionArn!)).toMatchObject({ status: 'SUCCEEDED', output: '"done"' });
    const histories = await Promise.all(
      [one, other].map((client) => client.send(new GetExecutionHistoryCommand({ executionArn }))),
    );
    expect(histories[0]!.events).toEqual(histories[1]!.events);
    expect(histories[0]!.events!.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'ActivityScheduled',
      'ActivityStarted',
      'ActivitySucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    const second = await other.send(new StartExecutionCommand({ stateMachineArn }));
    await one.send(new StopExecutionCommand({ executionArn: second.executionArn, error: 'E', cause: 'C' }));
    const aborted = await one.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'ABORTED' }));
    expect(aborted.executions!.map((execution) => execution.executionArn)).toEqual([second.executionArn]);
    await one.send(new DeleteStateMachineCommand({ stateMachineArn }));
    const gone = () =>
      refusalOf(other.send(new DescribeStateMachineCommand({ stateMachineArn }))).catch(() => undefined);
    expect(await eventually(gone, (refusal) => refusal !== undefined)).toMatchObject({
      name: 'StateMachineDoesNotExist',
    });
    await stopServers(servers);
  });

  test('one process stops and another takes over; a worker that waits gets nothing from it', async () => {
    const { one, other, servers } = await twoServers();
    const { activityArn, stateMachineArn } = await machine(one);
    const poll = one.send(new GetActivityTaskCommand({ activityArn }));
    // It is answered: the poll has begun by then, or is refused with the connection.
    await one.send(new CreateActivityCommand({ name: named('work') }));
    servers[0].child.kill('SIGTERM');
    await servers[0].says('Stopping');
    const { executionArn } = await other.send(new StartExecutionCommand({ stateMachineArn }));
    const task = await other.send(new GetActivityTaskCommand({ activityArn }));
    expect((await poll).taskToken).toBeUndefined();
    expect(await servers[0].ended).toMatchObject({ status: 0 });
    await other.send(new SendTaskSuccessCommand({ taskToken: task.taskToken, output: '1' }));
    expect(await ended(other, executionArn!)).toMatchObject({ status: 'SUCCEEDED' });
    await stopServers(servers);
  });

  test('an execution that is waited for: a process that stops answers it first', async () => {
    const server = await serve(deployment.words);
    const client = deployment.client(server);
    const definition = JSON.stringify({ StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 2, End: true } } });
    const { stateMachineArn } = await client.send(
      new CreateStateMachineCommand({ name: named('machine'), definition, roleArn: ROLE_ARN, type: 'EXPRESS' }),
    );
    const running = client.send(new StartSyncExecutionCommand({ stateMachineArn, input: '[1]' }));
    await eventually(
      () => get(server, '/metrics'),
      ({ text }) => text.includes('stepwell_executions_started_total 1'),
    );
    server.child.kill('SIGTERM');
    expect(await running).toMatchObject({ status: 'SUCCEEDED', output: '[1]' });
    expect(await server.ended).toMatchObject({ status: 0 });
  });

  test('a process that stops does not wait for a function of a minute: another process begins it anew', async () => {
    const folder = emptyFolder();
    const file = join(folder, 'slow.cjs');
    // The first that begins it takes a minute.
    writeFileSync(
      file,
      `const fs = require('node:fs');
      const note = (name) => fs.writeFileSync(${JSON.stringify(folder)} + '/' + name, '', { flag: 'wx' });
      exports.handler = async () => {
        try { note('begun'); } catch { return 2; }
        await new Promise((resolve) => setTimeout(resolve, 60_000));
        note('finished');
        return 1;
      };`,
    );
    const words = [...deployment.words, '--function', `slow=${file}#handler`];
    const first = await serve(words);
    const client = deployment.client(first);
    const definition = JSON.stringify(taskOf('arn:aws:lambda:us-east-1:123456789012:function:slow'));
    const { stateMachineArn } = await client.send(
      new CreateStateMachineCommand({ name: named('machine'), definition, roleArn: ROLE_ARN }),
    );
    const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn }));
    await eventually(
      () => existsSync(join(folder, 'begun')),
      (isBegun) => isBegun,
    );
    const second = await serve(words);
    first.child.kill('SIGTERM');
    expect(await first.ended).toMatchObject({ status: 0 });
    const other = deployment.client(second);
    const { status, output } = await eventually(
      () => other.send(new DescribeExecutionCommand({ executionArn })),
      ({ status }) => status !== 'RUNNING',
      { patienceMs: 60_000, everyMs: 50 },
    );
    expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: '2' });
    expect(existsSync(join(folder, 'finished'))).toBe(false);
    await stopServers([second]);
  });

  test('a process that is killed is missed by nobody for long: another goes on', async () => {
    const { one, other, servers } = await twoServers();
    const { activityArn, stateMachineArn } = await machine(one);
    const { executionArn } = await one.send(new StartExecutionCommand({ stateMachineArn }));
    const task = await one.send(new GetActivityTaskCommand({ activityArn }));
    servers[0].child.kill('SIGKILL');
    await servers[0].ended;
    await other.send(new SendTaskSuccessCommand({ taskToken: task.taskToken, output: '2' }));
    expect(await ended(other, executionArn!)).toMatchObject({ status: 'SUCCEEDED', output: '2' });
    await stopServers(servers);
  });

  test('items of a distributed Map are executions of their own, whoever works on them; a stop stops them', async () => {
    const { one, other, servers } = await twoServers();
    const { activityArn } = await one.send(new CreateActivityCommand({ name: named('work') }));
    const { StartAt, States } = taskOf(activityArn!, { Parameters: { 'id.$': '$$.Execution.Id', 'item.$': '$' } });
    const ItemProcessor = { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, StartAt, States };
    const definition = JSON.stringify({
      StartAt: 'Each',
      States: { Each: { Type: 'Map', Label: 'each', MaxConcurrency: 2, ItemProcessor, End: true } },
    });
    const { stateMachineArn } = await one.send(
      new CreateStateMachineCommand({ name: named('apart'), definition, roleArn: ROLE_ARN }),
    );
    const poll = async (client: SFNClient) => {
      const { input, taskToken } = await client.send(new GetActivityTaskCommand({ activityArn }));
      return { ...(JSON.parse(input!) as { id: string; item: number }), taskToken };
    };
    const first = await one.send(new StartExecutionCommand({ stateMachineArn, input: '[0,1,2]' }));
    for (const client of [other, one, other]) {
      const { item, taskToken } = await poll(client);
      await client.send(new SendTaskSuccessCommand({ taskToken, output: `${item * 10}` }));
    }
    expect(await ended(other, first.executionArn!)).toMatchObject({ status: 'SUCCEEDED', output: '[0,10,20]' });
    const second = await other.send(new StartExecutionCommand({ stateMachineArn, input: '[0,1,2]' }));
    const children = [await poll(one), await poll(other)];
    await one.send(new StopExecutionCommand({ executionArn: second.executionArn }));
    for (const { id } of children) expect(await ended(other, id)).toMatchObject({ status: 'ABORTED' });
    const { executions } = await one.send(new ListExecutionsCommand({ stateMachineArn }));
    expect(executions!.map(({ executionArn }) => executionArn)).toEqual([second.executionArn, first.executionArn]);
    await stopServers(servers);
  });

  test('/health, /ready and /metrics', async () => {
    const { one, servers } = await twoServers();
    const [server] = servers;
    expect(await get(server, '/health')).toEqual({ status: 200, text: '{"status":"ok"}' });
    expect(await get(server, '/ready')).toEqual({ status: 200, text: '{"status":"ready"}' });
    const { stateMachineArn } = await machine(one);
    const { executionArn } = await one.send(new StartExecutionCommand({ stateMachineArn }));
    await one.send(new StopExecutionCommand({ executionArn }));
    const pages = await Promise.all(servers.map((each) => get(each, '/metrics')));
    const sum = (name: string) =>
      pages.reduce((total, { text }) => total + Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)![1]), 0);
    // Each is counted by the one process that wrote it.
    expect(sum('stepwell_executions_started_total')).toBe(1);
    expect(sum('stepwell_executions_aborted_total')).toBe(1);
    expect(sum('stepwell_execution_time_seconds_count')).toBe(1);
    expect(pages[0]!.text).toMatch(/stepwell_api_request_seconds_count\{action="StartExecution",status="200"\} 1/);
    expect(pages[0]!.text).toContain('stepwell_queue_failures_total 0');
    await stopServers(servers);
  });

  test('keys: made, limited to actions, listed, disabled, deleted', async () => {
    const { storeWords } = deployment;
    const keys = (...words: string[]) => stepwell(['keys', ...words, ...storeWords]);
    const made = await keys('create', '--json', '--allow', 'ListActivities,StartExecution', '--principal', 'ci');
    const { accessKeyId, secretAccessKey } = JSON.parse(made.stdout);
    expect(secretAccessKey).toMatch(/^[\w-]{43}$/);
    expect((await keys('list')).stdout).toContain(`${accessKeyId}  enabled   ci  ListActivities,StartExecution\n`);
    expect((await keys('list')).stdout).not.toContain(secretAccessKey);
    expect(await keys('disable', accessKeyId)).toMatchObject({ status: 0 });
    expect((await keys('list')).stdout).toContain(`${accessKeyId}  disabled`);
    expect(await keys('delete', accessKeyId)).toMatchObject({ status: 0 });
    expect(await keys('delete', accessKeyId)).toMatchObject({
      status: 1,
      stderr: `stepwell: there is no key ${accessKeyId}; \`stepwell keys list\` shows those there are.\n`,
    });
    expect(await keys('create', '--allow', 'StartExecutions')).toMatchObject({
      status: 2,
      stderr: 'stepwell: --allow: there is no action "StartExecutions". Did you mean StartExecution?\n',
    });
  });

  test('--no-create where nothing was created: one line', async () => {
    const words = [...deployment.words, '--no-create', '--name', 'elsewhere'];
    const { status, stderr } = await stepwell(['start', ...words]);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^stepwell: DynamoDB at \S+: the tables of "elsewhere" are not there; start once without --no-create, or check --name and --region\.\n$/,
    );
  });

  describe('kills', describeKills);
}
