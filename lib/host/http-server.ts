import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Api } from '../api/protocol';
import type { ApiRequest, ApiResponse } from '../api/request';
import type { ClientSignal } from '../ports/activity-queues';

export interface HttpServerSettings {
  host: string;
  /** 0 for any that is free. */
  port: number;
  /** Longer bodies are read to their end and not kept. */
  bodyBytesMax: number;
  /** What is answered beside the API, by path. `/health` is always there. */
  pages?: Readonly<Record<string, () => Promise<ApiResponse>>>;
}

export interface HttpServer {
  url: string;
  /** Stops listening, ends long polls and idle connections, and waits for the calls under way. */
  close(): Promise<void>;
}

/** A connection stays open between calls for longer than clients keep theirs. */
const KEEP_ALIVE_MS = 75_000;
const HEADERS_MAX_MS = 20_000;
const REQUEST_MAX_MS = 60_000;
/** Long session tokens and odd clients: what is too long for Node's default is still answered by the API. */
const HEADER_BYTES_MAX = 65_536;
/** A client that sends this much more than is allowed is cut off. */
const DRAIN_BYTES_MAX = 64_000_000;

/** Serves the API over HTTP, and `/health` beside it. Rejects when the port cannot be listened on. */
export function listen(api: Api, settings: HttpServerSettings): Promise<HttpServer> {
  const waiting = new Set<Client>();
  const pages = new Map(Object.entries({ '/health': async () => HEALTHY, ...settings.pages }));
  let isStopping = false;
  const server = http.createServer(
    {
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: HEADERS_MAX_MS,
      requestTimeout: REQUEST_MAX_MS,
      maxHeaderSize: HEADER_BYTES_MAX,
    },
    (request, response) => {
      const page = pages.get(request.url ?? '');
      readBody(request, settings.bodyBytesMax, async (body) => {
        const answer = await (page?.() ?? api(toApiRequest(request, response, body, waiting)));
        if (isStopping) response.shouldKeepAlive = false;
        send(response, answer);
      });
    },
  );
  server.on('clientError', (_, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  server.on('connect', (_, socket) => {
    socket.end('HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, settings.host, () => {
      server.off('error', reject);
      const { address, port, family } = server.address() as AddressInfo;
      resolve({
        url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
        close: () =>
          new Promise((closed) => {
            isStopping = true;
            server.close(() => closed());
            for (const client of waiting) client.leave();
            server.closeIdleConnections();
          }),
      });
    });
  });
}

const HEALTHY: ApiResponse = {
  status: 200,
  headers: ['Content-Type', 'application/json'],
  body: '{"status":"ok"}',
};

/** Reads the body; one over the limit is answered as a body one byte over it. */
function readBody(request: http.IncomingMessage, bytesMax: number, done: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= bytesMax) chunks.push(chunk);
    else if (size > bytesMax + DRAIN_BYTES_MAX) request.destroy();
  });
  request.on('end', () => {
    if (size > bytesMax) done(Buffer.alloc(bytesMax + 1));
    else done(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size));
  });
  // The client went away: nobody waits for an answer.
  request.on('error', () => {});
}

function toApiRequest(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  body: Buffer,
  waiting: Set<Client>,
): ApiRequest {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  return {
    method: request.method ?? '',
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    headers: singleHeaders(request),
    body,
    client: new Client(response, waiting),
  };
}

/** Node joins a header that comes twice, but for this one. */
function singleHeaders({ headers }: http.IncomingMessage): Record<string, string | undefined> {
  const cookies = headers['set-cookie'];
  return (cookies ? { ...headers, 'set-cookie': cookies.join(', ') } : headers) as Record<string, string | undefined>;
}

/** The other end of a connection. It counts as gone when it hangs up, and when the server stops. */
class Client implements ClientSignal {
  private call: (() => void) | undefined;
  private hasLeft = false;

  constructor(
    private readonly response: http.ServerResponse,
    private readonly waiting: Set<Client>,
  ) {}

  get isGone(): boolean {
    return this.hasLeft || this.response.destroyed;
  }

  onGone(call: () => void): () => void {
    if (!this.call) this.response.once('close', () => this.leave());
    this.call = call;
    this.waiting.add(this);
    return () => {
      this.call = undefined;
      this.waiting.delete(this);
    };
  }

  leave(): void {
    this.hasLeft = true;
    this.call?.();
  }
}

function send(response: http.ServerResponse, { status, headers, body }: ApiResponse): void {
  if (response.destroyed) return;
  response.writeHead(status, [...headers, 'Content-Length', String(Buffer.byteLength(body))]);
  response.end(body);
}
