import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnOutput, Duration, NestedStack, Stack, Stage, Tags } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';

/** An app as users have it: functions, chains, files, nested stacks, references between stacks, a stage. */
export function synthesizeApp(): string {
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'stepwell-import-')) });
  const functions = new Functions(app, 'Functions');
  new Orders(app, 'Orders', functions.charge);
  const stage = new Stage(app, 'Prod');
  new Small(stage, 'Small');
  return app.synth().directory;
}

const code = lambda.Code.fromInline('exports.handler = async () => 1');
const runtime = lambda.Runtime.NODEJS_22_X;

class Functions extends Stack {
  readonly charge: lambda.Function;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.charge = new lambda.Function(this, 'Charge', {
      functionName: 'charge',
      code,
      runtime,
      handler: 'index.handler',
    });
  }
}

class Orders extends Stack {
  constructor(scope: Construct, id: string, charge: lambda.IFunction) {
    super(scope, id);
    const approval = new sfn.Activity(this, 'Approval', { activityName: 'approval' });
    const ship = new lambda.Function(this, 'Ship', { code, runtime, handler: 'index.handler' });
    const table = new dynamodb.Table(this, 'Table', {
      tableName: 'orders',
      partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
    });
    const chain = new tasks.LambdaInvoke(this, 'Charge it', { lambdaFunction: charge, payloadResponseOnly: true })
      .next(
        new tasks.StepFunctionsInvokeActivity(this, 'Approve', {
          activity: approval,
          taskTimeout: sfn.Timeout.duration(Duration.hours(1)),
        }),
      )
      .next(
        new sfn.Pass(this, 'Note', { result: sfn.Result.fromObject({ table: table.tableArn, region: this.region }) }),
      )
      .next(new tasks.LambdaInvoke(this, 'Ship it', { lambdaFunction: ship, payloadResponseOnly: true }));
    const machine = new sfn.StateMachine(this, 'Machine', {
      stateMachineName: 'orders',
      definitionBody: sfn.DefinitionBody.fromChainable(chain),
      tracingEnabled: true,
    });
    Tags.of(machine).add('team', 'shop');
    const file = join(mkdtempSync(join(tmpdir(), 'stepwell-asl-')), 'from-file.asl.json');
    writeFileSync(file, DEFINITION_FILE);
    new sfn.StateMachine(this, 'FromFile', {
      definitionBody: sfn.DefinitionBody.fromFile(file),
      definitionSubstitutions: { Ship: ship.functionArn, Attempts: '4' },
    });
    new Inner(this, 'Inner', machine, ship);
    new CfnOutput(this, 'MachineArn', { value: machine.stateMachineArn });
  }
}

/** Its references to the stack around are parameters of it. */
class Inner extends NestedStack {
  constructor(scope: Construct, id: string, machine: sfn.StateMachine, ship: lambda.Function) {
    super(scope, id);
    const queue = new sqs.Queue(this, 'Queue');
    const result = sfn.Result.fromObject({ machine: machine.stateMachineArn, queue: queue.queueUrl });
    const chain = new sfn.Pass(this, 'Note', { result }).next(
      new tasks.LambdaInvoke(this, 'Ship', { lambdaFunction: ship, payloadResponseOnly: true }),
    );
    new sfn.StateMachine(this, 'Machine', {
      stateMachineName: 'inner',
      definitionBody: sfn.DefinitionBody.fromChainable(chain),
    });
  }
}

class Small extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const succeed = new sfn.Succeed(this, 'Done');
    new sfn.StateMachine(this, 'Machine', {
      stateMachineName: `small-${this.stackName}`,
      stateMachineType: sfn.StateMachineType.EXPRESS,
      definitionBody: sfn.DefinitionBody.fromChainable(succeed),
    });
  }
}

/** Numbers and order stay as they are written. What is put in outside of quotes makes JSON of it. */
export const DEFINITION_FILE = `{
  "StartAt": "Ship",
  "States": {
    "Ship": { "Type": "Task", "Resource": "\${Ship}", "Retry": [{ "ErrorEquals": ["States.ALL"], "BackoffRate": 2.0, "MaxAttempts": \${Attempts} }], "End": true }
  }
}
`;
