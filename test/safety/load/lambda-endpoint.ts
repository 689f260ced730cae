import { randomUUID } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

const SLOWEST_MS = 300;

export interface HandedToken {
  taskToken: string;
  /** The execution's name. */
  execution: string;
}

/** Functions that some servers run themselves; others have only this place for them. */
const LOCAL: Record<string, (() => Promise<object>) | undefined> = require('./functions.cjs');

/**
 * A Lambda Invoke endpoint: `remote` answers after a while, `broken` fails, `callback` passes on the token that it gets;
 * and it has the local functions too.
 */
export class LambdaEndpoint {
  /** What `remote` answered, by the name of the invocation. */
  readonly answered = new Set<string>();
  /** Who gets the tokens. */
  onToken: ((handed: HandedToken) => void) | undefined;
  private readonly server = http.createServer((request, response) => void this.answer(request, response));

  async listen(): Promise<string> {
    await new Promise<void>((listening) => this.server.listen(0, '127.0.0.1', listening));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const body = await text(request);
    const name = /%3Afunction%3A(\w+)\/invocations$/.exec(request.url!)?.[1];
    await sleep(Math.random() * SLOWEST_MS);
    if (name === 'remote') {
      const invocation = randomUUID();
      this.answered.add(invocation);
      response.end(JSON.stringify({ invocation }));
    } else if (name === 'callback') {
      this.onToken?.(JSON.parse(body));
      await sleep(Math.random() * SLOWEST_MS);
      response.end('{}');
    } else if (name === 'broken') fail(response, 'Broken', 'always');
    else if (LOCAL[name ?? '']) {
      await LOCAL[name!]!().then(
        (answer) => response.end(JSON.stringify(answer)),
        (error: Error) => fail(response, error.name, error.message),
      );
    } else {
      response.statusCode = 404;
      response.end('{}');
    }
  }
}

function fail(response: http.ServerResponse, errorType: string, errorMessage: string): void {
  response.setHeader('x-amz-function-error', 'Unhandled');
  response.end(JSON.stringify({ errorType, errorMessage }));
}
