import fc from 'fast-check';
import { ACTION_NAMES, BODIES } from './actions';
import type { Attack } from './attack';
import { CONTENT_TYPE } from './connections';
import { Offence } from './target';

/** Requests that are wrong before anybody looks into their bodies. */

const METHODS = ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'PURGE', 'M-SEARCH', 'POST'];
const PATHS = [
  '/',
  '//',
  '/.',
  '/../..',
  '/health',
  '/health/',
  '/HEALTH',
  '/%00',
  '/%',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/index.js',
  '/?',
  '/?x',
  '/?%',
  '/?%zz=1',
  '/?a=b&a=c',
  '/#x',
  '*',
  'http://127.0.0.1/',
  'http://[::1',
  '/a?X-Amz-Signature=1',
  `/${'a'.repeat(8000)}`,
  `/?${'a=b&'.repeat(2000)}`,
];
const CONTENT_TYPES = [
  CONTENT_TYPE,
  `${CONTENT_TYPE}; charset=utf-8`,
  `${CONTENT_TYPE};`,
  'application/json',
  'APPLICATION/JSON',
  'text/plain',
  'application/x-amz-json-1.1',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  '',
  ';',
  ';;;',
  '*/*',
  `${CONTENT_TYPE}, ${CONTENT_TYPE}`,
  'a'.repeat(4000),
];
const TARGETS = [
  ...ACTION_NAMES.map((name) => `AWSStepFunctions.${name}`),
  'AWSStepFunctions.',
  'AWSStepFunctions',
  'AWSStepFunctions.listactivities',
  'awsstepfunctions.ListActivities',
  'AWSStepFunctions.constructor',
  'AWSStepFunctions.__proto__',
  'AWSStepFunctions.toString',
  'DynamoDB_20120810.ListTables',
  'ListActivities',
  ' ',
  '',
  '../ListActivities',
  'AWSStepFunctions.ListActivities, AWSStepFunctions.ListActivities',
  'AWSStepFunctions.PublishStateMachineVersion',
  'AWSStepFunctions.RedriveExecution',
  'AWSStepFunctions.StartSyncExecution',
  'A'.repeat(8000),
];
const OTHER_HEADERS: Record<string, string>[] = [
  {},
  { expect: 'the unexpected' },
  { connection: 'Upgrade', upgrade: 'websocket' },
  { connection: 'Upgrade', upgrade: 'h2c', 'http2-settings': '' },
  { 'content-encoding': 'gzip' },
  { 'content-length': '0' },
  { 'x-amz-date': 'yesterday' },
  { authorization: 'Basic Og==' },
  { 'x-amz-security-token': 'x'.repeat(4000) },
  { cookie: 'a=b' },
  { 'x-forwarded-for': '127.0.0.1', forwarded: 'for=_x' },
  { range: 'bytes=0-' },
  { 'x-http-method-override': 'DELETE' },
  { __proto__: 'x', constructor: 'y' } as unknown as Record<string, string>,
  Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`x-h${i}`, 'v'])),
];

interface HttpRequest {
  method: string;
  path: string;
  contentType: string;
  target: string;
  others: Record<string, string>;
}

export const oddRequests: Attack<HttpRequest> = {
  what: fc.record({
    method: fc.oneof(
      { weight: 2, arbitrary: fc.constant('POST') },
      { weight: 1, arbitrary: fc.constantFrom(...METHODS) },
    ),
    path: fc.oneof({ weight: 2, arbitrary: fc.constant('/') }, { weight: 1, arbitrary: fc.constantFrom(...PATHS) }),
    contentType: fc.constantFrom(...CONTENT_TYPES),
    target: fc.constantFrom(...TARGETS),
    others: fc.constantFrom(...OTHER_HEADERS),
  }),
  async run(target, { method, path, contentType, target: action, others }) {
    const body = JSON.stringify(BODIES[action.slice('AWSStepFunctions.'.length)] ?? {});
    const headers = { 'content-type': contentType, 'x-amz-target': action, ...others };
    await target.send({ method, path, headers, body: method === 'HEAD' || 'content-length' in others ? '' : body });
  },
};

// ---- what is no HTTP

const HEAD = `Host: x\r\nContent-Type: ${CONTENT_TYPE}\r\nX-Amz-Target: AWSStepFunctions.ListActivities\r\n`;
const chunked = (body: string) => `POST / HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n${body}`;
const withHeaders = (headers: string, body = '{}') => `POST / HTTP/1.1\r\n${HEAD}${headers}\r\n\r\n${body}`;

/** Some of these are forgiven by lenient servers; each has to be answered. */
const BROKEN = [
  'GARBAGE\r\n\r\n',
  '\r\n\r\n\r\nGET\r\n\r\n',
  'POST\r\n\r\n',
  'POST / \r\n\r\n',
  'POST / HTTP/9.9\r\n\r\n',
  'POST / HTTP/1.1 HTTP/1.1\r\n\r\n',
  'POST  /  HTTP/1.1\r\n\r\n',
  'post / HTTP/1.1\r\nHost: x\r\n\r\n',
  'P\u0000ST / HTTP/1.1\r\nHost: x\r\n\r\n',
  'POST /\u0000 HTTP/1.1\r\nHost: x\r\n\r\n',
  'POST /é HTTP/1.1\r\nHost: x\r\n\r\n',
  'POST / HTTP/1.1\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
  'POST / HTTP/1.1\nHost: x\n\n',
  'POST / HTTP/1.1\r\n: no name\r\n\r\n',
  'POST / HTTP/1.1\r\nHost x\r\n\r\n',
  'POST / HTTP/1.1\r\nHo st: x\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: x\r\nX: a\u0000b\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: x\r\nX: a\r\n folded\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003',
  withHeaders('Content-Length: -1'),
  withHeaders('Content-Length: 1e3'),
  withHeaders('Content-Length: 0x2'),
  withHeaders('Content-Length: 2, 2'),
  withHeaders('Content-Length: 2\r\nContent-Length: 3'),
  withHeaders('Content-Length: 99999999999999999999'),
  withHeaders('Content-Length: 2\r\nTransfer-Encoding: chunked', '2\r\n{}\r\n0\r\n\r\n'),
  withHeaders('Transfer-Encoding: gzip'),
  withHeaders('Transfer-Encoding: chunked, identity'),
  withHeaders('Content-Length: 100'),
  withHeaders(`X-Long: ${'a'.repeat(20_000)}`),
  withHeaders(Array.from({ length: 3000 }, (_, i) => `X-${i}: v`).join('\r\n')),
  chunked('zz\r\n{}\r\n0\r\n\r\n'),
  chunked('2;ext=1\r\n{}\r\n0\r\n\r\n'),
  chunked('2\r\n{}extra\r\n0\r\n\r\n'),
  chunked('-1\r\n{}\r\n0\r\n\r\n'),
  chunked('ffffffffffffffffff\r\n{}\r\n'),
  chunked('2\r\n{}\r\n0\r\nTrailer: x\r\n\r\n'),
  chunked('2\r\n{'),
];

export const brokenHttp: Attack<[string, number, number]> = {
  what: fc.tuple(fc.constantFrom(...BROKEN), fc.nat(400), fc.nat(255)),
  show: ([text, at, byte]) => JSON.stringify({ text: text.slice(0, 300), at, byte }),
  async run(target, [text, at, byte]) {
    const raw = Buffer.from(text, 'latin1');
    // A byte of some is another one.
    if (at < raw.length && byte % 3 === 0) raw[at] = byte;
    await target.send({ raw });
  },
};

/** CONNECT asks for a tunnel, which is not for us to give: a refusal, not a silence. */
export const tunnels: Attack<string> = {
  what: fc.constantFrom('example.com:443', '127.0.0.1:80', '/', ':'),
  async run(target, where) {
    const { status } = await target.send({ raw: `CONNECT ${where} HTTP/1.1\r\nHost: ${where}\r\n\r\n` });
    if (status < 400) throw new Offence('a tunnel is opened', String(status));
  },
};
