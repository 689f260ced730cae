import { Match } from 'aws-cdk-lib/assertions';
import { ASSUMED } from '../../bench/cost/assumptions';
import { TABLES, type TableDescription } from '../../lib/adapters/dynamodb/tables';
import { specifyQueues } from '../../lib/adapters/sqs/specifications';
import { FUNCTION_NAMES } from '../../lib/cdk/options';
import { VARIABLES } from '../../lib/host/lambda-settings';
import { synthesize, synthesizePlain } from './synthesized';

const stack = synthesizePlain();
const { template } = stack;

describe('the stack', () => {
  test('cdk-nag finds nothing that is not acknowledged', () => {
    expect(stack.violations).toEqual([]);
  });

  test.each(Object.entries<TableDescription>(TABLES))('table %s is what the code describes', (name, description) => {
    const { partitionKey, sortKey, expiry, indexes } = description;
    const keys = (partition: string, sort: string) => [
      { AttributeName: partition, KeyType: 'HASH' },
      { AttributeName: sort, KeyType: 'RANGE' },
    ];
    template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      Properties: {
        TableName: `stepwell-${name}`,
        KeySchema: keys(partitionKey, sortKey),
        BillingMode: 'PAY_PER_REQUEST',
        TimeToLiveSpecification: { AttributeName: expiry, Enabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
        DeletionProtectionEnabled: true,
        GlobalSecondaryIndexes:
          indexes.length === 0
            ? Match.absent()
            : indexes.map((index) => ({
                IndexName: index.name,
                KeySchema: keys(index.partitionKey, index.sortKey),
                Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: index.attributes },
              })),
      },
    });
    template.resourceCountIs('AWS::DynamoDB::Table', Object.keys(TABLES).length);
  });

  const { advance, tasks, deadLetters } = specifyQueues('stepwell');
  test.each([advance, tasks, ...deadLetters])('queue $name is what the code describes', (specification) => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: specification.name,
      MessageRetentionPeriod: specification.retentionSeconds,
      MaximumMessageSize: specification.messageBytesMax,
      SqsManagedSseEnabled: true,
      RedrivePolicy: specification.redrive
        ? Match.objectLike({ maxReceiveCount: specification.redrive.receivesMax })
        : Match.absent(),
    });
    template.resourceCountIs('AWS::SQS::Queue', 2 + deadLetters.length);
  });

  test('no queue shows a message again while the function that has it may still run', () => {
    for (const name of ['advance', 'tasks']) {
      const { VisibilityTimeout } = stack
        .of('AWS::SQS::Queue')
        .find(({ Properties }) => Properties.QueueName === `stepwell-${name}`)!.Properties;
      const { Timeout } = stack.function(name === 'tasks' ? 'task' : name);
      expect(Number(VisibilityTimeout)).toBeGreaterThanOrEqual(Number(Timeout));
    }
  });

  test.each(FUNCTION_NAMES)('function %s runs on Node 24 and arm64, and keeps its logs for a while', (name) => {
    expect(stack.function(name)).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      LoggingConfig: { LogGroup: expect.anything(), LogFormat: 'JSON', SystemLogLevel: 'WARN' },
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: `/aws/lambda/stepwell-${name}`,
      RetentionInDays: 30,
    });
  });

  test('functions have the memory by which `npm run cost` reckons', () => {
    // GetActivityTask is a call of the API.
    for (const [name, megabytes] of Object.entries(ASSUMED.memoryMb)) {
      expect([name, stack.function(name === 'poll' ? 'api' : name).MemorySize]).toEqual([name, megabytes]);
    }
  });

  test('functions get the variables that the code reads, and no others', () => {
    const { masterSecretArn, limits, logging, ...always } = VARIABLES;
    for (const name of FUNCTION_NAMES) {
      const { Variables } = stack.function(name).Environment as { Variables: object };
      const own = name === 'api' ? [masterSecretArn] : [];
      expect(Object.keys(Variables).sort()).toEqual([...Object.values(always), ...own].sort());
    }
    const limited = synthesize({ limits: { payloadBytes: 32_768 } }).function('api');
    expect(limited.Environment).toMatchObject({ Variables: { [limits]: '{"payloadBytes":32768}' } });
    const logged = synthesize({ logGroups: '/orders' });
    expect(logged.function('advance').Environment).toMatchObject({ Variables: { [logging]: 'on' } });
    expect(logged.function('timers').Environment).not.toMatchObject({ Variables: { [logging]: 'on' } });
  });

  test('mappings take ten messages, and take back those that failed', () => {
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 2);
    template.allResourcesProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 50 },
    });
  });

  test('timers run every minute, and the audit every hour', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      Name: 'stepwell-timers',
      ScheduleExpression: 'rate(1 minute)',
    });
    template.hasResourceProperties('AWS::Events::Rule', { Name: 'stepwell-audit', ScheduleExpression: 'rate(1 hour)' });
  });

  test('the API is regional, passes exact bytes on, and leaves signatures to the function', () => {
    template.hasResourceProperties('AWS::ApiGateway::RestApi', {
      BinaryMediaTypes: ['*/*'],
      EndpointConfiguration: { Types: ['REGIONAL'] },
    });
    template.resourceCountIs('AWS::ApiGateway::Method', 1);
    template.hasResourceProperties('AWS::ApiGateway::Method', {
      HttpMethod: 'POST',
      AuthorizationType: 'NONE',
      Integration: { Type: 'AWS_PROXY' },
    });
  });

  test('its outputs say where it is, and how the first key is made', () => {
    expect(stack.outputs.sort()).toEqual(['CreateFirstKey', 'Endpoint', 'MasterSecretArn', 'Region']);
  });
});
