import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { AccessKey, AccessKeys } from '../ports/access-keys';
import { ApiError } from './errors';
import type { ApiRequest } from './request';

/** Signature Version 4, header and query form (api.md section 2). Checks go in the order of AWS's front end. */

const ALGORITHM = 'AWS4-HMAC-SHA256';
const SERVICE = 'states';
const TERMINATOR = 'aws4_request';
const TOLERANCE_MS = 900_000;
const EXPIRES_MAX_SECONDS = 900;

export interface Verifier {
  /** Who signed the request. Throws ApiError when nobody known did. */
  verify(request: ApiRequest): Promise<AccessKey>;
}

export interface VerifierSettings {
  region: string;
  keys: AccessKeys;
  nowMs(): number;
}

export function createVerifier({ region, keys, nowMs }: VerifierSettings): Verifier {
  return {
    async verify(request) {
      const signed = readSignature(request);
      const signedMs = readDate(signed.date);
      checkAge(signed, signedMs, nowMs());
      const names = signed.signedHeaders.split(';');
      if (!names.includes('host')) {
        invalid("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
      }
      if (signed.algorithm !== ALGORITHM) incomplete(`Unsupported AWS 'algorithm': '${signed.algorithm}'.`);
      const [accessKeyId, day, ...scope] = splitCredential(signed.credential);
      checkScope([day, ...scope] as [string, string, string, string], signed.date, region);
      const key = await keys.find(accessKeyId);
      if (!key) throw new ApiError('UnrecognizedClientException');
      checkSignature(request, signed, names, [day, ...scope].join('/'), key);
      if (key.sessionToken !== undefined && key.sessionToken !== signed.token) {
        throw new ApiError('UnrecognizedClientException');
      }
      return key;
    },
  };
}

interface Signed {
  algorithm: string;
  credential: string;
  signedHeaders: string;
  signature: string;
  date: string;
  token: string | undefined;
  /** Query form only. */
  expiresSeconds: number | undefined;
  /** The query without the signature. */
  query: [string, string][];
}

// ---- where the signature stands

function readSignature(request: ApiRequest): Signed {
  const query = parseQuery(request.query);
  const inQuery = query.some(([name]) => name === 'X-Amz-Algorithm' || name === 'X-Amz-Signature');
  const header = request.headers.authorization;
  if (header !== undefined && inQuery) {
    invalid(
      'Only one auth mechanism allowed; the request has both an Authorization header and query-string parameters',
    );
  }
  if (inQuery) return readQueryForm(query);
  if (header === undefined || header.trim() === '') throw new ApiError('MissingAuthenticationTokenException');
  return readHeaderForm(request, header, query);
}

function readHeaderForm({ headers }: ApiRequest, header: string, query: [string, string][]): Signed {
  const [algorithm = '', ...rest] = header.trim().split(/\s+/);
  const parts = new Map(
    rest
      .join('')
      .split(',')
      .map((part): [string, string] => {
        const equals = part.indexOf('=');
        return equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
      }),
  );
  const missing = ['Credential', 'Signature', 'SignedHeaders']
    .filter((name) => !parts.get(name))
    .map((name) => `Authorization header requires '${name}' parameter. `);
  const date = headers['x-amz-date'] ?? headers.date;
  if (date === undefined) {
    missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ");
  }
  if (missing.length > 0) incomplete(missing.join('').trimEnd());
  return {
    algorithm,
    credential: parts.get('Credential')!,
    signedHeaders: parts.get('SignedHeaders')!,
    signature: parts.get('Signature')!,
    date: date!,
    token: headers['x-amz-security-token'],
    expiresSeconds: undefined,
    query,
  };
}

function readQueryForm(query: [string, string][]): Signed {
  const parameters = new Map(query);
  const missing = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-SignedHeaders', 'X-Amz-Date']
    .filter((name) => !parameters.get(name))
    .map((name) => `AWS query-string parameters must include '${name}'. `);
  if (missing.length > 0) incomplete(`${missing.join('')}Re-examine the query-string parameters.`);
  const expires = parameters.get('X-Amz-Expires');
  if (expires !== undefined && !/^\d{1,7}$/.test(expires)) incomplete('X-Amz-Expires should be a number. ');
  return {
    algorithm: parameters.get('X-Amz-Algorithm')!,
    credential: parameters.get('X-Amz-Credential')!,
    signedHeaders: parameters.get('X-Amz-SignedHeaders')!,
    signature: parameters.get('X-Amz-Signature')!,
    date: parameters.get('X-Amz-Date')!,
    token: parameters.get('X-Amz-Security-Token'),
    expiresSeconds: Math.min(Number(expires ?? EXPIRES_MAX_SECONDS), EXPIRES_MAX_SECONDS),
    query: query.filter(([name]) => name !== 'X-Amz-Signature'),
  };
}

function parseQuery(query: string): [string, string][] {
  if (query === '') return [];
  try {
    return query.split('&').map((part) => {
      const equals = part.indexOf('=');
      const [name, value] = equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
      return [decodeURIComponent(name), decodeURIComponent(value)];
    });
  } catch {
    throw new ApiError('MalformedQueryString');
  }
}

// ---- what it says

function readDate(date: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  const [, year, month, day, hour, minute, second] = match ?? [];
  const ms = match ? Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) : Number.NaN;
  if (Number.isNaN(ms)) {
    incomplete(`Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601.`);
  }
  return ms;
}

function checkAge({ date, expiresSeconds }: Signed, signedMs: number, nowMs: number): void {
  const now = basicFormat(nowMs);
  const lifeMs = expiresSeconds === undefined ? TOLERANCE_MS : expiresSeconds * 1000;
  if (signedMs + lifeMs < nowMs) {
    const limit = basicFormat(nowMs - lifeMs);
    invalid(`Signature expired: ${date} is now earlier than ${limit} (${now} - ${Math.round(lifeMs / 60_000)} min.)`);
  }
  if (signedMs > nowMs + TOLERANCE_MS) {
    invalid(
      `Signature not yet current: ${date} is still later than ${basicFormat(nowMs + TOLERANCE_MS)} (${now} + 15 min.)`,
    );
  }
}

const basicFormat = (ms: number): string => new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, '');

function splitCredential(credential: string): [string, string, string, string, string] {
  const parts = credential.split('/');
  if (parts.length !== 5) incomplete(`Credential must have exactly 5 slash-delimited elements, got '${credential}'.`);
  return parts as [string, string, string, string, string];
}

function checkScope(
  [day, region, service, terminator]: [string, string, string, string],
  date: string,
  own: string,
): void {
  if (region !== own) invalid(`Credential should be scoped to a valid region, not '${region}'.`);
  if (service !== SERVICE) invalid(`Credential should be scoped to correct service: '${SERVICE}'.`);
  if (terminator !== TERMINATOR)
    invalid(`Credential should be scoped with a valid terminator: '${TERMINATOR}', not '${terminator}'.`);
  if (day !== date.slice(0, 8)) {
    invalid(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${day}' != '${date.slice(0, 8)}'`,
    );
  }
}

// ---- whether it is right

function checkSignature(request: ApiRequest, signed: Signed, names: string[], scope: string, key: AccessKey): void {
  const given = Buffer.from(signed.signature);
  for (const path of (request.signedPaths ?? [request.path]).flatMap(canonicalPaths)) {
    const canonical = [
      request.method,
      path,
      canonicalQuery(signed.query),
      ...names.map((name) => `${name}:${canonicalHeader(request.headers, name)}`),
      '',
      names.join(';'),
      bodyHash(request),
    ].join('\n');
    const toSign = [ALGORITHM, signed.date, scope, sha256(canonical)].join('\n');
    const expected = Buffer.from(hmac(signingKey(key.secretAccessKey, scope), toSign).toString('hex'));
    if (expected.length === given.length && timingSafeEqual(expected, given)) return;
  }
  throw new ApiError(
    'InvalidSignatureException',
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  );
}

/** Clients differ about a slash at the end. */
function canonicalPaths(path: string): string[] {
  const encoded = path.split('/').map(encode).join('/');
  if (encoded === '/' || encoded === '') return ['/'];
  return encoded.endsWith('/') ? [encoded, encoded.slice(0, -1)] : [encoded, `${encoded}/`];
}

function canonicalQuery(query: [string, string][]): string {
  return query
    .map(([name, value]): [string, string] => [encode(name), encode(value)])
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const canonicalHeader = (headers: ApiRequest['headers'], name: string): string =>
  (Object.hasOwn(headers, name) ? (headers[name] ?? '') : '').trim().replace(/\s+/g, ' ');

const bodyHash = ({ headers, body }: ApiRequest): string =>
  headers['x-amz-content-sha256'] === 'UNSIGNED-PAYLOAD' ? 'UNSIGNED-PAYLOAD' : sha256(body);

function signingKey(secret: string, scope: string): Buffer {
  return scope.split('/').reduce((key: Buffer | string, part) => hmac(key, part), `AWS4${secret}`) as Buffer;
}

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: Buffer | string, data: string): Buffer => createHmac('sha256', key).update(data).digest();

function incomplete(text: string): never {
  throw new ApiError('IncompleteSignatureException', text);
}

function invalid(text: string): never {
  throw new ApiError('InvalidSignatureException', text);
}
