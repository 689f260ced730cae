import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { createVerifier } from '../../lib/api/sigv4';
import { type RestEvent, requestOf, resultOf } from '../../lib/host/lambda-http';

const KEY = { accessKeyId: 'AKIAREST', secretAccessKey: 'a-secret-of-the-test' };
const BODY = '{"name":"\u00fc \\u0000"}';

class Sha256 {
  private readonly hash;
  constructor(secret?: Uint8Array | string) {
    this.hash = secret ? createHmac('sha256', secret) : createHash('sha256');
  }
  update(data: Uint8Array | string) {
    this.hash.update(data);
  }
  async digest() {
    return new Uint8Array(this.hash.digest());
  }
  reset() {}
}

const verifier = createVerifier({
  region: 'eu-west-1',
  keys: { find: async (id) => (id === KEY.accessKeyId ? { ...KEY, principal: id } : undefined) },
  nowMs: Date.now,
});

/** What API Gateway makes of a request that was signed for that path. */
async function eventOf(path: string, change: Partial<RestEvent> = {}): Promise<RestEvent> {
  const signer = new SignatureV4({ service: 'states', region: 'eu-west-1', credentials: KEY, sha256: Sha256 as never });
  const { headers } = await signer.sign({
    method: 'POST',
    protocol: 'https:',
    hostname: 'api.example',
    path,
    query: {},
    headers: {
      host: 'api.example',
      'content-type': 'application/x-amz-json-1.0',
      'content-length': String(Buffer.byteLength(BODY)),
      'x-amz-target': 'AWSStepFunctions.ListActivities',
    },
    body: BODY,
  });
  const passedOn = Object.entries(headers)
    .filter(([name]) => name !== 'content-length')
    .map(([name, value]): [string, string] => [name.replace(/\b\w/g, (letter) => letter.toUpperCase()), value]);
  return {
    httpMethod: 'POST',
    resource: '/',
    path: '/',
    headers: Object.fromEntries(passedOn),
    multiValueHeaders: Object.fromEntries(passedOn.map(([name, value]) => [name, [value]])),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    body: Buffer.from(BODY).toString('base64'),
    isBase64Encoded: true,
    requestContext: { path: '/prod/' },
    ...change,
  };
}

describe('requests through API Gateway', () => {
  test.each([
    ['with the stage', '/prod', {}],
    ['with the stage and a slash', '/prod/', { requestContext: { path: '/prod' } }],
    ['with a base path', '/base', { path: '/base', requestContext: { path: '/base' } }],
    ['of a domain before it, without the stage', '/', {}],
  ])('a signature over the path %s is verified', async (_, path, change) => {
    const request = requestOf(await eventOf(path, change));
    expect(request.path).toBe('/');
    await expect(verifier.verify(request)).resolves.toMatchObject({ principal: KEY.accessKeyId });
  });

  test('a signature over another path, or another body, is refused', async () => {
    await expect(verifier.verify(requestOf(await eventOf('/other')))).rejects.toThrow('signature');
    const changed = await eventOf('/prod', { body: Buffer.from('{}').toString('base64') });
    await expect(verifier.verify(requestOf(changed))).rejects.toThrow('signature');
  });

  test('the body has its exact bytes, and the content length that API Gateway dropped', async () => {
    const { body, headers } = requestOf(await eventOf('/prod'));
    expect(body.equals(Buffer.from(BODY))).toBe(true);
    expect(headers['content-length']).toBe(String(Buffer.byteLength(BODY)));
    expect(headers['content-type']).toBe('application/x-amz-json-1.0');
  });

  test('a query that was decoded on the way is written again', async () => {
    const event = await eventOf('/prod', { multiValueQueryStringParameters: { 'X-Amz-Credential': ['a/b c'] } });
    expect(requestOf(event).query).toBe('X-Amz-Credential=a%2Fb%20c');
  });
});

test('a long answer goes as base64, for as JSON within JSON it could outgrow what Lambda answers', () => {
  const body = JSON.stringify('"'.repeat(2_000_000));
  const result = resultOf({ status: 200, headers: ['Content-Type', 'a/b'], body });
  expect(result).toMatchObject({ statusCode: 200, headers: { 'Content-Type': 'a/b' }, isBase64Encoded: true });
  expect(Buffer.from(result.body, 'base64').toString()).toBe(body);
  expect(JSON.stringify(result).length).toBeLessThan(6_000_000);
  expect(resultOf({ status: 400, headers: [], body: '{}' })).toMatchObject({ body: '{}', isBase64Encoded: false });
});
