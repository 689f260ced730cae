/** What a stack tells the function that registers its machines and activities: written by lib/cdk, read by the function. */

/** Where the function finds its access key: JSON with accessKeyId and secretAccessKey. */
export const ACCESS_KEY_VARIABLE = 'STEPWELL_ACCESS_KEY_ARN';

export const RESOURCE_TYPES = {
  machine: 'Custom::StepwellStateMachine',
  activity: 'Custom::StepwellActivity',
} as const;

/** CloudFormation makes texts of numbers and of true and false on the way. */
export interface RegisteredProperties {
  Endpoint: string;
  Region: string;
  Name: string;
  Tags?: Record<string, string>;
}

export interface RegisteredMachine extends RegisteredProperties {
  Definition: string;
  Substitutions?: Record<string, string>;
  RoleArn: string;
  Type: string;
  TracingEnabled: string | boolean;
  Logging?: { Level: string; IncludeExecutionData: string | boolean; LogGroupArn: string };
}

/** What becomes of it: `Fn::GetAtt`. */
export interface RegisteredAttributes {
  Arn: string;
  Name: string;
}
