import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { refusal, refusalOf, TestService, taskOf } from './service';

const service = new TestService();
const invoke = 'arn:aws:states:::lambda:invoke';

/** State machines that the mock file knows: each is used once. */
const NAMES = Array.from({ length: 12 }, (_, i) => `mocked-${i}`);
let used = 0;

beforeAll(async () => {
  const one = (state: string, response: string) => ({ [state]: response });
  const cases = { TestCases: { Fine: one('T', 'Fine'), Thrice: one('T', 'Thrice'), Never: one('T', 'Never') } };
  await service.start({
    functions: { real: () => 'real' },
    mocks: {
      StateMachines: Object.fromEntries(NAMES.map((name) => [name, cases])),
      MockedResponses: {
        Fine: { '0': { Return: { amount: 1.5, list: [null] } } },
        Thrice: {
          '0-1': { Throw: { Error: 'Odd', Cause: 'not now' } },
          '2': { Throw: { Error: 'Odd' } },
          '3': { Return: 'at last' },
        },
        Never: { '0': { Throw: { Error: 'Odd' } } },
      },
    },
  });
});
afterAll(() => service.stop());

async function run(definition: object, testCase: string | undefined, input = '{}') {
  const arn = await service.createMachine(definition, { name: NAMES[used++]! });
  const stateMachineArn = testCase === undefined ? arn : `${arn}#${testCase}`;
  const { executionArn } = await service.client.send(new StartExecutionCommand({ stateMachineArn, input }));
  const ended = await service.ended(executionArn!);
  const types = (await service.history(executionArn!)).map(({ type }) => type!);
  return { ...ended, output: ended.output && JSON.parse(ended.output), types };
}

const retrying = {
  Retry: [{ ErrorEquals: ['Odd'], IntervalSeconds: 1, MaxAttempts: 5, BackoffRate: 1, MaxDelaySeconds: 2 }],
};

function parametersOf(resource: string): object {
  if (resource.includes('startExecution'))
    return { Parameters: { StateMachineArn: service.arn('stateMachine', 'none') } };
  if (resource.endsWith('Token')) return { Parameters: { FunctionName: 'none', 'Payload.$': '$$.Task.Token' } };
  return resource === invoke ? { Parameters: { FunctionName: 'none' } } : {};
}

describe('a task that the test case names', () => {
  test.each<[string, string, string[]]>([
    ['a function', '', ['LambdaFunctionScheduled', 'LambdaFunctionStarted', 'LambdaFunctionSucceeded']],
    ['a service', invoke, ['TaskScheduled', 'TaskStarted', 'TaskSucceeded']],
    [
      'a service that waits for a token',
      `${invoke}.waitForTaskToken`,
      ['TaskScheduled', 'TaskStarted', 'TaskSucceeded'],
    ],
    [
      'an execution that is waited for',
      'arn:aws:states:::states:startExecution.sync:2',
      ['TaskScheduled', 'TaskStarted', 'TaskSucceeded'],
    ],
    [
      'an activity that does not exist',
      'arn:aws:states:us-east-1:123456789012:activity:nobody',
      ['ActivityScheduled', 'ActivityStarted', 'ActivitySucceeded'],
    ],
  ])('%s gets its answer', async (_, resource, types) => {
    const ended = await run(taskOf(resource || service.functionArn('none'), parametersOf(resource)), 'Fine');
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: { amount: 1.5, list: [null] } });
    expect(ended.types.filter((type) => !/State|Execution/.test(type))).toEqual(types);
  });

  test('attempts are counted over retries, and an error without a cause has an empty one', async () => {
    const ended = await run(taskOf(service.functionArn('none'), retrying), 'Thrice');
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: 'at last' });
    expect(ended.types.filter((type) => type === 'LambdaFunctionFailed')).toHaveLength(3);
  });

  test('an attempt without an answer says so', async () => {
    const ended = await run(taskOf(service.functionArn('none'), retrying), 'Never');
    expect(ended).toMatchObject({ status: 'FAILED', error: 'Stepwell.NoMockedResponse' });
    expect(ended.cause).toContain("state 'T' in test case 'Never' has no answer to attempt 1");
  });

  test('each iteration begins at the first attempt', async () => {
    const { States } = taskOf(service.functionArn('none'), retrying);
    const ItemProcessor = { StartAt: 'T', States };
    const definition = { StartAt: 'Each', States: { Each: { Type: 'Map', ItemProcessor, End: true } } };
    const ended = await run(definition, 'Thrice', '[1,2]');
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: ['at last', 'at last'] });
  });

  test('so does each child of a distributed Map', async () => {
    const { States } = taskOf(service.functionArn('none'), retrying);
    const ItemProcessor = { ProcessorConfig: { Mode: 'DISTRIBUTED' }, StartAt: 'T', States };
    const definition = { StartAt: 'Each', States: { Each: { Type: 'Map', ItemProcessor, End: true } } };
    const ended = await run(definition, 'Thrice', '[1,2]');
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: ['at last', 'at last'] });
  });
});

test('what no test case names does its work', async () => {
  expect(await run(taskOf(service.functionArn('real')), undefined)).toMatchObject({ output: 'real' });
  const { States } = taskOf(service.functionArn('real'));
  const other = { StartAt: 'Other', States: { Other: States.T } };
  expect(await run(other, 'Fine')).toMatchObject({ output: 'real' });
});

test('a test case that is not there is refused, with those that are', async () => {
  const name = NAMES[used++]!;
  const known = await service.createMachine(undefined, { name });
  const start = (stateMachineArn: string) => service.client.send(new StartExecutionCommand({ stateMachineArn }));
  expect(await refusalOf(start(`${known}#Odd`))).toEqual(
    refusal(
      'InvalidArn',
      `Invalid Arn: 'the mock file has no test case Odd of ${name}; there are Fine, Thrice, Never'`,
    ),
  );
  const other = await service.createMachine();
  expect((await refusalOf(start(`${other}#Fine`))).message).toMatch(
    /has no test case Fine of .*; there are none of it/,
  );
});
