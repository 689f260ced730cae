import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export const REGION = 'us-east-1';
const ACCOUNT = '123456789012';
export const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/any`;
export const machineArn = (name: string): string => `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${name}`;
export const activityArn = (name: string): string => `arn:aws:states:${REGION}:${ACCOUNT}:activity:${name}`;
export const functionArn = (name: string): string => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
export const executionArn = (machine: string, name: string): string =>
  `arn:aws:states:${REGION}:${ACCOUNT}:execution:${machine}:${name}`;

export interface Answer {
  status: number;
  /** The error's name, without its namespace; undefined for a success. */
  error: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: the wire is untyped, and tests look at what came.
  body: any;
}

const TRY_AGAIN_LEAST_MS = 20;
const TRY_AGAIN_MOST_MS = 400;

/** Speaks to a server that may go away and come back elsewhere, over connections that are kept. */
export class WireClient {
  url: string | undefined;
  private readonly agent = new http.Agent({ keepAlive: true });
  private isClosed = false;
  /** Calls that were sent again, after a lost connection or a 5xx. */
  retries = 0;

  constructor(url?: string) {
    this.url = url;
  }

  /** One try. Rejects when the connection is lost. */
  call(action: string, input: object): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.url === undefined) return reject(new Error('no server'));
      const text = JSON.stringify(input);
      const headers = {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `AWSStepFunctions.${action}`,
        'content-length': Buffer.byteLength(text),
      };
      const request = http.request(this.url, { method: 'POST', agent: this.agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const body = JSON.parse(Buffer.concat(chunks).toString());
          resolve({ status: response.statusCode!, error: body.__type?.split('#').at(-1), body });
        });
      });
      request.on('error', reject);
      request.end(text);
    });
  }

  /** Tries as SDKs do, but for as long as it takes: again after a lost connection and after a 5xx. */
  async ask(action: string, input: object): Promise<Answer> {
    for (let pauseMs = TRY_AGAIN_LEAST_MS; ; pauseMs = Math.min(pauseMs * 2, TRY_AGAIN_MOST_MS)) {
      const answer = await this.call(action, input).catch(() => undefined);
      if (answer && answer.status < 500) return answer;
      if (this.isClosed) throw new Error('the client is closed');
      this.retries++;
      await sleep(pauseMs * (0.5 + Math.random() / 2));
    }
  }

  /** As `ask`, for calls that cannot be refused. Answers the body. */
  // biome-ignore lint/suspicious/noExplicitAny: the wire is untyped, and tests look at what came.
  async get(action: string, input: object): Promise<any> {
    const { status, body } = await this.ask(action, input);
    if (status !== 200) throw new Error(`${action} ${JSON.stringify(input)}: ${JSON.stringify(body)}`);
    return body;
  }

  /** Every page of a list or a history. */
  async *pages(action: string, member: string, input: object): AsyncGenerator<Record<string, unknown>> {
    for (let nextToken: string | undefined; ; ) {
      const page = await this.get(action, { ...input, nextToken });
      yield* page[member];
      nextToken = page.nextToken;
      if (nextToken === undefined) return;
    }
  }

  /** Hangs up; calls under way fail. */
  close(): void {
    this.isClosed = true;
    this.agent.destroy();
  }
}
