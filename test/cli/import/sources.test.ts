import { readFileSync } from 'node:fs';
import { fixture, useTarget } from './target';

/** Templates as the tools write them, brought into a service of another region and account. */

const target = useTarget();
const charge = (name: string) => `arn:aws:lambda:eu-north-1:999988887777:function:${name}`;

describe('a template of CloudFormation', () => {
  test('short tags, parameters, mappings and conditions say what they say in AWS', async () => {
    const { status, stdout, stderr } = await target.import('cloudformation/orders.yaml', '--parameter', 'Team=shop');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '4 created\n' });
    expect(stdout.split('\n')).toEqual([
      'created    activity dev-approval (Approval)',
      'created    state machine orders-dev (Orders)',
      'created    state machine Notify',
      'created    state machine Packaged',
      '',
    ]);
    const orders = await target.definition('orders-dev');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that text is wanted.
    expect(orders.Comment).toBe('a literal ${Here}, a of two');
    expect(orders.States.Charge).toMatchObject({ Resource: charge('dev-charge'), Retry: [{ MaxAttempts: 2 }] });
    expect(orders.States.Approve!.Resource).toBe(target.arn('activity', 'dev-approval'));
    expect(orders.States.Ship!.Resource).toBe(charge('ShipFunction'));
    expect(await target.describe('orders-dev')).toMatchObject({
      roleArn: 'arn:aws:iam::999988887777:role/service/Role',
      loggingConfiguration: { level: 'OFF' },
      tracingConfiguration: { enabled: true },
    });
    expect(await target.tags('stateMachine', 'orders-dev')).toEqual({ team: 'shop' });
    expect(await target.tags('activity', 'dev-approval')).toEqual({ team: 'shop' });
  });

  test('resources become what they would be, under the name that is given or the logical id', async () => {
    await target.import('cloudformation/orders.yaml', '--parameter', 'Team=shop', '--parameter', 'Table=own-table');
    expect((await target.definition('Notify')).States.Note!.Result).toEqual({
      queue: 'https://sqs.eu-north-1.amazonaws.com/999988887777/Queue',
      arns: 'arn:aws:sqs:eu-north-1:999988887777:Queue Queue arn:aws:sns:eu-north-1:999988887777:orders-dev orders-dev',
      table: 'own-table',
      seconds: '3',
      self: target.arn('stateMachine', 'orders-dev'),
      name: 'orders-dev',
      encoded: 'aGVsbG8=',
      count: 2,
      text: '{"a":"dev"}',
    });
    expect((await target.describe('Notify')).roleArn).toBe('arn:aws:iam::111122223333:role/notify');
  });

  test('another parameter, another branch of every condition', async () => {
    const words = ['--parameter', 'Team=shop', '--parameter', 'Stage=prod'];
    await target.import('cloudformation/orders.yaml', ...words);
    expect((await target.definition('orders-prod')).States.Charge).toMatchObject({ Retry: [{ MaxAttempts: 5 }] });
    expect(await target.tags('stateMachine', 'orders-prod')).toEqual({ team: 'shop', prod: 'yes' });
    const logGroupArn = 'arn:aws:logs:eu-north-1:999988887777:log-group:/orders/prod:*';
    expect((await target.describe('orders-prod')).loggingConfiguration).toEqual({
      level: 'ALL',
      includeExecutionData: true,
      destinations: [{ cloudWatchLogsLogGroup: { logGroupArn } }],
    });
    expect((await target.definition('Packaged')).Comment).toBe('prod');
  });

  test('a parameter that nobody gave: what needs it is refused by name, and the rest is there', async () => {
    const { status, stdout, stderr } = await target.import('cloudformation/orders.yaml');
    expect({ status, stderr }).toEqual({ status: 1, stderr: '2 created, 2 refused\n' });
    const why = 'nothing here says what the parameter Team is; give --parameter Team=VALUE';
    expect(stdout).toContain(`refused    activity Approval: ${why}\nrefused    state machine Orders: ${why}\n`);
    expect(await target.names()).toEqual(['Notify', 'Packaged']);
  });

  test('each unknown expression is a line with the flag that helps; definitions say where they are wrong', async () => {
    const { status, stdout } = await target.import('cloudformation/unknown.yaml');
    expect(status).toBe(1);
    expect(stdout.split('\n')).toEqual([
      'refused    state machine Unknown:',
      '  nothing here says what Ref Cluster is; give --parameter Cluster=VALUE',
      '  nothing here says what GetAtt Cluster.Endpoint.Port is; give --parameter Cluster.Endpoint.Port=VALUE',
      '  nothing here says what the export shared of another stack is; give --parameter shared=VALUE',
      '  nothing here says what the parameter Key, kept in SSM as /orders/key, is; give --parameter Key=VALUE',
      '  nothing here says what Ref Nobody is; give --parameter Nobody=VALUE',
      '  nothing here says what {{resolve:secretsmanager:db:SecretString:password}} is; give --parameter resolve:secretsmanager:db:SecretString:password=VALUE',
      '  nothing here says what Fn::Transform {"Name":"AWS::Include"} is; the import does not know this function',
      'created    state machine Fine',
      'refused    state machine Wrong:',
      '  cloudformation/unknown.yaml:29:7: MISSING_END_STATE: Workflow has no terminal state',
      '  cloudformation/unknown.yaml:34:13: SCHEMA_VALIDATION_FAILED: Minimum value is 0 (at /States/A/Seconds)',
      "  cloudformation/unknown.yaml:35:13: MISSING_TRANSITION_TARGET: Missing 'Next' target: Nowhere (at /States/A/Next)",
      'refused    state machine WrongText: WrongText.DefinitionString:1:1: SCHEMA_VALIDATION_FAILED: These fields are required: [States] (at /)',
      '',
    ]);
    expect(await target.names()).toEqual(['Fine']);
  });

  test('what the flags say counts', async () => {
    const given = {
      Cluster: 'c1',
      'Cluster.Endpoint.Port': '5439',
      shared: 's',
      Key: 'k',
      Nobody: 'n',
      'AWS::StackName': 'shop',
      'resolve:secretsmanager:db:SecretString:password': 'secret',
    };
    const words = Object.entries(given).flatMap(([name, value]) => ['--parameter', `${name}=${value}`]);
    const { stdout } = await target.import('cloudformation/unknown.yaml', ...words);
    const refusals = stdout.split('\n').filter((line) => line.startsWith('refused    state machine Unknown'));
    expect(refusals).toEqual([expect.stringContaining('Fn::Transform')]);
  });
});

describe('a template of SAM', () => {
  test('files of definitions, in JSON and in YAML, with their substitutions', async () => {
    expect(await target.import('sam/template.yaml')).toMatchObject({ status: 0, stderr: '3 created\n' });
    const { definition } = await target.describe('StockTradingStateMachine');
    const source = readFileSync(fixture('sam/statemachine/stock_trader.asl.json'), 'utf8');
    const values: Record<string, string> = {
      StockCheckerFunctionArn: charge('StockCheckerFunction'),
      StockSellerFunctionArn: charge('stock-seller'),
      DDBPutItem: 'arn:aws:states:::dynamodb:putItem',
      DDBTable: 'TransactionTable',
    };
    expect(definition).toBe(source.replace(/\$\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole));
    expect((await target.definition('YamlStateMachine')).States.Sell!.Resource).toBe(charge('stock-seller:live'));
    expect(await target.tags('stateMachine', 'StockTradingStateMachine')).toEqual({
      project: 'stocks',
      table: 'TransactionTable',
    });
  });

  test('a definition in the template, its type and its role', async () => {
    await target.import('sam/template.yaml');
    expect(await target.describe('inline')).toMatchObject({
      type: 'EXPRESS',
      roleArn: 'arn:aws:iam::123456789012:role/inline',
    });
    expect((await target.definition('inline')).States.Check!.Resource).toBe(charge('StockCheckerFunction'));
  });
});

describe('a file of the Serverless Framework', () => {
  test('variables, files, functions by their keys, pseudo parameters of both kinds', async () => {
    const { status, stdout } = await target.import('serverless/serverless.yml');
    expect(status).toBe(1);
    expect(stdout).toContain(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: that text is wanted.
      'HiddenStepFunctionsStateMachine: nothing here says what ${ssm:/orders/key} is; give --parameter ssm:/orders/key=VALUE\n',
    );
    const { States } = await target.definition('orders-dev-checkout');
    expect(States.Charge!.Resource).toBe(charge('orders-dev-charge'));
    expect(States.Ship!.Resource).toBe(charge('orders-dev-ship'));
    expect(States.Approve!.Resource).toBe(target.arn('activity', 'orders-dev-approval'));
    expect(States.Note!.Result).toEqual({
      table: 'orders-table-dev',
      arn: 'arn:aws:dynamodb:eu-north-1:999988887777:table/orders-table-dev',
      refund: target.arn('stateMachine', 'orders-dev-refund'),
    });
    expect((await target.definition('orders-dev-refund')).States.Refund!.Resource).toBe(charge('orders-dev-charge'));
    expect((await target.describe('orders-dev-checkout')).roleArn).toBe('arn:aws:iam::999988887777:role/checkout');
    expect(await target.tags('stateMachine', 'orders-dev-checkout')).toEqual({
      owner: 'nobody',
      service: 'orders',
      machine: 'checkout',
    });
    expect(await target.tags('stateMachine', 'orders-dev-refund')).toEqual({});
    expect(await target.names()).toContain('orders-dev-approval');
  });

  test('options and values that it reads elsewhere are given by flags', async () => {
    const words = ['--parameter', 'opt:stage=prod', '--parameter', 'ssm:/orders/key=k'];
    expect(await target.import('serverless', ...words)).toMatchObject({ status: 0, stderr: '4 created\n' });
    expect((await target.definition('orders-prod-checkout')).States.Note!.Result).toMatchObject({ table: 'orders' });
    expect((await target.definition('orders-prod-hidden')).States.A!.Result).toBe('k');
  });
});

describe('what terraform show -json prints', () => {
  test('of a state: ARNs of its functions and activities become those of here, others stay', async () => {
    const { status, stdout } = await target.import('terraform/state.json');
    expect(status).toBe(0);
    expect(stdout).toContain('created    alias orders:live (aws_sfn_alias.live)\n');
    const { States } = await target.definition('orders');
    expect(States.Charge!.Resource).toBe(charge('charge'));
    expect(States.Approve!.Resource).toBe(target.arn('activity', 'approval'));
    expect(States.Other!.Resource).toBe('arn:aws:lambda:eu-central-1:444455556666:function:charge-elsewhere');
    expect(await target.describe('orders')).toMatchObject({ roleArn: 'arn:aws:iam::444455556666:role/orders' });
    expect(await target.tags('stateMachine', 'orders')).toEqual({ team: 'shop', 'managed-by': 'terraform' });
    expect(await target.tags('activity', 'approval')).toEqual({ 'managed-by': 'terraform' });
  });

  test('of a plan: what is known already; what is not is refused with what to do', async () => {
    const { status, stdout } = await target.import('terraform/plan.json');
    expect(status).toBe(1);
    expect(stdout).toContain('aws_sfn_state_machine.orders: its definition is known after `terraform apply` only');
    expect(await target.describe('nightly')).toMatchObject({ type: 'EXPRESS' });
    expect(await target.names()).toEqual(['count', 'nightly']);
  });
});
