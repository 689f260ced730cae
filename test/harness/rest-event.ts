import type http from 'node:http';

/** What all events of an API have in common. */
export interface RestApi {
  apiId: string;
  accountId: string;
  region: string;
  stage: string;
  /** Whether bodies are handed on byte for byte, as base64. */
  isBinary: boolean;
}

/** One HTTP request, read. */
export interface Call {
  request: http.IncomingMessage;
  ids: { requestId: string; extendedRequestId: string };
  /** Undefined when it is too long. */
  body: Buffer | undefined;
  /** Without the stage or base path. */
  path: string;
  query: string;
}

/** Never handed on: they belong to the connection, or API Gateway has read the body by them. */
const NOT_HANDED_ON = new Set(['connection', 'content-length', 'transfer-encoding', 'keep-alive', 'expect', 'te']);

/** A proxy event of payload format 1.0, as API Gateway makes it of a request. */
export function restEvent(
  api: RestApi,
  method: { resource: string },
  { request, ids, body, path, query }: Call,
): Record<string, unknown> {
  const headers = headersOf(request);
  const parameters = queryOf(query);
  const nowMs = Date.now();
  return {
    resource: method.resource,
    path,
    httpMethod: request.method,
    headers: lasts(headers),
    multiValueHeaders: headers,
    queryStringParameters: parameters && lasts(parameters),
    multiValueQueryStringParameters: parameters,
    pathParameters: method.resource === '/{proxy+}' ? { proxy: path.slice(1) } : null,
    stageVariables: null,
    requestContext: {
      resourceId: 'root',
      resourcePath: method.resource,
      httpMethod: request.method,
      extendedRequestId: ids.extendedRequestId,
      requestTime: new Date(nowMs).toUTCString(),
      path: request.url!.split('?')[0],
      accountId: api.accountId,
      protocol: 'HTTP/1.1',
      stage: api.stage,
      domainPrefix: api.apiId,
      requestTimeEpoch: nowMs,
      requestId: ids.requestId,
      identity: { sourceIp: request.socket.remoteAddress, userAgent: request.headers['user-agent'] ?? null },
      domainName: `${api.apiId}.execute-api.${api.region}.amazonaws.com`,
      apiId: api.apiId,
    },
    body: body === undefined || body.length === 0 ? null : body.toString(api.isBinary ? 'base64' : 'utf8'),
    isBase64Encoded: api.isBinary && body !== undefined && body.length > 0,
  };
}

/** By the names that the client wrote. */
function headersOf(request: http.IncomingMessage): Record<string, string[]> {
  const headers: Record<string, string[]> = {};
  const { rawHeaders } = request;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    if (!NOT_HANDED_ON.has(name.toLowerCase())) add(headers, name, rawHeaders[at + 1]!);
  }
  const { remoteAddress = '', localPort } = request.socket;
  return {
    ...headers,
    'X-Amzn-Trace-Id': [`Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${'0'.repeat(24)}`],
    'X-Forwarded-For': [remoteAddress],
    'X-Forwarded-Port': [String(localPort)],
    'X-Forwarded-Proto': ['https'],
  };
}

function queryOf(query: string): Record<string, string[]> | null {
  if (query === '') return null;
  const parameters: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(query)) add(parameters, name, value);
  return parameters;
}

function add(all: Record<string, string[]>, name: string, value: string): void {
  all[name] = [...(all[name] ?? []), value];
}

const lasts = (all: Record<string, string[]>): Record<string, string> =>
  Object.fromEntries(Object.entries(all).map(([name, values]) => [name, values.at(-1)!]));
