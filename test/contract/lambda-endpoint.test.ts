import { SignatureV4 } from '@smithy/signature-v4';
import { createLambdaEndpoint } from '../../lib/adapters/lambda/endpoint';
import { Sha256 } from '../../lib/adapters/lambda/sha256';
import { arnOf, describeFunctions } from './describe-functions';
import { type Answer, type LambdaServer, startLambdaServer } from './lambda-server';

const REGION = 'us-east-1';
const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const failed = (report: object): Answer => ({
  headers: { 'X-Amz-Function-Error': 'Unhandled' },
  body: JSON.stringify(report),
});
const refused = (status: number, name: string, text: string): Answer => ({
  status,
  headers: { 'x-amzn-errortype': name, 'x-amzn-requestid': 'request-1' },
  body: JSON.stringify({ Type: 'User', Message: text }),
});
const notFound = (functionArn: string): Answer =>
  refused(404, 'ResourceNotFoundException', `Function not found: ${functionArn}:$LATEST`);

const endpointAt = (url: string, credentials: typeof KEYS | undefined = undefined) =>
  createLambdaEndpoint({ url, credentials, region: REGION });

describeFunctions('an Invoke endpoint', async () => {
  const server = await startLambdaServer((functionArn, body) => {
    // No payload: Lambda gives the function an empty object.
    const event = body === '' ? '{}' : body;
    if (functionArn === arnOf('echo')) return { body: event };
    if (functionArn !== arnOf('reject')) return notFound(functionArn);
    return failed({ errorType: 'OrderRejected', errorMessage: JSON.parse(event).message, trace: [] });
  });
  return { functions: endpointAt(server.url), close: () => server.close() };
});

/** One invocation of a function by a server that answers so. */
async function invokeAt(answer: Answer, payload = '{}', functionArn = arnOf('own'), credentials?: typeof KEYS) {
  const server = await startLambdaServer(() => answer);
  const result = await endpointAt(server.url, credentials).invoke(functionArn, payload);
  await server.close();
  return { result, server };
}

const causeOf = (text: string, status: number, name: string, requestId = 'request-1'): string =>
  `${text} (Service: AWSLambda; Status Code: ${status}; Error Code: ${name}; Request ID: ${requestId}; Proxy: null)`;

describe('what is sent', () => {
  test('the payload as it is, to the invocations of the function', async () => {
    const { server } = await invokeAt({ body: '1' }, '{"a": [1.0, "ü"]}');
    expect(server.invocations).toMatchObject([
      {
        method: 'POST',
        path: `/2015-03-31/functions/${encodeURIComponent(arnOf('own'))}/invocations`,
        body: '{"a": [1.0, "ü"]}',
      },
    ]);
    expect(server.invocations[0]!.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': '18',
    });
  });

  test('no payload for null', async () => {
    const { server } = await invokeAt({ body: '1' }, 'null');
    expect(server.invocations).toMatchObject([{ body: '', headers: { 'content-length': '0' } }]);
  });

  test('the qualifier of the ARN', async () => {
    const { server } = await invokeAt({ body: '1' }, '{}', `${arnOf('own')}:PROD`);
    expect(server.invocations[0]!.path).toContain(encodeURIComponent(':own:PROD'));
  });

  test('no signature without credentials', async () => {
    const { server } = await invokeAt({ body: '1' });
    expect(server.invocations[0]!.headers.authorization).toBeUndefined();
  });

  test('with credentials the signature that an AWS SDK would make', async () => {
    const { server } = await invokeAt({ body: '1' }, '{"a":"ü"}', arnOf('own'), KEYS);
    const { headers, path, body } = server.invocations[0]!;
    const date = String(headers['x-amz-date']);
    const signer = new SignatureV4({ service: 'lambda', region: REGION, credentials: KEYS, sha256: Sha256 });
    const signingDate = new Date(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
    const url = new URL(server.url);
    const expected = await signer.sign(
      {
        method: 'POST',
        protocol: 'http:',
        hostname: url.hostname,
        path,
        query: {},
        headers: { host: url.host, 'content-type': 'application/json' },
        body,
      },
      { signingDate },
    );
    expect(headers.authorization).toBe(expected.headers.authorization);
    expect(headers.authorization).toContain(`/${REGION}/lambda/aws4_request`);
  });

  test('one connection for invocations one after the other', async () => {
    const server = await startLambdaServer(() => ({ body: '1' }));
    const endpoint = endpointAt(server.url);
    for (let count = 0; count < 3; count++) await endpoint.invoke(arnOf('own'), '{}');
    const connections = server.invocations.map(({ headers }) => headers.connection);
    expect(connections).toEqual(['keep-alive', 'keep-alive', 'keep-alive']);
    await server.close();
  });
});

describe('a success', () => {
  test.each([
    ['the text of the function, as it was sent', '{"a": 1.0,\n "b":"ü"}', '{"a": 1.0,\n "b":"ü"}'],
    ['null for no text', '', 'null'],
    ['also what looks like an error', '{"errorType":"X","errorMessage":"y"}', '{"errorType":"X","errorMessage":"y"}'],
    ['also what is not JSON: that is for the caller to judge', 'not json', 'not json'],
  ])('%s', async (_, body, payload) => {
    expect((await invokeAt({ body })).result).toEqual({ payload });
  });
});

describe('a function that failed', () => {
  test('its error type, and the text as it was sent', async () => {
    const body = '{ "errorMessage": "no", "errorType": "OrderRejected" }';
    const { result } = await invokeAt({ headers: { 'X-Amz-Function-Error': 'Unhandled' }, body });
    expect(result).toEqual({ error: 'OrderRejected', cause: body });
  });

  test.each(['Handled', 'Unhandled'])('marked as %s', async (mark) => {
    const { result } = await invokeAt({ headers: { 'X-Amz-Function-Error': mark }, body: '{"errorType":"E"}' });
    expect(result).toEqual({ error: 'E', cause: '{"errorType":"E"}' });
  });

  test.each(['{"errorMessage":"no type"}', '{"errorType":7}', 'null', '[]', 'not json', ''])(
    'without an error type in its report %p: Lambda.Unknown',
    async (body) => {
      const { result } = await invokeAt({ headers: { 'X-Amz-Function-Error': 'Unhandled' }, body });
      expect(result).toEqual({
        error: 'Lambda.Unknown',
        cause: `The cause could not be determined because Lambda did not return an error type. Returned payload: ${body}`,
      });
    },
  );
});

describe('an invocation that was refused', () => {
  test.each([
    [404, 'ResourceNotFoundException', `Function not found: ${arnOf('own')}:$LATEST`],
    [429, 'TooManyRequestsException', 'Rate Exceeded.'],
    [403, 'AccessDeniedException', 'not authorized'],
    [413, 'RequestTooLargeException', 'too large'],
    [500, 'ServiceException', 'internal'],
    [502, 'InvalidRuntimeException', 'runtime'],
  ])('%i: Lambda.%s with its text and request id', async (status, name, text) => {
    const { result } = await invokeAt(refused(status, name, text));
    expect(result).toEqual({ error: `Lambda.${name}`, cause: causeOf(text, status, name) });
  });

  test('the error type may carry the address of its documentation', async () => {
    const answer = refused(404, 'ResourceNotFoundException:http://internal.amazon.com/x', 'text');
    expect((await invokeAt(answer)).result).toMatchObject({ error: 'Lambda.ResourceNotFoundException' });
  });

  test('the text may stand in a member that is written small', async () => {
    const answer = { ...refused(429, 'TooManyRequestsException', ''), body: '{"message":"slow down"}' };
    expect((await invokeAt(answer)).result).toMatchObject({ cause: expect.stringMatching(/^slow down \(/) });
  });

  test.each([
    [404, 'ResourceNotFoundException'],
    [500, 'ServiceException'],
    [503, 'ServiceException'],
  ])('%i without an error type and with a body that is not JSON: Lambda.%s', async (status, name) => {
    const { result } = await invokeAt({ status, body: '<html>an error page</html>' });
    const text = `Lambda answered ${status} for ${arnOf('own')}`;
    expect(result).toEqual({ error: `Lambda.${name}`, cause: causeOf(text, status, name, '') });
  });

  test('a redirect is not followed', async () => {
    const { result, server } = await invokeAt({ status: 302, headers: { location: '/elsewhere' } });
    expect(result).toMatchObject({ error: 'Lambda.ServiceException' });
    expect(server.invocations).toHaveLength(1);
  });
});

describe('an endpoint that does not answer', () => {
  const unreachable = async (answerer: (server: LambdaServer) => Promise<string>) => {
    const server = await startLambdaServer(() => ({ isCutOff: true }));
    const url = await answerer(server);
    const result = await endpointAt(url).invoke(arnOf('own'), '{}');
    await server.close();
    return result;
  };

  test('nobody listens: Lambda.SdkClientException', async () => {
    const result = await unreachable(async (server) => {
      await server.close();
      return server.url;
    });
    expect(result).toEqual({ error: 'Lambda.SdkClientException', cause: expect.stringContaining('ECONNREFUSED') });
  });

  test('the connection ends without an answer: Lambda.SdkClientException', async () => {
    const result = await unreachable(async ({ url }) => url);
    expect(result).toEqual({ error: 'Lambda.SdkClientException', cause: expect.stringMatching(/hang up|ECONNRESET/) });
  });

  test('the endpoint works again: so does the next invocation', async () => {
    let isCutOff = true;
    const server = await startLambdaServer(() => ({ isCutOff, body: '1' }));
    const endpoint = endpointAt(server.url);
    expect(await endpoint.invoke(arnOf('own'), '{}')).toMatchObject({ error: 'Lambda.SdkClientException' });
    isCutOff = false;
    expect(await endpoint.invoke(arnOf('own'), '{}')).toEqual({ payload: '1' });
    await server.close();
  });
});
