import { createHash } from 'node:crypto';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { type AwsEndpoint, startAwsEndpoint } from './aws-endpoint';
import { TestService, taskOf } from './service';

/** Tasks that call services of AWS, over the wire, against an endpoint of our own. */

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const sqs = (action: string) => `arn:aws:states:::sqs:${action}`;
const xml = { 'content-type': 'text/xml' };

let answer: Parameters<typeof startAwsEndpoint>[0];
let aws: AwsEndpoint;
const service = new TestService();

beforeAll(async () => {
  aws = await startAwsEndpoint((request) => answer(request));
  const functions = {
    echo: (event: unknown) => event,
    none: () => null,
    fails: () => {
      throw Object.assign(new Error('no'), { name: 'Refused' });
    },
  };
  await service.start({ awsEndpoint: aws.url, serviceEndpoints: { secretsmanager: 'http://127.0.0.1:9' }, functions });
});
afterAll(async () => {
  await service.stop();
  await aws.close();
});
beforeEach(() => {
  aws.requests.length = 0;
  answer = () => ({});
});

const run = async (Resource: string, Parameters: object, fields: object = {}, input = '{}') => {
  const executionArn = await service.startExecution({ definition: taskOf(Resource, { Parameters, ...fields }), input });
  const ended = await service.ended(executionArn);
  return { ...ended, executionArn, output: ended.output && JSON.parse(ended.output) };
};

/** Types of a history's events, without those of the state around the task. */
const typesOf = async (executionArn: string): Promise<string[]> =>
  (await service.history(executionArn))
    .map(({ type }) => type!)
    .filter((type) => type.startsWith('Task') && !type.includes('State'));

describe('what is sent, and what comes back', () => {
  test.each<[string, object, string, object, Parameters<typeof startAwsEndpoint>[0], object]>([
    [
      'sqs:sendMessage',
      { QueueUrl: 'https://sqs/1/q', MessageBody: { id: 1.0, 'in.$': '$.a' }, DelaySeconds: 5 },
      'AmazonSQS.SendMessage',
      { QueueUrl: 'https://sqs/1/q', MessageBody: '{"id":1,"in":[1.50]}', DelaySeconds: 5 },
      ({ body }) => ({ body: JSON.stringify({ MessageId: 'm', MD5OfMessageBody: md5(JSON.parse(body).MessageBody) }) }),
      { MessageId: 'm', MD5OfMessageBody: md5('{"id":1,"in":[1.50]}') },
    ],
    [
      'dynamodb:putItem',
      {
        TableName: 't',
        Item: { id: { S: 'a' }, n: { N: '1.50' }, l: { L: [{ BOOL: true }] } },
        ReturnValues: 'ALL_OLD',
      },
      'DynamoDB_20120810.PutItem',
      {
        TableName: 't',
        Item: { id: { S: 'a' }, n: { N: '1.50' }, l: { L: [{ BOOL: true }] } },
        ReturnValues: 'ALL_OLD',
      },
      () => ({ body: '{"Attributes":{"id":{"S":"a"},"m":{"M":{"x":{"NULL":true}}}}}' }),
      { Attributes: { id: { S: 'a' }, m: { M: { x: { NULL: true } } } } },
    ],
    [
      'dynamodb:getItem',
      { TableName: 't', Key: { id: { 'S.$': '$.id' } }, ConsistentRead: true },
      'DynamoDB_20120810.GetItem',
      { TableName: 't', Key: { id: { S: 'x' } }, ConsistentRead: true },
      () => ({ body: '{"Item":{"id":{"S":"x"}}}' }),
      { Item: { id: { S: 'x' } } },
    ],
    [
      'dynamodb:updateItem',
      {
        TableName: 't',
        Key: { id: { S: 'a' } },
        UpdateExpression: 'SET #n = :n',
        ExpressionAttributeNames: { '#n': 'n' },
      },
      'DynamoDB_20120810.UpdateItem',
      {
        TableName: 't',
        Key: { id: { S: 'a' } },
        UpdateExpression: 'SET #n = :n',
        ExpressionAttributeNames: { '#n': 'n' },
      },
      () => ({}),
      {},
    ],
    [
      'dynamodb:deleteItem',
      { TableName: 't', Key: { id: { S: 'a' } } },
      'DynamoDB_20120810.DeleteItem',
      { TableName: 't', Key: { id: { S: 'a' } } },
      () => ({}),
      {},
    ],
  ])('%s', async (name, Parameters, action, sent, answered, output) => {
    answer = answered;
    const ended = await run(`arn:aws:states:::${name}`, Parameters, {}, '{"a":[1.50],"id":"x"}');
    expect(ended).toMatchObject({ status: 'SUCCEEDED' });
    expect(aws.requests.map((request) => request.action)).toEqual([action]);
    expect(JSON.parse(aws.requests[0]!.body)).toEqual(sent);
    expect(aws.requests[0]!.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 /);
    const { SdkHttpMetadata, SdkResponseMetadata, ...members } = ended.output;
    expect(members).toEqual(output);
    expect(SdkHttpMetadata).toMatchObject({ HttpStatusCode: 200, HttpHeaders: { 'x-amzn-requestid': 'r-1' } });
    expect(SdkResponseMetadata).toEqual({ RequestId: 'r-1' });
    expect(await typesOf(ended.executionArn)).toEqual(['TaskScheduled', 'TaskStarted', 'TaskSucceeded']);
  });

  test('events:putEvents: details as text, and whose events they are', async () => {
    answer = () => ({ body: '{"FailedEntryCount":0,"Entries":[{"EventId":"e"}]}' });
    const entry = { Source: 's', DetailType: 'd' };
    const Parameters = {
      Entries: [
        { ...entry, Detail: { a: [1] } },
        { ...entry, Detail: '{ }', Resources: ['mine'] },
        { ...entry, Detail: 0, Resources: null },
      ],
    };
    const { output, executionArn } = await run('arn:aws:states:::events:putEvents', Parameters);
    expect(output).toMatchObject({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] });
    const own = [executionArn.replace(':execution:', ':stateMachine:').replace(/:[^:]*$/, ''), executionArn];
    expect(aws.requests.map(({ action }) => action)).toEqual(['AWSEvents.PutEvents']);
    expect(JSON.parse(aws.requests[0]!.body)).toEqual({
      Entries: [
        { ...entry, Detail: '{"a":[1]}', Resources: own },
        { ...entry, Detail: '{ }', Resources: ['mine', ...own] },
        { ...entry, Detail: '0', Resources: own },
      ],
    });
    const [, , scheduled] = await service.history(executionArn);
    expect(JSON.parse(scheduled!.taskScheduledEventDetails!.parameters!)).toEqual(Parameters);
  });

  test('sns:publish, in the query protocol', async () => {
    answer = () => ({
      headers: xml,
      body: '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>',
    });
    const { output } = await run('arn:aws:states:::sns:publish', { TopicArn: 'arn:aws:sns:::t', Message: { a: 1 } });
    expect(output).toMatchObject({ MessageId: 'm' });
    const sent = new URLSearchParams(aws.requests[0]!.body);
    expect([sent.get('Action'), sent.get('TopicArn'), sent.get('Message')]).toEqual([
      'Publish',
      'arn:aws:sns:::t',
      '{"a":1}',
    ]);
  });

  test('aws-sdk: any action, without metadata, moments written out', async () => {
    answer = () => ({ body: '{"Table":{"TableName":"t","CreationDateTime":1700000000.5}}' });
    const { output, executionArn } = await run('arn:aws:states:::aws-sdk:dynamodb:describeTable', { TableName: 't' });
    expect(output).toEqual({ Table: { TableName: 't', CreationDateTime: '2023-11-14T22:13:20.500Z' } });
    const [, , scheduled] = await service.history(executionArn);
    expect(scheduled!.taskScheduledEventDetails).toEqual({
      resourceType: 'aws-sdk:dynamodb',
      resource: 'describeTable',
      region: 'us-east-1',
      parameters: '{"TableName":"t"}',
    });
  });

  test('lambda:invoke: what the function answers is its payload', async () => {
    const { output } = await run('arn:aws:states:::lambda:invoke', { FunctionName: 'echo', Payload: { a: [1.5] } });
    expect(output).toMatchObject({ ExecutedVersion: '$LATEST', Payload: { a: [1.5] }, StatusCode: 200 });
    const none = await run('arn:aws:states:::lambda:invoke', { FunctionName: 'none', Payload: {} });
    expect(none.output).toMatchObject({ Payload: null });
    const event = { FunctionName: 'echo', Payload: { a: 1 }, InvocationType: 'Event' };
    const later = await run('arn:aws:states:::lambda:invoke', event);
    expect(later.output).toMatchObject({ Payload: '', StatusCode: 202 });
  });
});

describe('what goes wrong', () => {
  const refused = (status: number, type: string, message: string) => () => ({
    status,
    body: JSON.stringify({ __type: `com.amazonaws#${type}`, message, Message: message }),
  });
  test.each<[string, string, object, Parameters<typeof startAwsEndpoint>[0], string, string]>([
    [
      'an error that the action is documented with',
      'dynamodb:getItem',
      { TableName: 't', Key: { id: { S: 'a' } } },
      refused(400, 'ResourceNotFoundException', 'Requested resource not found'),
      'DynamoDB.ResourceNotFoundException',
      'Requested resource not found (Service: AmazonDynamoDBv2; Status Code: 400; Error Code: ResourceNotFoundException; Request ID: r-1; Proxy: null)',
    ],
    [
      'any other error',
      'dynamodb:getItem',
      { TableName: 't', Key: { id: { S: 'a' } } },
      refused(400, 'ValidationException', 'The provided key element does not match the schema'),
      'DynamoDB.AmazonDynamoDBException',
      'The provided key element does not match the schema (Service: AmazonDynamoDBv2; Status Code: 400; Error Code: ValidationException; Request ID: r-1; Proxy: null)',
    ],
    [
      'an error of an aws-sdk integration',
      'aws-sdk:dynamodb:getItem',
      { TableName: 't', Key: { id: { S: 'a' } } },
      refused(400, 'ResourceNotFoundException', 'Requested resource not found'),
      'DynamoDb.ResourceNotFoundException',
      'Requested resource not found (Service: DynamoDb, Status Code: 400, Request ID: r-1) (SDK Attempt Count: 1)',
    ],
    [
      'an error whose name in the answer is another than in the model',
      'sns:publish',
      { TopicArn: 'arn:aws:sns:::t', Message: 'm' },
      () => ({
        status: 404,
        headers: xml,
        body: '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>NotFound</Code><Message>No such topic</Message></Error><RequestId>r-2</RequestId></ErrorResponse>',
      }),
      'SNS.NotFoundException',
      'No such topic (Service: AmazonSNS; Status Code: 404; Error Code: NotFound; Request ID: ',
    ],
    [
      'entries that failed though the call did not',
      'events:putEvents',
      { Entries: [{ Source: 's', DetailType: 'd', Detail: '{}' }] },
      () => ({ body: '{"FailedEntryCount":1,"Entries":[{"ErrorCode":"X"}]}' }),
      'EventBridge.FailedEntry',
      '{"FailedEntryCount":1,"Entries":[{"ErrorCode":"X"}]}',
    ],
    [
      'a function that fails',
      'lambda:invoke',
      { FunctionName: 'fails' },
      () => ({}),
      'Refused',
      '{"errorType":"Refused","errorMessage":"no"',
    ],
    [
      'an action that there is not',
      'aws-sdk:dynamodb:bake',
      {},
      () => ({}),
      'Stepwell.NoAction',
      '@aws-sdk/client-dynamodb has no action bake.',
    ],
    [
      'a service whose client is not installed',
      'aws-sdk:gamelift:createAlias',
      {},
      () => ({}),
      'Stepwell.NoClient',
      'Tasks of aws-sdk:gamelift need',
    ],
    [
      'a service that nobody reaches',
      'aws-sdk:secretsmanager:getSecretValue',
      { SecretId: 's' },
      () => ({}),
      'SecretsManager.SdkClientException',
      'Unable to execute HTTP request: ',
    ],
  ])('%s', async (_, name, Parameters, answered, error, cause) => {
    answer = answered;
    const ended = await run(`arn:aws:states:::${name}`, Parameters);
    expect(ended).toMatchObject({ status: 'FAILED', error });
    expect(ended.cause!.slice(0, cause.length)).toBe(cause);
    expect(await typesOf(ended.executionArn)).toEqual(['TaskScheduled', 'TaskStarted', 'TaskFailed']);
  });

  test.each<[string, string, object, string]>([
    [
      'a member that the action does not take',
      'dynamodb:getItem',
      { TableName: 't', Kee: {} },
      "The field 'Kee' is not supported by Step Functions",
    ],
    [
      'an object where a text is wanted',
      'sqs:sendMessage',
      { QueueUrl: 'https://sqs/1/q', MessageBody: {} },
      "The value for the field 'MessageBody' must be a STRING",
    ],
  ])('%s ends the execution: no Catch sees it', async (_, name, Parameters, reason) => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'C' }];
    const definition = taskOf(`arn:aws:states:::aws-sdk:${name}`, { Parameters, Catch });
    const states = { ...(definition as { States: object }).States, C: { Type: 'Pass', End: true } };
    const executionArn = await service.startExecution({ definition: { ...definition, States: states } });
    const { status, error, cause } = await service.ended(executionArn);
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.Runtime' });
    const told = `The Parameters '${JSON.stringify(Parameters)}' could not be used to start the Task: [${reason}]`;
    expect(cause).toMatch(/^An error occurred while executing the state '\w+' \(entered at the event id #2\)\. /);
    expect(cause!.endsWith(told)).toBe(true);
    expect(await typesOf(executionArn)).toEqual(['TaskScheduled', 'TaskStarted']);
  });

  test('a call that fails is retried and caught as any task is', async () => {
    answer = refused(400, 'Odd', 'no');
    const definition = {
      StartAt: 'T',
      States: {
        T: {
          Type: 'Task',
          Resource: sqs('sendMessage'),
          Parameters: { QueueUrl: 'https://sqs/1/q', MessageBody: 'm' },
          Retry: [{ ErrorEquals: ['SQS.AmazonSQSException'], MaxAttempts: 1, IntervalSeconds: 1 }],
          Catch: [{ ErrorEquals: ['States.TaskFailed'], ResultPath: '$.caught', Next: 'C' }],
          End: true,
        },
        C: { Type: 'Pass', OutputPath: '$.caught.Error', End: true },
      },
    };
    const executionArn = await service.startExecution({ definition });
    expect((await service.ended(executionArn)).output).toBe('"SQS.AmazonSQSException"');
    const attempt = ['TaskScheduled', 'TaskStarted', 'TaskFailed'];
    expect(await typesOf(executionArn)).toEqual([...attempt, ...attempt]);
  });

  test('a call of a task that waits for its token: TaskSubmitFailed', async () => {
    answer = refused(400, 'QueueDoesNotExist', 'The specified queue does not exist.');
    const ended = await run(sqs('sendMessage.waitForTaskToken'), { QueueUrl: 'https://sqs/1/q', MessageBody: 'm' });
    expect(ended).toMatchObject({ status: 'FAILED', error: 'SQS.QueueDoesNotExistException' });
    expect(await typesOf(ended.executionArn)).toEqual(['TaskScheduled', 'TaskStarted', 'TaskSubmitFailed']);
    const described = await service.client.send(new DescribeExecutionCommand({ executionArn: ended.executionArn }));
    expect(described.cause).toContain('Service: AmazonSQS; Status Code: 400; Error Code: QueueDoesNotExist');
  });
});

test('without an endpoint: the task says what to give', async () => {
  const other = new TestService();
  await other.start({});
  try {
    const definition = taskOf(sqs('sendMessage'), { Parameters: { QueueUrl: 'https://sqs/1/q', MessageBody: 'm' } });
    const ended = await other.ended(await other.startExecution({ definition }));
    expect(ended).toMatchObject({ status: 'FAILED', error: 'Stepwell.NoEndpoint' });
    expect(ended.cause).toContain('--endpoint sqs=URL');
  } finally {
    await other.stop();
  }
});

test('services that are functions of the test', async () => {
  const other = new TestService();
  const seen: unknown[] = [];
  await other.start({
    services: {
      'sqs:sendMessage': (parameters: unknown) => {
        seen.push(parameters);
        return { MessageId: 'mine' };
      },
      'aws-sdk:s3:getObject': () => {
        throw Object.assign(new Error('The specified key does not exist.'), { name: 'NoSuchKeyException' });
      },
    },
  });
  try {
    const outcome = async (Resource: string, Parameters: object) =>
      other.ended(await other.startExecution({ definition: taskOf(Resource, { Parameters }) }));
    const sent = await outcome(sqs('sendMessage'), { QueueUrl: 'q', MessageBody: { a: 1 } });
    expect(JSON.parse(sent.output!)).toMatchObject({ MessageId: 'mine' });
    expect(seen).toEqual([{ QueueUrl: 'q', MessageBody: '{"a":1}' }]);
    const read = await outcome('arn:aws:states:::aws-sdk:s3:getObject', { Bucket: 'b', Key: 'k' });
    expect(read).toMatchObject({ status: 'FAILED', error: 'S3.NoSuchKeyException' });
  } finally {
    await other.stop();
  }
});
