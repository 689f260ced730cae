import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CreateActivityCommand, ListActivitiesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from '../../lib/adapters/lambda/sha256';
import { temporaryFolder } from '../contract/temporary-folder';
import { type RawResponse, sendRaw } from './raw-request';
import { uniqueName } from './service';

const REGION = 'eu-central-1';
const KEYS = {
  all: { accessKeyId: 'AKIAALL', secretAccessKey: 'all/secret+key', principal: 'arn:aws:iam::123456789012:user/all' },
  reader: {
    accessKeyId: 'AKIAREADER',
    secretAccessKey: 'reader-secret',
    principal: 'arn:aws:iam::123456789012:user/reader',
    allowedActions: ['ListActivities', 'DescribeActivity'],
  },
  temporary: { accessKeyId: 'ASIATEMPORARY', secretAccessKey: 'temporary-secret', sessionToken: 'session/token+1==' },
};
const TARGET = 'AWSStepFunctions.ListActivities';
const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';
const MINUTE_MS = 60_000;

/** The command with --auth, and where it listens. */
const server = { url: '', process: undefined as ChildProcess | undefined };
const folder = temporaryFolder();
beforeAll(async () => {
  const keyFile = join(folder, 'keys.json');
  writeFileSync(keyFile, JSON.stringify(Object.values(KEYS)));
  const command = join(__dirname, '../../dist/cli.js');
  const words = [command, 'start', '--port', '0', '--memory', '--region', REGION, '--auth', keyFile];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  server.process = child;
  for await (const line of createInterface({ input: child.stdout })) {
    server.url = /listens on (http:\S+)/.exec(line)?.[1] ?? '';
    if (server.url) break;
  }
  expect(server.url).not.toBe('');
});
afterAll(async () => {
  const exit = once(server.process!, 'exit');
  server.process!.kill('SIGTERM');
  await exit;
});

interface Signing {
  keys?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  region?: string;
  service?: string;
  date?: Date;
  headers?: Record<string, string>;
  query?: Record<string, string>;
  path?: string;
  body?: string;
}

interface Signed {
  path: string;
  headers: Record<string, string>;
  body: string;
}

const signerOf = ({ keys = KEYS.all, region = REGION, service = 'states' }: Signing) =>
  new SignatureV4({ service, region, credentials: keys, sha256: Sha256, applyChecksum: false });

const requestOf = ({ headers = {}, query = {}, path = '/', body = '{}' }: Signing) => {
  const { host, hostname } = new URL(server.url);
  const all = { host, 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': TARGET, ...headers };
  return { method: 'POST', protocol: 'http:', hostname, path, query, headers: all, body };
};

const queryText = (query: Record<string, unknown> | undefined): string => {
  const text = Object.entries(query ?? {})
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join('&');
  return text === '' ? '' : `?${text}`;
};

/** The request with the signature of an AWS SDK in its headers. */
async function inHeader(signing: Signing = {}): Promise<Signed> {
  const { headers, query, path, body } = await signerOf(signing).sign(requestOf(signing), {
    signingDate: signing.date ?? new Date(),
  });
  return { path: path + queryText(query), headers, body };
}

/** The request with the signature in its query. */
async function inQuery(signing: Signing = {}, expiresIn = 900): Promise<Signed> {
  const request = requestOf(signing);
  const { headers, query, path, body } = await signerOf(signing).presign(request, {
    signingDate: signing.date ?? new Date(),
    expiresIn,
    unhoistableHeaders: new Set(['x-amz-target', 'x-amz-content-sha256']),
  });
  return { path: path + queryText(query), headers, body };
}

const send = ({ path, headers, body }: Signed): Promise<RawResponse> => sendRaw(server.url, { path, headers, body });

/** An error as a client reads it. */
async function refusalOf(response: RawResponse | Promise<RawResponse>) {
  const { status, json } = await response;
  const { __type, message, Message } = json as Record<string, string>;
  return { status, type: __type!.replace('com.amazon.coral.service#', ''), message: message ?? Message };
}
const refusal = (status: number, type: string, message: unknown) => ({ status, type, message });
const invalid = (message: unknown) => refusal(403, 'InvalidSignatureException', message);
const incomplete = (message: unknown) => refusal(400, 'IncompleteSignatureException', message);

/** The request with another Authorization header. */
const authorized = ({ path, headers, body }: Signed, change: (authorization: string) => string): Signed => ({
  path,
  headers: { ...headers, authorization: change(headers.authorization!) },
  body,
});
const without = ({ path, headers, body }: Signed, ...names: string[]): Signed => ({
  path,
  headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name))),
  body,
});
/** The request with parameters of its query changed; undefined takes one away. */
function requeried({ path, headers, body }: Signed, change: Record<string, string | undefined>): Signed {
  const url = new URL(path, server.url);
  const query = Object.fromEntries(url.searchParams);
  const changed = Object.entries({ ...query, ...change }).filter(([, value]) => value !== undefined);
  return { path: url.pathname + queryText(Object.fromEntries(changed)), headers, body };
}
const basic = (ms: number): string => new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, '');

describe('a signature that is right', () => {
  test.each(Object.keys(KEYS) as (keyof typeof KEYS)[])('in the header, with the key %s', async (name) => {
    expect((await send(await inHeader({ keys: KEYS[name] }))).status).toBe(200);
  });

  test.each(Object.keys(KEYS) as (keyof typeof KEYS)[])('in the query, with the key %s', async (name) => {
    expect((await send(await inQuery({ keys: KEYS[name] }))).status).toBe(200);
  });

  test('an AWS SDK makes it', async () => {
    const client = new SFNClient({ endpoint: server.url, region: REGION, credentials: KEYS.all, maxAttempts: 1 });
    const name = uniqueName('ü-activity');
    const { activityArn } = await client.send(new CreateActivityCommand({ name }));
    expect(activityArn).toBe(`arn:aws:states:${REGION}:123456789012:activity:${name}`);
    client.destroy();
  });

  test('an AWS SDK makes it with a temporary key', async () => {
    const client = new SFNClient({ endpoint: server.url, region: REGION, credentials: KEYS.temporary, maxAttempts: 1 });
    expect((await client.send(new ListActivitiesCommand({}))).$metadata.httpStatusCode).toBe(200);
    client.destroy();
  });

  test.each([
    ['a body beyond ASCII', { body: '{"nothing":"ü\u{1f4a1}"}' }],
    ['white space in the body', { body: ' {\n}\t' }],
    ['a query', { query: { b: '2', a: '1 x', 'c/d': 'é=&+~', empty: '' } }],
    ['names in the query that sort by byte', { query: { a: '1', B: '2', _: '3', 'a-b': '4', ab: '5' } }],
    ['headers with runs of spaces', { headers: { 'x-amz-meta': '  a   b  ' } }],
    ['a header beside those that are needed', { headers: { 'x-custom': 'value' } }],
    ['a token that a permanent key does not need', { keys: { ...KEYS.all, sessionToken: 'ignored' } }],
  ])('%s', async (_, signing: Signing) => {
    expect((await send(await inHeader(signing))).status).toBe(200);
  });

  test('a body that says of itself that it is not signed', async () => {
    const signed = await inHeader({ headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } });
    expect((await send({ ...signed, body: '{"maxResults":1}' })).status).toBe(200);
  });

  test('the date may stand in Date, in ISO 8601 basic form', async () => {
    const date = basic(Date.now());
    const headers = { date, 'x-amz-target': TARGET };
    const signed = handSigned({ headers, date });
    expect((await send(signed)).status).toBe(200);
  });

  test('X-Amz-Date wins over Date', async () => {
    const signed = await inHeader({ headers: { date: 'Mon, 01 Jan 2001 00:00:00 GMT' } });
    expect((await send(signed)).status).toBe(200);
  });

  test('the parts of the header may stand in any order, with or without spaces', async () => {
    const signed = await inHeader();
    const reordered = authorized(signed, (text) => {
      const [algorithm, ...parts] = text.split(/[ ,]+/);
      return `${algorithm}  ${parts.reverse().join(',')}`;
    });
    expect((await send(reordered)).status).toBe(200);
  });
});

describe('nothing', () => {
  test.each([undefined, '', ' '])('an Authorization header of %j', async (authorization) => {
    const { path, headers, body } = without(await inHeader(), 'authorization');
    const given = authorization === undefined ? headers : { ...headers, authorization };
    expect(await refusalOf(send({ path, headers: given, body }))).toEqual(
      refusal(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token'),
    );
  });
});

describe('both forms at once', () => {
  test('InvalidSignatureException', async () => {
    const { headers } = await inHeader();
    const { path, body } = await inQuery();
    expect(await refusalOf(send({ path, headers, body }))).toEqual(invalid(expect.stringMatching(/only one auth/i)));
  });
});

describe('parts that are missing: IncompleteSignatureException', () => {
  const part = (name: string) => `Authorization header requires '${name}' parameter.`;
  const DATE = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.";

  test.each(['Credential', 'Signature', 'SignedHeaders'])('%s of the header', async (name) => {
    const signed = authorized(await inHeader(), (text) => text.replace(new RegExp(`${name}=[^,]+,?`), ''));
    expect(await refusalOf(send(signed))).toEqual(incomplete(expect.stringContaining(part(name))));
  });

  test('the date', async () => {
    const signed = without(await inHeader(), 'x-amz-date');
    expect(await refusalOf(send(signed))).toEqual(incomplete(expect.stringContaining(DATE)));
  });

  test('all that is missing is told', async () => {
    const signed = without(
      authorized(await inHeader(), () => 'AWS4-HMAC-SHA256'),
      'x-amz-date',
    );
    const { message } = await refusalOf(send(signed));
    for (const text of [part('Credential'), part('Signature'), part('SignedHeaders'), DATE]) {
      expect(message).toContain(text);
    }
  });

  test('another scheme has none of them', async () => {
    const signed = authorized(await inHeader(), () => 'Bearer token');
    expect(await refusalOf(send(signed))).toEqual(incomplete(expect.stringContaining(part('Credential'))));
  });

  test.each(['X-Amz-Credential', 'X-Amz-SignedHeaders', 'X-Amz-Date', 'X-Amz-Signature', 'X-Amz-Algorithm'])(
    '%s of the query',
    async (name) => {
      const signed = requeried(await inQuery(), { [name]: undefined });
      expect(await refusalOf(send(signed))).toEqual(
        incomplete(`AWS query-string parameters must include '${name}'. Re-examine the query-string parameters.`),
      );
    },
  );

  test('all that is missing of the query is told', async () => {
    const signed = requeried(await inQuery(), { 'X-Amz-Credential': undefined, 'X-Amz-Date': undefined });
    const { message } = await refusalOf(send(signed));
    expect(message).toMatch(/'X-Amz-Credential'.*'X-Amz-Date'.*Re-examine the query-string parameters\.$/);
  });
});

describe('the query', () => {
  test('a bad escape in it: MalformedQueryString', async () => {
    const { path, headers, body } = await inQuery();
    expect(await refusalOf(send({ path: `${path}&x=%zz`, headers, body }))).toMatchObject({
      status: 404,
      type: 'MalformedQueryString',
    });
  });
});

describe('the date', () => {
  test.each(['yesterday', '2026-01-01T00:00:00Z', '20261301T000000Z', '20260101', ''.padEnd(5)])(
    '%j is none: IncompleteSignatureException',
    async (date) => {
      const { path, headers, body } = await inHeader();
      const signed = { path, headers: { ...headers, 'x-amz-date': date }, body };
      const { status, type } = await refusalOf(send(signed));
      expect({ status, type }).toEqual({ status: 400, type: 'IncompleteSignatureException' });
    },
  );

  test('the message shows it', async () => {
    const signed = requeried(await inQuery(), { 'X-Amz-Date': 'yesterday' });
    expect(await refusalOf(send(signed))).toEqual(incomplete(expect.stringContaining("Got 'yesterday'")));
  });

  test.each([-14, 14])('%i minutes away is near enough', async (minutes) => {
    const date = new Date(Date.now() + minutes * MINUTE_MS);
    expect((await send(await inHeader({ date }))).status).toBe(200);
  });

  test('more than 15 minutes ago: Signature expired', async () => {
    const date = new Date(Date.now() - 16 * MINUTE_MS);
    const pattern = new RegExp(
      `^Signature expired: ${basic(date.getTime())} is now earlier than \\d{8}T\\d{6}Z \\(\\d{8}T\\d{6}Z - 15 min\\.\\)$`,
    );
    expect(await refusalOf(send(await inHeader({ date })))).toEqual(invalid(expect.stringMatching(pattern)));
    expect(await refusalOf(send(await inQuery({ date })))).toEqual(invalid(expect.stringMatching(pattern)));
  });

  test('more than 15 minutes ahead: Signature not yet current', async () => {
    const date = new Date(Date.now() + 16 * MINUTE_MS);
    const pattern = new RegExp(`^Signature not yet current: ${basic(date.getTime())} is still later than `);
    expect(await refusalOf(send(await inHeader({ date })))).toEqual(invalid(expect.stringMatching(pattern)));
    expect(await refusalOf(send(await inQuery({ date })))).toEqual(invalid(expect.stringMatching(pattern)));
  });

  test('past X-Amz-Expires: Signature expired', async () => {
    const date = new Date(Date.now() - 2 * MINUTE_MS);
    expect((await send(await inQuery({ date }, 300))).status).toBe(200);
    expect(await refusalOf(send(await inQuery({ date }, 60)))).toEqual(
      invalid(expect.stringMatching(/^Signature expired: .* - 1 min\.\)$/)),
    );
  });

  test('X-Amz-Expires of more than 15 minutes counts as 15', async () => {
    const date = new Date(Date.now() - 16 * MINUTE_MS);
    expect(await refusalOf(send(await inQuery({ date }, 86_400)))).toEqual(
      invalid(expect.stringMatching(/^Signature expired: /)),
    );
  });
});

describe('the signed headers', () => {
  test('have to hold host', async () => {
    const signed = authorized(await inHeader(), (text) => text.replace(/host;/, ''));
    expect(await refusalOf(send(signed))).toEqual(invalid(expect.stringContaining('Host')));
  });
});

describe('the algorithm', () => {
  test.each(['AWS4-HMAC-SHA512', 'AWS3', 'aws4-hmac-sha256'])('%s: IncompleteSignatureException', async (name) => {
    const signed = authorized(await inHeader(), (text) => text.replace('AWS4-HMAC-SHA256', name));
    expect(await refusalOf(send(signed))).toEqual(incomplete(`Unsupported AWS 'algorithm': '${name}'.`));
    const queried = requeried(await inQuery(), { 'X-Amz-Algorithm': name });
    expect(await refusalOf(send(queried))).toEqual(incomplete(`Unsupported AWS 'algorithm': '${name}'.`));
  });
});

describe('the credential', () => {
  const recredited = async (change: (credential: string) => string) => {
    const header = authorized(await inHeader(), (text) =>
      text.replace(/Credential=([^,]+)/, (_, credential) => `Credential=${change(credential)}`),
    );
    const query = await inQuery();
    const credential = new URL(query.path, server.url).searchParams.get('X-Amz-Credential')!;
    return [header, requeried(query, { 'X-Amz-Credential': change(credential) })] as const;
  };

  test.each(['AKIAALL', 'AKIAALL/20260101/states/aws4_request', 'a/b/c/d/e/f'])(
    '%s has no five parts: IncompleteSignatureException',
    async (credential) => {
      for (const signed of await recredited(() => credential)) {
        expect(await refusalOf(send(signed))).toEqual(
          incomplete(`Credential must have exactly 5 slash-delimited elements, got '${credential}'.`),
        );
      }
    },
  );

  test.each([
    ['the region', REGION, 'us-east-1', "Credential should be scoped to a valid region, not 'us-east-1'."],
    ['the service', 'states', 'dynamodb', "Credential should be scoped to correct service: 'states'."],
    [
      'the terminator',
      'aws4_request',
      'aws5_request',
      "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'.",
    ],
  ])('%s has to be right: InvalidSignatureException', async (_, right, wrong, message) => {
    for (const signed of await recredited((credential) => credential.replace(right, wrong))) {
      expect(await refusalOf(send(signed))).toEqual(invalid(message));
    }
  });

  test('the day has to be that of the date', async () => {
    for (const signed of await recredited((credential) => credential.replace(/\/\d{8}\//, '/20010101/'))) {
      expect(await refusalOf(send(signed))).toEqual(
        invalid(
          expect.stringMatching(
            /^Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20010101' != '\d{8}'$/,
          ),
        ),
      );
    }
  });

  test('a signature for another region or service does not do, even when it is right', async () => {
    expect(await refusalOf(send(await inHeader({ region: 'us-east-1' })))).toMatchObject(invalid(expect.any(String)));
    expect(await refusalOf(send(await inHeader({ service: 'sqs' })))).toMatchObject(invalid(expect.any(String)));
  });
});

describe('the key', () => {
  const unknown = refusal(403, 'UnrecognizedClientException', 'The security token included in the request is invalid.');

  test.each(['AKIANONE', 'akiaall', '__proto__'])(
    '%s is not known: UnrecognizedClientException',
    async (accessKeyId) => {
      const keys = { accessKeyId, secretAccessKey: KEYS.all.secretAccessKey };
      expect(await refusalOf(send(await inHeader({ keys })))).toEqual(unknown);
      expect(await refusalOf(send(await inQuery({ keys })))).toEqual(unknown);
    },
  );

  test.each([undefined, 'another', ''])(
    'a temporary key with the token %j: UnrecognizedClientException',
    async (sessionToken) => {
      const { accessKeyId, secretAccessKey } = KEYS.temporary;
      const keys = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
      expect(await refusalOf(send(await inHeader({ keys })))).toEqual(unknown);
      expect(await refusalOf(send(await inQuery({ keys })))).toEqual(unknown);
    },
  );
});

describe('a signature that is wrong: InvalidSignatureException', () => {
  test.each([inHeader, inQuery])('by another secret (%p)', async (sign) => {
    const keys = { ...KEYS.all, secretAccessKey: 'another' };
    expect(await refusalOf(send(await sign({ keys })))).toEqual(invalid(MISMATCH));
  });

  test('with the secret of another key', async () => {
    const keys = { ...KEYS.all, secretAccessKey: KEYS.reader.secretAccessKey };
    expect(await refusalOf(send(await inHeader({ keys })))).toEqual(invalid(MISMATCH));
  });

  test.each([
    ['other digits', (signature: string) => signature.replace(/./g, (digit) => (digit === '0' ? '1' : '0'))],
    ['upper case', (signature: string) => signature.toUpperCase()],
    ['one digit less', (signature: string) => signature.slice(1)],
    ['more digits', (signature: string) => `${signature}0`],
    ['what is no hex', () => 'ü'.repeat(32)],
  ])('with %s', async (_, change) => {
    const query = await inQuery();
    const signature = new URL(query.path, server.url).searchParams.get('X-Amz-Signature')!;
    expect(await refusalOf(send(requeried(query, { 'X-Amz-Signature': change(signature) })))).toEqual(
      invalid(MISMATCH),
    );
  });

  test.each([
    ['the body', (signed: Signed) => ({ ...signed, body: '{ }' })],
    [
      'the target',
      (signed: Signed) => ({
        ...signed,
        headers: { ...signed.headers, 'x-amz-target': 'AWSStepFunctions.ListStateMachines' },
      }),
    ],
    [
      'the content type',
      (signed: Signed) => ({ ...signed, headers: { ...signed.headers, 'content-type': 'application/json' } }),
    ],
    ['the query', (signed: Signed) => ({ ...signed, path: '/?x=1' })],
    ['the host', (signed: Signed) => ({ ...signed, headers: { ...signed.headers, host: 'localhost' } })],
    [
      'the list of signed headers',
      (signed: Signed) => authorized(signed, (text) => text.replace('SignedHeaders=', 'SignedHeaders=accept;')),
    ],
  ])('over another request: %s', async (_, change) => {
    expect(await refusalOf(send(change(await inHeader())))).toEqual(invalid(MISMATCH));
  });

  test('the body of a presigned request', async () => {
    expect(await refusalOf(send({ ...(await inQuery()), body: '{ }' }))).toEqual(invalid(MISMATCH));
  });

  test('no message holds a secret', async () => {
    const answers = [
      await send(await inHeader({ keys: { ...KEYS.all, secretAccessKey: 'another' } })),
      await send(await inQuery({ keys: { ...KEYS.temporary, sessionToken: 'another' } })),
    ];
    for (const { text } of answers) {
      for (const { secretAccessKey } of Object.values(KEYS)) expect(text).not.toContain(secretAccessKey);
      expect(text).not.toContain(KEYS.temporary.sessionToken);
    }
  });
});

describe('allowed actions', () => {
  const as = (keys: Signing['keys'], action: string, body: object) =>
    inHeader({ keys, headers: { 'x-amz-target': `AWSStepFunctions.${action}` }, body: JSON.stringify(body) }).then(
      send,
    );

  test('a key may call what it is allowed to', async () => {
    expect((await as(KEYS.reader, 'ListActivities', {})).status).toBe(200);
  });

  test('it may not call others: AccessDeniedException, with Message', async () => {
    const response = await as(KEYS.reader, 'CreateActivity', { name: uniqueName('activity') });
    expect(response.status).toBe(400);
    expect(response.json).toEqual({
      __type: 'com.amazon.coral.service#AccessDeniedException',
      Message: expect.stringMatching(
        /^User: arn:aws:iam::123456789012:user\/reader is not authorized to perform: states:CreateActivity/,
      ),
    });
  });

  test('a key without a list may call all', async () => {
    expect((await as(KEYS.temporary, 'CreateActivity', { name: uniqueName('activity') })).status).toBe(200);
  });
});

describe('the order of checks', () => {
  const wrong = { keys: { accessKeyId: 'AKIANONE', secretAccessKey: 'x' } };
  const typeOf = async (signed: Signed) => (await refusalOf(send(signed))).type;

  test('the target before the signature', async () => {
    const headers = { 'x-amz-target': 'AWSStepFunctions.NoSuchAction' };
    expect(await typeOf(await inHeader({ ...wrong, headers }))).toBe('UnknownOperationException');
  });

  test('the body before the signature', async () => {
    expect(await typeOf(await inHeader({ ...wrong, body: 'not json' }))).toBe('SerializationException');
  });

  test('the signature before the members', async () => {
    expect(await typeOf(await inHeader({ ...wrong, body: '{"maxResults":"x"}' }))).toBe('UnrecognizedClientException');
  });

  test('permission before the members', async () => {
    const headers = { 'x-amz-target': 'AWSStepFunctions.CreateActivity' };
    expect(await typeOf(await inHeader({ keys: KEYS.reader, headers, body: '{"name":7}' }))).toBe(
      'AccessDeniedException',
    );
  });

  test('the age before the algorithm, the algorithm before the credential', async () => {
    const odd = (signed: Signed) =>
      authorized(signed, (text) => text.replace('AWS4-HMAC-SHA256', 'AWS4-ECDSA').replace('/aws4_request', ''));
    const date = new Date(Date.now() - 16 * MINUTE_MS);
    expect((await refusalOf(send(odd(await inHeader({ date }))))).message).toMatch(/^Signature expired/);
    expect((await refusalOf(send(odd(await inHeader())))).message).toBe("Unsupported AWS 'algorithm': 'AWS4-ECDSA'.");
  });

  test('the age before the scope, the scope before the key', async () => {
    const date = new Date(Date.now() - 16 * MINUTE_MS);
    const old = await refusalOf(send(await inHeader({ ...wrong, date, region: 'us-east-1' })));
    expect(old.message).toMatch(/^Signature expired/);
    const scoped = await refusalOf(send(await inHeader({ ...wrong, region: 'us-east-1' })));
    expect(scoped.message).toMatch(/valid region/);
  });

  test('the key before the signature, the signature before the token', async () => {
    expect(await typeOf(await inHeader(wrong))).toBe('UnrecognizedClientException');
    const keys = { accessKeyId: KEYS.temporary.accessKeyId, secretAccessKey: 'another', sessionToken: 'another' };
    expect(await typeOf(await inHeader({ keys }))).toBe('InvalidSignatureException');
  });
});

/** A signature by hand, where no SDK makes one: over `date` instead of `x-amz-date`. */
function handSigned({ headers, date }: { headers: Record<string, string>; date: string }): Signed {
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const all: Record<string, string> = { ...headers, host: new URL(server.url).host };
  const names = Object.keys(all).sort();
  const canonical = [
    'POST',
    '/',
    '',
    ...names.map((name) => `${name}:${all[name]}`),
    '',
    names.join(';'),
    sha256('{}'),
  ].join('\n');
  const scope = `${date.slice(0, 8)}/${REGION}/states/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
  const key = scope
    .split('/')
    .reduce((key: string | Buffer, part) => hmac(key, part), `AWS4${KEYS.all.secretAccessKey}`);
  const signature = hmac(key, toSign).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${KEYS.all.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { path: '/', headers: { ...all, authorization }, body: '{}' };
}
