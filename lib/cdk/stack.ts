import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { StepwellOptions } from './options';
import { Stepwell } from './stepwell';

/** A stack that is Stepwell and nothing else, with what its user must know as outputs. */
export class StepwellStack extends Stack {
  readonly stepwell: Stepwell;

  constructor(scope: Construct, id: string, options: StepwellOptions, props?: StackProps) {
    super(scope, id, { description: 'Stepwell: AWS Step Functions that you own', ...props });
    this.stepwell = new Stepwell(this, 'Stepwell', options);
    const { endpoint, name, masterSecret } = this.stepwell;
    const output = (key: string, value: string, description: string) =>
      new CfnOutput(this, key, { value, description });
    output('Endpoint', endpoint, 'What clients get as their endpoint');
    output('Region', this.region, 'What clients sign for');
    output('MasterSecretArn', masterSecret.secretArn, 'The secrets of access keys come from it');
    const secret = `$(aws secretsmanager get-secret-value --region ${this.region} --secret-id ${masterSecret.secretArn} --query SecretString --output text)`;
    output(
      'CreateFirstKey',
      `STEPWELL_MASTER_SECRET="${secret}" npx stepwell keys create --name ${name} --region ${this.region}`,
      'Makes the first access key, and shows its secret once',
    );
  }
}
