import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPTIMIZED_NAMES, serviceTaskOf } from '../../lib/asl/definition/integrations';
import { validateDefinition } from '../../lib/asl/definition/validate';

const PATTERNS = ['request', 'sync', 'sync:2', 'waitForTaskToken'];
const DOCS = readFileSync(join(__dirname, '../../docs/integrations.md'), 'utf8');

/** A row of the table in docs/integrations.md. */
function rowOf(name: string): string[] {
  const patterns = PATTERNS.filter((pattern) => serviceTaskOf(arnOf(name, pattern)) !== undefined);
  const { parameters, required } = serviceTaskOf(arnOf(name, patterns[0]!))!.integration;
  const members = parameters!.map((member) => (required.includes(member) ? `**\`${member}\`**` : `\`${member}\``));
  return [`\`${name}\``, patterns.map((pattern) => `\`${pattern}\``).join(', '), members.join(', ')];
}

const arnOf = (name: string, pattern: string): string =>
  `arn:aws:states:::${name}${pattern === 'request' ? '' : `.${pattern}`}`;

test('docs/integrations.md has a row for each integration, and for no other', () => {
  const [table] = DOCS.split('members of `Parameters`')[1]!.split('\n\n');
  const rows = table!
    .split('\n')
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  expect(rows).toEqual(OPTIMIZED_NAMES.map(rowOf));
});

test.each([
  ['arn:aws:states:::sqs:sendMessage', 'sqs', 'sendMessage', 'sendMessage', 'request'],
  [
    'arn:aws-us-gov:states:::states:startExecution.sync:2',
    'states',
    'startExecution.sync:2',
    'startExecution',
    'sync:2',
  ],
  ['arn:aws:states:::aws-sdk:sfn:sendTaskSuccess', 'aws-sdk:sfn', 'sendTaskSuccess', 'sendTaskSuccess', 'request'],
  [
    'arn:aws:states:::aws-sdk:s3:putObject.waitForTaskToken',
    'aws-sdk:s3',
    'putObject.waitForTaskToken',
    'putObject',
    'waitForTaskToken',
  ],
])('%s taken apart', (arn, resourceType, resource, action, pattern) => {
  expect(serviceTaskOf(arn)).toMatchObject({ resourceType, resource, action, pattern });
});

describe('Parameters of an integration', () => {
  const problemsOf = (Resource: string, Parameters: object) =>
    validateDefinition(
      JSON.stringify({ StartAt: 'T', States: { T: { Type: 'Task', Resource, Parameters, End: true } } }),
    ).diagnostics.map(({ message, path }) => `${message} at ${path!.join('/')}`);

  test.each<[string, object, string[]]>([
    ['sqs:sendMessage', { QueueUrl: 'q', 'MessageBody.$': '$' }, []],
    ['sqs:sendMessage', { 'QueueUrl.$': '$.q' }, ["The field 'MessageBody' is required but was missing"]],
    [
      'sqs:sendMessage',
      { QueueUrl: 'q', MessageBody: '', Body: '' },
      ["The field 'Body' is not supported by Step Functions"],
    ],
    ['sqs:sendMessage', { MessageBody: '' }, ["The field 'QueueUrl' is required but was missing"]],
    [
      'sqs:sendMessage',
      {},
      ["The field 'QueueUrl' is required but was missing", "The field 'MessageBody' is required but was missing"],
    ],
    [
      'sqs:sendMessage',
      { QueueUrl: 1, MessageBody: 1 },
      ["The value for the field 'QueueUrl' must be a STRING", "The value for the field 'MessageBody' must be a STRING"],
    ],
    ['sqs:sendMessage', { QueueUrl: 'q', MessageBody: { a: 1 }, DelaySeconds: 1 }, []],
    ['lambda:invoke', { FunctionName: 'f', Payload: [1] }, []],
    ['lambda:invoke', { FunctionName: 'f', Payload: null, Qualifier: null }, []],
    ['aws-sdk:s3:getObject', { Anything: 1, 'Other.$': '$' }, []],
    [
      'aws-sdk:sfn:startExecution',
      { stateMachineArn: 'm', 'input.$': '$', Name: 'n' },
      ['stateMachineArn', 'input'].map((name) => `The field '${name}' is not supported by Step Functions`),
    ],
  ])('%s %j', (name, Parameters, problems) => {
    expect(problemsOf(`arn:aws:states:::${name}`, Parameters)).toEqual(
      problems.map((problem) => `${problem} at States/T/Parameters`),
    );
  });
});
