import {
  CreateStateMachineCommand,
  DescribeStateMachineCommand,
  GetActivityTaskCommand,
  SendTaskSuccessCommand,
  ValidateStateMachineDefinitionCommand,
} from '@aws-sdk/client-sfn';
import { ROLE_ARN, refusalOf, uniqueName, useService } from './service';

/** JSONata, as clients see it. What it comes to: test/asl/jsonata.test.ts; histories: test/engine/jsonata.test.ts. */

const ofJsonata = (States: Record<string, object>) => ({
  QueryLanguage: 'JSONata',
  StartAt: Object.keys(States)[0]!,
  States,
});

describe('JSONata', () => {
  const service = useService();

  test('an execution from its input to its output, by way of an activity', async () => {
    const activityArn = await service.createActivity();
    const definition = ofJsonata({
      A: {
        Type: 'Task',
        Resource: activityArn,
        Arguments: { total: '{% $sum($states.input.items.(price * count)) %}' },
        Assign: { order: '{% $states.context.Execution.Name %}' },
        Output: '{% $states.result.paid %}',
        Next: 'B',
      },
      B: { Type: 'Choice', Choices: [{ Condition: '{% $states.input %}', Next: 'C' }], Default: 'C' },
      C: { Type: 'Succeed', Output: { paid: '{% $states.input %}', named: '{% $exists($order) %}' } },
    });
    const input = '{"items":[{"price":2.5,"count":2},{"price":1,"count":3}]}';
    const executionArn = await service.startExecution({ definition, input });
    const task = await service.client.send(new GetActivityTaskCommand({ activityArn }));
    expect(task.input).toBe('{"total":8}');
    await service.client.send(new SendTaskSuccessCommand({ taskToken: task.taskToken, output: '{"paid":true}' }));
    expect(await service.ended(executionArn)).toMatchObject({
      status: 'SUCCEEDED',
      output: '{"paid":true,"named":true}',
    });
  });

  test('EvaluationFailed, as the API tells it', async () => {
    const definition = ofJsonata({ A: { Type: 'Pass', Output: '{% $no %}', End: true } });
    const executionArn = await service.startExecution({ definition });
    await service.ended(executionArn);
    const [event] = (await service.history(executionArn)).filter(({ type }) => type === 'EvaluationFailed');
    expect(event!.evaluationFailedEventDetails).toMatchObject({
      error: 'States.QueryEvaluationError',
      location: 'Output',
      state: 'A',
    });
  });

  test('what does not parse is refused at creation and by ValidateStateMachineDefinition', async () => {
    const definition = JSON.stringify(ofJsonata({ A: { Type: 'Pass', Output: '{% 1 + %}', End: true } }));
    const creating = service.client.send(
      new CreateStateMachineCommand({ name: uniqueName('machine'), roleArn: ROLE_ARN, definition }),
    );
    expect(await refusalOf(creating)).toMatchObject({
      name: 'InvalidDefinition',
      message:
        "Invalid State Machine Definition: 'INVALID_JSONATA_EXPRESSION: Unexpected end of expression at /States/A/Output'",
    });
    const { diagnostics } = await service.client.send(new ValidateStateMachineDefinitionCommand({ definition }));
    expect(diagnostics).toEqual([
      {
        severity: 'ERROR',
        code: 'INVALID_JSONATA_EXPRESSION',
        message: 'Unexpected end of expression',
        location: '/States/A/Output',
      },
    ]);
  });

  test('descriptions name the variables that expressions read, not functions and their own names', async () => {
    const Output = '{% ($x := $total; $map([$x], function($v) { $v + $rate })) %}';
    const definition = JSON.stringify(ofJsonata({ A: { Type: 'Pass', Output, End: true } }));
    const { stateMachineArn } = await service.client.send(
      new CreateStateMachineCommand({ name: uniqueName('machine'), roleArn: ROLE_ARN, definition }),
    );
    const described = await service.client.send(new DescribeStateMachineCommand({ stateMachineArn }));
    expect(described.variableReferences).toEqual({ A: ['rate', 'total'] });
  });
});
