import type http from 'node:http';

/** An answer that is API Gateway's own. */
export interface Refusal {
  status: number;
  errorType: string;
  message: string;
}

export const REFUSALS = {
  noSuchMethod: {
    status: 403,
    errorType: 'MissingAuthenticationTokenException',
    message: 'Missing Authentication Token',
  },
  tooLong: { status: 413, errorType: 'RequestTooLargeException', message: 'Request Too Long' },
  failed: { status: 502, errorType: 'InternalServerErrorException', message: 'Internal server error' },
  timedOut: { status: 504, errorType: 'InternalServerErrorException', message: 'Endpoint request timed out' },
} satisfies Record<string, Refusal>;

/** What a function says about the connection, and about itself, is API Gateway's to say. */
const REMAPPED = new Set(['connection', 'content-length', 'date', 'host', 'server', 'user-agent', 'www-authenticate']);
const OWN = new Set(['x-amzn-requestid', 'x-amz-apigw-id', 'x-amzn-trace-id', 'transfer-encoding']);

export function writeHead(response: http.ServerResponse, { status, errorType }: Refusal): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-ErrorType': errorType });
}

/** Hands on the headers of a function's answer, as far as they are its to set. */
export function setHeaders(response: http.ServerResponse, headers: Record<string, string | string[]>): void {
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (!OWN.has(lower)) response.setHeader(REMAPPED.has(lower) ? `x-amzn-Remapped-${name}` : name, value);
  }
}

/** Writes what a function answered; answers false for what is no proxy result. */
export function writeResult(payload: string, response: http.ServerResponse): boolean {
  const result = proxyResult(payload);
  if (!result) return false;
  const { statusCode, headers = {}, multiValueHeaders = {}, body = '', isBase64Encoded = false } = result;
  setHeaders(response, headers);
  setHeaders(response, multiValueHeaders);
  if (!response.hasHeader('content-type')) response.setHeader('content-type', 'application/json');
  const bytes = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
  response.writeHead(Number(statusCode), { 'content-length': bytes.length });
  response.end(bytes);
  return true;
}

interface ProxyResult {
  statusCode: number | string;
  headers?: Record<string, string>;
  multiValueHeaders?: Record<string, string[]>;
  body?: string | null;
  isBase64Encoded?: boolean;
}

const MEMBERS = new Set(['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded']);

function proxyResult(payload: string): ProxyResult | undefined {
  let result: ProxyResult | null;
  try {
    result = JSON.parse(payload);
  } catch {
    return undefined;
  }
  if (typeof result !== 'object' || result === null) return undefined;
  if (Object.keys(result).some((name) => !MEMBERS.has(name))) return undefined;
  const { statusCode, body } = result;
  const isFine = /^[1-5]\d\d$/.test(String(statusCode)) && ['string', 'undefined'].includes(typeof (body ?? undefined));
  return isFine ? result : undefined;
}
