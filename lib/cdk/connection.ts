import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ACCESS_KEY_VARIABLE } from '../client/registered';
import { bundleOf } from './bundles';

export interface StepwellConnectionProps {
  /** What clients get as their endpoint: the output `Endpoint` of the deployment, or `stepwell.endpoint`. */
  readonly endpoint: string;
  /** JSON with accessKeyId and secretAccessKey, of a key that `stepwell keys create` made. */
  readonly accessKey: secretsmanager.ISecret;
  /** What requests are signed for. The region of the stack. */
  readonly region?: string;
  /** How long logs of the function are kept. A month. */
  readonly logRetention?: logs.RetentionDays;
}

/** Machines that were just deleted may have executions to stop. */
const TIMEOUT_MINUTES = 5;
const MEMORY_MEGABYTES = 256;

/**
 * The way from a stack to a deployed Stepwell: a function that CloudFormation calls, with a key of its own. One is
 * enough for all machines and activities of an app's stack.
 *
 * ```ts
 * const connection = new StepwellConnection(this, 'Stepwell', {
 *   endpoint: 'https://states.example.com/',
 *   accessKey: Secret.fromSecretNameV2(this, 'Key', 'stepwell/deploy'),
 * });
 * ```
 */
export class StepwellConnection extends Construct {
  readonly endpoint: string;
  readonly region: string;
  readonly function: lambda.Function;

  constructor(scope: Construct, id: string, props: StepwellConnectionProps) {
    super(scope, id);
    const { endpoint, accessKey, region, logRetention = logs.RetentionDays.ONE_MONTH } = props;
    this.endpoint = endpoint;
    this.region = region ?? Stack.of(this).region;
    const description = 'Stepwell: registers the state machines and activities of a stack';
    const logGroup = new logs.LogGroup(this, 'Log', { retention: logRetention, removalPolicy: RemovalPolicy.DESTROY });
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      description,
      inlinePolicies: {
        Own: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [logGroup.logGroupArn],
            }),
          ],
        }),
      },
    });
    const read = accessKey.grantRead(role);
    this.function = new lambda.Function(this, 'Function', {
      description,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      code: lambda.Code.fromAsset(bundleOf('registration')),
      handler: 'index.handler',
      role,
      logGroup,
      memorySize: MEMORY_MEGABYTES,
      timeout: Duration.minutes(TIMEOUT_MINUTES),
      environment: { [ACCESS_KEY_VARIABLE]: accessKey.secretArn },
    });
    read.applyBefore(this.function);
  }
}
