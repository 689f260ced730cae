import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { ApiRefusal } from '../../lib/client/refusal';
import type { RegistrationEvent } from '../../lib/client/registration';
import { SignedCaller } from '../../lib/client/signed-caller';
import { handleRegistration } from '../../lib/host/lambda-registration';
import { emptyFolder, endServers, removeFolders, type Served, serve } from '../cli/command';
import { eventually } from '../contract/eventually';
import { Secrets } from '../harness/secrets';

/** The handler as CloudFormation calls it: against a service that verifies signatures, with its key in a secret. */

const SECRET = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:deploy';
const STACK = 'arn:aws:cloudformation:us-east-1:123456789012:stack/shop/11111111-2222-3333-4444-555555555555';
const KEY = { accessKeyId: 'deployer', secretAccessKey: 'a secret of the deployer' };
const PLACE = '$' + '{x}';
const DEFINITION = '{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}';

const secrets = new Secrets();
const answers: Record<string, unknown>[] = [];
/** Where CloudFormation waits for the answer. */
const cloudFormation = http.createServer(async (request, response) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  answers.push({ ...JSON.parse(text), method: request.method, type: request.headers['content-type'] });
  response.end();
});
let server: Served;
let api: SignedCaller;
const environment = { ...process.env };

beforeAll(async () => {
  cloudFormation.listen(0, '127.0.0.1');
  await once(cloudFormation, 'listening');
  secrets.values.set(SECRET, JSON.stringify(KEY));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SECRETS_MANAGER: await secrets.listen(),
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    STEPWELL_ACCESS_KEY_ARN: SECRET,
  });
  const folder = emptyFolder();
  writeFileSync(join(folder, 'keys.json'), JSON.stringify([KEY]));
  server = await serve(['--memory', '--auth', 'keys.json'], { folder });
  api = new SignedCaller({ endpoint: server.url, region: 'us-east-1', credentials: KEY });
  // What failed is logged, for CloudWatch.
  jest.spyOn(console, 'error').mockImplementation(() => {});
});

afterAll(async () => {
  process.env = environment;
  secrets.close();
  cloudFormation.close();
  await endServers();
  removeFolders();
});

const arn = (type: 'stateMachine' | 'activity', name: string) =>
  `arn:aws:states:us-east-1:123456789012:${type}:${name}`;

let requests = 0;

/** Sends a request and answers what CloudFormation got. */
async function request(
  RequestType: RegistrationEvent['RequestType'],
  properties: Record<string, unknown>,
  more: Partial<RegistrationEvent> = {},
): Promise<Record<string, unknown>> {
  const { port } = cloudFormation.address() as AddressInfo;
  await handleRegistration({
    RequestType,
    ResponseURL: `http://127.0.0.1:${port}/answer?signed`,
    StackId: STACK,
    RequestId: `request-${++requests}`,
    LogicalResourceId: 'Orders',
    ResourceType: 'Custom::StepwellStateMachine',
    ResourceProperties: {
      Endpoint: server.url,
      Region: 'us-east-1',
      Definition: DEFINITION,
      RoleArn: 'arn:aws:iam::123456789012:role/any',
      Type: 'STANDARD',
      TracingEnabled: 'false',
      ...properties,
    } as never,
    ...more,
  });
  return answers.at(-1)!;
}

const describeMachine = (name: string) =>
  api.call<Record<string, unknown>>('DescribeStateMachine', { stateMachineArn: arn('stateMachine', name) });

test('a machine is made, updated, and deleted; what CloudFormation repeats comes out the same', async () => {
  const created = await request('Create', { Name: 'orders', Tags: { team: 'shop', old: 'yes' } });
  expect(created).toEqual({
    Status: 'SUCCESS',
    PhysicalResourceId: arn('stateMachine', 'orders'),
    Data: { Arn: arn('stateMachine', 'orders'), Name: 'orders' },
    StackId: STACK,
    RequestId: 'request-1',
    LogicalResourceId: 'Orders',
    method: 'PUT',
    type: '',
  });
  expect(await request('Create', { Name: 'orders', Tags: { team: 'shop', old: 'yes' } })).toMatchObject({
    Status: 'SUCCESS',
    PhysicalResourceId: arn('stateMachine', 'orders'),
  });
  const definition = `{"StartAt":"A","States":{"A":{"Type":"Pass","Result":"${PLACE}","End":true}}}`;
  const changed = {
    Name: 'orders',
    Definition: definition,
    Substitutions: { x: 'y' },
    TracingEnabled: 'true',
    Tags: { team: 'pay' },
  };
  const update = {
    PhysicalResourceId: arn('stateMachine', 'orders'),
    OldResourceProperties: { Name: 'orders', Tags: { team: 'shop', old: 'yes' } },
  };
  for (let time = 1; time <= 2; time++) {
    expect(await request('Update', changed, update)).toMatchObject({ Status: 'SUCCESS' });
    expect(await describeMachine('orders')).toMatchObject({
      definition: definition.replace(PLACE, 'y'),
      tracingConfiguration: { enabled: true },
    });
  }
  const { tags } = await api.call<{ tags: { key: string; value: string }[] }>('ListTagsForResource', {
    resourceArn: arn('stateMachine', 'orders'),
  });
  expect(tags.filter(({ key }) => key !== 'stepwell:owner')).toEqual([{ key: 'team', value: 'pay' }]);
  for (let time = 1; time <= 2; time++) {
    expect(await request('Delete', changed, update)).toMatchObject({ Status: 'SUCCESS' });
  }
  const code = () =>
    describeMachine('orders').then(
      () => '',
      (error: ApiRefusal) => error.code,
    );
  expect(await eventually(code, (found) => found !== '')).toBe('StateMachineDoesNotExist');
});

test('another name is another machine: CloudFormation deletes the one before', async () => {
  await request('Create', { Name: 'before' });
  const update = { PhysicalResourceId: arn('stateMachine', 'before'), OldResourceProperties: { Name: 'before' } };
  expect(await request('Update', { Name: 'after' }, update)).toMatchObject({
    Status: 'SUCCESS',
    PhysicalResourceId: arn('stateMachine', 'after'),
  });
  expect(await describeMachine('before')).toMatchObject({ status: 'ACTIVE' });
  await request('Delete', { Name: 'before' }, { PhysicalResourceId: arn('stateMachine', 'before') });
  expect(await describeMachine('after')).toMatchObject({ status: 'ACTIVE' });
});

test('one that was deleted by hand is made again by the next update', async () => {
  await request('Create', { Name: 'lost' });
  await api.call('DeleteStateMachine', { stateMachineArn: arn('stateMachine', 'lost') });
  const update = { PhysicalResourceId: arn('stateMachine', 'lost'), OldResourceProperties: { Name: 'lost' } };
  expect(await request('Update', { Name: 'lost' }, update)).toMatchObject({ Status: 'SUCCESS' });
  expect(await describeMachine('lost')).toMatchObject({ status: 'ACTIVE' });
});

test('an activity is made and deleted', async () => {
  const more = { ResourceType: 'Custom::StepwellActivity', LogicalResourceId: 'Approval' };
  const { PhysicalResourceId } = await request('Create', { Name: 'approval', Tags: { team: 'shop' } }, more);
  expect(PhysicalResourceId).toBe(arn('activity', 'approval'));
  const activityArn = arn('activity', 'approval');
  expect(await api.call('DescribeActivity', { activityArn })).toMatchObject({ name: 'approval' });
  const ended = await request('Delete', { Name: 'approval' }, { ...more, PhysicalResourceId: activityArn });
  expect(ended).toMatchObject({ Status: 'SUCCESS' });
  await expect(api.call('DescribeActivity', { activityArn })).rejects.toMatchObject({ code: 'ActivityDoesNotExist' });
});

describe('what is not of the stack', () => {
  const roleArn = 'arn:aws:iam::123456789012:role/any';

  test('is neither taken over nor deleted, also when CloudFormation rolls back', async () => {
    await api.call('CreateStateMachine', { name: 'by-hand', definition: DEFINITION, roleArn });
    const failed = await request('Create', { Name: 'by-hand' });
    expect(failed).toMatchObject({
      Status: 'FAILED',
      Reason: `${arn('stateMachine', 'by-hand')} is there already, and not of this stack: delete it, or give another name`,
    });
    const { PhysicalResourceId } = failed as { PhysicalResourceId: string };
    expect(await request('Delete', { Name: 'by-hand' }, { PhysicalResourceId })).toMatchObject({ Status: 'SUCCESS' });
    const byArn = { PhysicalResourceId: arn('stateMachine', 'by-hand') };
    expect(await request('Delete', { Name: 'by-hand' }, byArn)).toMatchObject({ Status: 'SUCCESS' });
    expect(await describeMachine('by-hand')).toMatchObject({ status: 'ACTIVE' });
  });

  test('as of another stack of the same name', async () => {
    await request('Create', { Name: 'theirs' }, { StackId: STACK.replace('1111', '9999') });
    expect(await request('Create', { Name: 'theirs' })).toMatchObject({ Status: 'FAILED' });
  });
});

describe('failures are told to CloudFormation, which would wait for an hour', () => {
  test('a definition with problems: which', async () => {
    const { Status, Reason } = await request('Create', { Name: 'wrong', Definition: '{"StartAt":"A"}' });
    expect(Status).toBe('FAILED');
    expect(Reason).toMatch(/^InvalidDefinition: .*These fields are required: \[States\]/);
  });

  test('another type under the same name', async () => {
    await request('Create', { Name: 'typed' });
    const update = { PhysicalResourceId: arn('stateMachine', 'typed'), OldResourceProperties: { Name: 'typed' } };
    const { Reason } = await request('Update', { Name: 'typed', Type: 'EXPRESS' }, update);
    expect(Reason).toContain('delete it first, its type cannot change');
  });

  test('a key that is not the one of the service', async () => {
    secrets.values.set(SECRET, JSON.stringify({ ...KEY, secretAccessKey: 'another' }));
    const { Reason } = await request('Create', { Name: 'refused' });
    expect(Reason).toMatch(/^InvalidSignatureException: /);
    secrets.values.set(SECRET, 'text');
    expect((await request('Create', { Name: 'refused' })).Reason).toBe(
      `the secret ${SECRET} is no access key: JSON with accessKeyId and secretAccessKey is wanted`,
    );
    secrets.values.set(SECRET, JSON.stringify(KEY));
  });

  test('an endpoint where nobody is', async () => {
    const { Reason } = await request('Create', { Name: 'nowhere', Endpoint: 'http://127.0.0.1:9/' });
    expect(Reason).toMatch(/^http:\/\/127\.0\.0\.1:9 does not answer/);
  });
});
