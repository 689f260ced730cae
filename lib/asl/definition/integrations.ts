/**
 * Service integrations: what a Task's Resource may name beside functions and activities (asl.md section 9, and the
 * pages "Integrating optimized services" and "AWS SDK integrations"). Adding one is an entry here, a row in
 * docs/integrations.md, and its test.
 */
interface Integration {
  patterns: readonly Pattern[];
  /** Members that Parameters may have; undefined for any, which the service's own client knows. */
  parameters: readonly string[] | undefined;
  required: readonly string[];
  /** Members that are texts. */
  strings: readonly string[];
  /** Members that are texts, or JSON objects and lists. */
  documents: readonly string[];
  /** Members that the service takes as text: JSON of any other kind stands for its text. `[]`: of each in a list. */
  texts: readonly string[];
  /** Which client calls it, as in `aws-sdk:<client>:<action>`; undefined where none is needed. */
  client: string | undefined;
  /**
   * How its errors are named, as AWS's first SDK for Java does; undefined: as the second one does, by the client's own
   * name. `unknown`: for errors that the action is not documented with.
   */
  errors: { prefix: string; service: string; unknown: string } | undefined;
  /** A list in each item of a list, to which AWS adds whose task it is: the state machine's ARN and the execution's. */
  sources?: `${string}[].${string}`;
  /** A member of the answer that counts what failed in it: more than none fails the task with this error. */
  failures?: { member: string; error: string };
}

/** How a Task waits: for the answer of the call; for the end of what it started; for its token to come back. */
type Pattern = 'request' | 'sync' | 'sync:2' | 'waitForTaskToken';

const CALLBACK: readonly Pattern[] = ['request', 'waitForTaskToken'];

const PUBLISH_STRINGS = [
  'MessageDeduplicationId',
  'MessageGroupId',
  'MessageStructure',
  'PhoneNumber',
  'Subject',
  'TargetArn',
  'TopicArn',
];
const WRITE_STRINGS = [
  'TableName',
  'ConditionalOperator',
  'ConditionExpression',
  'ReturnConsumedCapacity',
  'ReturnItemCollectionMetrics',
  'ReturnValues',
];
const WRITE_PARAMETERS = [
  'TableName',
  'ConditionalOperator',
  'ConditionExpression',
  'Expected',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'ReturnConsumedCapacity',
  'ReturnItemCollectionMetrics',
  'ReturnValues',
];
const ofItem = (required: string, ...others: string[]): Integration => ({
  patterns: ['request'],
  parameters: [required, ...others],
  required: ['TableName', required],
  strings: [...WRITE_STRINGS, 'ProjectionExpression', 'UpdateExpression'],
  documents: [],
  texts: [],
  client: 'dynamodb',
  errors: { prefix: 'DynamoDB', service: 'AmazonDynamoDBv2', unknown: 'AmazonDynamoDBException' },
});

/** By `service:action`. */
const OPTIMIZED: Readonly<Record<string, Integration>> = {
  'lambda:invoke': {
    patterns: CALLBACK,
    parameters: ['FunctionName', 'ClientContext', 'InvocationType', 'LogType', 'Payload', 'Qualifier'],
    required: ['FunctionName'],
    strings: ['FunctionName', 'ClientContext', 'InvocationType', 'LogType', 'Qualifier'],
    documents: ['Payload'],
    texts: [],
    client: undefined,
    errors: { prefix: 'Lambda', service: 'AWSLambda', unknown: 'AWSLambdaException' },
  },
  'states:startExecution': {
    patterns: ['request', 'sync', 'sync:2', 'waitForTaskToken'],
    parameters: ['StateMachineArn', 'Input', 'Name', 'TraceHeader'],
    required: ['StateMachineArn'],
    strings: ['StateMachineArn', 'Name', 'TraceHeader'],
    documents: ['Input'],
    texts: ['Input'],
    client: undefined,
    errors: { prefix: 'StepFunctions', service: 'AWSStepFunctions', unknown: 'AWSStepFunctionsException' },
  },
  'sqs:sendMessage': {
    patterns: CALLBACK,
    parameters: [
      'QueueUrl',
      'MessageBody',
      'DelaySeconds',
      'MessageAttributes',
      'MessageDeduplicationId',
      'MessageGroupId',
    ],
    required: ['QueueUrl', 'MessageBody'],
    strings: ['QueueUrl', 'MessageDeduplicationId', 'MessageGroupId'],
    documents: ['MessageBody'],
    texts: ['MessageBody'],
    client: 'sqs',
    errors: { prefix: 'SQS', service: 'AmazonSQS', unknown: 'AmazonSQSException' },
  },
  'sns:publish': {
    patterns: CALLBACK,
    parameters: ['Message', 'MessageAttributes', ...PUBLISH_STRINGS],
    required: ['Message'],
    strings: PUBLISH_STRINGS,
    documents: ['Message'],
    texts: ['Message'],
    client: 'sns',
    errors: { prefix: 'SNS', service: 'AmazonSNS', unknown: 'AmazonSNSException' },
  },
  'dynamodb:getItem': ofItem(
    'Key',
    'TableName',
    'AttributesToGet',
    'ConsistentRead',
    'ExpressionAttributeNames',
    'ProjectionExpression',
    'ReturnConsumedCapacity',
  ),
  'dynamodb:putItem': ofItem('Item', ...WRITE_PARAMETERS),
  'dynamodb:updateItem': ofItem('Key', 'AttributeUpdates', 'UpdateExpression', ...WRITE_PARAMETERS),
  'dynamodb:deleteItem': ofItem('Key', ...WRITE_PARAMETERS),
  'events:putEvents': {
    patterns: CALLBACK,
    parameters: ['Entries'],
    required: ['Entries'],
    strings: [],
    documents: [],
    texts: ['Entries[].Detail'],
    sources: 'Entries[].Resources',
    client: 'eventbridge',
    errors: { prefix: 'EventBridge', service: 'AmazonEventBridge', unknown: 'AmazonEventBridgeException' },
    failures: { member: 'FailedEntryCount', error: 'EventBridge.FailedEntry' },
  },
};

export const OPTIMIZED_NAMES: readonly string[] = Object.keys(OPTIMIZED);

/**
 * Services of which AWS has optimized integrations that are not built here (its page "Integrating optimized services").
 * It has no others: of those in the table above, all are there.
 */
const NOT_BUILT = new Set([
  'apigateway',
  'athena',
  'batch',
  'bedrock',
  'codebuild',
  'databrew',
  'ecs',
  'eks',
  'elasticmapreduce',
  'emr-containers',
  'emr-serverless',
  'glue',
  'http',
  'mediaconvert',
  'sagemaker',
]);

/** Whether a Resource names an integration that AWS has and that is not built here. */
export function isUnbuiltIntegration(arn: string): boolean {
  const [, service] = /^arn:[a-z0-9-]+:states:[a-z0-9-]*:[a-z0-9]*:([a-z0-9-]+):\S+$/.exec(arn) ?? [];
  return service !== undefined && NOT_BUILT.has(service);
}

/** `aws-sdk:<service>:<action>`: any action of any service that there is a client for. */
const sdkIntegration = (name: string): Integration => ({
  patterns: CALLBACK,
  parameters: undefined,
  required: [],
  strings: [],
  documents: [],
  // Observed on AWS for executions' input.
  texts: name === 'sfn' ? ['Input', 'Output'] : [],
  client: name === 'sfn' ? undefined : name,
  errors: undefined,
});

/** A Resource that names a service integration, taken apart. */
export interface ServiceTask {
  /** As history events show it: `sqs`, `aws-sdk:sfn`. */
  resourceType: string;
  /** As history events show it: `sendMessage.waitForTaskToken`. */
  resource: string;
  action: string;
  pattern: Pattern;
  integration: Integration;
}

/** Other partitions have the same resources. */
const FORM =
  /^arn:aws(?:-[a-z]+)*:states:::((?:aws-sdk:)?[a-z0-9-]+):([a-z][A-Za-z0-9]*)(?:\.(sync:2|sync|waitForTaskToken))?$/;

function integrationOf(resourceType: string, action: string): Integration | undefined {
  const known = `${resourceType}:${action}`;
  if (resourceType.startsWith('aws-sdk:')) return sdkIntegration(resourceType.slice('aws-sdk:'.length));
  return Object.hasOwn(OPTIMIZED, known) ? OPTIMIZED[known] : undefined;
}

/** Undefined for what names no integration that there is here. */
export function serviceTaskOf(arn: string): ServiceTask | undefined {
  const [, resourceType, action, suffix] = FORM.exec(arn) ?? [];
  if (resourceType === undefined || action === undefined) return undefined;
  const integration = integrationOf(resourceType, action);
  const pattern = (suffix ?? 'request') as Pattern;
  if (!integration?.patterns.includes(pattern)) return undefined;
  return {
    resourceType,
    resource: suffix === undefined ? action : `${action}.${suffix}`,
    action,
    pattern,
    integration,
  };
}
