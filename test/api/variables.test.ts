import {
  CreateStateMachineCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
} from '@aws-sdk/client-sfn';
import { ROLE_ARN, refusalOf, uniqueName, useService } from './service';

/** Variables, as clients see them. How they are assigned and read: test/engine/variables.test.ts. */

const DEFINITION = {
  StartAt: 'A',
  States: {
    A: { Type: 'Pass', Result: { n: 1 }, Assign: { 'n.$': '$.n', text: 'it\'s "so"' }, Next: 'M' },
    M: {
      Type: 'Map',
      ItemsPath: '$.list',
      InputPath: '$$.Execution.Input',
      ItemSelector: { 'x.$': "States.Format('{} {}', $text, $n)", y: '$n' },
      ItemProcessor: {
        StartAt: 'I',
        States: { I: { Type: 'Pass', InputPath: '$n', Assign: { 'inner.$': 'States.MathAdd($n, 1)' }, End: true } },
      },
      Next: 'C',
    },
    C: {
      Type: 'Choice',
      Choices: [{ And: [{ Variable: '$n', NumericLessThanPath: '$text' }], Assign: { 'b.$': '$a' }, Next: 'Z' }],
      Default: 'Z',
    },
    Z: { Type: 'Succeed', OutputPath: '$n' },
  },
};

describe('variables', () => {
  const service = useService();
  const run = async () => {
    const executionArn = await service.startExecution({ definition: DEFINITION, input: '{"list":[0]}' });
    await service.ended(executionArn);
    return executionArn;
  };

  test('a history tells what each state assigned, as JSON texts', async () => {
    const events = await service.history(await run());
    const exits = events.flatMap(({ stateExitedEventDetails: details }) => details ?? []);
    expect(
      exits.map(({ name, assignedVariables, assignedVariablesDetails }) => [
        name,
        assignedVariables,
        assignedVariablesDetails,
      ]),
    ).toEqual([
      ['A', { n: '1', text: '"it\'s \\"so\\""' }, { truncated: false }],
      ['I', { inner: '2' }, { truncated: false }],
      ['M', undefined, undefined],
      ['C', undefined, undefined],
      ['Z', undefined, undefined],
    ]);
    expect(events.at(-1)!.executionSucceededEventDetails!.output).toBe('1');
  });

  test('without execution data it does not', async () => {
    const command = new GetExecutionHistoryCommand({ executionArn: await run(), includeExecutionData: false });
    const { events } = await service.client.send(command);
    expect(events!.find(({ type }) => type === 'PassStateExited')!.stateExitedEventDetails).toEqual({ name: 'A' });
  });

  test('a description names the variables that states read, inner ones by their own names', async () => {
    const references = { M: ['n', 'text'], I: ['n'], C: ['a', 'n', 'text'], Z: ['n'] };
    const stateMachineArn = await service.createMachine(DEFINITION);
    const described = await service.client.send(new DescribeStateMachineCommand({ stateMachineArn }));
    expect(described.variableReferences).toEqual(references);
    const executionArn = await service.startExecution({ stateMachineArn, input: '{"list":[]}' });
    const then = await service.client.send(new DescribeStateMachineForExecutionCommand({ executionArn }));
    expect(then.variableReferences).toEqual(references);
    const includedData = 'METADATA_ONLY';
    const short = await service.client.send(new DescribeStateMachineCommand({ stateMachineArn, includedData }));
    expect(short.variableReferences).toBeUndefined();
  });

  test('where nothing is read, there is no such member', async () => {
    const stateMachineArn = await service.createMachine({
      StartAt: 'A',
      States: { A: { Type: 'Pass', Parameters: { a: '$b' }, Assign: { b: 1 }, End: true } },
    });
    const described = await service.client.send(new DescribeStateMachineCommand({ stateMachineArn }));
    expect(described).not.toHaveProperty('variableReferences');
  });

  test('a branch that assigns what is assigned around it: InvalidDefinition', async () => {
    const definition = JSON.stringify({
      StartAt: 'P',
      States: {
        P: {
          Type: 'Parallel',
          Assign: { v: 1 },
          Branches: [{ StartAt: 'B', States: { B: { Type: 'Pass', Assign: { 'v.$': '$' }, End: true } } }],
          End: true,
        },
      },
    });
    const create = new CreateStateMachineCommand({ name: uniqueName('machine'), definition, roleArn: ROLE_ARN });
    const { name, message } = await refusalOf(service.client.send(create));
    expect(name).toBe('InvalidDefinition');
    expect(message).toContain(
      "Variable 'v' is assigned in an outer scope, too at /States/P/Branches[0]/States/B/Assign/v.$",
    );
  });
});
