import {
  CreateStateMachineAliasCommand,
  DescribeExecutionCommand,
  ListExecutionsCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { eventually } from '../contract/eventually';
import { FAIL, PASS, SLEEP, taskOf, uniqueName, useService } from './service';
import { createVersions } from './versions';

/** Tasks that start executions of this service. */

const service = useService({});
const NESTED = 'arn:aws:states:::states:startExecution';

interface Child {
  machine: string;
  fields?: object;
  more?: object;
}

const startParent = (suffix: string, { machine, fields = {}, more = {} }: Child, input = '{"n":1.50}') => {
  const Parameters = { StateMachineArn: machine, 'Input.$': '$', ...fields };
  return service.startExecution({ definition: taskOf(NESTED + suffix, { Parameters, ...more }), input });
};
const describe_ = (executionArn: string) => service.client.send(new DescribeExecutionCommand({ executionArn }));
const typesOf = async (executionArn: string) => (await service.history(executionArn)).map(({ type }) => type);
const childrenOf = async (stateMachineArn: string) =>
  (await service.client.send(new ListExecutionsCommand({ stateMachineArn }))).executions!;
const childOf = async (machine: string) =>
  (
    await eventually(
      () => childrenOf(machine),
      (list) => list.length > 0,
    )
  )[0]!;

describe('what a task gets', () => {
  test('request and response: where the execution is, at once', async () => {
    const machine = await service.createMachine(SLEEP);
    const ended = await service.ended(await startParent('', { machine }));
    const [child] = await childrenOf(machine);
    expect(JSON.parse(ended.output!)).toMatchObject({
      ExecutionArn: child!.executionArn,
      StartDate: child!.startDate!.getTime(),
      SdkHttpMetadata: { HttpStatusCode: 200 },
    });
    expect((await describe_(child!.executionArn!)).input).toBe('{"n":1.50}');
    await service.client.send(new StopExecutionCommand({ executionArn: child!.executionArn! }));
  });

  test.each([
    ['.sync', '"{\\"n\\":1.50}"'],
    ['.sync:2', '{"n":1.50}'],
  ])('%s: how it ended, with its output', async (suffix, shown) => {
    const machine = await service.createMachine(PASS);
    const executionArn = await startParent(suffix, { machine });
    const { output } = await service.ended(executionArn);
    const [child] = await childrenOf(machine);
    const { Input, Output, ...members } = JSON.parse(output!);
    expect(members).toEqual({
      ExecutionArn: child!.executionArn,
      InputDetails: { Included: true },
      Name: child!.name,
      OutputDetails: { Included: true },
      StartDate: child!.startDate!.getTime(),
      StateMachineArn: machine,
      Status: 'SUCCEEDED',
      StopDate: child!.stopDate!.getTime(),
    });
    expect(output).toContain(`"Input":${shown}`);
    expect(output).toContain(`"Output":${shown}`);
    expect([Input, Output]).toEqual([JSON.parse(shown), JSON.parse(shown)]);
    const types = await typesOf(executionArn);
    expect(types.slice(2, 6)).toEqual(['TaskScheduled', 'TaskStarted', 'TaskSubmitted', 'TaskSucceeded']);
  });

  test('of a version or an alias: which it was', async () => {
    const { versionArns, machineArn } = await createVersions(service, 1);
    const [versionArn] = versionArns;
    const { stateMachineAliasArn } = await service.client.send(
      new CreateStateMachineAliasCommand({
        name: 'live',
        routingConfiguration: [{ stateMachineVersionArn: versionArn, weight: 100 }],
      }),
    );
    const of = { StateMachineArn: machineArn, StateMachineVersionArn: versionArn };
    const expected: [string, object][] = [
      [versionArn!, of],
      [stateMachineAliasArn!, { ...of, StateMachineAliasArn: stateMachineAliasArn }],
    ];
    for (const [machine, arns] of expected) {
      const { output } = await service.ended(
        await startParent('.sync', { machine, fields: { TraceHeader: 'Root=1' } }),
      );
      const { StateMachineArn, StateMachineVersionArn, StateMachineAliasArn, TraceHeader } = JSON.parse(output!);
      expect({ StateMachineArn, StateMachineVersionArn, StateMachineAliasArn }).toEqual(arns);
      expect(TraceHeader).toBe('Root=1');
    }
  });

  test('aws-sdk:sfn:startExecution takes any JSON for its input', async () => {
    const machine = await service.createMachine(PASS);
    const definition = taskOf('arn:aws:states:::aws-sdk:sfn:startExecution', {
      Parameters: { StateMachineArn: machine, 'Input.$': '$' },
    });
    const executionArn = await service.startExecution({ definition, input: '{"n":[1.50]}' });
    const { output } = await service.ended(executionArn);
    const { ExecutionArn, ...others } = JSON.parse(output!);
    expect((await describe_(ExecutionArn)).input).toBe('{"n":[1.50]}');
    expect(Object.keys(others)).toEqual(['StartDate']);
    const [, , scheduled] = await service.history(executionArn);
    expect(scheduled!.taskScheduledEventDetails!.parameters).toBe(
      `{"StateMachineArn":"${machine}","Input":{"n":[1.50]}}`,
    );
  });

  test('a failure of the execution is one of the task, which Catch takes', async () => {
    const machine = await service.createMachine(FAIL);
    const executionArn = await startParent('.sync', { machine });
    const ended = await service.ended(executionArn);
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed' });
    expect(JSON.parse(ended.cause!)).toMatchObject({
      Status: 'FAILED',
      Error: 'Order.Rejected',
      Cause: 'out of stock',
    });
    expect((await typesOf(executionArn)).slice(-2)).toEqual(['TaskFailed', 'ExecutionFailed']);
  });

  test('aws-sdk:sfn:describeExecution, of this very service', async () => {
    const executionArn = await service.startExecution();
    await service.ended(executionArn);
    const definition = taskOf('arn:aws:states:::aws-sdk:sfn:describeExecution', {
      Parameters: { ExecutionArn: executionArn },
      ResultSelector: { 'status.$': '$.Status', 'start.$': '$.StartDate' },
    });
    const ended = await service.ended(await service.startExecution({ definition }));
    const { startDate } = await describe_(executionArn);
    expect(JSON.parse(ended.output!)).toEqual({
      status: 'SUCCEEDED',
      start: startDate!.toISOString().replace('.000Z', 'Z'),
    });
  });
});

describe('what is refused', () => {
  test('a name that is taken', async () => {
    const machine = await service.createMachine(PASS);
    const name = uniqueName('taken');
    await service.ended(await service.startExecution({ stateMachineArn: machine, name, input: '{}' }));
    const ended = await service.ended(await startParent('.sync', { machine, fields: { Name: name } }));
    expect(ended).toMatchObject({ status: 'FAILED', error: 'StepFunctions.ExecutionAlreadyExistsException' });
    expect(ended.cause).toMatch(
      /^Execution Already Exists: '.*' \(Service: AWSStepFunctions; Status Code: 400; Error Code: ExecutionAlreadyExists; Request ID: [\w-]+; Proxy: null\)$/,
    );
  });

  test('a state machine that there is not', async () => {
    const machine = service.arn('stateMachine', uniqueName('absent'));
    const ended = await service.ended(await startParent('', { machine }));
    expect(ended).toMatchObject({ error: 'StepFunctions.StateMachineDoesNotExistException' });
  });
});

describe('an execution that nobody waits for any more is stopped', () => {
  const aborted = (executionArn: string) =>
    eventually(
      () => describe_(executionArn),
      ({ status }) => status !== 'RUNNING',
    ).then(({ status }) => status);

  test('its parent is stopped', async () => {
    const machine = await service.createMachine(SLEEP);
    const parent = await startParent('.sync', { machine });
    const child = await childOf(machine);
    await service.event(parent, 'TaskSubmitted');
    await service.client.send(new StopExecutionCommand({ executionArn: parent }));
    expect(await aborted(child.executionArn!)).toBe('ABORTED');
  });

  test('its task times out', async () => {
    const machine = await service.createMachine(SLEEP);
    const parent = await startParent('.sync:2', { machine, more: { TimeoutSeconds: 1 } });
    expect(await service.ended(parent)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(await aborted((await childOf(machine)).executionArn!)).toBe('ABORTED');
  });

  test('a branch beside its task fails', async () => {
    const machine = await service.createMachine(SLEEP);
    const waits = taskOf(`${NESTED}.sync`, { Parameters: { StateMachineArn: machine } });
    const fails = {
      StartAt: 'W',
      States: { W: { Type: 'Wait', Seconds: 1, Next: 'F' }, F: { Type: 'Fail', Error: 'E' } },
    };
    const definition = { StartAt: 'P', States: { P: { Type: 'Parallel', Branches: [waits, fails], End: true } } };
    expect(await service.ended(await service.startExecution({ definition }))).toMatchObject({ error: 'E' });
    expect(await aborted((await childOf(machine)).executionArn!)).toBe('ABORTED');
  });

  test('but not one that was only started', async () => {
    const machine = await service.createMachine(SLEEP);
    await service.ended(await startParent('', { machine }));
    const child = await childOf(machine);
    expect((await describe_(child.executionArn!)).status).toBe('RUNNING');
    await service.client.send(new StopExecutionCommand({ executionArn: child.executionArn! }));
  });
});

test('an execution that somebody else started is waited for, too', async () => {
  const machine = await service.createMachine(SLEEP);
  const name = uniqueName('shared');
  const executionArn = await service.startExecution({ stateMachineArn: machine, name, input: '{"n":1}' });
  const parent = await startParent('.sync', { machine, fields: { Name: name } }, '{"n":1}');
  await service.event(parent, 'TaskSubmitted');
  await service.client.send(new StopExecutionCommand({ executionArn, error: 'Enough' }));
  const ended = await service.ended(parent);
  expect(JSON.parse(ended.cause!)).toMatchObject({ Status: 'ABORTED', Error: 'Enough' });
});

test('executions nest twenty deep', async () => {
  let machine = await service.createMachine(PASS);
  for (let depth = 0; depth < 20; depth++) {
    const Parameters = { StateMachineArn: machine, 'Input.$': '$' };
    machine = await service.createMachine(taskOf(`${NESTED}.sync:2`, { Parameters, OutputPath: '$.Output' }));
  }
  const ended = await service.ended(await service.startExecution({ stateMachineArn: machine, input: '{"deep":0.0}' }));
  expect(ended).toMatchObject({ status: 'SUCCEEDED', output: '{"deep":0.0}' });
});
