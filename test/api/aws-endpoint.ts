import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call of a service of AWS, as its client sent it. */
interface ServiceRequest {
  /** `AmazonSQS.SendMessage`, or the Action of a query. */
  action: string;
  body: string;
  headers: http.IncomingHttpHeaders;
}

interface ServiceAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
}

export interface AwsEndpoint {
  url: string;
  requests: ServiceRequest[];
  close(): Promise<void>;
}

/** A server on loopback that stands in for services of AWS. */
export async function startAwsEndpoint(
  answer: (request: ServiceRequest) => ServiceAnswer | Promise<ServiceAnswer>,
): Promise<AwsEndpoint> {
  const requests: ServiceRequest[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const { headers } = request;
      const body = Buffer.concat(chunks).toString();
      const target = headers['x-amz-target'];
      const action = target === undefined ? (new URLSearchParams(body).get('Action') ?? '') : String(target);
      requests.push({ action, body, headers });
      const { status = 200, headers: given = {}, body: text = '{}' } = await answer({ action, body, headers });
      response.writeHead(status, { 'x-amzn-requestid': 'r-1', 'content-type': 'application/x-amz-json-1.0', ...given });
      response.end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
