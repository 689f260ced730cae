import http from 'node:http';

export interface RawRequest {
  method?: string;
  /** With the query string. */
  path?: string;
  /** What follows `AWSStepFunctions.`; undefined for no target. */
  action?: string | undefined;
  headers?: Record<string, string | string[] | undefined>;
  /** What is no text is sent as JSON. */
  body?: unknown;
}

export interface RawResponse {
  status: number;
  headers: http.IncomingHttpHeaders;
  text: string;
  /** The body as JSON; undefined when it is none. */
  json: Record<string, unknown> | undefined;
}

/** A request as no SDK would send it. */
export function sendRaw(endpoint: string, request: RawRequest): Promise<RawResponse> {
  const { method = 'POST', path = '/', action, headers = {}, body = {} } = request;
  const all: NonNullable<RawRequest['headers']> = {
    'content-type': 'application/x-amz-json-1.0',
    ...(action !== undefined && { 'x-amz-target': `AWSStepFunctions.${action}` }),
    ...headers,
  };
  const bytes = Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body);
  // Node sends none with the body of a GET.
  if (!all['transfer-encoding']) all['content-length'] = String(Buffer.byteLength(bytes));
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const options = { hostname, port, method, path, headers: given as http.OutgoingHttpHeaders, agent: false as const };
    const sent = http.request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode!, headers: response.headers, text, json: jsonOf(text) });
      });
    });
    sent.on('error', reject);
    sent.end(bytes);
  });
}

function jsonOf(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
