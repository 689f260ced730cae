import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  StartExecutionCommand,
  StartSyncExecutionCommand,
} from '@aws-sdk/client-sfn';
import { createService } from '../../lib/index';
import { newSdkClient, sdkJourney } from '../clients/sdk-journey';
import { eventually } from '../contract/eventually';
import { type LambdaServer, startLambdaServer } from '../contract/lambda-server';
import { ROLE_ARN } from '../safety/wire';
import { ACCOUNT, Harness, type Keys, REGION } from './harness';

const START_MAX_MS = 300_000;
const TEST_MAX_MS = 120_000;
const REFUSED = 413;
const TEN_MEGABYTES = 10 * 1024 * 1024;

/** Dates, and what only its own server can read, are of the run. */
const withoutItsOwn = (seen: object): unknown =>
  JSON.parse(JSON.stringify(seen), (name, value) => {
    if (name === 'taskToken') return 'a token';
    if (name === 'revisionId') return 'a revision';
    if (name === 'message') return String(value).replace(/[0-9a-f-]{36}/, 'a revision');
    return typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? 'a date' : value;
  });

export function describeSmoke(): void {
  let harness: Harness;
  let functions: LambdaServer;
  let logs: LambdaServer;
  let keys: Keys;
  jest.setTimeout(TEST_MAX_MS);
  beforeAll(async () => {
    functions = await startLambdaServer((_, body) => ({ body: JSON.stringify({ got: JSON.parse(body) }) }));
    logs = await startLambdaServer(() => ({ body: '{}' }));
    harness = await Harness.start({
      context: { logGroups: '/aws/vendedlogs/states/*' },
      lambdaEndpoint: functions.url,
      logsEndpoint: logs.url,
    });
    keys = await harness.createKey('AKIASMOKE');
  }, START_MAX_MS);
  afterAll(async () => {
    await harness?.stop();
    await functions?.close();
    await logs?.close();
  }, START_MAX_MS);

  test('the journey through the API, by the SDK: the same answers and histories as of the embedded home', async () => {
    const embedded = await createService({ logLevel: 'error' });
    try {
      const [here, there] = [await sdkJourney(harness.url, { credentials: keys }), await sdkJourney(embedded.endpoint)];
      expect(withoutItsOwn(here)).toEqual(withoutItsOwn(there));
    } finally {
      await embedded.stop();
    }
  });

  test('functions are invoked, one after the other', async () => {
    const client = newSdkClient({ url: harness.url, keys });
    const Resource = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:any`;
    const States = { A: { Type: 'Task', Resource, Next: 'B' }, B: { Type: 'Task', Resource, End: true } };
    const definition = JSON.stringify({ StartAt: 'A', States });
    const machine = await client.send(new CreateStateMachineCommand({ name: 'calls', definition, roleArn: ROLE_ARN }));
    const { stateMachineArn } = machine;
    const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, input: '{"n":1}' }));
    const ended = await eventually(
      () => client.send(new DescribeExecutionCommand({ executionArn })),
      ({ status }) => status !== 'RUNNING',
    );
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: '{"got":{"got":{"n":1}}}' });
    expect(functions.invocations).toHaveLength(2);
    client.destroy();
  });

  test('items of a distributed Map are executions of their own', async () => {
    const client = newSdkClient({ url: harness.url, keys });
    const ItemProcessor = {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'W',
      States: {
        W: { Type: 'Wait', Seconds: 1, Next: 'P' },
        P: { Type: 'Pass', Parameters: { 'id.$': '$$.Execution.Id', 'item.$': '$' }, End: true },
      },
    };
    const States = { Each: { Type: 'Map', Label: 'each', ItemProcessor, End: true } };
    const definition = JSON.stringify({ StartAt: 'Each', States });
    const machine = await client.send(new CreateStateMachineCommand({ name: 'apart', definition, roleArn: ROLE_ARN }));
    const { stateMachineArn } = machine;
    const input = JSON.stringify(Array.from({ length: 20 }, (_, index) => index));
    const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, input }));
    const ended = await eventually(
      () => client.send(new DescribeExecutionCommand({ executionArn })),
      ({ status }) => status !== 'RUNNING',
      { patienceMs: 60_000 },
    );
    const children = JSON.parse(ended.output!) as { id: string; item: number }[];
    expect(children.map(({ item }) => item)).toEqual(JSON.parse(input));
    const child = await client.send(new DescribeExecutionCommand({ executionArn: children[7]!.id }));
    expect(child).toMatchObject({ status: 'SUCCEEDED', input: '7', stateMachineArn: `${stateMachineArn}/each` });
    client.destroy();
  });

  test('an execution that is waited for: the function `sync` runs it, whatever it calls', async () => {
    const client = newSdkClient({ url: harness.url, keys });
    const Resource = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:any`;
    const States = {
      A: { Type: 'Wait', Seconds: 1, Next: 'B' },
      B: { Type: 'Task', Resource, Next: 'C' },
      C: {
        Type: 'Task',
        Resource: 'arn:aws:states:::states:startExecution',
        Parameters: { 'StateMachineArn.$': '$.got.child' },
        OutputPath: '$.ExecutionArn',
        End: true,
      },
    };
    const create = async (name: string, definition: object, type: 'EXPRESS' | 'STANDARD') =>
      (
        await client.send(
          new CreateStateMachineCommand({ name, definition: JSON.stringify(definition), roleArn: ROLE_ARN, type }),
        )
      ).stateMachineArn;
    const child = await create('child', { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } }, 'STANDARD');
    const stateMachineArn = await create('waited-for', { StartAt: 'A', States }, 'EXPRESS');
    const input = JSON.stringify({ child });
    const answer = await client.send(new StartSyncExecutionCommand({ stateMachineArn, input }));
    expect(answer).toMatchObject({ status: 'SUCCEEDED', input, stateMachineArn });
    const started = { executionArn: JSON.parse(answer.output!) as string };
    const ended = await eventually(
      () => client.send(new DescribeExecutionCommand(started)),
      ({ status }) => status !== 'RUNNING',
    );
    expect(ended).toMatchObject({ status: 'SUCCEEDED', stateMachineArn: child });
    expect(harness.deployment.functions.get('stepwell-sync')!.counts).toMatchObject({ invocations: 1, errors: 0 });
    const refused = client.send(new StartSyncExecutionCommand({ stateMachineArn: child }));
    await expect(refused).rejects.toMatchObject({
      name: 'StateMachineTypeNotSupported',
      message: 'This operation is not supported by this type of state machine',
    });
    client.destroy();
  });

  test('executions are logged in the group that their machine names, each event once', async () => {
    const client = newSdkClient({ url: harness.url, keys });
    const group = '/aws/vendedlogs/states/logged';
    const logGroupArn = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${group}:*`;
    const { stateMachineArn } = await client.send(
      new CreateStateMachineCommand({
        name: 'logged',
        definition: JSON.stringify({ StartAt: 'P', States: { P: { Type: 'Pass', End: true } } }),
        roleArn: ROLE_ARN,
        loggingConfiguration: { level: 'ALL', destinations: [{ cloudWatchLogsLogGroup: { logGroupArn } }] },
      }),
    );
    await client.send(new StartExecutionCommand({ stateMachineArn, name: 'first' }));
    interface Put {
      logGroupName: string;
      logStreamName: string;
      logEvents: { message: string }[];
    }
    const puts = () =>
      logs.invocations
        .filter(({ headers }) => headers['x-amz-target'] === 'Logs_20140328.PutLogEvents')
        .map(({ body }) => JSON.parse(body) as Put)
        .filter(({ logGroupName }) => logGroupName === group);
    const logged = await eventually(
      async () => puts().flatMap(({ logEvents }) => logEvents.map(({ message }) => JSON.parse(message))),
      (events) => events.length >= 4,
    );
    expect(logged.map(({ type, execution_arn }) => [type, execution_arn])).toEqual(
      ['ExecutionStarted', 'PassStateEntered', 'PassStateExited', 'ExecutionSucceeded'].map((type) => [
        type,
        `arn:aws:states:${REGION}:${ACCOUNT}:execution:logged:first`,
      ]),
    );
    expect(puts()[0]!.logStreamName).toMatch(/^states\/logged\//);
    client.destroy();
  });

  test('signatures are over the path with the stage, or over that of a domain of its own', async () => {
    for (const url of [harness.url, harness.domainUrl]) {
      const client = newSdkClient({ url, keys });
      const { activityArn } = await client.send(new CreateActivityCommand({ name: 'twice' }));
      expect(activityArn).toBe(`arn:aws:states:${REGION}:${ACCOUNT}:activity:twice`);
      client.destroy();
    }
  });

  test('a key with another secret is refused', async () => {
    const client = newSdkClient({ url: harness.url, keys: { ...keys, secretAccessKey: 'another' } });
    const call = client.send(new CreateActivityCommand({ name: 'refused' }));
    await expect(call).rejects.toMatchObject({ name: 'InvalidSignatureException' });
    client.destroy();
  });

  test.each([
    ['another path', 'nothing-here', 'POST', '{}', 403],
    ['another method', '', 'GET', undefined, 403],
    ['a body over 10 MB', '', 'POST', 'x'.repeat(TEN_MEGABYTES + 1), REFUSED],
  ])('%s is answered by API Gateway', async (_, path, method, body, status) => {
    const answer = await fetch(`${harness.url}/${path}`, { method, ...(body !== undefined && { body }) });
    expect(answer.status).toBe(status);
    await answer.arrayBuffer();
  });

  test.each(['timers', 'audit'])('the schedule of %s does its work without an error', async (name) => {
    expect(await harness.runSchedule(`stepwell-${name}`)).toEqual({ kind: 'answer', payload: 'null' });
  });

  test('nothing was logged as an error, and no message is a dead letter', async () => {
    expect(harness.lines.filter((line) => /"level":"error"|Error:/.test(line))).toEqual([]);
    expect(Object.values(await harness.deadLetters())).toEqual([0, 0, 0]);
  });
}
