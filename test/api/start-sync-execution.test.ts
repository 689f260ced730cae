import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type LogLevel,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  type StartSyncExecutionCommandInput,
} from '@aws-sdk/client-sfn';
import { createService } from '../../lib/index';
import { eventually } from '../contract/eventually';
import { describeArn } from './describe-arn';
import { describeName } from './describe-name';
import {
  FAIL,
  invalid,
  newClient,
  PASS,
  ROLE_ARN,
  refusal,
  refusalOf,
  type TestService,
  taskOf,
  uniqueName,
  useService,
  violation,
} from './service';
import { createAlias, deleting, publish, routes, saying, update } from './versions';

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const EXPRESS = { type: 'EXPRESS' } as const;
const invoke = 'arn:aws:states:::lambda:invoke';
const runSync = 'arn:aws:states:::aws-sdk:sfn:startSyncExecution';

const send = (service: TestService, input: Partial<StartSyncExecutionCommandInput>) =>
  service.client.send(new StartSyncExecutionCommand({ stateMachineArn: undefined, ...input }));

/** Runs an execution of a machine of its own. */
async function run(
  service: TestService,
  definition: object | string,
  more: Partial<StartSyncExecutionCommandInput> = {},
) {
  const stateMachineArn = await service.createMachine(definition, EXPRESS);
  const { $metadata, ...answer } = await send(service, { stateMachineArn, ...more });
  expect($metadata.httpStatusCode).toBe(200);
  return answer;
}

const folder = mkdtempSync(join(tmpdir(), 'stepwell-sync-'));
const logFile = join(folder, 'executions.log');
let flakes = 0;
const service = useService({
  executionLog: logFile,
  functions: {
    double: async (event) => (event as { n: number }).n * 2,
    reject: async () => {
      throw Object.assign(new Error('no'), { name: 'Rejected' });
    },
    flaky: async () => {
      if (++flakes < 2) throw Object.assign(new Error('not yet'), { name: 'Flaky' });
      return flakes;
    },
    never: () => new Promise(() => {}),
  },
  mocks: {
    StateMachines: { mocked: { TestCases: { Fine: { T: 'Twice' } } } },
    MockedResponses: { Twice: { '0': { Throw: { Error: 'Odd' } }, '1': { Return: { n: 1.5 } } } },
  },
});

describe('StartSyncExecution answers', () => {
  test('all that is to be said of one that succeeded', async () => {
    const stateMachineArn = await service.createMachine(PASS, EXPRESS);
    const name = uniqueName('order');
    const { $metadata: _, ...answer } = await send(service, { stateMachineArn, name, input: ' {"a" : 1.50}' });
    expect(answer).toEqual({
      executionArn: expect.stringMatching(
        new RegExp(`^${stateMachineArn.replace(':stateMachine:', ':express:')}:${name}:${UUID}$`),
      ),
      stateMachineArn,
      name,
      startDate: expect.any(Date),
      stopDate: expect.any(Date),
      status: 'SUCCEEDED',
      input: ' {"a" : 1.50}',
      inputDetails: { included: true },
      output: '{"a":1.50}',
      outputDetails: { included: true },
      billingDetails: { billedDurationInMilliseconds: expect.any(Number), billedMemoryUsedInMB: 64 },
    });
    const { billedDurationInMilliseconds: billedMs } = answer.billingDetails!;
    const tookMs = answer.stopDate!.getTime() - answer.startDate!.getTime();
    expect(billedMs).toBe(Math.max(100, Math.ceil(tookMs / 100) * 100));
  });

  test('a failure, with error and cause', async () => {
    const answer = await run(service, FAIL, { traceHeader: 'Root=1-5' });
    expect(answer).toMatchObject({
      status: 'FAILED',
      error: 'Order.Rejected',
      cause: 'out of stock',
      input: '{}',
      outputDetails: { included: true },
      traceHeader: 'Root=1-5',
    });
    expect(answer).not.toHaveProperty('output');
  });

  test('METADATA_ONLY: neither input nor output', async () => {
    const answer = await run(service, PASS, { includedData: 'METADATA_ONLY' });
    expect(answer).toMatchObject({
      status: 'SUCCEEDED',
      inputDetails: { included: false },
      outputDetails: { included: false },
    });
    for (const member of ['input', 'output']) expect(answer).not.toHaveProperty(member);
  });

  test('TIMED_OUT after TimeoutSeconds, whatever is under way', async () => {
    const answer = await run(service, { TimeoutSeconds: 1, ...taskOf(service.functionArn('never')) });
    expect(answer).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
    expect(answer.stopDate!.getTime() - answer.startDate!.getTime()).toBe(1_000);
    expect(answer.billingDetails!.billedDurationInMilliseconds).toBe(1_000);
    expect(answer).not.toHaveProperty('cause');
  });

  test('the same name again: another execution each time', async () => {
    const stateMachineArn = await service.createMachine(PASS, EXPRESS);
    const arns = [];
    for (const input of ['1', '1', '2'])
      arns.push((await send(service, { stateMachineArn, name: 'n', input })).executionArn);
    expect(new Set(arns).size).toBe(3);
  });

  test('nothing can be read of it afterwards', async () => {
    const { executionArn } = await run(service, PASS);
    expect(await refusalOf(service.client.send(new DescribeExecutionCommand({ executionArn })))).toMatchObject({
      name: 'InvalidArn',
    });
  });
});

describe('what its states do', () => {
  const map = (States: object, more: object = {}) => ({
    StartAt: 'Each',
    States: { Each: { Type: 'Map', ItemProcessor: { StartAt: Object.keys(States)[0], States }, End: true, ...more } },
  });
  const double = () => taskOf(service.functionArn('double')).States;
  const failing = (fields: object) => taskOf(service.functionArn('reject'), fields);

  test.each<[string, () => object, string, object]>([
    ['a function', () => taskOf(service.functionArn('double')), '{"n":21}', { output: '42' }],
    ['a failure of a function', () => failing({}), '{}', { status: 'FAILED', error: 'Rejected' }],
    [
      'Catch',
      () => ({
        StartAt: 'T',
        States: {
          T: { ...failing({ Catch: [{ ErrorEquals: ['Rejected'], ResultPath: '$.error', Next: 'P' }] }).States.T },
          P: { Type: 'Pass', OutputPath: '$.error.Error', End: true },
        },
      }),
      '{}',
      { output: '"Rejected"' },
    ],
    [
      'a task that times out',
      () => taskOf(service.functionArn('never'), { TimeoutSeconds: 1 }),
      '{}',
      { status: 'FAILED', error: 'States.Timeout' },
    ],
    ['Wait', () => ({ StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 1, End: true } } }), '7', { output: '7' }],
    ['Map', () => map(double(), { MaxConcurrency: 2 }), '[{"n":1},{"n":2},{"n":3}]', { output: '[2,4,6]' }],
    [
      'Parallel',
      () => ({
        StartAt: 'Both',
        States: {
          Both: {
            Type: 'Parallel',
            Branches: [{ StartAt: 'T', States: double() }, PASS],
            End: true,
          },
        },
      }),
      '{"n":4}',
      { output: '[8,{"n":4}]' },
    ],
    [
      'variables, and JSONata',
      () => ({
        QueryLanguage: 'JSONata',
        StartAt: 'A',
        States: {
          A: { Type: 'Pass', Assign: { n: '{% $states.input.n + 1 %}' }, Next: 'B' },
          B: { Type: 'Task', Resource: service.functionArn('double'), Arguments: { n: '{% $n %}' }, Next: 'C' },
          C: { Type: 'Pass', Output: '{% [$n, $states.input] %}', End: true },
        },
      }),
      '{"n":4}',
      { output: '[5,10]' },
    ],
    [
      'a service',
      () => taskOf(invoke, { Parameters: { FunctionName: 'double', Payload: { n: 1 } }, OutputPath: '$.Payload' }),
      '{}',
      { output: '2' },
    ],
  ])('%s', async (_, definition, input, expected) => {
    expect(await run(service, definition(), { input })).toMatchObject({ status: 'SUCCEEDED', ...expected });
  });

  test('Retry', async () => {
    const Retry = [{ ErrorEquals: ['Flaky'], IntervalSeconds: 1, BackoffRate: 1, MaxAttempts: 2 }];
    const answer = await run(service, taskOf(service.functionArn('flaky'), { Retry }));
    expect(answer).toMatchObject({ status: 'SUCCEEDED', output: '2' });
    expect(answer.stopDate!.getTime() - answer.startDate!.getTime()).toBeGreaterThanOrEqual(1_000);
  });

  test('the context object names it as its answer does', async () => {
    const Parameters = { 'id.$': '$$.Execution.Id', 'name.$': '$$.Execution.Name', 'machine.$': '$$.StateMachine.Id' };
    const answer = await run(service, { StartAt: 'P', States: { P: { Type: 'Pass', Parameters, End: true } } });
    expect(JSON.parse(answer.output!)).toEqual({
      id: answer.executionArn,
      name: answer.name,
      machine: answer.stateMachineArn,
    });
    expect(answer.name).toMatch(new RegExp(`^${UUID}$`));
  });

  test('no history is too long', async () => {
    // Over 26,000 events.
    const definition = map({ P: { Type: 'Pass', End: true } });
    const input = `[${'0,'.repeat(6_499)}0]`;
    const answer = await run(service, definition, { input });
    expect(answer).toMatchObject({ status: 'SUCCEEDED', output: input });
  });

  test('one that computes without an end lets others have their turn, and is ended', async () => {
    const loop = {
      TimeoutSeconds: 1,
      StartAt: 'Again',
      States: {
        Again: { Type: 'Choice', Choices: [{ Variable: '$.stop', IsPresent: true, Next: 'End' }], Default: 'Pass' },
        Pass: { Type: 'Pass', Next: 'Again' },
        End: { Type: 'Succeed' },
      },
    };
    const looping = run(service, loop);
    let isOver = false;
    void looping.then(() => {
      isOver = true;
    });
    const stateMachineArn = await service.createMachine(PASS, EXPRESS);
    for (let count = 0; count < 10; count++) await send(service, { stateMachineArn });
    expect(isOver).toBe(false);
    expect(await looping).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
  });

  test('a mocked task, with its retries', async () => {
    const Retry = [{ ErrorEquals: ['Odd'], IntervalSeconds: 1, MaxDelaySeconds: 2, BackoffRate: 1 }];
    const arn = await service.createMachine(taskOf(service.functionArn('never'), { Retry }), {
      name: 'mocked',
      ...EXPRESS,
    });
    expect(await send(service, { stateMachineArn: `${arn}#Fine` })).toMatchObject({ output: '{"n":1.5}' });
    expect(await refusalOf(send(service, { stateMachineArn: `${arn}#Odd` }))).toMatchObject({ name: 'InvalidArn' });
  });
});

describe('executions within executions', () => {
  const nested = (StateMachineArn: string, resource: string) =>
    taskOf(resource, { Parameters: { StateMachineArn, Input: { n: 1.5 } } });

  test('an EXPRESS one starts a STANDARD one, which nobody waits for', async () => {
    const child = await service.createMachine(PASS);
    const answer = await run(service, nested(child, 'arn:aws:states:::states:startExecution'));
    const { ExecutionArn } = JSON.parse(answer.output!);
    expect(await service.ended(ExecutionArn)).toMatchObject({ status: 'SUCCEEDED', output: '{"n":1.5}' });
  });

  test('a STANDARD one calls an EXPRESS one, and gets its answer', async () => {
    const child = await service.createMachine(PASS, EXPRESS);
    const definition = nested(child, runSync);
    const { output } = await service.ended(await service.startExecution({ definition }));
    expect(JSON.parse(output!)).toMatchObject({
      BillingDetails: { BilledDurationInMilliseconds: 100, BilledMemoryUsedInMB: 64 },
      ExecutionArn: expect.stringContaining(':express:'),
      Output: '{"n":1.5}',
      OutputDetails: { Included: true },
      StartDate: expect.stringMatching(/^\d{4}-.*Z$/),
      StateMachineArn: child,
      Status: 'SUCCEEDED',
    });
  });
});

describe('versions and aliases', () => {
  test('run what they were', async () => {
    const machineArn = await service.createMachine(saying('v1'), EXPRESS);
    const version = await publish(service, machineArn);
    const alias = await createAlias(service, 'live', routes([version, 100]));
    await update(service, machineArn, saying('v2'));
    for (const [stateMachineArn, output] of [
      [machineArn, '"v2"'],
      [version, '"v1"'],
      [alias, '"v1"'],
    ]) {
      expect(await send(service, { stateMachineArn })).toMatchObject({ output, stateMachineArn: machineArn });
    }
  });
});

describe('what is logged', () => {
  const logging = (level: LogLevel) => {
    const logGroupArn = `arn:aws:logs:${service.region}:${service.account}:log-group:/aws/vendedlogs/sync:*`;
    return { ...EXPRESS, loggingConfiguration: { level, destinations: [{ cloudWatchLogsLogGroup: { logGroupArn } }] } };
  };
  const linesOf = (executionArn: string | undefined) =>
    readFileSync(logFile, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { execution_arn: string; id: string; type: string })
      .filter(({ execution_arn }) => execution_arn === executionArn);

  test.each<[LogLevel, object, string[]]>([
    ['ALL', PASS, ['ExecutionStarted', 'PassStateEntered', 'PassStateExited', 'ExecutionSucceeded']],
    ['ERROR', FAIL, ['FailStateEntered', 'ExecutionFailed']],
    ['FATAL', FAIL, ['ExecutionFailed']],
  ])('%s', async (level, definition, types) => {
    const stateMachineArn = await service.createMachine(definition, logging(level));
    const { executionArn } = await send(service, { stateMachineArn });
    const lines = await eventually(
      async () => linesOf(executionArn),
      (found) => found.length === types.length,
    );
    expect(lines.map(({ type }) => type)).toEqual(types);
  });
});

test('a client that hangs up: the execution goes on to its end', async () => {
  const logGroupArn = `arn:aws:logs:${service.region}:${service.account}:log-group:/left:*`;
  const loggingConfiguration = { level: 'ALL' as const, destinations: [{ cloudWatchLogsLogGroup: { logGroupArn } }] };
  const definition = { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 1, End: true } } };
  const stateMachineArn = await service.createMachine(definition, { ...EXPRESS, loggingConfiguration });
  const isLogged = (type: string) =>
    eventually(
      async () => readFileSync(logFile, 'utf8').split('\n'),
      (lines) => lines.some((line) => line.includes('"log_group":"/left"') && line.includes(`"type":"${type}"`)),
    );
  const hangUp = new AbortController();
  const call = service.client.send(new StartSyncExecutionCommand({ stateMachineArn }), { abortSignal: hangUp.signal });
  await isLogged('WaitStateEntered');
  hangUp.abort();
  await expect(call).rejects.toThrow();
  await isLogged('ExecutionSucceeded');
});

describe('what is refused', () => {
  const notSupported = refusal(
    'StateMachineTypeNotSupported',
    'This operation is not supported by this type of state machine',
  );

  test('a STANDARD machine; and of an EXPRESS one, StartExecution', async () => {
    const standard = await service.createMachine();
    expect(await refusalOf(send(service, { stateMachineArn: standard, input: 'x' }))).toEqual(notSupported);
    const stateMachineArn = await service.createMachine(PASS, EXPRESS);
    expect(await refusalOf(service.client.send(new StartExecutionCommand({ stateMachineArn })))).toEqual(notSupported);
  });

  test('a machine that is not there, or about to be gone', async () => {
    const stateMachineArn = service.arn('stateMachine', uniqueName('none'));
    expect(await refusalOf(send(service, { stateMachineArn, name: ' ' }))).toEqual(
      refusal('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`),
    );
    const { machineArn } = await deleting(service);
    expect(await refusalOf(send(service, { stateMachineArn: machineArn }))).toMatchObject({
      name: 'StateMachineDeleting',
    });
  });

  test('input that is no JSON; another includedData', async () => {
    const stateMachineArn = await service.createMachine(PASS, EXPRESS);
    expect(await refusalOf(send(service, { stateMachineArn, input: ' ' }))).toEqual(
      refusal('InvalidExecutionInput', "Invalid State Machine Execution Input: 'Invalid execution input.'"),
    );
    expect(await refusalOf(send(service, { stateMachineArn, includedData: 'ALL' as 'ALL_DATA' }))).toEqual(
      invalid(violation('includedData', 'satisfy enum value set: [ALL_DATA, METADATA_ONLY]', 'ALL')),
    );
  });

  describeArn(service, {
    member: 'stateMachineArn',
    type: 'stateMachine',
    send: (stateMachineArn) => send(service, { stateMachineArn }),
  });

  let passing: string;
  beforeAll(async () => {
    passing = await service.createMachine(PASS, EXPRESS);
  });
  describeName((name) => send(service, { stateMachineArn: passing, name }), false);
});

describe('a service that stops', () => {
  test('answers those that end soon, and takes no more', async () => {
    await whileStopping(
      () => ({ StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 1, End: true } } }),
      async (answer) => expect(await answer).toMatchObject({ status: 'SUCCEEDED' }),
    );
  });

  test('gives up one whose task is to run another: it did not fail', async () => {
    await whileStopping(
      (passing) => ({
        StartAt: 'W',
        States: {
          W: { Type: 'Wait', Seconds: 1, Next: 'T' },
          T: {
            ...taskOf(runSync, { Parameters: { StateMachineArn: passing } }).States.T,
            Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
          },
          Caught: { Type: 'Succeed' },
        },
      }),
      async (answer) => expect(await refusalOf(answer)).toMatchObject({ name: 'ServiceUnavailable' }),
    );
  });

  /** Runs one that waits for a second when the service begins to stop. */
  async function whileStopping(
    definitionOf: (passing: string) => object,
    check: (answer: Promise<object>) => Promise<void>,
  ) {
    const own = await createService({ logLevel: 'silent' });
    const client = newClient(own.endpoint, own.region);
    const create = async (name: string, definition: object) => {
      const input = { name, definition: JSON.stringify(definition), roleArn: ROLE_ARN, ...EXPRESS };
      return (await client.send(new CreateStateMachineCommand(input))).stateMachineArn!;
    };
    const stateMachineArn = await create('waits', definitionOf(await create('passes', PASS)));
    const checked = check(client.send(new StartSyncExecutionCommand({ stateMachineArn })));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const stopped = own.stop();
    await checked;
    await stopped;
    client.destroy();
  }
});
