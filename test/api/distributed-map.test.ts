import {
  DescribeExecutionCommand,
  DescribeStateMachineForExecutionCommand,
  GetActivityTaskCommand,
  ListExecutionsCommand,
  RedriveExecutionCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  StopExecutionCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { eventually } from '../contract/eventually';
import { refusalOf, uniqueName, useService } from './service';

/** Map in mode DISTRIBUTED: children are executions of their own, which clients see. */

const service = useService({ functions: { tell: (event: unknown) => ({ told: event }) } });

interface MapFields {
  states: Record<string, object>;
  fields?: object;
}

const definitionOf = ({ states, fields }: MapFields) => ({
  StartAt: 'Each',
  States: {
    Each: {
      Type: 'Map',
      Label: 'each',
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: Object.keys(states)[0],
        States: states,
      },
      End: true,
      ...fields,
    },
  },
});
const pass = (fields: object = {}) => ({ Type: 'Pass', End: true, ...fields });
const describe_ = (executionArn: string) => service.client.send(new DescribeExecutionCommand({ executionArn }));
const typesOf = async (executionArn: string) => (await service.history(executionArn)).map(({ type }) => type);

/** The ARNs of the children, as they tell them in their outputs. */
const SELF = { Parameters: { 'id.$': '$$.Execution.Id' } };

describe('a child', () => {
  test('is an execution with an ARN, an input, a history and an end of its own', async () => {
    const definition = definitionOf({ states: { Tell: pass(SELF) } });
    const parent = await service.startExecution({ definition, input: '[{"n":1.50},2]' });
    const ended = await service.ended(parent);
    const [first, second] = (JSON.parse(ended.output!) as { id: string }[]).map(({ id }) => id);
    const machine = ended.stateMachineArn!.split(':').at(-1)!;
    expect(first).toMatch(new RegExp(`:execution:${machine}/each:[0-9a-f-]{36}$`));
    const [, , , started] = await service.history(parent);
    const { mapRunArn } = started!.mapRunStartedEventDetails!;
    expect(mapRunArn).toMatch(new RegExp(`:mapRun:${machine}/each:[0-9a-f-]{36}$`));
    const child = await describe_(first!);
    expect(child).toMatchObject({
      executionArn: first,
      stateMachineArn: service.arn('stateMachine', `${machine}/each`),
      name: first!.split(':').at(-1),
      status: 'SUCCEEDED',
      input: '{"n":1.50}',
      output: JSON.stringify({ id: first }),
      mapRunArn,
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
    });
    expect((await describe_(second!)).input).toBe('2');
    expect(await typesOf(first!)).toEqual([
      'ExecutionStarted',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
    expect(ended.mapRunArn).toBeUndefined();
  });

  test('tells of what it is an execution of, and is not listed with those of the machine', async () => {
    const states = {
      Tell: pass({
        Parameters: { 'id.$': '$$.Execution.Id', 'machine.$': '$$.StateMachine', 'role.$': '$$.Execution.RoleArn' },
      }),
    };
    const stateMachineArn = await service.createMachine(definitionOf({ states }));
    const parent = await service.startExecution({ stateMachineArn, input: '[1]' });
    const [{ id, machine, role }] = JSON.parse((await service.ended(parent)).output!);
    expect(machine).toEqual({ Id: `${stateMachineArn}/each`, Name: `${stateMachineArn.split(':').at(-1)}/each` });
    expect(role).toMatch(/^arn:aws:iam:/);
    const described = await service.client.send(new DescribeStateMachineForExecutionCommand({ executionArn: id }));
    expect(described).toMatchObject({ stateMachineArn: `${stateMachineArn}/each`, label: 'each' });
    expect(described.mapRunArn).toBe((await describe_(id)).mapRunArn);
    const { executions } = await service.client.send(new ListExecutionsCommand({ stateMachineArn }));
    expect(executions!.map(({ executionArn }) => executionArn)).toEqual([parent]);
  });

  test('runs the revision that its parent was started with', async () => {
    const wait = (Result: string) => ({ Wait: { Type: 'Wait', Seconds: 1, Next: 'Tell' }, Tell: pass({ Result }) });
    const fields = { MaxConcurrency: 1 };
    const stateMachineArn = await service.createMachine(definitionOf({ states: wait('before'), fields }));
    const parent = await service.startExecution({ stateMachineArn, input: '[1,2]' });
    await service.event(parent, 'MapRunStarted');
    const definition = JSON.stringify(definitionOf({ states: wait('after'), fields }));
    await service.client.send(new UpdateStateMachineCommand({ stateMachineArn, definition }));
    expect((await service.ended(parent)).output).toBe('["before","before"]');
  });

  test('calls functions, retries and waits as any execution does', async () => {
    const states = {
      Wait: { Type: 'Wait', Seconds: 1, Next: 'Tell' },
      Tell: { Type: 'Task', Resource: service.functionArn('tell'), End: true },
    };
    const parent = await service.startExecution({ definition: definitionOf({ states }), input: '[1,"two",{"n":3}]' });
    expect((await service.ended(parent)).output).toBe('[{"told":1},{"told":"two"},{"told":{"n":3}}]');
  });

  test('may be a distributed Map itself, or have one around it', async () => {
    const inner = definitionOf({ states: { Tell: pass(SELF) }, fields: { Label: 'inner' } }).States.Each;
    const parent = await service.startExecution({
      definition: definitionOf({ states: { Inner: inner } }),
      input: '[[1],[2,3]]',
    });
    const output = JSON.parse((await service.ended(parent)).output!) as { id: string }[][];
    expect(output.map(({ length }) => length)).toEqual([1, 2]);
    const [[{ id }]] = output as [[{ id: string }]];
    expect(id).toMatch(/:execution:[^/]+\/inner:/);
    expect((await describe_(id)).mapRunArn).toMatch(/:mapRun:[^/]+\/inner:/);
  });
});

describe('ends', () => {
  const SLEEPS = { Sleep: { Type: 'Wait', Seconds: 100_000, End: true } };
  const aborted = (executionArn: string) =>
    eventually(
      () => describe_(executionArn),
      ({ status }) => status !== 'RUNNING',
    ).then(({ status }) => status);
  /** Tells an activity where it is, and waits for its answer. */
  const asking = async (fields: object = {}, input = '[1]') => {
    const activityArn = await service.createActivity();
    const states = { Ask: { Type: 'Task', Resource: activityArn, Parameters: SELF.Parameters, End: true } };
    const parent = await service.startExecution({ definition: definitionOf({ states, fields }), input });
    return { parent, activityArn };
  };
  const childAt = async (activityArn: string) => {
    const { input, taskToken } = await service.client.send(new GetActivityTaskCommand({ activityArn }));
    return { child: (JSON.parse(input!) as { id: string }).id, taskToken: taskToken! };
  };

  test('a parent that is stopped stops its children', async () => {
    const { parent, activityArn } = await asking({}, '[1,2]');
    const children = [await childAt(activityArn), await childAt(activityArn)];
    await service.client.send(new StopExecutionCommand({ executionArn: parent }));
    for (const { child } of children) expect(await aborted(child)).toBe('ABORTED');
  });

  test('a parent whose time is over stops its children', async () => {
    const activityArn = await service.createActivity();
    const states = { Ask: { Type: 'Task', Resource: activityArn, Parameters: SELF.Parameters, End: true } };
    const definition = { ...definitionOf({ states }), TimeoutSeconds: 2 };
    const parent = await service.startExecution({ definition, input: '[1]' });
    const { child } = await childAt(activityArn);
    expect((await service.ended(parent)).status).toBe('TIMED_OUT');
    expect(await aborted(child)).toBe('ABORTED');
  });

  test('a child that is stopped has failed', async () => {
    const { parent, activityArn } = await asking();
    const { child } = await childAt(activityArn);
    await service.client.send(new StopExecutionCommand({ executionArn: child, error: 'Enough', cause: 'c' }));
    const ended = await service.ended(parent);
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.ExceedToleratedFailureThreshold' });
    expect((await typesOf(parent)).slice(-3)).toEqual(['MapRunFailed', 'MapStateFailed', 'ExecutionFailed']);
  });

  test('one failure too many stops the children that are under way', async () => {
    const states = {
      Which: {
        Type: 'Choice',
        Choices: [{ Variable: '$.fails', BooleanEquals: true, Next: 'Soon' }],
        Default: 'Tell',
      },
      Soon: { Type: 'Wait', Seconds: 2, Next: 'Fail' },
      Fail: { Type: 'Fail', Error: 'E' },
      Tell: { Type: 'Task', Resource: '', Parameters: SELF.Parameters, End: true },
    };
    const activityArn = await service.createActivity();
    states.Tell.Resource = activityArn;
    const parent = await service.startExecution({
      definition: definitionOf({ states }),
      input: '[{"fails":true},{"fails":false}]',
    });
    const { child } = await childAt(activityArn);
    expect((await service.ended(parent)).error).toBe('States.ExceedToleratedFailureThreshold');
    expect(await aborted(child)).toBe('ABORTED');
  });

  test('what is tolerated does not fail the state', async () => {
    const states = {
      Which: { Type: 'Choice', Choices: [{ Variable: '$', NumericEquals: 2, Next: 'Fail' }], Default: 'Fine' },
      Fail: { Type: 'Fail', Error: 'Two', Cause: 'it is two' },
      Fine: pass(),
    };
    const definition = definitionOf({ states, fields: { ToleratedFailurePercentage: 34 } });
    const ended = await service.ended(await service.startExecution({ definition, input: '[1,2,3]' }));
    expect(ended.output).toBe('[1,{"Error":"Two","Cause":"it is two"},3]');
  });

  test('a redrive runs what had not ended well again, in children of other names', async () => {
    const { parent, activityArn } = await asking({ MaxConcurrency: 1 }, '[1,2]');
    const first = await childAt(activityArn);
    await service.client.send(new SendTaskSuccessCommand({ taskToken: first.taskToken, output: '"first"' }));
    const second = await childAt(activityArn);
    await service.client.send(new SendTaskFailureCommand({ taskToken: second.taskToken, error: 'E' }));
    expect((await service.ended(parent)).status).toBe('FAILED');
    expect((await describe_(second.child)).redriveStatus).toBe('REDRIVABLE_BY_MAP_RUN');
    expect(
      await refusalOf(service.client.send(new RedriveExecutionCommand({ executionArn: second.child }))),
    ).toMatchObject({
      name: 'ExecutionNotRedrivable',
    });
    await service.client.send(new RedriveExecutionCommand({ executionArn: parent }));
    const again = await childAt(activityArn);
    expect(again.child).not.toBe(second.child);
    await service.client.send(new SendTaskSuccessCommand({ taskToken: again.taskToken, output: '"again"' }));
    expect((await service.ended(parent)).output).toBe('["first","again"]');
    expect(await typesOf(parent)).toContain('MapRunRedriven');
    expect((await describe_(again.child)).mapRunArn).toBe((await describe_(second.child)).mapRunArn);
  });

  test('a child that there is not', async () => {
    const stateMachineArn = await service.createMachine(definitionOf({ states: SLEEPS }));
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}/each:${uniqueName('none')}`;
    expect(await refusalOf(describe_(executionArn))).toMatchObject({ name: 'ExecutionDoesNotExist' });
  });
});

test('a thousand items', async () => {
  const input = JSON.stringify(Array.from({ length: 1_000 }, (_, index) => index));
  const parent = await service.startExecution({ definition: definitionOf({ states: { P: pass() } }), input });
  const ended = await eventually(
    () => describe_(parent),
    ({ status }) => status !== 'RUNNING',
  );
  expect(ended.output).toBe(input);
}, 60_000);
