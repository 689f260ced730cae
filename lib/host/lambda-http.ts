import type { ApiRequest, ApiResponse } from '../api/request';

/** What API Gateway sends for a call of a REST API (payload format 1.0), of all that is in it. */
export interface RestEvent {
  httpMethod: string;
  /** The method's own path, as it is in the API. */
  resource: string;
  /** Without the stage; with the base path of a custom domain. */
  path: string;
  headers: Record<string, string | undefined> | null;
  multiValueHeaders: Record<string, string[] | undefined> | null;
  /** Decoded. */
  queryStringParameters: Record<string, string | undefined> | null;
  multiValueQueryStringParameters: Record<string, string[] | undefined> | null;
  body: string | null;
  isBase64Encoded: boolean;
  /** `path`: as it was sent, with the stage or the base path. */
  requestContext: { path?: string };
}

export interface RestResult {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
  isBase64Encoded: boolean;
}

/** API Gateway does not tell that a client hung up. */
const STAYS = { isGone: false, onGone: () => () => {} };
/**
 * Lambda answers at most 6 MB, and writes a body once more as JSON: 4 MB of history would grow to 8. As base64 it
 * grows by a third.
 */
const BASE64_FROM_BYTES = 2_000_000;

/** The request as the client sent it, as far as API Gateway lets that be seen. */
export function requestOf(event: RestEvent): ApiRequest {
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  const headers = headersOf(event);
  // Signed by some clients, and not passed on.
  headers['content-length'] ??= String(body.length);
  const { path = event.path } = event.requestContext;
  return {
    method: event.httpMethod,
    path: event.resource === '/' ? '/' : event.path,
    signedPaths: [...new Set([path, event.path])],
    query: queryOf(event),
    headers,
    body,
    // A fresh one for each call: who comes again with the same is known to have had no use for what it got.
    client: { ...STAYS },
  };
}

function headersOf({ headers, multiValueHeaders }: RestEvent): Record<string, string | undefined> {
  const found: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(headers ?? {})) found[name.toLowerCase()] = value;
  for (const [name, values] of Object.entries(multiValueHeaders ?? {})) {
    if (values) found[name.toLowerCase()] = values.join(', ');
  }
  return found;
}

function queryOf({ queryStringParameters, multiValueQueryStringParameters }: RestEvent): string {
  const all = multiValueQueryStringParameters ?? queryStringParameters ?? {};
  return Object.entries(all)
    .flatMap(([name, values]) => [values ?? ''].flat().map((value) => [name, value]))
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .join('&');
}

export function resultOf({ status, headers, body }: ApiResponse): RestResult {
  const isBase64Encoded = Buffer.byteLength(body) >= BASE64_FROM_BYTES;
  return {
    statusCode: status,
    headers: headersFrom(headers),
    body: isBase64Encoded ? Buffer.from(body).toString('base64') : body,
    isBase64Encoded,
  };
}

/** Names and values in turn, as an object. */
export function headersFrom(list: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let at = 0; at < list.length; at += 2) headers[list[at]!] = list[at + 1]!;
  return headers;
}
