import { randomBytes, randomUUID } from 'node:crypto';
import http from 'node:http';
import { listen } from '../backends/free-port';
import { type LambdaFunction, PayloadTooLarge } from './lambda-function';
import { type Call, type RestApi, restEvent } from './rest-event';
import { REFUSALS, type Refusal, writeHead, writeResult } from './rest-result';
import type { Outcome } from './runtime-api';
import { splitStream } from './streamed-response';

/** A method of the API, and the function behind it. */
export interface Method {
  resource: string;
  httpMethod: string;
  function: LambdaFunction;
  timeoutMs: number;
  isStreamed: boolean;
}

const REQUEST_BYTES_MAX = 10 * 1024 * 1024;

/**
 * A regional REST API of API Gateway. As on AWS it does not tell a function that its client left, and answers every
 * failure of one with the same text.
 */
export class Front {
  private readonly server = http.createServer((request, response) => void this.take(request, response));

  /** `basePath`: the stage, as in the API's own URL; or empty, as under a custom domain. */
  constructor(
    private readonly api: RestApi,
    private readonly methods: readonly Method[],
    private readonly basePath: string,
  ) {
    this.server.requestTimeout = 0;
  }

  async listen(): Promise<string> {
    return `http://${await listen(this.server)}${this.basePath}`;
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async take(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const ids = { requestId: randomUUID(), extendedRequestId: randomBytes(11).toString('base64') };
    response.setHeader('x-amzn-RequestId', ids.requestId);
    response.setHeader('x-amz-apigw-id', ids.extendedRequestId);
    const refuse = (refusal: Refusal) => {
      if (!response.headersSent) writeHead(response, refusal);
      response.end(JSON.stringify({ message: refusal.message }));
    };
    try {
      const call: Call = { request, ids, body: await bodyOf(request), ...this.targetOf(request) };
      const method = this.methodOf(call);
      if (call.body === undefined) return refuse(REFUSALS.tooLong);
      if (!method) return refuse(REFUSALS.noSuchMethod);
      await this.invoke(method, call, response, refuse);
    } catch {
      // The client left while it was sending.
      response.destroy();
    }
  }

  private async invoke(
    method: Method,
    call: Call,
    response: http.ServerResponse,
    refuse: (refusal: Refusal) => void,
  ): Promise<void> {
    const event = JSON.stringify(restEvent(this.api, method, call));
    const timer = setTimeout(() => refuse(REFUSALS.timedOut), method.timeoutMs);
    let outcome: Outcome;
    try {
      outcome = await method.function.invoke(event);
    } catch (error) {
      return refuse(error instanceof PayloadTooLarge ? REFUSALS.tooLong : REFUSALS.failed);
    } finally {
      clearTimeout(timer);
    }
    if (response.writableEnded) return;
    // A buffered answer of a streaming method, or the other way round, is not what the other side understands.
    const isFitting = outcome.kind === (method.isStreamed ? 'stream' : 'answer');
    if (!isFitting) return refuse(REFUSALS.failed);
    if (outcome.kind === 'stream') {
      await splitStream(outcome.stream, response).catch(() => refuse(REFUSALS.failed));
    } else if (!writeResult(outcome.payload, response)) refuse(REFUSALS.failed);
  }

  private targetOf({ url }: http.IncomingMessage): { path: string; query: string } {
    const [path, ...query] = url!.split('?');
    const isOurs = path === this.basePath || path!.startsWith(`${this.basePath}/`);
    // API Gateway knows the API by its host; there is none here for another stage.
    return { path: isOurs ? path!.slice(this.basePath.length) || '/' : '', query: query.join('?') };
  }

  private methodOf({ request, path }: Call): Method | undefined {
    return this.methods.find(
      ({ resource, httpMethod }) =>
        (httpMethod === 'ANY' || httpMethod === request.method) &&
        (resource === path || (resource === '/{proxy+}' && path.length > 1)),
    );
  }
}

/** Undefined when it is too long. */
async function bodyOf(request: http.IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= REQUEST_BYTES_MAX) chunks.push(chunk);
  }
  return bytes <= REQUEST_BYTES_MAX ? Buffer.concat(chunks) : undefined;
}
