import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { createService } from 'stepwell';

const service = await createService({
  functions: { greet: async ({ name }) => `Hello, ${name}!` },
});
const client = new SFNClient(service.clientConfig);

const { stateMachineArn } = await client.send(
  new CreateStateMachineCommand({
    name: 'hello',
    roleArn: 'arn:aws:iam::123456789012:role/any',
    definition: JSON.stringify({
      StartAt: 'Greet',
      States: { Greet: { Type: 'Task', Resource: service.functionArn('greet'), End: true } },
    }),
  }),
);
const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, input: '{"name": "Ada"}' }));

let execution;
do execution = await client.send(new DescribeExecutionCommand({ executionArn }));
while (execution.status === 'RUNNING');
console.log(execution.status, execution.output);

client.destroy();
await service.stop();
