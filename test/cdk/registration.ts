import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Aws, CfnParameter, Duration, Fn, RemovalPolicy, Stack, Tags, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { AwsSolutionsChecks } from 'cdk-nag';
import { StepwellActivity, StepwellConnection, StepwellStateMachine } from '../../lib/cdk';

const ENDPOINT = 'https://states.example.com/';
// biome-ignore lint/suspicious/noTemplateCurlyInString: substitutions are written so.
const SUBSTITUTED = '{"Comment":"${stage}"}';
const MACHINE = 'Custom::StepwellStateMachine';
const ACTIVITY = 'Custom::StepwellActivity';

class TestStack extends Stack {
  readonly connection: StepwellConnection;

  constructor(readonly app = new App({ outdir: mkdtempSync(join(tmpdir(), 'stepwell-cdk-')) })) {
    super(app, 'Shop', { env: { account: '111122223333', region: 'eu-west-1' } });
    const arn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:stepwell/deploy-AbCdEf';
    const accessKey = secretsmanager.Secret.fromSecretCompleteArn(this, 'Key', arn);
    this.connection = new StepwellConnection(this, 'Connection', { endpoint: ENDPOINT, accessKey });
  }

  get template(): Template {
    return Template.fromStack(this);
  }

  /** A chain as users have it, with an own function and an activity. */
  chain(activity: sfn.IActivity): sfn.IChainable {
    const charge = new lambda.Function(this, 'Charge', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = async () => 1'),
    });
    return new tasks.LambdaInvoke(this, 'Charge it', { lambdaFunction: charge, payloadResponseOnly: true }).next(
      new tasks.StepFunctionsInvokeActivity(this, 'Approve', { activity }),
    );
  }
}

/** The properties of the only resource of that type. */
function only(template: Template, type: string): Record<string, unknown> {
  const [resource] = Object.values(template.findResources(type));
  return resource!.Properties;
}

/** Text with functions in it, with a name in brackets for each. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': join, 'Fn::GetAtt': attribute, Ref } = value as Record<string, never>;
  if (join) return (join[1] as unknown[]).map(textOf).join('');
  return `<${attribute ? (attribute as string[]).join('.') : (Ref ?? Object.keys(value as object)[0])}>`;
}

describe('a state machine', () => {
  test('is the chain that a machine of AWS would have', () => {
    const ours = new TestStack();
    const activity = new StepwellActivity(ours, 'Approval', { connection: ours.connection });
    new StepwellStateMachine(ours, 'Orders', {
      connection: ours.connection,
      definitionBody: sfn.DefinitionBody.fromChainable(ours.chain(activity.activity)),
      comment: 'orders',
      timeout: Duration.minutes(5),
    });
    const theirs = new TestStack();
    new sfn.StateMachine(theirs, 'Orders', {
      definitionBody: sfn.DefinitionBody.fromChainable(theirs.chain(new sfn.Activity(theirs, 'Approval'))),
      comment: 'orders',
      timeout: Duration.minutes(5),
    });
    const definition = JSON.parse(textOf(only(ours.template, MACHINE).Definition));
    const expected = JSON.parse(textOf(only(theirs.template, 'AWS::StepFunctions::StateMachine').DefinitionString));
    expect(definition.States.Approve.Resource).toMatch(/^<ApprovalResource\w*\.Arn>$|^<Approval\w+\.Arn>$/);
    expect(expected.States.Approve.Resource).toMatch(/^<Approval\w+>$/);
    expected.States.Approve.Resource = definition.States.Approve.Resource;
    expect(definition).toEqual(expected);
    expect(definition).toMatchObject({ Comment: 'orders', TimeoutSeconds: 300 });
  });

  test('tells the function what it is, where, and under which name', () => {
    const stack = new TestStack();
    const machine = new StepwellStateMachine(stack, 'Orders', {
      connection: stack.connection,
      definitionBody: sfn.DefinitionBody.fromString(SUBSTITUTED),
      definitionSubstitutions: { stage: 'dev' },
      stateMachineName: 'orders',
      stateMachineType: sfn.StateMachineType.EXPRESS,
      tracingEnabled: true,
      logs: { destination: new logs.LogGroup(stack, 'Log'), level: sfn.LogLevel.ALL },
    });
    Tags.of(machine).add('team', 'shop');
    stack.template.hasResource(MACHINE, {
      DeletionPolicy: 'Delete',
      Properties: {
        ServiceToken: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ConnectionFunction'), 'Arn'] },
        Endpoint: ENDPOINT,
        Region: 'eu-west-1',
        Name: 'orders',
        Type: 'EXPRESS',
        Definition: '{"Comment":"dev"}',
        TracingEnabled: true,
        Logging: {
          Level: 'ALL',
          IncludeExecutionData: false,
          LogGroupArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Log'), 'Arn'] },
        },
        Tags: { team: 'shop' },
      },
    });
  });

  test('has a name of its own unless one is given, and may outlive the stack', () => {
    const stack = new TestStack();
    const definitionBody = sfn.DefinitionBody.fromChainable(new sfn.Succeed(stack, 'Done'));
    new StepwellStateMachine(stack, 'Orders', {
      connection: stack.connection,
      definitionBody,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    stack.template.hasResource(MACHINE, {
      DeletionPolicy: 'Retain',
      Properties: { Name: Match.stringLikeRegexp('^ShopOrders[0-9A-F]{8}$'), Type: 'STANDARD' },
    });
  });

  test('of a file: its text travels with the template', () => {
    const stack = new TestStack();
    const file = join(mkdtempSync(join(tmpdir(), 'stepwell-asl-')), 'orders.asl.json');
    const text = '{ "StartAt": "A", "States": { "A": { "Type": "Succeed" } } }\n';
    writeFileSync(file, text);
    const definitionBody = sfn.DefinitionBody.fromFile(file);
    new StepwellStateMachine(stack, 'Orders', { connection: stack.connection, definitionBody });
    stack.template.hasResourceProperties(MACHINE, { Definition: text });
  });

  describe('of a file with substitutions', () => {
    const put = (name: string) => `\${${name}}`;
    const definitionOf = (stack: TestStack, text: string, definitionSubstitutions?: Record<string, string>) => {
      const file = join(mkdtempSync(join(tmpdir(), 'stepwell-asl-')), 'wait.asl.yaml');
      writeFileSync(file, text);
      const definitionBody = sfn.DefinitionBody.fromFile(file);
      new StepwellStateMachine(stack, 'Wait', {
        connection: stack.connection,
        definitionBody,
        definitionSubstitutions,
      });
      return textOf(only(stack.template, MACHINE).Definition);
    };
    const YAML = `StartAt: P
States:
  P: { Type: Wait, Seconds: ${put('T')}, Next: Q }
  Q:
    Type: Task
    Resource: ${put('Function')}
    Comment: "${put('T')} of ${put('Stage')}"
    End: true
`;
    const parsed = (seconds: unknown, resource: string, comment: string) => ({
      StartAt: 'P',
      States: {
        P: { Type: 'Wait', Seconds: seconds, Next: 'Q' },
        Q: { Type: 'Task', Resource: resource, Comment: comment, End: true },
      },
    });

    test('YAML becomes the JSON that it means', () => {
      const definition = definitionOf(new TestStack(), YAML, { T: '5', Function: `arn:${put('Stage')}`, Stage: 'dev' });
      expect(JSON.parse(definition)).toEqual(parsed(5, 'arn:dev', '5 of dev'));
    });

    test('YAML with values of the deployment: they stay functions, and numbers stand without quotes', () => {
      const stack = new TestStack();
      const { valueAsString: T } = new CfnParameter(stack, 'Pause', { type: 'Number' });
      const definition = definitionOf(stack, YAML, { T, Function: Fn.importValue('charge'), Stage: Aws.STACK_ID });
      expect(definition).toContain('"Seconds": <Pause>,');
      const deployed = definition.replaceAll('<Pause>', '5');
      expect(JSON.parse(deployed)).toEqual(parsed(5, '<Fn::ImportValue>', '5 of <AWS::StackId>'));
    });

    test('JSON with values of the deployment outside of quotes: its text stays as it is', () => {
      const stack = new TestStack();
      const { valueAsString } = new CfnParameter(stack, 'Pause');
      const text = `{ "StartAt": "P", "States": { "P": { "Type": "Wait", "Seconds": ${put('T')}, "End": true } } }`;
      expect(definitionOf(stack, text, { T: valueAsString })).toBe(text.replace(put('T'), '<Pause>'));
    });

    test.each([
      ['{"StartAt": P', {}, /^Shop\/Wait: .+wait\.asl\.yaml is neither JSON nor YAML: .+JSON/],
      ['StartAt: P\nStates: [', {}, /^Shop\/Wait: .+ is neither JSON nor YAML: Flow sequence .+ at line 2, column 10/],
      ['StartAt', {}, /^Shop\/Wait: .+ is neither JSON nor YAML: it has no members$/],
      [put('T'), { T: put('T') }, 'Shop/Wait: its substitutions lead back to themselves: T'],
    ])('%j is refused when the app is synthesized', (text, substitutions, message) => {
      expect(() => definitionOf(new TestStack(), text, substitutions)).toThrow(message);
    });
  });

  test('is started by tasks of another', () => {
    const stack = new TestStack();
    const { connection } = stack;
    const inner = new StepwellStateMachine(stack, 'Inner', {
      connection,
      definitionBody: sfn.DefinitionBody.fromChainable(new sfn.Succeed(stack, 'Done')),
    });
    const start = new tasks.StepFunctionsStartExecution(stack, 'Start', { stateMachine: inner.stateMachine });
    const outer = new StepwellStateMachine(stack, 'Outer', {
      connection,
      stateMachineName: 'outer',
      definitionBody: sfn.DefinitionBody.fromChainable(start),
    });
    expect(outer.policyStatements.flatMap(({ actions }) => actions)).toContain('states:StartExecution');
    const outers = stack.template.findResources(MACHINE, { Properties: { Name: 'outer' } });
    const definition = JSON.parse(textOf(Object.values(outers)[0]!.Properties.Definition));
    expect(definition.States.Start.Parameters.StateMachineArn).toMatch(/^<Inner\w*\.Arn>$/);
  });
});

test('an activity has a name, and tags', () => {
  const stack = new TestStack();
  const activity = new StepwellActivity(stack, 'Approval', { connection: stack.connection, activityName: 'approval' });
  Tags.of(activity).add('team', 'shop');
  stack.template.hasResourceProperties(ACTIVITY, { Name: 'approval', Endpoint: ENDPOINT, Tags: { team: 'shop' } });
});

describe('the connection', () => {
  test('is one function, whose role reads its key and writes its log', () => {
    const { template } = new TestStack();
    template.resourceCountIs('AWS::Lambda::Function', 1);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Timeout: 300,
      Environment: { Variables: { STEPWELL_ACCESS_KEY_ARN: Match.stringLikeRegexp('secret:stepwell/deploy-AbCdEf$') } },
    });
    const roles = Object.values(template.findResources('AWS::IAM::Role'));
    const policies = Object.values(template.findResources('AWS::IAM::Policy'));
    expect(roles).toHaveLength(1);
    expect(roles[0]!.Properties.ManagedPolicyArns).toBeUndefined();
    const statements = [
      ...roles[0]!.Properties.Policies.map(({ PolicyDocument }: { PolicyDocument: object }) => PolicyDocument),
      ...policies.map(({ Properties }) => Properties.PolicyDocument),
    ].flatMap(({ Statement }) => Statement as { Action: string | string[]; Resource: unknown }[]);
    expect(statements.flatMap(({ Action }) => Action).sort()).toEqual([
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'secretsmanager:DescribeSecret',
      'secretsmanager:GetSecretValue',
    ]);
    expect(statements.filter(({ Resource }) => Resource === '*')).toEqual([]);
  });

  test('cdk-nag finds nothing, where it finds what is wrong with others', () => {
    const stack = new TestStack();
    const { app, connection } = stack;
    const definitionBody = sfn.DefinitionBody.fromChainable(new sfn.Succeed(stack, 'Done'));
    new StepwellStateMachine(stack, 'Orders', { connection, definitionBody });
    new StepwellActivity(stack, 'Approval', { connection });
    new sqs.Queue(stack, 'Queue');
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    let findings = '';
    try {
      app.synth();
    } catch (error) {
      findings = (error as Error).message;
    }
    const places = [...findings.matchAll(/^\s+(Shop\/\S+)/gm)].map(([, place]) => place);
    expect([...new Set(places)]).toEqual(['Shop/Queue/Resource']);
  });
});
