import { randomBytes } from 'node:crypto';
import http from 'node:http';
import { listen } from '../backends/free-port';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

export interface Generated {
  PasswordLength?: number;
  ExcludePunctuation?: boolean;
}

/** Secrets Manager, as far as the functions use it: GetSecretValue of secrets that the template has generated. */
export class Secrets {
  /** By ARN. */
  readonly values = new Map<string, string>();
  private readonly server = http.createServer((request, response) => void this.take(request, response));

  async listen(): Promise<string> {
    return `http://${await listen(this.server)}`;
  }

  generate(arn: string, { PasswordLength = 32, ExcludePunctuation = false }: Generated): void {
    const alphabet = ExcludePunctuation ? LETTERS : LETTERS + PUNCTUATION;
    const characters = [...randomBytes(PasswordLength)].map((byte) => alphabet[byte % alphabet.length]);
    this.values.set(arn, characters.join(''));
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async take(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += chunk;
    const isKnown = request.headers['x-amz-target'] === 'secretsmanager.GetSecretValue';
    const { SecretId: arn } = isKnown ? JSON.parse(text) : { SecretId: '' };
    const SecretString = this.values.get(arn);
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    if (SecretString === undefined) {
      response.writeHead(400).end(JSON.stringify({ __type: 'ResourceNotFoundException', Message: `no ${arn}` }));
      return;
    }
    response.end(JSON.stringify({ ARN: arn, Name: arn, SecretString, VersionStages: ['AWSCURRENT'] }));
  }
}
