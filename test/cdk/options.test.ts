import { Match } from 'aws-cdk-lib/assertions';
import { FUNCTION_NAMES } from '../../lib/cdk/options';
import { synthesize } from './synthesized';

const CERTIFICATE = 'arn:aws:acm:us-east-1:123456789012:certificate/1';

describe('options of the stack', () => {
  test('another name, stage and retention', () => {
    const { template } = synthesize({ name: 'own', stage: 'v1', retentionDays: '7', logRetentionDays: 5 });
    template.hasResourceProperties('AWS::DynamoDB::Table', { TableName: 'own-journal' });
    template.hasResourceProperties('AWS::ApiGateway::Stage', { StageName: 'v1' });
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'own-api',
      Environment: { Variables: Match.objectLike({ STEPWELL_NAME: 'own', STEPWELL_RETENTION_DAYS: '7' }) },
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 5 });
  });

  test('a poll of 60 s is streamed, and nobody on the way ends it before', () => {
    const stack = synthesize({ pollSeconds: 60 });
    stack.template.hasResourceProperties('AWS::ApiGateway::Method', {
      Integration: { ResponseTransferMode: 'STREAM', TimeoutInMillis: 70_000 },
    });
    expect(stack.function('api')).toMatchObject({ Timeout: 75 });
  });

  test('a domain has a sibling for the calls that SDKs send to it', () => {
    const { template } = synthesize({
      domainName: 'states.example.com',
      certificateArn: CERTIFICATE,
      hostedZoneId: 'Z1',
      hostedZoneName: 'example.com',
    });
    for (const name of ['states.example.com', 'sync-states.example.com']) {
      template.hasResourceProperties('AWS::ApiGateway::DomainName', { DomainName: name });
      template.hasResourceProperties('AWS::Route53::RecordSet', { Name: `${name}.` });
    }
  });

  test('concurrency is set aside, and functions to invoke are narrowed', () => {
    const invokes = 'arn:aws:lambda:us-east-1:123456789012:function:orders-*';
    const stack = synthesize({ reservedConcurrency: '{"task":5}', maximumConcurrency: { task: 7 }, invokes });
    expect(stack.function('task')).toMatchObject({ ReservedConcurrentExecutions: 5 });
    stack.template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      ScalingConfig: { MaximumConcurrency: 7 },
    });
    expect(JSON.stringify(stack.of('AWS::IAM::Role'))).toContain(invokes);
    expect(stack.violations).toEqual([]);
  });

  test('tasks may do what they are told they may, and only the function that runs them', () => {
    const [queue, bucket] = ['arn:aws:sqs:us-east-1:123456789012:orders', 'arn:aws:s3:::orders/*'];
    const stack = synthesize({
      taskPermissions: [
        { actions: ['sqs:SendMessage'], resources: [queue] },
        { actions: ['s3:GetObject'], resources: [bucket] },
      ],
    });
    const roles = stack.of('AWS::IAM::Role').map((role) => JSON.stringify(role));
    // Both functions that run tasks.
    expect(roles.filter((role) => role.includes(queue))).toHaveLength(2);
    expect(roles.filter((role) => role.includes('s3:GetObject') && role.includes(bucket))).toHaveLength(2);
    expect(stack.violations).toEqual([]);
  });

  test('executions may be logged to the log groups that are named, and to no others', () => {
    const stack = synthesize({ logGroups: '/aws/vendedlogs/states/*,/orders' });
    const roles = stack.of('AWS::IAM::Role').map(({ Properties }) => JSON.stringify(Properties));
    for (const group of ['/aws/vendedlogs/states/*', '/orders']) {
      const granting = roles.filter((role) => role.includes(`:log-group:${group}:*`));
      expect(granting).toHaveLength(FUNCTION_NAMES.length - 1);
      for (const role of granting) expect(role).toContain('["logs:CreateLogStream","logs:PutLogEvents"]');
    }
    expect(stack.violations).toEqual([]);
    expect(() => synthesize({ logGroups: 'no group' })).toThrow('give names of log groups');
  });

  test('alarms are told to an address', () => {
    const { template } = synthesize({ alarmEmail: 'ops@example.com' });
    template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'ops@example.com' });
    template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: Match.anyValue() });
  });

  test('data goes with a stack that is told so', () => {
    const { template } = synthesize({ removesData: 'true' });
    template.allResources('AWS::DynamoDB::Table', { DeletionPolicy: 'Delete' });
  });

  test('an emulator without TLS is served too', () => {
    const stack = synthesize({ requiresTls: false, synthesizer: 'cli' });
    stack.template.resourceCountIs('AWS::SQS::QueuePolicy', 0);
    expect(stack.violations).toEqual([]);
  });

  test.each([
    [{ name: 'No' }, 'name is "No"; give up to 40 lower case letters, digits and dashes'],
    [{ pollSeconds: 61 }, 'pollSeconds is 61; give a whole number from 1 to 60'],
    [{ retentionDays: 'x' }, 'retentionDays is "x"; give a number'],
    [{ limits: { nothing: 1 } }, 'there is no limit "nothing"'],
    [{ reservedConcurrency: '{' }, 'reservedConcurrency is "{"; give JSON'],
    [{ domainName: 'a.example' }, 'domainName is given without certificateArn'],
    [{ logLevel: 'loud' }, 'logLevel is "loud"; give one of'],
    [{ taskPermissions: [{ actions: 'sqs:SendMessage' }] }, 'taskPermissions is no list like'],
    [{ removesData: 'maybe' }, 'removesData is "maybe"; give true or false'],
  ])('%j is refused with a line that says what to do', (context, message) => {
    expect(() => synthesize(context)).toThrow(message);
  });
});
