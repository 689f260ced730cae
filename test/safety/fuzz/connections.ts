import http from 'node:http';
import net from 'node:net';

/** A request as it is to stand on the wire. Strings are sent as UTF-8. */
export interface Request {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** Bytes that are sent as they are, instead of all the above. */
  raw?: string | Buffer;
}

export interface Answer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

export const CONTENT_TYPE = 'application/x-amz-json-1.0';

/** The request that a client makes for an action. */
export function actionRequest(action: string, body: object | string | Buffer): Request {
  const isText = typeof body === 'string' || Buffer.isBuffer(body);
  return {
    headers: { 'content-type': CONTENT_TYPE, 'x-amz-target': `AWSStepFunctions.${action}` },
    body: isText ? body : JSON.stringify(body),
  };
}

/** Connections to one server: kept for requests, one for each piece of broken HTTP. */
export class Connections {
  url = new URL('http://127.0.0.1:1');
  private readonly agent = new http.Agent({ keepAlive: true });

  constructor(private readonly answerMaxMs: number) {}

  /** Rejects when no answer comes. */
  send(request: Request): Promise<Answer> {
    return request.raw === undefined ? this.ask(request) : this.throwBytes(request.raw);
  }

  close(): void {
    this.agent.destroy();
  }

  private ask({ method = 'POST', path = '/', headers = {}, body = '' }: Request): Promise<Answer> {
    const bytes = Buffer.from(body as string);
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.url;
      const length = headers['content-length'] === undefined ? { 'content-length': bytes.length } : {};
      const options = { method, path, hostname, port, agent: this.agent, headers: { ...headers, ...length } };
      const request = http.request(options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode!, headers: response.headers, body: text });
        });
      });
      request.on('error', reject);
      request.setTimeout(this.answerMaxMs, () => request.destroy(new Error('no answer in time')));
      request.end(bytes);
    });
  }

  /** Sends, says that nothing follows, and reads to the end. Answers the first answer. */
  private throwBytes(raw: string | Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      const socket = net.connect(Number(this.url.port), this.url.hostname);
      socket.setTimeout(this.answerMaxMs, () => socket.destroy(new Error('no answer in time')));
      socket.on('data', (chunk) => chunks.push(chunk));
      let lost = 'hung up without an answer';
      socket.on('error', (error) => {
        lost = error.message;
      });
      socket.on('close', () => {
        const answer = parseAnswer(Buffer.concat(chunks).toString('latin1'));
        if (answer) resolve(answer);
        else reject(new Error(lost));
      });
      socket.end(raw);
    });
  }
}

function parseAnswer(text: string): Answer | undefined {
  const match = /^HTTP\/1\.1 (\d{3})[^\r\n]*\r\n([\s\S]*?)\r\n\r\n([\s\S]*)$/.exec(
    text.replace(/^HTTP\/1\.1 100 .*\r\n\r\n/, ''),
  );
  if (!match) return undefined;
  const headers = match[2]!.split('\r\n').map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { status: Number(match[1]), headers: Object.fromEntries(headers), body: match[3]! };
}
