import { once } from 'node:events';
import http from 'node:http';
import { listen } from '../backends/free-port';
import type { LambdaFunction } from './lambda-function';

const INVOCATIONS = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** Lambda's Invoke, for functions that invoke functions: those of the stack, and those of executions, which are elsewhere. */
export class InvokeDoor {
  private readonly server = http.createServer((request, response) => {
    // The caller left, or nobody is there: it sees a connection that ends.
    this.take(request, response).catch(() => response.destroy());
  });
  /** Of the stack, by name. */
  functions: ReadonlyMap<string, LambdaFunction> = new Map();

  /** `elsewhere`: where a Lambda Invoke endpoint has all others. */
  constructor(private readonly elsewhere: string) {
    this.server.requestTimeout = 0;
  }

  async listen(): Promise<string> {
    return `http://${await listen(this.server)}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async take(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const [, arn = ''] = INVOCATIONS.exec(request.url!) ?? [];
    const own = this.functions.get(decodeURIComponent(arn).split(':')[6] ?? '');
    if (!own) return this.pass(request, response);
    let event = '';
    for await (const chunk of request) event += chunk;
    const outcome = await own.invoke(event);
    if (outcome.kind === 'stream') throw new Error(`${own.settings.name} streams what nobody waits for`);
    if (outcome.kind === 'error') response.setHeader('X-Amz-Function-Error', 'Unhandled');
    response.end(outcome.payload);
  }

  private async pass(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { method, headers, url } = request;
    const passed = http.request(new URL(url!, this.elsewhere), { method, headers });
    request.pipe(passed);
    const [answer] = (await once(passed, 'response')) as [http.IncomingMessage];
    response.writeHead(answer.statusCode!, answer.headers);
    answer.pipe(response);
  }
}
