import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a Lambda Invoke endpoint got. */
interface Invocation {
  method: string;
  path: string;
  headers: http.IncomingHttpHeaders;
  body: string;
}

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  /** Ends the connection instead of answering. */
  isCutOff?: boolean;
}

export interface LambdaServer {
  url: string;
  invocations: Invocation[];
  close(): Promise<void>;
}

/** A server on loopback that speaks Lambda's Invoke; `answer` says what to a function of that ARN. */
export async function startLambdaServer(
  answer: (functionArn: string, body: string) => Answer | Promise<Answer>,
): Promise<LambdaServer> {
  const invocations: Invocation[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const { method = '', url = '', headers } = request;
      const body = Buffer.concat(chunks).toString();
      invocations.push({ method, path: url, headers, body });
      const functionArn = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(url)?.[1] ?? '';
      const {
        status = 200,
        headers: given = {},
        body: text = '',
        isCutOff,
      } = await answer(decodeURIComponent(functionArn), body);
      if (isCutOff) request.socket.destroy();
      else response.writeHead(status, given).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    invocations,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
