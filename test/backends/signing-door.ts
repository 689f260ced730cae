import http from 'node:http';
import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from '../../lib/adapters/lambda/sha256';
import { listen } from './free-port';

const HANDED_ON = ['content-type', 'x-amz-target', 'user-agent'];

/** Before an API that verifies signatures, for clients that have no key of it: signs what they send anew. */
export class SigningDoor {
  private readonly agent = new http.Agent({ keepAlive: true });
  private readonly signer: SignatureV4;
  private readonly server = http.createServer((request, response) => {
    // Either side may go away.
    this.handOn(request, response).catch(() => response.destroy());
  });

  constructor(
    private readonly target: URL,
    credentials: { accessKeyId: string; secretAccessKey: string },
    region: string,
  ) {
    this.signer = new SignatureV4({ service: 'states', region, credentials, sha256: Sha256 });
  }

  async listen(): Promise<string> {
    return `http://${await listen(this.server)}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
    this.agent.destroy();
  }

  private async handOn(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const headers: Record<string, string> = { host: this.target.host };
    for (const name of HANDED_ON) {
      const value = request.headers[name];
      if (typeof value === 'string') headers[name] = value;
    }
    const { hostname, protocol, pathname: path } = this.target;
    const method = request.method!;
    const signed = await this.signer.sign({ method, protocol, hostname, path, query: {}, headers, body });
    const options = { method, agent: this.agent, headers: { ...signed.headers, 'content-length': body.length } };
    const onward = http.request(this.target, options, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
      answer.once('error', () => response.destroy());
    });
    onward.once('error', () => response.destroy());
    response.once('close', () => onward.destroy());
    onward.end(body);
  }
}
