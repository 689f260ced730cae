import { Readable } from 'node:stream';
import { NormalizedSchema } from '@smithy/core/schema';
import { loadPackage } from '../../lib/adapters/services/packages';
import { SdkServices } from '../../lib/adapters/services/sdk-services';
import { serviceNameOf } from '../../lib/adapters/services/service-name';
import { BodyTooLong, fromSdk, toSdk } from '../../lib/adapters/services/values';
import { type AwsEndpoint, startAwsEndpoint } from '../api/aws-endpoint';

/** Calls through the clients that AWS publishes: what their schemas make of parameters, and of answers. */

/** As clients write them in their schemas. */
const STREAMING_BLOB = 42;
const DOCUMENT = 15;

let aws: AwsEndpoint;
let body: string;

beforeAll(async () => {
  aws = await startAwsEndpoint(() => ({ body }));
});
afterAll(() => aws.close());

const call = async (service: string, action: string, parameters: object, dates: 'iso' | 'milliseconds' = 'iso') => {
  const services = new SdkServices({
    region: 'eu-central-1',
    endpointOf: () => aws.url,
    credentialsFor: () => ({ accessKeyId: 'a', secretAccessKey: 's' }),
    outputBytesMax: 1_000,
  });
  aws.requests.length = 0;
  const result = await services.call({
    name: `aws-sdk:${service}:${action}`,
    service,
    action,
    parameters: JSON.stringify(parameters),
    dates,
  });
  services.close();
  const sent = aws.requests[0] && JSON.parse(aws.requests[0].body);
  return { sent, result: 'output' in result ? JSON.parse(result.output) : result };
};

test.each([
  ['SFN', 'Sfn'],
  ['SQS', 'Sqs'],
  ['DynamoDB', 'DynamoDb'],
  ['S3', 'S3'],
  ['EC2', 'Ec2'],
  ['EventBridge', 'EventBridge'],
  ['CloudWatch Logs', 'CloudWatchLogs'],
  ['API Gateway', 'ApiGateway'],
  ['IoT Data Plane', 'IotDataPlane'],
  ['Secrets Manager', 'SecretsManager'],
])('%s is %s in names of errors', (serviceId, name) => expect(serviceNameOf(serviceId)).toBe(name));

test('a package is found by the name in Resources, without its dashes', () => {
  expect(loadPackage('secretsmanager')?.name).toBe('secrets-manager');
  expect(loadPackage('secrets')).toBeUndefined();
});

describe('parameters', () => {
  test.each<[string, string, object, object]>([
    [
      'members begin with small letters where the service has them so',
      'sfn:startExecution',
      { StateMachineArn: 'm', Input: '{}' },
      { stateMachineArn: 'm', input: '{}' },
    ],
    [
      'members of structures in lists too, but not keys of maps',
      'sfn:tagResource',
      { ResourceArn: 'r', Tags: [{ Key: 'Ab', Value: 'C' }] },
      { resourceArn: 'r', tags: [{ key: 'Ab', value: 'C' }] },
    ],
    [
      'keys of maps stay',
      'dynamodb:getItem',
      { TableName: 't', Key: { iD: { S: 's' }, Id: { N: '1' } } },
      { TableName: 't', Key: { iD: { S: 's' }, Id: { N: '1' } } },
    ],
    [
      'text for bytes',
      'secretsmanager:putSecretValue',
      { SecretId: 's', SecretBinary: 'ü', ClientRequestToken: 't' },
      { SecretId: 's', SecretBinary: 'w7w=', ClientRequestToken: 't' },
    ],
    [
      'a text for a number',
      'sqs:receiveMessage',
      { QueueUrl: 'q', MaxNumberOfMessages: '3' },
      { QueueUrl: 'q', MaxNumberOfMessages: 3 },
    ],
    [
      'moments, as texts of ISO 8601',
      'eventbridge:putEvents',
      { Entries: [{ Time: '2026-01-02T03:04:05Z', Detail: '{}' }] },
      { Entries: [{ Time: 1767323045, Detail: '{}' }] },
    ],
    [
      'null is what is not given',
      'sfn:startExecution',
      { StateMachineArn: 'm', Input: null },
      { stateMachineArn: 'm' },
    ],
  ])('%s', async (_, name, parameters, sent) => {
    body = '{}';
    const [service, action] = name.split(':') as [string, string];
    expect((await call(service, action, parameters)).sent).toEqual(sent);
  });

  test.each<[string, object, string]>([
    ['dynamodb:getItem', { TableName: {} }, "The value for the field 'TableName' must be a STRING"],
    ['dynamodb:getItem', { Key: { id: { N: 7 } } }, "The value for the field 'N' must be a STRING"],
    ['dynamodb:getItem', { Key: [] }, "The value for the field 'Key' must be an OBJECT"],
    ['sfn:tagResource', { Tags: {} }, "The value for the field 'Tags' must be a LIST"],
    ['sfn:tagResource', { Tags: [{ Kee: '' }] }, "The field 'Kee' is not supported by Step Functions"],
    ['sfn:tagResource', { Tags: [{ key: '' }] }, "The field 'key' is not supported by Step Functions"],
    ['eventbridge:putEvents', { Entries: [{ Time: 'soon' }] }, "The value for the field 'Time' must be a TIMESTAMP"],
  ])('%s %j is refused', async (name, parameters, reason) => {
    const [service, action] = name.split(':') as [string, string];
    const { sent, result } = await call(service, action, parameters);
    expect(sent).toBeUndefined();
    expect(result).toEqual({
      error: 'States.Runtime',
      cause: `The Parameters '${JSON.stringify(parameters)}' could not be used to start the Task: [${reason}]`,
    });
  });
});

test.each([
  ['text', '"text"'],
  [{ a: [1] }, '{"a":[1]}'],
  [false, 'false'],
])('a body that is a stream is JSON: %j', (value, sent) => {
  expect(String(toSdk(NormalizedSchema.of(STREAMING_BLOB), value, 'Body'))).toBe(sent);
});

describe('answers', () => {
  test('members begin with capitals, bytes are text where they are', async () => {
    body = '{"ARN":"a","SecretBinary":"w7w=","VersionStages":["x"],"CreatedDate":1700000000}';
    const { result } = await call('secretsmanager', 'getSecretValue', { SecretId: 's' });
    expect(result).toEqual({
      ARN: 'a',
      SecretBinary: 'ü',
      VersionStages: ['x'],
      CreatedDate: '2023-11-14T22:13:20Z',
    });
  });

  test('bytes that are no text are shown in base64', async () => {
    body = '{"SecretBinary":"/w=="}';
    expect((await call('secretsmanager', 'getSecretValue', { SecretId: 's' })).result).toEqual({
      SecretBinary: '/w==',
    });
  });

  test('moments are milliseconds for optimized integrations', async () => {
    body = '{"executionArn":"e","startDate":1700000000.25}';
    const { result } = await call('sfn', 'startExecution', { StateMachineArn: 'm' }, 'milliseconds');
    expect(result).toEqual({ ExecutionArn: 'e', StartDate: 1700000000250 });
  });

  test('documents are shown as they are', async () => {
    const document = { a: [1, { b: null }], c: 'd' };
    expect(await fromSdk(NormalizedSchema.of(DOCUMENT), document, 'iso')).toEqual(document);
    expect(toSdk(NormalizedSchema.of(DOCUMENT), document, 'Body')).toEqual(document);
  });

  test('structures in structures keep the order of the service, and leave out what is not there', async () => {
    body =
      '{"Item":{"b":{"L":[{"N":"1"},{"M":{"x":{"NULL":true}}},{"B":"w7w="}]},"a":{"S":"t"}},"ConsumedCapacity":null}';
    const { result } = await call('dynamodb', 'getItem', { TableName: 't', Key: {} });
    expect(JSON.stringify(result)).toBe(
      '{"Item":{"b":{"L":[{"N":"1"},{"M":{"x":{"NULL":true}}},{"B":"ü"}]},"a":{"S":"t"}}}',
    );
  });

  test('bodies that are streams are read, as far as an output may go', async () => {
    const streamed = NormalizedSchema.of(STREAMING_BLOB);
    const body = (count: number) =>
      Readable.from(
        (function* () {
          for (let at = 0; at < count; at++) yield Buffer.alloc(1024, 'ab');
        })(),
      );
    expect(await fromSdk(streamed, body(3), 'iso')).toBe('ab'.repeat(1536));
    const endless = body(1_000_000);
    await expect(fromSdk(streamed, endless, 'iso')).rejects.toThrow(BodyTooLong);
    expect(endless.destroyed).toBe(true);
  });

  test.each([
    ['as long as it may be', (text: string) => `{"Item":{"a":{"S":"${text}"}}}`, 'x'.repeat(977)],
    ['with white space', (text: string) => `{ "Item": {"a": {"S": "${text}"}}}\n`, 'x'.repeat(977)],
    [
      'with escapes',
      (text: string) => JSON.stringify({ Item: { a: { S: '' } } }).replace('""', `"${text}"`),
      `x${'\\u00fc'.repeat(488)}`,
    ],
    [
      'with escapes that need not be',
      (text: string) => JSON.stringify({ Item: { a: { S: '' } } }).replace('""', `"${text}"`),
      `x${'\\u003c\\/'.repeat(488)}`,
    ],
  ])('JSON that an output can hold is parsed: %s', async (_, written, text) => {
    body = written(text);
    const { result } = await call('dynamodb', 'getItem', { TableName: 't', Key: {} });
    expect(Buffer.byteLength(JSON.stringify(result))).toBe(1_000);
  });

  test('JSON that is longer than the output may be is not', async () => {
    // Without its last brace: a client that parses it says that it is no JSON.
    body = `{"Item":{"a":{"S":"${'x'.repeat(980)}"}}`;
    expect((await call('dynamodb', 'getItem', { TableName: 't', Key: {} })).result).toEqual({
      error: 'States.DataLimitExceeded',
      cause: expect.stringContaining("'aws-sdk:dynamodb' returned a result with a size exceeding"),
    });
  });

  test('an answer that is no answer: what the client says of it', async () => {
    body = '<html>';
    const { result } = await call('sfn', 'startExecution', { StateMachineArn: 'm' });
    expect(result).toMatchObject({ refusal: { code: undefined, serviceName: 'Sfn' } });
  });
});
