import http from 'node:http';
import { listen } from '../backends/free-port';

/** What a function is invoked with. */
export interface Invocation {
  requestId: string;
  functionArn: string;
  /** When it has to have answered. */
  deadlineMs: number;
  event: string;
}

/** What came of an invocation. */
export type Outcome =
  | { kind: 'answer'; payload: string }
  /** A streamed answer: what is still to come can be read from it. */
  | { kind: 'stream'; stream: NodeJS.ReadableStream }
  | { kind: 'error'; payload: string };

export const functionError = (errorType: string, errorMessage: string): Outcome => ({
  kind: 'error',
  payload: JSON.stringify({ errorType, errorMessage }),
});

const PATHS = /^\/2018-06-01\/runtime\/(?:invocation\/(?:(next)|([\w-]+)\/(response|error))|(init\/error))$/;

interface UnderWay {
  requestId: string;
  outcome: Outcome | undefined;
  answered(outcome: Outcome): void;
  /** The runtime is ready for the next one: only then this one is over. */
  over(): void;
}

/** Lambda's runtime API for one execution environment: hands out one invocation at a time and takes its outcome. */
export class RuntimeApi {
  /** Resolves when the function is loaded; rejects when it could not be. */
  readonly ready: Promise<void>;
  private isReady!: () => void;
  private isNotReady!: (error: Error) => void;
  private waiting: http.ServerResponse | undefined;
  private underWay: UnderWay | undefined;
  private readonly server = http.createServer((request, response) => this.take(request, response));

  constructor() {
    this.ready = new Promise((resolve, reject) => {
      this.isReady = resolve;
      this.isNotReady = reject;
    });
    this.ready.catch(() => {});
    // Frozen environments keep their connection for as long as they live.
    this.server.keepAliveTimeout = 0;
    this.server.requestTimeout = 0;
  }

  async listen(): Promise<string> {
    return listen(this.server);
  }

  /** Hands it to the runtime, which has to be ready. `answered` comes before `over`, if the runtime lives. */
  begin({ requestId, functionArn, deadlineMs, event }: Invocation): {
    answered: Promise<Outcome>;
    over: Promise<void>;
  } {
    const response = this.waiting;
    if (!response) throw new Error('the runtime is not ready');
    this.waiting = undefined;
    let answered!: UnderWay['answered'];
    let over!: UnderWay['over'];
    const promises = {
      answered: new Promise<Outcome>((resolve) => {
        answered = resolve;
      }),
      over: new Promise<void>((resolve) => {
        over = resolve;
      }),
    };
    this.underWay = { requestId, outcome: undefined, answered, over };
    response.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': requestId,
      'lambda-runtime-deadline-ms': String(deadlineMs),
      'lambda-runtime-invoked-function-arn': functionArn,
      'lambda-runtime-trace-id': `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${requestId.replaceAll('-', '').slice(0, 24)};Sampled=0`,
    });
    response.end(event);
    return promises;
  }

  close(): void {
    this.isNotReady(new Error('the environment is gone'));
    this.server.close();
    this.server.closeAllConnections();
  }

  private take(request: http.IncomingMessage, response: http.ServerResponse): void {
    const [, next, requestId, kind, init] = PATHS.exec(request.url!) ?? [];
    if (next) this.next(response);
    else if (init) void this.readBody(request, response, (text) => this.isNotReady(new Error(text)));
    else if (requestId === undefined || requestId !== this.underWay?.requestId) response.writeHead(400).end('{}');
    else if (request.headers['lambda-runtime-function-response-mode'] === 'streaming') {
      this.answer({ kind: 'stream', stream: request });
      request.once('end', () => response.writeHead(202).end('{}'));
    } else {
      void this.readBody(request, response, (payload) =>
        this.answer({ kind: kind === 'response' ? 'answer' : 'error', payload }),
      );
    }
  }

  private next(response: http.ServerResponse): void {
    const { underWay } = this;
    this.waiting = response;
    this.underWay = undefined;
    this.isReady();
    underWay?.over();
  }

  private answer(outcome: Outcome): void {
    const { underWay } = this;
    if (!underWay || underWay.outcome) return;
    underWay.outcome = outcome;
    underWay.answered(outcome);
  }

  private async readBody(
    request: http.IncomingMessage,
    response: http.ServerResponse,
    use: (text: string) => void,
  ): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      // Its process died while it wrote.
      return;
    }
    use(Buffer.concat(chunks).toString());
    response.writeHead(202).end('{}');
  }
}
