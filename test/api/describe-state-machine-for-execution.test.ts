import { DescribeStateMachineForExecutionCommand, type IncludedData } from '@aws-sdk/client-sfn';
import { describeAbsentExecution } from './describe-absent-execution';
import { describeArn } from './describe-arn';
import { PASS, ROLE_ARN, useService } from './service';

/** What it says of machines that were updated since, and of versions, is in started-by-version.test.ts. */
describe('DescribeStateMachineForExecution', () => {
  const service = useService();
  const send = async (executionArn: string | undefined, includedData?: IncludedData) => {
    const command = new DescribeStateMachineForExecutionCommand({ executionArn, includedData });
    const { $metadata: _, ...answer } = await service.client.send(command);
    return answer;
  };

  test('the machine as it is, before any update', async () => {
    const stateMachineArn = await service.createMachine(PASS, { tracingConfiguration: { enabled: true } });
    const executionArn = await service.startExecution({ stateMachineArn });
    expect(await send(executionArn)).toEqual({
      stateMachineArn,
      name: stateMachineArn.split(':').at(-1),
      definition: JSON.stringify(PASS),
      roleArn: ROLE_ARN,
      updateDate: expect.any(Date),
      loggingConfiguration: { level: 'OFF', includeExecutionData: false },
      tracingConfiguration: { enabled: true },
      encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
    });
  });

  test('with METADATA_ONLY an empty object for the definition', async () => {
    const executionArn = await service.startExecution();
    const answer = await send(executionArn, 'METADATA_ONLY');
    expect(answer.roleArn).toBe(ROLE_ARN);
    expect(answer.definition).toBe('{}');
  });

  describeAbsentExecution(service, send);
  describeArn(service, { member: 'executionArn', type: 'execution', send });
});
