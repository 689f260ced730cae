import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { driverName } from '../../lib/adapters/embedded/driver';
import { temporaryFolder } from '../contract/temporary-folder';
import { PASS, refusal, refusalOf, SLEEP, TestService, uniqueName, useService } from './service';

const DAY_MS = 24 * 3_600_000;

/** Moves this process's clock. */
const later = (ms: number) => {
  const now = Date.now;
  jest.spyOn(Date, 'now').mockImplementation(() => now() + ms);
};

describe('90 days after its end an execution is gone', () => {
  const service = useService({});
  afterEach(() => jest.restoreAllMocks());
  const started = async () => {
    const stateMachineArn = await service.createMachine(PASS);
    const request = { stateMachineArn, name: uniqueName('order') };
    const executionArn = await service.startExecution(request);
    await service.ended(executionArn);
    return { request, stateMachineArn, executionArn };
  };

  test('until then it can be read, is listed, and its name is taken', async () => {
    const { request, stateMachineArn, executionArn } = await started();
    later(90 * DAY_MS - 60_000);
    const { client } = service;
    expect((await client.send(new DescribeExecutionCommand({ executionArn }))).status).toBe('SUCCEEDED');
    expect((await client.send(new ListExecutionsCommand({ stateMachineArn }))).executions).toHaveLength(1);
    expect(await refusalOf(client.send(new StartExecutionCommand(request)))).toMatchObject({
      name: 'ExecutionAlreadyExists',
    });
  });

  test('then nobody finds it', async () => {
    const { stateMachineArn, executionArn } = await started();
    later(90 * DAY_MS + 60_000);
    const { client } = service;
    const gone = refusal('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
    expect(await refusalOf(client.send(new DescribeExecutionCommand({ executionArn })))).toEqual(gone);
    expect(await refusalOf(client.send(new GetExecutionHistoryCommand({ executionArn })))).toEqual(gone);
    expect(await refusalOf(client.send(new StopExecutionCommand({ executionArn })))).toEqual(gone);
    expect((await client.send(new ListExecutionsCommand({ stateMachineArn }))).executions).toEqual([]);
    const filtered = new ListExecutionsCommand({ stateMachineArn, statusFilter: 'SUCCEEDED' });
    expect((await client.send(filtered)).executions).toEqual([]);
  });

  test('its name is free for another', async () => {
    const { request, executionArn } = await started();
    later(90 * DAY_MS + 60_000);
    const again = await service.client.send(new StartExecutionCommand({ ...request, input: '"again"' }));
    expect(again.executionArn).toBe(executionArn);
    expect(await service.ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', input: '"again"' });
    expect((await service.history(executionArn))[0]!.executionStartedEventDetails!.input).toBe('"again"');
  });

  test('a running execution does not expire', async () => {
    const executionArn = await service.startExecution({ definition: SLEEP });
    later(120 * DAY_MS);
    const { status } = await service.client.send(new DescribeExecutionCommand({ executionArn }));
    expect(status).toBe('RUNNING');
  });
});

/** Forgets all executions. In a process of its own: a database is closed, and its lock given back, when that ends. */
function emptyStore(file: string): void {
  const open = driverName() === 'libsql' ? 'require("libsql")' : 'require("node:sqlite").DatabaseSync';
  const deletions = ['heads', 'journal', 'beats'].map((table) => `DELETE FROM ${table};`).join(' ');
  const script = `new (${open})(process.argv[1]).exec("${deletions} PRAGMA wal_checkpoint(TRUNCATE)")`;
  execFileSync(process.execPath, ['-e', script, file], { cwd: __dirname, stdio: 'pipe' });
}

describe('a task token', () => {
  const folder = temporaryFolder();

  /** Takes a task, stops the service, does something to its store, and starts it again. */
  async function restarted(data: string, meanwhile: () => void = () => {}) {
    const before = new TestService();
    await before.start({ data });
    const task = await before.takeTask();
    await before.stop();
    meanwhile();
    const after = new TestService();
    await after.start({ data });
    return { ...task, service: after };
  }

  test('outlives a restart', async () => {
    const { service, taskToken, executionArn } = await restarted(join(folder, 'restarted'));
    await service.client.send(new SendTaskHeartbeatCommand({ taskToken }));
    await service.client.send(new SendTaskSuccessCommand({ taskToken, output: '"done"' }));
    expect(await service.ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '"done"' });
    await service.stop();
  });

  test('of a task that is not known at all any more: TaskDoesNotExist', async () => {
    const data = join(folder, 'emptied');
    const { service, taskToken } = await restarted(data, () => emptyStore(join(data, 'stepwell.db')));
    const missing = refusal('TaskDoesNotExist', "Task Does Not Exist: 'Provided task does not exist'");
    const { client } = service;
    expect(await refusalOf(client.send(new SendTaskSuccessCommand({ taskToken, output: '1' })))).toEqual(missing);
    expect(await refusalOf(client.send(new SendTaskFailureCommand({ taskToken })))).toEqual(missing);
    expect(await refusalOf(client.send(new SendTaskHeartbeatCommand({ taskToken })))).toEqual(missing);
    await service.stop();
  });
});
