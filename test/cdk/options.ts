import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Stepwell } from '../../lib/cdk';
import { createApp } from '../../lib/cdk/app';
import { BadOption, FUNCTION_NAMES } from '../../lib/cdk/options';
import { VARIABLES } from '../../lib/host/lambda-settings';
import { synthesize } from './synthesized';

const CERTIFICATE = 'arn:aws:acm:us-east-1:123456789012:certificate/1';
const DOMAIN = { domainName: 'states.example.com', certificateArn: CERTIFICATE };
const TOPIC = 'arn:aws:sns:us-east-1:123456789012:ops';

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
    [{ stage: 'a b' }, 'stage is "a b"; give letters, digits and underscores'],
    [{ pollSeconds: 61 }, 'pollSeconds is 61; give a whole number from 1 to 60'],
    [{ retentionDays: 'x' }, 'retentionDays is "x"; give a number'],
    [{ limits: { nothing: 1 } }, 'there is no limit "nothing"'],
    [{ logLevel: 'loud' }, 'logLevel is "loud"; give one of'],
    [{ logRetentionDays: 31 }, 'logRetentionDays is 31; CloudWatch has 1, 3, 5, 7, 14, 30, 60,'],
    [{ invokes: 'orders' }, 'invokes has "orders"; give ARNs of functions, or patterns like'],
    [{ taskPermissions: [{ actions: 'sqs:SendMessage' }] }, 'taskPermissions is no list like'],
    [{ taskPermissions: '[null]' }, 'taskPermissions is no list like'],
    [{ taskPermissions: '5' }, 'taskPermissions is no list like'],
    [{ taskPermissions: [{ actions: ['send'], resources: ['*'] }] }, 'taskPermissions is no list like'],
    [{ reservedConcurrency: '{' }, 'reservedConcurrency is "{"; give JSON'],
    [{ reservedConcurrency: '5' }, 'reservedConcurrency is 5; give JSON like {"api":50}'],
    [{ reservedConcurrency: '{"advnce":5}' }, 'reservedConcurrency has "advnce"; there are api, advance, task, sync'],
    [{ reservedConcurrency: '{"api":0}' }, 'api of reservedConcurrency is 0; give a whole number from 1 to 100000'],
    [{ maximumConcurrency: '{"advance":1}' }, 'advance of maximumConcurrency is 1; give a whole number from 2 to 1000'],
    [{ maximumConcurrency: '{"api":5}' }, 'maximumConcurrency has "api"; there are advance, task'],
    [{ requestRate: '{"perSecond":"many"}' }, 'requestRate is {"perSecond":"many"}; give JSON like {"perSecond":100,'],
    [{ requestRate: '{"perSecond":5}' }, 'requestRate is {"perSecond":5}; give JSON like'],
    [{ requestRate: 'null' }, 'requestRate is null; give JSON like'],
    [{ alarmEmail: 'nobody' }, 'alarmEmail is "nobody"; give an address like ops@example.com'],
    [{ alarmTopicArn: 'ops' }, 'alarmTopicArn is "ops"; give one like arn:aws:sns:'],
    [{ alarmEmail: 'a@b.example', alarmTopicArn: TOPIC }, 'alarmTopicArn and alarmEmail are both given; give one'],
    [{ domainName: 'a.example' }, 'domainName is given without certificateArn'],
    [{ certificateArn: CERTIFICATE }, 'certificateArn is given without domainName'],
    [{ hostedZoneId: 'Z1' }, 'hostedZoneId is given without domainName'],
    [{ ...DOMAIN, domainName: 'a b' }, 'domainName is "a b"; give a name like states.example.com'],
    [{ ...DOMAIN, certificateArn: 'mine' }, 'certificateArn is "mine"; give one like arn:aws:acm:'],
    [{ ...DOMAIN, hostedZoneId: 'Z1' }, 'hostedZoneId and hostedZoneName belong together; give both or neither'],
    [{ ...DOMAIN, hostedZoneId: 'example.com', hostedZoneName: 'example.com' }, 'hostedZoneId is "example.com"; give'],
    [
      { ...DOMAIN, hostedZoneId: 'Z1', hostedZoneName: 'example.org' },
      'domainName is "states.example.com", which is not in hostedZoneName "example.org"',
    ],
    [{ removesData: 'maybe' }, 'removesData is "maybe"; give true or false'],
    [{ synthesizer: 'default' }, 'synthesizer is "default"; give cli, or nothing'],
  ])('%j is refused with a line that says what to do', (context, message) => {
    const refused = () => synthesize(context);
    expect(refused).toThrow(BadOption);
    expect(refused).toThrow(message);
  });

  test('of a stack that was refused, half made, nothing more is synthesized when the process ends', () => {
    const before = process.listeners('beforeExit');
    process.env.CDK_OUTDIR = join(tmpdir(), 'stepwell-refused');
    try {
      expect(() => createApp({ context: { alarmEmail: 'nobody' } })).toThrow(BadOption);
      expect(process.listeners('beforeExit')).toEqual(before);
    } finally {
      delete process.env.CDK_OUTDIR;
    }
  });

  test('what an app knows only when it is deployed is let pass', () => {
    const app = new Stack(new App(), 'Own');
    const alarms = new Topic(app, 'Alarms');
    const orders = new Queue(app, 'Orders');
    const taskPermissions = [{ actions: ['sqs:SendMessage'], resources: [orders.queueArn] }];
    new Stepwell(app, 'Stepwell', { alarmTopicArn: alarms.topicArn, taskPermissions });
    Template.fromStack(app).resourceCountIs('AWS::SNS::Topic', 1);
  });

  test('alarms are told to a topic that is there', () => {
    const { template } = synthesize({ alarmTopicArn: TOPIC });
    template.resourceCountIs('AWS::SNS::Topic', 0);
    template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [TOPIC], OKActions: [TOPIC] });
  });

  test('the API takes so many requests, and so many at once', () => {
    const { template } = synthesize({ requestRate: '{"perSecond":100,"burst":200}' });
    template.hasResourceProperties('AWS::ApiGateway::Stage', {
      MethodSettings: [Match.objectLike({ ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200, ResourcePath: '/*' })],
    });
  });

  test.each([
    ['debug', 'INFO'],
    ['info', 'WARN'],
    ['silent', 'WARN'],
  ])('logs of the level %s: of invocations, those of %s', (logLevel, SystemLogLevel) => {
    const stack = synthesize({ logLevel });
    for (const name of FUNCTION_NAMES) {
      expect(stack.function(name)).toMatchObject({
        Environment: { Variables: { [VARIABLES.logLevel]: logLevel } },
        // The function itself goes by its variable.
        LoggingConfig: { SystemLogLevel, ApplicationLogLevel: 'TRACE' },
      });
    }
  });
});
