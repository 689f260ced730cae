import { join } from 'node:path';
import { App, CliCredentialsStackSynthesizer, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { StepwellActivity, StepwellConnection, StepwellStateMachine } from '../../lib/cdk';
import { ACCOUNT, REGION } from './emulator';

export const MACHINE = 'shop-orders';
export const ACTIVITY = 'shop-approval';

export interface ShopProps {
  endpoint: string;
  /** With the access key. */
  secretArn: string;
  functionArn: string;
  comment: string;
}

/** An app as users have one, whose machine and activity live in a deployed Stepwell. Answers its synthesized folder. */
export function synthesizeShop(folder: string, { endpoint, secretArn, functionArn, comment }: ShopProps): string {
  const app = new App({ outdir: join(folder, `shop-${comment}.out`) });
  const env = { account: ACCOUNT, region: REGION };
  const stack = new Stack(app, 'Shop', { env, synthesizer: new CliCredentialsStackSynthesizer() });
  const accessKey = secretsmanager.Secret.fromSecretCompleteArn(stack, 'Key', secretArn);
  const connection = new StepwellConnection(stack, 'Stepwell', { endpoint, accessKey });
  const approval = new StepwellActivity(stack, 'Approval', { connection, activityName: ACTIVITY });
  const double = lambda.Function.fromFunctionArn(stack, 'Double', functionArn);
  const chain = new tasks.LambdaInvoke(stack, 'Charge', { lambdaFunction: double, payloadResponseOnly: true }).next(
    new tasks.StepFunctionsInvokeActivity(stack, 'Approve', { activity: approval.activity }),
  );
  new StepwellStateMachine(stack, 'Orders', {
    connection,
    stateMachineName: MACHINE,
    definitionBody: sfn.DefinitionBody.fromChainable(chain),
    comment,
  });
  return app.synth().directory;
}
