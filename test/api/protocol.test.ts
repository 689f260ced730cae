import http from 'node:http';
import net from 'node:net';
import { type RawRequest, sendRaw } from './raw-request';
import { PASS, ROLE_ARN, uniqueName, useService } from './service';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const CORAL = 'com.amazon.coral.service';
const SWF = 'com.amazonaws.swf.service.v2.model';
const unknownOperation = { __type: `${CORAL}#UnknownOperationException` };
const ACTIONS = [
  'CreateActivity',
  'CreateStateMachine',
  'CreateStateMachineAlias',
  'DeleteActivity',
  'DeleteStateMachine',
  'DeleteStateMachineAlias',
  'DeleteStateMachineVersion',
  'DescribeActivity',
  'DescribeExecution',
  'DescribeStateMachine',
  'DescribeStateMachineAlias',
  'DescribeStateMachineForExecution',
  'GetActivityTask',
  'GetExecutionHistory',
  'ListActivities',
  'ListExecutions',
  'ListStateMachineAliases',
  'ListStateMachineVersions',
  'ListStateMachines',
  'ListTagsForResource',
  'PublishStateMachineVersion',
  'SendTaskFailure',
  'SendTaskHeartbeat',
  'SendTaskSuccess',
  'StartExecution',
  'StopExecution',
  'TagResource',
  'UntagResource',
  'UpdateStateMachine',
  'UpdateStateMachineAlias',
  'ValidateStateMachineDefinition',
];

describe('the protocol', () => {
  const service = useService();
  const send = (request: RawRequest = {}) => sendRaw(service.endpoint, { action: 'ListActivities', ...request });
  const serialization = (text: string) => ({ __type: `${CORAL}#SerializationException`, Message: text });

  describe('an answer', () => {
    test('status, headers and a JSON object', async () => {
      const { status, headers, text, json } = await send();
      expect(status).toBe(200);
      expect(headers['content-type']).toBe('application/x-amz-json-1.0');
      expect(headers['content-length']).toBe(String(Buffer.byteLength(text)));
      expect(headers['x-amzn-requestid']).toMatch(UUID);
      expect(Date.parse(headers.date!)).not.toBeNaN();
      expect(json).toEqual({ activities: expect.any(Array) });
    });

    test('an error has the same headers', async () => {
      const { status, headers, json } = await send({ action: 'CreateActivity' });
      expect(status).toBe(400);
      expect(headers['content-type']).toBe('application/x-amz-json-1.0');
      expect(headers['x-amzn-requestid']).toMatch(UUID);
      expect(Date.parse(headers.date!)).not.toBeNaN();
      expect(json).toHaveProperty('__type');
    });

    test('every request has an id of its own', async () => {
      const ids = [await send(), await send(), await send({ method: 'GET' })].map(
        ({ headers }) => headers['x-amzn-requestid'],
      );
      expect(new Set(ids).size).toBe(3);
    });

    test('an action without output answers an empty object', async () => {
      const body = { activityArn: service.arn('activity', uniqueName('none')) };
      expect((await send({ action: 'DeleteActivity', body })).text).toBe('{}');
    });

    test('times are numbers: seconds, with milliseconds as a fraction', async () => {
      const beforeMs = Date.now();
      const { text, json } = await send({ action: 'CreateActivity', body: { name: uniqueName('activity') } });
      expect(text).toMatch(/"creationDate":\d{10}(\.\d{1,3})?[,}]/);
      const ms = (json!.creationDate as number) * 1_000;
      expect(ms).toBeGreaterThanOrEqual(beforeMs - 1);
      expect(ms).toBeLessThanOrEqual(Date.now() + 1);
    });

    test('what is absent is left out, not null', async () => {
      const executionArn = await service.startExecution();
      await service.ended(executionArn);
      for (const request of [
        { action: 'DescribeExecution', body: { executionArn } },
        { action: 'GetExecutionHistory', body: { executionArn } },
        { action: 'ListStateMachines', body: {} },
        { action: 'DescribeStateMachine', body: { stateMachineArn: await service.createMachine() } },
      ]) {
        expect((await send(request)).text).not.toContain('null');
      }
    });

    test('text beyond ASCII comes as UTF-8', async () => {
      const name = uniqueName('ünïcödé-名');
      const { json } = await send({ action: 'CreateActivity', body: { name } });
      expect(json!.activityArn).toBe(service.arn('activity', name));
    });

    test('a connection is kept for the next request', async () => {
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      const ports = new Set<number | undefined>();
      for (let count = 0; count < 3; count++) {
        await new Promise<void>((resolve, reject) => {
          const headers = {
            'content-type': 'application/x-amz-json-1.0',
            'x-amz-target': 'AWSStepFunctions.ListActivities',
          };
          const request = http.request(service.endpoint, { method: 'POST', headers, agent }, (response) => {
            ports.add(response.socket.localPort);
            response.resume().on('end', resolve);
          });
          request.on('error', reject).end('{}');
        });
      }
      agent.destroy();
      expect(ports.size).toBe(1);
    });
  });

  describe('method, path and content type', () => {
    test.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s: 404 UnknownOperationException', async (method) => {
      const { status, json } = await send({ method });
      expect([404, 405]).toContain(status);
      expect(json).toEqual(unknownOperation);
    });

    test.each(['/x', '//', '/AWSStepFunctions', '/%2f', '/x?y=z'])(
      'POST %s: 404 UnknownOperationException',
      async (path) => {
        const { status, json } = await send({ path });
        expect({ status, json }).toEqual({ status: 404, json: unknownOperation });
      },
    );

    test.each(['/?', '/?x', '/?x=y&z'])('a query does not matter: POST %s', async (path) => {
      expect((await send({ path })).status).toBe(200);
    });

    test.each([
      'application/x-amz-json-1.0',
      'application/x-amz-json-1.0; charset=utf-8',
      'application/x-amz-json-1.0;charset=UTF-8',
      'Application/X-Amz-JSON-1.0',
      'application/json',
      'application/json; charset=utf-8',
    ])('content type %s is taken', async (type) => {
      expect((await send({ headers: { 'content-type': type } })).status).toBe(200);
    });

    test.each([
      undefined,
      '',
      'text/plain',
      'application/x-amz-json-1.1',
      'application/x-www-form-urlencoded',
      'application/cbor',
      'application',
    ])('content type %j is not: UnknownOperationException', async (type) => {
      const { status, json } = await send({ headers: { 'content-type': type } });
      expect([404, 415]).toContain(status);
      expect(json).toEqual(unknownOperation);
    });
  });

  describe('the target', () => {
    test.each(ACTIONS)('%s is known', async (action) => {
      const { json } = await send({ action, body: [] });
      expect(json).toMatchObject({ __type: `${CORAL}#SerializationException` });
    });

    test.each([
      undefined,
      '',
      'ListActivities',
      'AWSStepFunctions.',
      'AWSStepFunctions.listactivities',
      'AWSStepFunctions.LISTACTIVITIES',
      'awsstepfunctions.ListActivities',
      'AWSStepFunctions.NoSuchAction',
      'AWSStepFunctions.ListActivities,AWSStepFunctions.ListActivities',
      'AWSStepFunctions.__proto__',
      'AWSStepFunctions.constructor',
      'DynamoDB_20120810.ListTables',
    ])('%j is unknown: UnknownOperationException, without a message', async (target) => {
      const { status, json } = await send({ action: undefined, headers: { 'x-amz-target': target } });
      expect({ status, json }).toEqual({ status: 400, json: unknownOperation });
    });

    test('Action and Version of the query are ignored', async () => {
      expect((await send({ path: '/?Action=Nothing&Version=2000-01-01' })).status).toBe(200);
    });

    test('it is looked at before the body', async () => {
      const { json } = await send({ action: 'NoSuchAction', body: 'not json' });
      expect(json).toEqual(unknownOperation);
    });
  });

  describe('the body', () => {
    test.each([
      ['no text', ''],
      ['white space', ' '],
      ['text', 'not json'],
      ['half an object', '{"maxResults":1'],
      ['two objects', '{}{}'],
      ['single quotes', "{'maxResults':1}"],
      ['a trailing comma', '{"maxResults":1,}'],
      ['a comment', '{/**/}'],
      ['NaN', '{"maxResults":NaN}'],
      ['a byte order mark', '\ufeff{}'],
      ['what is no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
      ['UTF-16', Buffer.from('{}', 'utf16le')],
    ])('%s is no JSON: SerializationException', async (_, body) => {
      const { status, json } = await send({ body });
      expect(status).toBe(400);
      expect(json).toMatchObject({ __type: `${CORAL}#SerializationException` });
    });

    test.each(['[]', '"text"', '1', 'null', 'true'])('%s is no object: SerializationException', async (body) => {
      const { status, json } = await send({ body });
      expect(status).toBe(400);
      expect(json).toMatchObject({ __type: `${CORAL}#SerializationException` });
    });

    test('white space around it, and escapes in it, do not matter', async () => {
      expect((await send({ body: ' \r\n\t{ "max\\u0052esults" : 1 } ' })).status).toBe(200);
    });

    test('unknown members are ignored', async () => {
      const body = { nothing: [{}], __proto__: null, constructor: 1, maxResults: 1 };
      expect((await send({ body })).status).toBe(200);
      expect((await send({ body: '{"__proto__":{"maxResults":-1},"toString":1}' })).status).toBe(200);
    });

    test('null is as good as absent', async () => {
      expect((await send({ body: { maxResults: null, nextToken: null } })).status).toBe(200);
      const { json } = await send({ action: 'CreateActivity', body: { name: null } });
      expect(json!.message).toContain("Value null at 'name'");
    });

    test('the last of equal keys counts', async () => {
      const { json } = await send({ body: '{"maxResults":-1,"maxResults":1}' });
      expect(json).toHaveProperty('activities');
    });

    test('the order of members is free', async () => {
      const body = `{"roleArn":"${ROLE_ARN}","name":"${uniqueName('m')}","definition":${JSON.stringify(JSON.stringify(PASS))}}`;
      expect((await send({ action: 'CreateStateMachine', body })).status).toBe(200);
    });

    test('deep nesting is read or refused, not fatal', async () => {
      const deep = `{"nothing":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
      const { status } = await send({ body: deep });
      expect([200, 400]).toContain(status);
      expect((await send()).status).toBe(200);
    });

    test('a body of 2 MiB is read, one of more is refused with 413', async () => {
      expect((await send({ body: '{}'.padEnd(2_097_152) })).status).toBe(200);
      const { status, headers, json } = await send({ body: '{}'.padEnd(2_097_153) });
      expect(status).toBe(413);
      expect(headers['x-amzn-requestid']).toMatch(UUID);
      expect(json).toHaveProperty('__type');
    });

    test('a body may come in chunks', async () => {
      const response = await sendRaw(service.endpoint, {
        action: 'ListActivities',
        headers: { 'transfer-encoding': 'chunked' },
        body: '{"maxResults":1}',
      });
      expect(response.status).toBe(200);
    });
  });

  describe('types', () => {
    test.each([
      ['CreateActivity', { name: 1 }, 'NUMBER_VALUE cannot be converted to String'],
      ['CreateActivity', { name: true }, 'TRUE_VALUE cannot be converted to String'],
      ['CreateActivity', { name: false }, 'FALSE_VALUE cannot be converted to String'],
      ['CreateActivity', { name: [] }, 'Start of list found where not expected'],
      ['ListActivities', { maxResults: '1' }, 'STRING_VALUE cannot be converted to Integer'],
      ['ListActivities', { maxResults: true }, 'TRUE_VALUE cannot be converted to Integer'],
      ['ListActivities', { maxResults: [1] }, 'Start of list found where not expected'],
      ['GetExecutionHistory', { reverseOrder: 'true' }, 'STRING_VALUE cannot be converted to Boolean'],
      ['GetExecutionHistory', { reverseOrder: 1 }, 'NUMBER_VALUE cannot be converted to Boolean'],
      ['StartExecution', { stateMachineArn: 'x', input: 7 }, 'NUMBER_VALUE cannot be converted to String'],
    ])('%s %j: SerializationException, with Message', async (action, body, text) => {
      const { status, json } = await send({ action, body });
      expect({ status, json }).toEqual({ status: 400, json: serialization(text) });
    });

    test.each([
      ['CreateActivity', { name: {} }],
      ['StartExecution', { stateMachineArn: 'x', input: { a: 1 } }],
      ['CreateActivity', { name: 'x', tags: {} }],
      ['CreateActivity', { name: 'x', tags: 'text' }],
      ['CreateActivity', { name: 'x', tags: ['text'] }],
      ['CreateActivity', { name: 'x', tags: [{ key: 1 }] }],
      ['CreateStateMachine', { tracingConfiguration: [] }],
      ['CreateStateMachine', { tracingConfiguration: { enabled: 'yes' } }],
      ['CreateStateMachine', { loggingConfiguration: { destinations: {} } }],
      ['CreateStateMachine', { publish: 'true' }],
      ['UntagResource', { tagKeys: [1] }],
    ])('%s %j: SerializationException', async (action, body) => {
      const { status, json } = await send({ action, body });
      expect(status).toBe(400);
      expect(json).toEqual(serialization(expect.any(String) as unknown as string));
    });

    test('types are looked at before constraints', async () => {
      const { json } = await send({ action: 'CreateActivity', body: { name: '', tags: 'text' } });
      expect(json!.__type).toBe(`${CORAL}#SerializationException`);
    });

    test('an item of a list that is null counts as absent: ValidationException', async () => {
      const { json } = await send({ action: 'CreateActivity', body: { name: 'x', tags: [null] } });
      expect(json).toEqual({
        __type: 'com.amazon.coral.validate#ValidationException',
        message:
          "1 validation error detected: Value null at 'tags.1.member' failed to satisfy constraint: Member must not be null",
      });
    });
  });

  describe('errors', () => {
    const none = () => uniqueName('none');
    test.each([
      ['CreateActivity', () => ({ name: '' }), 'com.amazon.coral.validate#ValidationException', ['message']],
      ['CreateActivity', () => ({ name: 'a b' }), `${SWF}#InvalidName`, ['message']],
      ['DescribeActivity', () => ({ activityArn: 'x' }), `${SWF}#InvalidArn`, ['message']],
      [
        'DescribeActivity',
        () => ({ activityArn: service.arn('activity', none()) }),
        `${SWF}#ActivityDoesNotExist`,
        ['message'],
      ],
      [
        'DescribeExecution',
        () => ({ executionArn: service.arn('execution', `${none()}:x`) }),
        `${SWF}#ExecutionDoesNotExist`,
        ['message'],
      ],
      [
        'DescribeStateMachine',
        () => ({ stateMachineArn: service.arn('stateMachine', none()) }),
        `${SWF}#StateMachineDoesNotExist`,
        ['message'],
      ],
      ['ListActivities', () => ({ nextToken: 'x' }), `${SWF}#InvalidToken`, ['message']],
      ['SendTaskHeartbeat', () => ({ taskToken: 'x' }), `${SWF}#InvalidToken`, ['message']],
      [
        'ListTagsForResource',
        () => ({ resourceArn: service.arn('activity', none()) }),
        `${SWF}#ResourceNotFound`,
        ['message', 'resourceName'],
      ],
      [
        'CreateStateMachine',
        () => ({ name: 'x', roleArn: ROLE_ARN, definition: '{}' }),
        `${SWF}#InvalidDefinition`,
        ['message'],
      ],
    ])('%s: 400 %#', async (action, body, type, members) => {
      const { status, headers, json } = await send({ action, body: body() });
      expect(status).toBe(400);
      expect(Object.keys(json!).sort()).toEqual(['__type', ...members].sort());
      expect(json!.__type).toBe(type);
      expect(headers['x-amzn-errortype'] ?? type).toBe(type);
    });

    test('their text holds no stack trace and no path of this machine', async () => {
      for (const body of ['not json', '{"name":1}', '{"name":"a b"}']) {
        const { text } = await send({ action: 'CreateActivity', body });
        expect(text).not.toMatch(/\bat \S+ \(|node_modules|\.ts\b|\.js\b|\/lib\//);
      }
    });
  });

  describe('beside the API', () => {
    test('/health says that the service is there', async () => {
      const { status, json } = await send({ method: 'GET', path: '/health', headers: { 'content-type': undefined } });
      expect(status).toBe(200);
      expect(json).toEqual({ status: 'ok' });
    });

    test('what is no HTTP is answered with 400, and the service goes on', async () => {
      const { hostname, port } = new URL(service.endpoint);
      const answer = await new Promise<string>((resolve, reject) => {
        const socket = net.connect(Number(port), hostname, () => socket.end('not HTTP\r\n\r\n'));
        let text = '';
        socket.on('data', (chunk) => {
          text += chunk;
        });
        socket.on('error', reject);
        socket.on('close', () => resolve(text));
      });
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect((await send()).status).toBe(200);
    });

    test('a client that goes before its body is whole leaves the service as it is', async () => {
      const { hostname, port, host } = new URL(service.endpoint);
      await new Promise<void>((resolve, reject) => {
        const socket = net.connect(Number(port), hostname, () => {
          socket.write(`POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 1000\r\n\r\n{"half`, () =>
            socket.destroy(),
          );
        });
        socket.on('error', reject);
        socket.on('close', () => resolve());
      });
      expect((await send()).status).toBe(200);
    });

    test('signatures are neither needed nor looked at', async () => {
      for (const authorization of [undefined, 'nonsense', 'AWS4-HMAC-SHA256 Credential=x']) {
        expect((await send({ headers: { authorization } })).status).toBe(200);
      }
    });
  });
});
