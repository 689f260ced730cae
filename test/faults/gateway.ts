import { createServer, type IncomingHttpHeaders, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HOST } from '../backends/free-port';

/** An error as DynamoDB answers it. */
export interface Fault {
  status: number;
  type: string;
  message: string;
}

export const THROTTLED: Fault = {
  status: 400,
  type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
  message: 'The level of configured provisioned throughput for the table was exceeded',
};
export const DENIED: Fault = {
  status: 400,
  type: 'com.amazon.coral.service#AccessDeniedException',
  message: 'User: arn:aws:iam::123456789012:user/u is not authorized to perform: dynamodb:PutItem on the table',
};

/** Stands before a store, and answers itself what the rule of the moment says. */
export class Gateway {
  /** Undefined for what goes on to the store. The operation is a name like `PutItem`; attempts count from 1. */
  rule: (operation: string, attempt: number) => Fault | undefined = () => undefined;
  /** Requests that were answered here. */
  refused = 0;
  private readonly server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => this.answer(incoming.headers, Buffer.concat(chunks), response));
  });

  private constructor(private readonly store: URL) {}

  static async before(endpoint: string): Promise<Gateway> {
    const gateway = new Gateway(new URL(endpoint));
    await new Promise<void>((listening) => gateway.server.listen(0, HOST, listening));
    return gateway;
  }

  get endpoint(): string {
    return `http://${HOST}:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private answer(headers: IncomingHttpHeaders, body: Buffer, response: ServerResponse): void {
    const attempt = Number(/attempt=(\d+)/.exec(String(headers['amz-sdk-request']))?.[1]);
    const fault = this.rule(String(headers['x-amz-target']).split('.')[1]!, attempt);
    if (fault) {
      this.refused++;
      response.writeHead(fault.status, { 'Content-Type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ __type: fault.type, message: fault.message }));
      return;
    }
    const { hostname, port } = this.store;
    const onward = request({ hostname, port, method: 'POST', path: '/', headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    onward.end(body);
  }
}
